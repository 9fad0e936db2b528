package understand

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"otklik/config"
)

var update = flag.Bool("update", false, "write stems.txt anew")

// wordsOfKeywords are all words that a pack's keywords and names are made of, each once.
func wordsOfKeywords(pack *config.Pack) (list []string) {
	for _, g := range pack.Groups {
		for _, t := range g.Topics {
			for _, text := range append(slices.Clone(t.Keywords), t.Name, t.English) {
				list = append(list, wordsOf(text)...)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// stems.txt only saves time: it says what stemming would say, of every word of the built-in pack and no other.
func TestTheListOfStemsSaysWhatStemmingDoes(t *testing.T) {
	var b strings.Builder
	for _, w := range wordsOfKeywords(builtIn(t)) {
		b.WriteString(w + " " + stem(w) + "\n")
	}
	if *update {
		if err := os.WriteFile("stems.txt", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if stemsFile != b.String() {
		t.Error("stems.txt is of other keywords: go test ./flows/understand -run Stems -update")
	}
	if got := len(readStems()); got != strings.Count(stemsFile, "\n") {
		t.Errorf("of %d stems %d are read", strings.Count(stemsFile, "\n"), got)
	}
}
