package flows

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/goccy/go-yaml"
)

// agree tells whether what plainEntries reads is what YAML says; true where it reads nothing.
func agree(t *testing.T, text string) (read bool) {
	t.Helper()
	got, ok := plainEntries(text)
	if !ok {
		return false
	}
	var want map[string]any
	if err := yaml.Unmarshal([]byte(text), &want); err != nil {
		t.Errorf("%q is no YAML (%v), and was read as %q", text, err, got)
	} else if !reflect.DeepEqual(got, want) {
		t.Errorf("%q was read as\n%q, want\n%q", text, got, want)
	}
	return true
}

// textFiles are those of all flows.
func textFiles(t testing.TB) (list []string) {
	t.Helper()
	for _, pattern := range []string{"texts/*.yaml", "*/texts/*.yaml"} {
		names, err := filepath.Glob(filepath.FromSlash(pattern))
		if err != nil || len(names) == 0 {
			t.Fatal(pattern, err)
		}
		list = append(list, names...)
	}
	return list
}

func read(t testing.TB, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestEveryTextIsReadTheQuickWayAsYAMLSays(t *testing.T) {
	for _, file := range textFiles(t) {
		if !agree(t, read(t, file)) {
			t.Errorf("%s takes a start longer than need be: what in it is not plain?", file)
		}
	}
}

func TestWhatIsNotPlainIsLeftToYAML(t *testing.T) {
	for _, text := range []string{
		"", "a: b", "a:\n", "a: 5\n", "a: true\n", "True: b\n", "a: ~\n", "a: b: c\n", "a: b # c\n", "a: [b]\n", "a: {b: c}\n", "a: 'b'\n", "a: >\n  b\n", "a: |-\n  b\n",
		"a: |\n\n  b\n", "a: |\n", "a: &x b\n", "a: *x\n", "a: b\n  c\n", "a: \"b\n  c\"\n", "a: \"\\t\"\n", "a: b\na: c\n", "- a\n", "a:\n  b:\n", "a: b\n---\na: c\n", "a:\n  b: c\n  b: d\n",
		"a:\n b: c\n", "a: \"b\" c\n", "a: \"b\\\"\n", "a: b\r\n", "a: \tb\n", "a:  b\n", "\"a\\n\": b\n", "a: b \n", "a: |\n    b\n  c\n", "a: b:\n", "\ufeffa: b\n",
	} {
		if got, ok := plainEntries(text); ok {
			t.Errorf("%q is read as %q", text, got)
		}
	}
	if entries, err := readEntries([]byte("a: 'b'\n")); err != nil || entries["a"] != "b" {
		t.Errorf("%q, %v", entries, err)
	}
}

func FuzzPlainEntries(f *testing.F) {
	for _, file := range textFiles(f) {
		f.Add(read(f, file))
	}
	for _, s := range []string{"a: |\n  b\n\n   c\n\nd: e\n", "a:\n  one: b\n  \"x\": \"c\\n\\\"\"\n# d\n", "a: « b ,]}- ?\n", "\"ж/д ст\": <b>{{.N}}</b>\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { agree(t, text) })
}

func BenchmarkReadEntries(b *testing.B) {
	var texts []string
	for _, file := range textFiles(b) {
		texts = append(texts, read(b, file))
	}
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			for _, text := range texts {
				plainEntries(text)
			}
		}
	})
	b.Run("YAML", func(b *testing.B) {
		for b.Loop() {
			for _, text := range texts {
				var entries map[string]any
				if err := yaml.Unmarshal([]byte(text), &entries); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
