package place

import (
	"slices"
	"strings"
	"testing"

	"otklik/config"
)

func has(r Result, oktmo string) bool {
	return slices.ContainsFunc(r.Candidates, func(c Candidate) bool { return c.Settlement.OKTMO == oktmo })
}

// locative gives a name in the prepositional case where its ending leaves no doubt; written apart from the package's own
// forms. "" for names that decline otherwise.
func locative(name string) string {
	var out []string
	for w := range strings.FieldsSeq(name) {
		done := false
		for _, e := range [][2]string{
			{"ский", "ском"}, {"цкий", "цком"}, {"ный", "ном"}, {"вый", "вом"}, {"ная", "ной"}, {"кая", "кой"}, {"вая", "вой"}, {"лая", "лой"},
			{"ное", "ном"}, {"кое", "ком"}, {"вое", "вом"}, {"кие", "ких"}, {"ные", "ных"}, {"вые", "вых"}, {"лые", "лых"}, {"шие", "ших"},
			{"шой", "шом"}, {"шая", "шой"}, {"ой", "ом"},
			{"ово", "ове"}, {"ево", "еве"}, {"ино", "ине"}, {"ыно", "ыне"}, {"ка", "ке"}, {"ха", "хе"}, {"ца", "це"}, {"ла", "ле"}, {"на", "не"}, {"ра", "ре"},
			{"ки", "ках"}, {"ги", "гах"}, {"цы", "цах"}, {"ны", "нах"}, {"ры", "рах"}, {"лы", "лах"}, {"ята", "ятах"}, {"ье", "ье"}, {"ск", "ске"},
			{"ов", "ове"}, {"ев", "еве"}, {"ин", "ине"}, {"овцы", "овцах"}, {"ичи", "ичах"}, {"ец", "це"},
		} {
			if s, ok := strings.CutSuffix(w, e[0]); ok && len(s) >= 4 {
				out, done = append(out, s+e[1]), true
				break
			}
		}
		if !done {
			return ""
		}
	}
	return strings.Join(out, " ")
}

// prepositional are the kinds as people say them.
var prepositional = map[string]string{
	"д": "деревне", "с": "селе", "п": "посёлке", "пгт": "пгт", "г": "городе", "починок": "починке", "х": "хуторе",
	"ж/д ст": "станции", "ж/д рзд": "разъезде", "кордон": "кордоне", "": "местечке",
}

func TestEverySettlementIsFound(t *testing.T) {
	pack := builtIn(t)
	f := New(pack, nil)
	for _, row := range []struct {
		way   string
		look  func(string) Result
		text  func(config.Settlement) string
		floor float64 // per cent, a little below what was measured
	}{
		{"answer «д Ключи»", f.Answer, func(s config.Settlement) string { return s.Type + " " + s.Name }, 100},
		{"answer «Ключи»", f.Answer, func(s config.Settlement) string { return s.Name }, 99.8},
		{"answer «ключи»", f.Answer, func(s config.Settlement) string { return strings.ToLower(s.Name) }, 99.7},
		{"answer «Унинский район, Ключи»", f.Answer, func(s config.Settlement) string {
			return strings.Replace(pack.Municipality(s.Municipality).Name, "муниципальный округ", "район", 1) + ", " + s.Name
		}, 99},
		{"answer «в Ключах»", f.Answer, func(s config.Settlement) string {
			if l := locative(s.Name); l != "" {
				return "в " + l
			}
			return ""
		}, 98.9},
		{"told «Яма в деревне Ключах»", f.Find, func(s config.Settlement) string {
			if l := locative(s.Name); l != "" && prepositional[s.Type] != "" {
				return "Яма в " + prepositional[s.Type] + " " + l + ", не проехать"
			}
			return ""
		}, 99},
		{"told «д. Ключи»", f.Find, func(s config.Settlement) string {
			if s.Type == "" {
				return ""
			}
			return "Нет света, " + s.Type + ". " + s.Name + ", третий день"
		}, 99.9},
	} {
		asked, found := 0, 0
		var missed []string
		for _, s := range pack.Settlements {
			text := row.text(s)
			if text == "" {
				continue
			}
			asked++
			if has(row.look(text), s.OKTMO) {
				found++
			} else if len(missed) < 12 {
				missed = append(missed, text)
			}
		}
		share := 100 * float64(found) / float64(asked)
		t.Logf("%s: %d of %d, %.2f %%; not %q", row.way, found, asked, share, missed)
		if share < row.floor {
			t.Errorf("%s: %.2f %%, want %.1f %%", row.way, share, row.floor)
		}
	}
}

// A slip of the finger in a name that is long enough leads to it, and somebody confirms it.
func TestSlipsInLongNamesAreMended(t *testing.T) {
	pack := builtIn(t)
	f := New(pack, nil)
	asked, found, sure := 0, 0, 0
	for i, s := range pack.Settlements {
		r := []rune(s.Name)
		if len(r) < 8 || strings.ContainsAny(s.Name, " -") {
			continue
		}
		k := 2 + i%(len(r)-4)
		slip := string(r[:k]) + string(r[k+1:]) // a letter left out
		asked++
		got := f.Answer(slip)
		if has(got, s.OKTMO) {
			found++
			if got.Certain {
				sure++
			}
		}
	}
	share := 100 * float64(found) / float64(asked)
	t.Logf("a letter left out: %d of %d found, %.1f %%", found, asked, share)
	if share < 93 || sure > 0 {
		t.Errorf("%.1f %% found, %d of them without asking", share, sure)
	}
}
