package config

import (
	"cmp"
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/kljensen/snowball/russian"
)

// The keywords are measured with the plainest reading of them, so that the figures speak of the words and not of the
// judge: the stems of a keyword stand near each other in the text, in any order; each keyword counts once, a phrase more
// than a word, "!" twice.
type reading struct {
	topic    string
	keywords []keyword
}

type keyword struct {
	stems  []string
	weight float64
}

func stems(text string) (list []string) {
	text = strings.ReplaceAll(strings.ToLower(text), "ё", "е")
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if w != "не" && w != "нет" {
			w = russian.Stem(w, true)
		}
		list = append(list, w)
	}
	return list
}

func read(pack *Pack) (list []reading) {
	for _, g := range pack.Groups {
		for _, t := range g.Topics {
			r := reading{topic: t.Code}
			for _, w := range t.Keywords {
				word, strong := strings.CutPrefix(w, "!")
				k := keyword{stems: stems(word), weight: 1}
				if n := len(k.stems); n > 1 {
					k.weight = 1 + 0.8*float64(n-1)
				}
				if strong {
					k.weight *= 2
				}
				r.keywords = append(r.keywords, k)
			}
			list = append(list, r)
		}
	}
	return list
}

// near tells whether the stems stand in the text within a few words of each other.
func (k keyword) near(text []string, at map[string][]int) bool {
	window := len(k.stems) + 2
	for _, from := range at[k.stems[0]] {
		lo, hi := max(0, from-window), min(len(text), from+window+1)
		found := true
		for _, s := range k.stems[1:] {
			found = found && slices.Contains(text[lo:hi], s)
		}
		if found {
			return true
		}
	}
	return false
}

// judge gives the topics that a text speaks for, the likeliest first.
func judge(readings []reading, text string) (topics []string) {
	words := stems(text)
	at := map[string][]int{}
	for i, w := range words {
		at[w] = append(at[w], i)
	}
	score := map[string]float64{}
	for _, r := range readings {
		for _, k := range r.keywords {
			if k.near(words, at) {
				score[r.topic] += k.weight
			}
		}
		if score[r.topic] > 0 {
			topics = append(topics, r.topic)
		}
	}
	slices.SortStableFunc(topics, func(a, b string) int { return cmp.Compare(score[b], score[a]) })
	return topics
}

// themes reads which topics answer to another region's themes.
func themes(t *testing.T) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/themes.tsv")
	if err != nil {
		t.Fatal(err)
	}
	m := map[string][]string{}
	for line := range strings.Lines(string(raw)) {
		if theme, topics, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && !strings.HasPrefix(line, "#") {
			m[theme] = strings.Fields(topics)
		}
	}
	return m
}

func TestEveryThemeHasATopic(t *testing.T) {
	pack := builtIn(t)
	for theme, topics := range themes(t) {
		for _, code := range topics {
			if pack.Topic(code) == nil {
				t.Errorf("%s: no topic %q", theme, code)
			}
		}
	}
}

func TestTheKeywordsFindTheTopicsOfRealAppeals(t *testing.T) {
	file, err := os.Open(shared(t, "appeals_dev.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	pack, known := read(builtIn(t)), themes(t)
	var all, top1, top3, silent int
	for _, row := range rows[1:] {
		want, ok := known[strings.Join(strings.Fields(row[1]), " ")]
		if !ok {
			continue // without a theme, or about what has ended
		}
		all++
		got := judge(pack, row[0])
		hit := slices.IndexFunc(got, func(code string) bool { return slices.Contains(want, code) })
		switch {
		case hit == 0:
			top1++
			fallthrough
		case hit > 0 && hit < 3:
			top3++
		case len(got) == 0:
			silent++
		}
	}
	percent := func(n int) float64 { return 100 * float64(n) / float64(all) }
	t.Logf("%d of %d appeals with a theme: top 1 %.1f %%, top 3 %.1f %%, nothing found %.1f %%", all, len(rows)-1, percent(top1), percent(top3), percent(silent))
	if percent(top1) < 58 || percent(top3) < 77 {
		t.Error("the keywords have become worse")
	}
}

func TestEveryTopicIsFoundByAnOrdinarySentence(t *testing.T) {
	raw, err := os.ReadFile("testdata/sentences.tsv")
	if err != nil {
		t.Fatal(err)
	}
	pack := builtIn(t)
	readings, spoken := read(pack), map[string]bool{}
	var all, top1 int
	for line := range strings.Lines(string(raw)) {
		topic, sentence, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			continue
		}
		all++
		spoken[topic] = true
		got := judge(readings, sentence)
		if len(got) > 0 && got[0] == topic {
			top1++
		}
		if !slices.Contains(got[:min(3, len(got))], topic) {
			t.Errorf("%q: want %s among the first three of %v", sentence, topic, got)
		}
	}
	for _, g := range pack.Groups {
		for _, topic := range g.Topics {
			if !spoken[topic.Code] {
				t.Errorf("topic %s has no sentence", topic.Code)
			}
		}
	}
	t.Logf("%d sentences, %d of them with their topic first", all, top1)
}
