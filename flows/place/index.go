package place

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// index finds names by their first word in any case. It keeps each word once, by its stem, and looks at the ending when
// somebody asks: all forms of thousands of names would take long to make and much room to keep, and most are never said.
type index struct {
	entries []entry
	stems   map[string]int32 // what a word's forms have in common → its last form in forms
	forms   []inflected
}

// entry is a settlement under the first word of its name.
type entry struct {
	settlement int
	name       []string // folded
}

// inflected says which endings a stem takes in an entry's first word.
type inflected struct {
	entry   int32
	before  int32       // in forms, of the same stem; -1 for none
	endings *declension // nil: the stem is a form as it stands
}

// maxEnding is that of declensions, in characters.
const maxEnding = 5

func newIndex(size int) *index {
	return &index{entries: make([]entry, 0, size), stems: make(map[string]int32, size), forms: make([]inflected, 0, size)}
}

// add takes a name, which has at least one word.
func (x *index) add(settlement int, name []string) {
	id := int32(len(x.entries))
	x.entries = append(x.entries, entry{settlement, name})
	stem, endings := decline(name[0])
	x.put(stem, id, endings)
	if endings.takesVowel() {
		for _, form := range withVowel(stem) {
			x.put(form, id, nil)
		}
	}
}

func (x *index) put(stem string, entry int32, endings *declension) {
	before, ok := x.stems[stem]
	if !ok {
		before = -1
	}
	x.stems[stem] = int32(len(x.forms))
	x.forms = append(x.forms, inflected{entry, before, endings})
}

// find gives the entries, by number, whose first word has the form low, in the order in which they were added: empty, and
// never nil, where there are none.
func (x *index) find(low string) []int32 {
	list := []int32{}
	for end, n := len(low), 0; end > 0 && n <= maxEnding; n++ {
		at, ok := x.stems[low[:end]]
		for ; ok && at >= 0; at = x.forms[at].before {
			if f := x.forms[at]; f.endings.has(low[end:]) {
				list = append(list, f.entry)
			}
		}
		_, size := utf8.DecodeLastRuneInString(low[:end])
		end -= size
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// has tells whether a word with these endings may end so.
func (d *declension) has(ending string) bool {
	if d == nil {
		return ending == ""
	}
	return ending == d.ending || slices.Contains(d.others, ending)
}

// takesVowel tells whether a vowel may come between the last consonants: «Горки», «из Горок».
func (d *declension) takesVowel() bool {
	return d != nil && (d.ending == "ы" || d.ending == "и" || d.ending == "а")
}

// decline gives what all forms of a name's word begin with, and how they end; nil endings where it has one form only.
func decline(w string) (stem string, endings *declension) {
	if startsWithDigit(w) {
		return w, nil
	}
	for i := range declensions {
		stem, ok := strings.CutSuffix(w, declensions[i].ending)
		if ok && utf8.RuneCountInString(stem) >= 2 {
			return stem, &declensions[i]
		}
	}
	return w, nil
}
