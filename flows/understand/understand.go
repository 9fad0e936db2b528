// Package understand finds what a text is about: which topics of the region pack, by their keywords.
package understand

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"otklik/config"
	"otklik/flows/memo"
)

// Judge knows a pack's topics by their keywords. It is safe for use by many at once.
type Judge struct {
	topics   []string            // codes
	keywords []keyword           // of all topics
	byStem   map[string][]int    // the first stem of a keyword → keywords
	known    map[string]spread   // every stem of a keyword
	bySize   map[int][][]rune    // those that a slip of the finger may mean, by their length
	stems    map[string]string   // of words that many texts have
	exact    bool                // slips of the finger are not mended
	recent   *memo.Memo[[]Guess] // of texts: the same one is judged at each step of a conversation
}

// remembered is how many texts' verdicts are kept.
const remembered = 512

// longest is how much of a text is read, in bytes: people say first what it is about.
const longest = 8000

// keyword is a word or a phrase of a topic, as stems.
type keyword struct {
	topic  int
	stems  []string
	weight float64
}

// spread is how many topics have a stem.
type spread struct{ topics, last int }

// Guess is a topic that a text may be about. Scores compare within one text only; they are positive.
type Guess struct {
	Topic string
	Score float64
}

// How much a keyword weighs. Chosen on labelled appeals so that halves of them not chosen on gained too; around these
// figures little changes.
const (
	strong    = 1.8 // of a keyword with «!»
	phrase    = 0.6 // more for each further word of a phrase
	slack     = 3   // words that may stand between those of a phrase
	fading    = 0.6 // what a topic's second, third, … keyword counts
	nameShare = 0.5 // the words of a topic's own name count as weak keywords
	early     = 0.9 // more for a keyword at the start: people say first what it is about, then the circumstances
	attention = 25  // words after which that has fallen to a third
)

// New reads a pack's keywords.
func New(pack *config.Pack) *Judge {
	stems := readStems()
	j := &Judge{byStem: make(map[string][]int, len(stems)), known: make(map[string]spread, len(stems)), bySize: map[int][][]rune{}, stems: stems,
		keywords: make([]keyword, 0, 2*len(stems))}
	for _, g := range pack.Groups {
		for _, t := range g.Topics {
			j.add(t)
		}
	}
	for i := range j.keywords {
		k := &j.keywords[i]
		rarity := 0.0
		for _, s := range k.stems {
			rarity = max(rarity, math.Log(1+float64(len(j.topics))/float64(j.known[s].topics)))
		}
		k.weight *= rarity * (1 + phrase*float64(len(k.stems)-1))
		j.byStem[k.stems[0]] = append(j.byStem[k.stems[0]], i)
	}
	j.recent = memo.New(remembered, j.judge)
	return j
}

// add takes a topic's keywords and names, each once.
func (j *Judge) add(t config.Topic) {
	n := len(j.topics)
	j.topics = append(j.topics, t.Code)
	have := map[string]bool{}
	take := func(text string, weight float64) {
		stems := j.stemsOf(text)
		id := strings.Join(stems, " ")
		if len(stems) == 0 || have[id] {
			return
		}
		have[id] = true
		j.keywords = append(j.keywords, keyword{n, stems, weight})
		for _, s := range stems {
			j.note(s, n)
		}
	}
	for _, k := range t.Keywords {
		weight := 1.0
		if rest, ok := strings.CutPrefix(k, "!"); ok {
			k, weight = rest, strong
		}
		take(k, weight)
	}
	take(t.Name, nameShare)
	for _, s := range j.stemsOf(t.English) {
		take(s, nameShare)
	}
}

// note takes a stem of a topic's keyword.
func (j *Judge) note(stem string, topic int) {
	in, ok := j.known[stem]
	if n := utf8.RuneCountInString(stem); !ok && n >= shortest-1 { // shorter ones are nobody's slip
		j.bySize[n] = append(j.bySize[n], []rune(stem))
	}
	if !ok || in.last != topic {
		j.known[stem] = spread{in.topics + 1, topic}
	}
}

func (j *Judge) isKnown(stem string) bool { return j.known[stem].topics > 0 }

// Topics gives the topics that a text may be about, the likeliest first, at most n; none where no keyword is there.
// The same text gives the same answer always: equals stand in the order of their codes. Only the beginning of a very long text is read.
func (j *Judge) Topics(text string, n int) []Guess {
	if len(text) > longest {
		text = text[:longest]
	}
	all := j.recent.Of(text)
	return slices.Clone(all[:max(min(n, len(all)), 0)])
}

// judge gives all topics that a text may be about.
func (j *Judge) judge(text string) (guesses []Guess) {
	stems := j.stemsOf(text)
	if !j.exact {
		stems = j.mend(stems)
	}
	for t, s := range j.score(stems) {
		if s > 0 {
			guesses = append(guesses, Guess{j.topics[t], s})
		}
	}
	slices.SortFunc(guesses, func(a, b Guess) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Topic, b.Topic))
	})
	return guesses
}

// score weighs each topic's keywords in a text of these stems.
func (j *Judge) score(stems []string) []float64 {
	places := map[string][]int{}
	for i, s := range stems {
		if j.isKnown(s) {
			places[s] = append(places[s], i)
		}
	}
	found := make([][]float64, len(j.topics)) // the weights of each topic's keywords
	for s := range places {
		for _, i := range j.byStem[s] {
			k := &j.keywords[i]
			if at := k.at(places); at >= 0 {
				found[k.topic] = append(found[k.topic], k.weight*(1+early*math.Exp(-float64(at)/attention)))
			}
		}
	}
	scores := make([]float64, len(j.topics))
	for t, weights := range found {
		slices.SortFunc(weights, func(a, b float64) int { return cmp.Compare(b, a) })
		share := 1.0
		for _, w := range weights {
			scores[t] += w * share
			share *= fading
		}
	}
	return scores
}

// at gives where the keyword's words first stand in a text near each other, in any order; -1 where they do not.
func (k *keyword) at(places map[string][]int) int {
	for _, start := range places[k.stems[0]] {
		first := start
		for _, s := range k.stems[1:] {
			i := slices.IndexFunc(places[s], func(p int) bool {
				return p != start && max(p, start)-min(p, start) <= len(k.stems)-1+slack
			})
			if i < 0 {
				first = -1
				break
			}
			first = min(first, places[s][i])
		}
		if first >= 0 {
			return first
		}
	}
	return -1
}
