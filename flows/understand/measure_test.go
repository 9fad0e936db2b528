package understand

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otklik/config"
	"otklik/flows/flowtest/dataset"
)

func builtIn(t testing.TB) *config.Pack {
	t.Helper()
	pack, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

// appeal is a text that people wrote, and the topics that its theme answers to.
type appeal struct {
	text string
	want []string
}

// appeals reads the labelled appeals that lie beside the project, with the themes that the pack knows.
func appeals(t testing.TB) (list []appeal) {
	t.Helper()
	rows, err := csv.NewReader(dataset.Appeals(t)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	themes, err := os.ReadFile(filepath.Join("..", "..", "config", "testdata", "themes.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string][]string{}
	for line := range strings.Lines(string(themes)) {
		if theme, topics, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && !strings.HasPrefix(line, "#") {
			known[theme] = strings.Fields(topics)
		}
	}
	for _, row := range rows[1:] {
		if want := known[strings.Join(strings.Fields(row[1]), " ")]; want != nil {
			list = append(list, appeal{row[0], want})
		}
	}
	return list
}

// figures are shares of the appeals, in per cent.
type figures struct{ top1, top3, silent float64 }

func measure(j *Judge, list []appeal) (f figures) {
	for _, a := range list {
		guesses := j.Topics(a.text, 3)
		switch i := slices.IndexFunc(guesses, func(g Guess) bool { return slices.Contains(a.want, g.Topic) }); {
		case i == 0:
			f.top1++
			f.top3++
		case i > 0:
			f.top3++
		case len(guesses) == 0:
			f.silent++
		}
	}
	share := 100 / float64(len(list))
	f.top1, f.top3, f.silent = f.top1*share, f.top3*share, f.silent*share
	return f
}

func TestTheTopicsOfRealAppealsAreFound(t *testing.T) {
	list := appeals(t)
	f := measure(New(builtIn(t)), list)
	t.Logf("%d appeals: top 1 %.1f %%, top 3 %.1f %%, nothing found %.1f %%", len(list), f.top1, f.top3, f.silent)
	if f.top1 < 61 || f.top3 < 79 || f.silent > 2 { // a little below what was measured
		t.Error("the topics are found worse than they were")
	}
}

func TestTheTopicsOfInventedSentencesAreFound(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "config", "testdata", "sentences.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var list []appeal
	for line := range strings.Lines(string(raw)) {
		if code, text, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && !strings.HasPrefix(line, "#") {
			list = append(list, appeal{text, []string{code}})
		}
	}
	f := measure(New(builtIn(t)), list)
	t.Logf("%d sentences: top 1 %.1f %%, top 3 %.1f %%, nothing found %.1f %%", len(list), f.top1, f.top3, f.silent)
	if f.top1 < 93 || f.top3 < 98 {
		t.Error("the topics are found worse than they were")
	}
}
