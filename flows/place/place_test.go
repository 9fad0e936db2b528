package place

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otklik/config"
)

func builtIn(t testing.TB) *config.Pack {
	t.Helper()
	pack, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

// said writes a result as the tables in testdata do: «д Ключи (uninsky), ул. Садовая, 3 !»; «15 × Ключи» are homonyms,
// «!» is beyond doubt, «—» nothing at all.
func said(r Result) string {
	var parts []string
	switch len(r.Candidates) {
	case 0:
		if r.Municipality != "" {
			parts = append(parts, r.Municipality)
		}
	case 1:
		s := r.Candidates[0].Settlement
		parts = append(parts, fmt.Sprintf("%s %s (%s)", s.Type, s.Name, s.Municipality))
	default:
		parts = append(parts, fmt.Sprintf("%d × %s", len(r.Candidates), r.Candidates[0].Settlement.Name))
	}
	for _, s := range []string{r.Street, r.House} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return "—"
	}
	if r.Certain {
		parts[len(parts)-1] += " !"
	}
	return strings.Join(parts, ", ")
}

// table plays a table of testdata: «text → what is found» a line; «⏎» is a line's end.
func table(t *testing.T, name string, look func(string) Result) {
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		text, want, ok := strings.Cut(line, " → ")
		if !ok {
			t.Fatalf("no arrow in %q", line)
		}
		rows++
		if got := said(look(strings.ReplaceAll(text, " ⏎ ", "\n"))); got != want {
			t.Errorf("%s\n\t→ %s\n\twant %s", text, got, want)
		}
	}
	t.Logf("%d phrases", rows)
}

func TestPlacesInWhatIsTold(t *testing.T) {
	table(t, "told.txt", New(builtIn(t), nil).Find)
}

func TestPlacesInAnswers(t *testing.T) {
	table(t, "answers.txt", New(builtIn(t), nil).Answer)
}
