package place

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// allowed keeps ordinary words, people and streets from being taken for settlements.
func (t *reading) allowed(s, from, to int, typed bool, municipality string) bool {
	w := t.ws[from]
	switch {
	case typed:
		return w.big || t.asked || utf8.RuneCountInString(t.ws[from-1].low) > 3 || // «д. заря»; «с. 5» is no village
			t.besideHouse(from, to) || t.town(s) && t.asOnMap(s, from, to)
	case from > 0 && things[t.ws[from-1].low] && !t.ws[from-1].comma, utf8.RuneCountInString(w.low) < 3 && to-from == 1 && !t.asked:
		return false
	case t.onTheWay(from, to):
		return false
	case t.asked:
		return t.answers(s, from, to)
	case t.town(s):
		return t.townMeant(s, from, to)
	case to-from > 1 && w.big && t.asOnMap(s, from, to) && t.besideHouse(from, to): // «Нижняя Тойма ул Ленина 1»
		return true
	}
	return municipality != "" && w.big && (!w.first || t.ws[to-1].comma && t.asOnMap(s, from, to))
}

// onTheWay tells whether a name is an end of a road: «Киров – Советск».
func (t *reading) onTheWay(from, to int) bool {
	named := func(i int) bool {
		if i < 0 || i >= len(t.ws) || !t.ws[i].big || t.used[i] { // «Киров – Ленина 5» is an address
			return false
		}
		_, n := t.named(i)
		return n > 0
	}
	return t.ws[to-1].dash && named(to) || from > 0 && t.ws[from-1].dash && named(from-1)
}

// townMeant tells whether a town's name in a running text means the town.
func (t *reading) townMeant(s, from, to int) bool {
	w := t.ws[from]
	said := from > 0 && into[t.ws[from-1].low] && !t.ws[from-1].comma // «в Кирове»
	apart := (from == 0 || t.ws[from-1].comma || w.first) && (to == len(t.ws) || t.ws[to-1].comma || t.ws[to-1].dot || t.used[to] || t.ws[to].first)
	name := t.names[s]
	isCity := t.pack.Settlements[s].Type == "г"
	switch {
	case !w.big, t.shouted:
		return t.lowTownMeant(s, from, to, said, apart)
	case apart && t.asOnMap(s, from, to):
		return true
	case isAdjective(name) && to-from == 1: // «в Слободском»; not «в Мирный договор», «в Слободском районе»
		if to < len(t.ws) && !t.ws[to-1].comma && (districtWords[t.ws[to].low] || streets[t.ws[to].low].label != "") {
			return false
		}
		ends := to == len(t.ws) || t.ws[to-1].comma || t.ws[to-1].dot
		return said && (ends || !t.ws[to].big && (isCity || !t.asOnMap(s, from, to)))
	case said:
		return true
	}
	return (isCity || len(t.centres[s]) > 0 && !w.first) && (!w.first || to-from > 1 || utf8.RuneCountInString(name) > 5 || t.isLarge(s)) && !t.afterPerson(from)
}

// isLarge tells whether a name is the town's before it is anybody's: «Киров тонет в снегу», but «Орлов обещал».
func (t *reading) isLarge(s int) bool {
	const many = 100_000
	return slices.ContainsFunc(t.centres[s], func(code string) bool { return t.pack.Municipality(code).Population >= many })
}

// afterPerson tells whether a person's first name or office stands before word i: «Иван Киров», «губернатора Орлова».
func (t *reading) afterPerson(i int) bool {
	if i == 0 || t.ws[i-1].comma {
		return false
	}
	p := t.ws[i-1]
	return p.dot && utf8.RuneCountInString(p.low) == 1 && kinds[p.low] == nil || p.big && !t.shouted && !p.first && !t.isSettlement(i-1) || strings.HasSuffix(p.low, "ор") || strings.HasSuffix(p.low, "ора")
}

// answers tells whether a name in an answer is the answer: it begins a part of it («Ключи, за мостом»), it has a
// capital, or it is a town behind «в». In «возле дома на горе» there is none.
func (t *reading) answers(s, from, to int) bool {
	w := t.ws[from]
	said := false
	k := from - 1
	for k >= 0 && !t.ws[k].comma && !t.used[k] && !(t.ws[k+1].first) && (into[t.ws[k].low] || kinds[t.ws[k].low] != nil || t.ws[k].low == "это") {
		said = true
		k--
	}
	if !said && to-from == 1 && !t.asOnMap(s, from, to) && !strings.Contains(w.low, "-") { // «перекрёсток Ленина и Мира» is not in Ленино
		return false
	}
	begins := k < 0 || t.ws[k].comma || t.used[k] || t.ws[k+1].first
	if w.big && !w.first || to-from > 1 {
		return true
	}
	alone := to >= len(t.ws) || t.ws[to-1].comma || t.ws[to-1].dot || t.used[to]
	switch {
	case begins && (w.big || alone):
		return true
	case begins:
		return t.asOnMap(s, from, to) && !said || t.town(s)
	}
	return t.town(s) && (said || t.asOnMap(s, from, to))
}

// partOfLonger tells whether a name on the map is only a part of what is written: «Верхняя Тойма», «Новая Ивановка».
func (t *reading) partOfLonger(from, to int) bool {
	if from > 0 && t.ws[from].big && t.ws[from-1].big && !t.ws[from-1].comma && !t.ws[from-1].dot && !t.used[from-1] && isQualifier(t.ws[from-1].low) {
		return true
	}
	if to >= len(t.ws) || t.ws[to-1].comma || t.ws[to-1].dot || t.used[to] || !t.ws[to].big || t.shouted || t.ws[to].first {
		return false
	}
	_, street := streets[t.ws[to].low]
	_, kind := kinds[t.ws[to].low]
	if street || kind || startsWithDigit(t.ws[to].low) || to-from > 1 {
		return false
	}
	list, _ := t.named(from)
	return isAdjective(t.ws[from].low) || !looksLikeName(t.ws[to].low) && !slices.ContainsFunc(list, t.town) && !t.isSettlement(to) && !t.onTheWay(from, to)
}

func isQualifier(low string) bool {
	return isAdjectiveForm(low) && slices.ContainsFunc(qualifiers, func(q string) bool { return strings.HasPrefix(low, q) })
}

func isAdjectiveForm(low string) bool {
	return isAdjective(low) || endsWithAny(low, "ей", "ом", "ем", "ого", "его", "ую", "юю", "ых", "их")
}

// narrow uses what else is named: a town beside a village tells which of the homonyms is meant, and is itself only the
// way to it; so is a town beside a village whose kind is said.
func (t *reading) narrow(all []finding) []finding {
	if slices.ContainsFunc(all, func(f finding) bool { return f.village }) {
		all = slices.DeleteFunc(all, func(f finding) bool { return !f.village })
	}
	var out []finding
	for _, hint := range all {
		if !t.town(hint.settlement) {
			continue
		}
		at := append([]string{t.pack.Settlements[hint.settlement].Municipality}, t.centres[hint.settlement]...)
		for _, f := range all {
			if (f.to <= hint.from || f.from >= hint.to) && slices.Contains(at, t.pack.Settlements[f.settlement].Municipality) && len(t.centres[f.settlement]) == 0 {
				f.score += byCentre + byTown
				out = append(out, f)
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	return all
}
