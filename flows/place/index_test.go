package place

import (
	"slices"
	"testing"
	"unicode/utf8"
)

// The index keeps no forms, and finds by every form exactly the names that have it.
func TestEveryFormLeadsToTheNamesThatHaveIt(t *testing.T) {
	f := New(builtIn(t), nil)
	want := map[string][]int32{}
	for id, e := range f.byName.entries {
		for _, form := range forms(e.name[0]) {
			if list := want[form]; len(list) == 0 || list[len(list)-1] != int32(id) {
				want[form] = append(list, int32(id))
			}
		}
	}
	if len(want) < 20_000 {
		t.Fatalf("%d forms are few", len(want))
	}
	for form, ids := range want {
		if got := f.byName.find(form); !slices.Equal(got, ids) {
			t.Errorf("%s leads to %v, want %v", form, got, ids)
		}
		for _, other := range []string{form + "ми", form + "а", form[:len(form)-1], "а" + form} { // mostly nobody's forms
			if got := f.byName.find(other); !slices.Equal(got, want[other]) {
				t.Errorf("%s leads to %v, want %v", other, got, want[other])
			}
		}
	}
	if got := f.byName.find(""); got == nil || len(got) > 0 {
		t.Errorf("nothing leads to %v", got)
	}
}

func TestNoEndingIsLongerThanTheIndexLooks(t *testing.T) {
	for _, d := range declensions {
		for _, o := range append(d.others, d.ending) {
			if utf8.RuneCountInString(o) > maxEnding {
				t.Errorf("«%s» has more than %d letters", o, maxEnding)
			}
		}
	}
}

func TestAFormOfAName(t *testing.T) {
	for _, name := range []string{"горки", "киров", "слободской", "ключи", "яр", "1", "50-летия", "бе", "е", "дворцы", "стрижи", "орлов"} {
		list := forms(name)
		for _, form := range list {
			if !isForm(form, name) {
				t.Errorf("%s is no form of %s", form, name)
			}
			for _, other := range []string{form + "х", "х" + form} {
				if isForm(other, name) != slices.Contains(list, other) {
					t.Errorf("%s and %s", other, name)
				}
			}
		}
	}
}
