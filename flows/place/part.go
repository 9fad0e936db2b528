package place

import (
	"cmp"
	"slices"
	"strings"
)

// part is a part of a municipality's centre that is named like a place of its own: «Нововятск».
type part struct {
	label        string   // as an address has it: «мкр Лянгасово»
	name         []string // folded, without its kind
	municipality string
	centre       int  // settlement
	shared       bool // a settlement elsewhere is called so, too
}

// addParts takes the parts of a municipality's centre.
func (f *Finder) addParts(code string, labels []string) {
	for centre, of := range f.centres {
		if !slices.Contains(of, code) || len(labels) == 0 {
			continue
		}
		for _, label := range slices.Backward(slices.SortedStableFunc(slices.Values(labels), byWords)) { // the longest first
			p := part{label: label, municipality: code, centre: centre}
			for _, w := range words(label) {
				if w.big || len(p.name) > 0 {
					p.name = append(p.name, w.low)
				}
			}
			if len(p.name) == 0 {
				continue
			}
			p.shared = slices.ContainsFunc(f.called(strings.Join(p.name, " ")), func(i int) bool {
				return f.names[i] == strings.Join(p.name, " ") && f.pack.Settlements[i].Municipality != code
			})
			for _, form := range forms(p.name[0]) {
				f.parts[form] = append(f.parts[form], p)
			}
		}
	}
}

// byWords puts what has more words behind what has fewer.
func byWords(a, b string) int { return cmp.Compare(strings.Count(a, " "), strings.Count(b, " ")) }

// isPart tells whether words are the name of a part of a town as it stands in the pack.
func (t *reading) isPart(from, to int) bool {
	return slices.ContainsFunc(t.parts[t.ws[from].low], func(p part) bool { return p.is(t.ws[from:to]) })
}

func (p part) is(ws []word) bool { return fold(join(ws)) == strings.Join(p.name, " ") }

// inPart finds a part of a town and puts it before the street. What else was found stays, unless it is a village of the
// same name: the town's part is rather meant, and somebody must confirm it.
func (t *reading) inPart(found []Candidate, municipality, street string) ([]Candidate, string) {
	for i := range t.ws {
		for _, p := range t.parts[t.ws[i].low] {
			to := i + len(p.name)
			marked := street != "" && strings.HasPrefix(street, p.label) // «мкр. Чистые Пруды»
			if municipality != "" && municipality != p.municipality || !marked && (!t.follows(i, p.name) || !t.partMeant(p, i, to)) {
				continue
			}
			centre := t.pack.Settlements[p.centre]
			namesake := len(found) > 0 && found[0].Settlement.Municipality != p.municipality && fold(found[0].Settlement.Name) == strings.Join(p.name, " ")
			if _, typed := t.kindBefore(i); len(found) > 0 && found[0].Settlement != centre && !(namesake && !typed) {
				continue
			}
			score := sure
			if p.shared && !marked || namesake {
				score = sure / 2
			}
			if len(found) == 0 || namesake {
				found = []Candidate{{centre, score}}
			}
			if !marked {
				street = strings.TrimSuffix(p.label+", "+street, ", ")
			}
			return found, street
		}
	}
	return found, street
}

// partMeant tells whether words mean a part of a town: «в Нововятске», «Лянгасово, Комсомольская 5»; not «остановка
// Филейка», nor «радужный мост».
func (t *reading) partMeant(p part, from, to int) bool {
	if slices.Contains(t.used[from:to], true) || from > 0 && things[t.low(from-1)] && !t.ws[from-1].comma {
		return false
	}
	onMap := p.is(t.ws[from:to])
	before := t.low(from - 1)
	_, typed := t.kindBefore(from)
	typed = typed || strings.HasPrefix(before, "слобод") || streets[before].label == "мкр"
	said := from > 0 && !t.ws[from-1].comma && (into[before] || before == "на")
	apart := onMap && (from == 0 || t.ws[from-1].comma || t.ws[from].first) && (to == len(t.ws) || t.ws[to-1].comma || t.ws[to-1].dot || t.used[to])
	switch {
	case typed, onMap && t.besideHouse(from, to), apart && (t.asked || t.ws[from].big):
		return true
	case len(p.name) == 1 && isAdjective(p.name[0]):
		return false
	case t.ws[from].big && !t.shouted:
		return said || onMap && !t.onTheWay(from, to)
	}
	return said && !onMap && (len(p.name) == 1 || before == "в")
}
