package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Error(d)
	}
}

func TestEveryFaultOfAPackIsToldAtOnce(t *testing.T) {
	_, err := Load(filepath.Join("testdata", "broken.yaml"))
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatalf("want Faults, got %v", err)
	}
	golden(t, "broken.golden", strings.ReplaceAll(err.Error(), `testdata\`, "testdata/")+"\n")
}

func TestAPackThatIsNoPackHasOneFault(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"no file":       {"", "there is no such file"},
		"empty":         {"# nothing\n", "pack.yaml:1: the file is empty"},
		"no YAML":       {"region: {name: [\n", "pack.yaml:1: "},
		"a list":        {"- region\n", "pack.yaml:1: the file: want fields, not a list"},
		"two documents": {"region: {}\n---\nregion: {}\n", "pack.yaml: more than one document"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "pack.yaml")
			if tt.text != "" {
				if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := Load(file)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// copyPack puts the built-in pack into a folder, its text changed, and gives its path.
func copyPack(t *testing.T, change func(string) string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"kirov.yaml", "kirov_settlements.tsv"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		if name == "kirov.yaml" {
			if text = change(text); text == string(raw) {
				t.Fatal("nothing changed")
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "kirov.yaml")
}

func TestAPackOfOnesOwnReplacesTheBuiltIn(t *testing.T) {
	file := copyPack(t, func(s string) string {
		return strings.Replace(s, "name: Кировская область", "name: Другая область", 1)
	})
	p, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if p.Region.Name != "Другая область" || len(p.Settlements) != 4288 {
		t.Errorf("%s, %d settlements", p.Region.Name, len(p.Settlements))
	}
}

func TestASlipInTheBuiltInPackIsFound(t *testing.T) {
	for name, tt := range map[string]struct{ old, new, want string }{
		"an administration is gone": {"code: adm-kumensky, kind: administration", "code: adm-kumensky, kind: service", "municipality kumensky has no administration"},
		"a misspelt field":          {"icon: ", "ikon: ", `unknown field "ikon"`},
		"a route to nobody":         {"to: min-transport}", "to: min-trnasport}", `no organisation "min-trnasport"`},
		"a list elsewhere":          {"kirov_settlements.tsv", "elsewhere.tsv", "there is no such file"},
		"fewer people than none":    {"population: 3943", "residents: -5", "municipality arbazhsky: -5 people are fewer than none"},
		"fewer in the centre":       {"population: 3943", "population: -3943", "-3943 people"},
		"a norm without a unit":     {"final: 7d ", "final: 7 ", "is not a norm"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(copyPack(t, func(s string) string { return strings.Replace(s, tt.old, tt.new, 1) }))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// TestTheCauseIsToldBeforeWhatFollowsFromIt: of a municipality that is not there any more each of its settlements tells.
func TestTheCauseIsToldBeforeWhatFollowsFromIt(t *testing.T) {
	_, err := Load(copyPack(t, func(s string) string { return strings.Replace(s, "{code: kumensky, oktmo", "{code: kirov, oktmo", 1) }))
	var faults Faults
	if !errors.As(err, &faults) || len(faults) < 50 {
		t.Fatalf("got %v", err)
	}
	if first := faults[0].String(); !strings.Contains(first, "kirov.yaml") || !strings.Contains(first, "municipality kirov stands here a second time") {
		t.Errorf("the first of %d is %s", len(faults), first)
	}
}

func TestWhatIsSaidOnceMayBeNamedAgain(t *testing.T) {
	p, err := Load(copyPack(t, func(s string) string {
		s = strings.Replace(s, "route: [{in: [kirov, kirovo-chepetsk], to: heat-kirov}", "route: [{in: &heated [kirov, kirovo-chepetsk], to: heat-kirov}", 1)
		return strings.Replace(s, "route: [{to: rospotrebnadzor}]", "route: [{in: *heated, to: rospotrebnadzor}, {to: prosecutor}]", 1)
	}))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ topic, municipality, want string }{
		{"heating-main", "kirov", "heat-kirov"}, {"heating-main", "kumensky", "min-energy-housing"},
		{"trade-quality", "kirov", "rospotrebnadzor"}, {"trade-quality", "kumensky", "prosecutor"},
	} {
		if got := p.Route(tt.topic, tt.municipality).Code; got != tt.want {
			t.Errorf("%s in %s goes to %s, want %s", tt.topic, tt.municipality, got, tt.want)
		}
	}
}

func TestAMissingYearIsAWarning(t *testing.T) {
	p := builtIn(t)
	for _, tt := range []struct {
		now  time.Time
		want int
	}{
		{time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), 0},
		{time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), 1},
		{time.Date(2026, 11, 30, 22, 0, 0, 0, time.UTC), 1}, // December in Kirov
		{time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC), 1},
		{time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC), 0},
	} {
		if got := p.Warnings(tt.now); len(got) != tt.want {
			t.Errorf("%s: %v", tt.now, got)
		}
	}
}

func TestTheCalendarHasTheWorkingDaysOfTheOfficialOne(t *testing.T) {
	k := builtIn(t).Calendar
	for year, want := range map[int]int{2025: 247, 2026: 247} {
		own := k.Years[year]
		off, work := map[string]bool{}, map[string]bool{}
		for _, d := range append(k.Fixed[:len(k.Fixed):len(k.Fixed)], own.Off...) {
			off[d] = true
		}
		for _, d := range own.Work {
			work[d] = true
		}
		got := 0
		for day := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == year; day = day.AddDate(0, 0, 1) {
			d, weekend := day.Format("01-02"), day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
			if work[d] || (!weekend && !off[d]) {
				got++
			}
			if own.Off != nil && weekend && slices.Contains(own.Off, d) {
				t.Errorf("%d-%s is a weekend day anyway", year, d)
			}
			if slices.Contains(own.Short, d) && !work[d] && (weekend || off[d]) {
				t.Errorf("%d-%s is short and no working day", year, d)
			}
		}
		if got != want {
			t.Errorf("%d working days in %d, want %d", got, year, want)
		}
	}
}

func FuzzLoadNeverPanics(f *testing.F) {
	for _, name := range []string{"testdata/broken.yaml"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, []byte("33701000001\tг\tКиров\tkirov\n"))
	}
	for _, seed := range []string{"", "a: &a [*a]", "<<: {a: b}", "region: &r {name: *r}", "? [a]: b", "groups: [[[[", "settlements: list\nregion:\n  name: |\n    a\n", "a: b: c", "\x00", "!!binary x", "municipalities: [{lat: .nan, lon: .inf}]"} {
		f.Add([]byte(seed), []byte("x"))
	}
	f.Fuzz(func(t *testing.T, pack, list []byte) {
		p, err := load("pack.yaml", func(name string) ([]byte, error) {
			if name == "pack.yaml" {
				return pack, nil
			}
			return list, nil
		})
		if (p == nil) == (err == nil) {
			t.Errorf("pack %v, error %v", p, err)
		}
	})
}
