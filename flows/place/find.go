package place

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Find looks for a place in a text about something else: what a person tells of a problem. A village is taken only
// where «деревня» or the like stands before it or its district beside it: many are named like ordinary words («Заря»).
func (f *Finder) Find(text string) Result { return f.told.Of(head(text)).own() }

// Answer looks for a place in an answer to «where?»: the text is a place and nothing else.
func (f *Finder) Answer(text string) Result { return f.answered.Of(head(text)).own() }

// own gives a result that its reader may change.
func (r Result) own() Result {
	r.Candidates = slices.Clone(r.Candidates)
	return r
}

// longest is how much of a text is read, in bytes.
const longest = 4000

// head is what is read of a text. What is found in it is not to hold the rest in memory.
func head(text string) string {
	if len(text) <= longest {
		return text
	}
	return strings.Clone(strings.ToValidUTF8(text[:longest], ""))
}

// reading is a text that is read once for each part of an address; what one part took is not read by the next.
type reading struct {
	*Finder
	ws    []word
	used  []bool
	known [][]int32 // of each word, the names that may begin with it; nil before anybody asks
	asked bool      // it answers «where?»

	shouted      bool // all of it is in capitals, which then say nothing
	housedStreet bool // a street and a house are found
}

func (f *Finder) look(text string, asked bool) (r Result) {
	ws := words(f.inRussian(strings.ToValidUTF8(text, " ")))
	t := &reading{Finder: f, ws: ws, used: make([]bool, len(ws)), known: make([][]int32, len(ws)), asked: asked, shouted: shouts(ws)}
	if t.shouted {
		quieten(ws)
	}

	if !t.elsewhere() {
		r.Municipality = t.district()
	}
	r.Street, r.House = t.street()
	t.housedStreet = r.House != ""
	found, end := t.settlements(r.Municipality)
	if len(found) > 0 && r.Street == "" {
		r.House = t.houseBehind(end) // «д. Ивановка, 5»: many villages have no streets
	}
	found, r.Street = t.inPart(found, r.Municipality, r.Street)
	if len(found) == 0 && asked {
		found = t.slips(r.Municipality)
	}
	if unknown := t.unknown(); len(found) == 0 && r.Street != "" && unknown != "" {
		r.Street = unknown + ", " + r.Street
	}
	r.Candidates = found
	switch len(found) {
	case 0:
		if asked && r.Municipality == "" {
			r.Municipality = t.bareDistrict()
		}
		r.Certain = r.Municipality != ""
	case 1:
		r.Municipality = found[0].Settlement.Municipality
		r.Certain = found[0].Score >= sure
	}
	return r
}

func (t *reading) take(from, to int) {
	for i := from; i < to; i++ {
		t.used[i] = true
	}
}

// is tells whether there is a word i, not taken yet, that a list has.
func (t *reading) is(i int, list map[string]bool) bool {
	return i >= 0 && i < len(t.ws) && !t.used[i] && list[t.ws[i].low]
}

// unknown gives a settlement that is not on the map, as it was said: «с. Дальняя Тойма». A street without it would lead
// nowhere. "" where none is named.
func (t *reading) unknown() string {
	for i := range t.ws {
		to := i + 1
		for to < len(t.ws) && to < i+4 && !t.used[to] && t.ws[to].big && !t.ws[to-1].comma && (to == i+1 || !t.ws[to].first) {
			to++
		}
		if _, typed := t.kindBefore(i + 1); !typed || to == i+1 || utf8.RuneCountInString(t.ws[i+1].low) < 3 {
			continue
		}
		kind := t.ws[i].text
		if t.ws[i].dot {
			kind += "."
		}
		return kind + " " + join(t.ws[i+1:to])
	}
	return ""
}

func join(ws []word) string {
	parts := make([]string, len(ws))
	for i, w := range ws {
		parts[i] = w.text
	}
	return strings.Join(parts, " ")
}
