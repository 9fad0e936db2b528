// Package understand finds what a text is about: which topics of the region pack, by their keywords.
package understand

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/russian"

	"otklik/config"
)

// Judge knows a pack's topics by their keywords. It is safe for use by many at once.
type Judge struct {
	topics   []string         // codes
	keywords []keyword        // of all topics
	byStem   map[string][]int // the first stem of a keyword → keywords
}

// keyword is a word or a phrase of a topic, as stems.
type keyword struct {
	topic  int
	stems  []string
	weight float64
}

// Guess is a topic that a text may be about. Scores compare within one text only; they are positive.
type Guess struct {
	Topic string
	Score float64
}

// How much a keyword weighs: measured on labelled appeals, see the test.
const (
	strong    = 1.8 // of a keyword with «!»
	phrase    = 0.6 // more for each further word of a phrase
	slack     = 2   // words that may stand between those of a phrase
	fading    = 0.6 // what a topic's second, third, … keyword counts
	nameShare = 0.5 // the words of a topic's own name count as weak keywords
)

// New reads a pack's keywords.
func New(pack *config.Pack) *Judge {
	j := &Judge{byStem: map[string][]int{}}
	seen := map[string]map[int]bool{} // stem → topics, for how rare it is
	for _, g := range pack.Groups {
		for _, t := range g.Topics {
			n := len(j.topics)
			j.topics = append(j.topics, t.Code)
			have := map[string]bool{}
			add := func(text string, weight float64) {
				stems := stemsOf(text)
				if id := strings.Join(stems, " "); len(stems) == 0 || have[id] {
					return
				} else {
					have[id] = true
				}
				j.keywords = append(j.keywords, keyword{n, stems, weight})
				for _, s := range stems {
					if seen[s] == nil {
						seen[s] = map[int]bool{}
					}
					seen[s][n] = true
				}
			}
			for _, k := range t.Keywords {
				weight := 1.0
				if rest, ok := strings.CutPrefix(k, "!"); ok {
					k, weight = rest, strong
				}
				add(k, weight)
			}
			add(t.Name, nameShare)
		}
	}
	for i := range j.keywords {
		k := &j.keywords[i]
		rarity := 0.0
		for _, s := range k.stems {
			rarity = max(rarity, math.Log(1+float64(len(j.topics))/float64(len(seen[s]))))
		}
		k.weight *= rarity * (1 + phrase*float64(len(k.stems)-1))
		j.byStem[k.stems[0]] = append(j.byStem[k.stems[0]], i)
	}
	return j
}

// Topics gives the topics that a text may be about, the likeliest first, at most n; none where no keyword is there.
func (j *Judge) Topics(text string, n int) []Guess {
	stems := stemsOf(text)
	places := map[string][]int{}
	for i, s := range stems {
		places[s] = append(places[s], i)
	}
	found := map[int][]float64{} // topic → weights of its keywords
	for s := range places {
		for _, i := range j.byStem[s] {
			if k := &j.keywords[i]; k.in(places) {
				found[k.topic] = append(found[k.topic], k.weight)
			}
		}
	}
	guesses := make([]Guess, 0, len(found))
	for topic, weights := range found {
		slices.SortFunc(weights, func(a, b float64) int { return cmp.Compare(b, a) })
		score, share := 0.0, 1.0
		for _, w := range weights {
			score += w * share
			share *= fading
		}
		guesses = append(guesses, Guess{j.topics[topic], score})
	}
	slices.SortFunc(guesses, func(a, b Guess) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Topic, b.Topic))
	})
	return guesses[:min(n, len(guesses))]
}

// in tells whether the keyword's words stand in a text, near each other, in any order.
func (k *keyword) in(places map[string][]int) bool {
	for _, start := range places[k.stems[0]] {
		near := true
		for _, s := range k.stems[1:] {
			if !slices.ContainsFunc(places[s], func(p int) bool {
				return p != start && max(p, start)-min(p, start) <= len(k.stems)-1+slack
			}) {
				near = false
				break
			}
		}
		if near {
			return true
		}
	}
	return false
}

// stemsOf gives the stems of a text's words, in order, without those that say nothing.
func stemsOf(text string) (stems []string) {
	words := strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(text), "ё", "е"), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	for _, w := range words {
		if empty[w] {
			continue
		}
		if r := []rune(w)[0]; r < unicode.MaxLatin1 {
			w = english.Stem(w, true)
		} else {
			w = russian.Stem(w, true)
		}
		if w != "" {
			stems = append(stems, w)
		}
	}
	return stems
}

// empty are words that say nothing of a topic wherever they stand.
var empty = func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq("и в во на с со у к ко о об от до по за из под над при для не ни а но что как это the a an of in on at to for and or is") {
		set[w] = true
	}
	return set
}()
