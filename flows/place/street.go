package place

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// street finds a street and a house.
func (t *reading) street() (street, house string) {
	for _, look := range []func() (string, string){t.crossing, t.highway, t.marked, t.numbered, t.houseOn, t.lowly, t.between, t.hyphenated, t.unhoused} {
		if street, house = look(); street != "" {
			return street, house
		}
	}
	return "", ""
}

// marked finds a street by the word for what it is: «ул. Ленина», «Октябрьский проспект».
func (t *reading) marked() (street, house string) {
	for i, w := range t.ws {
		m, ok := streets[w.low]
		if !ok || t.used[i] || m.dotted && !w.dot && !t.housed(t.nameAfter(i, m)) || w.low == "пр" && t.low(i-1) == "и" {
			continue
		}
		from, to := t.nameBefore(i, m), t.nameAfter(i, m)
		if from < i && t.leads(i, to) {
			from = i
		}
		switch {
		case from < i && (to == i+1 || !t.ws[from].first):
			street, to = m.label+" "+title(t.ws[from:i], m.sex, true), i+1
		case to > i+1:
			from, street = i, m.label+" "+title(t.ws[t.skipNamed(i+1):to], m.sex, false)
		default:
			continue
		}
		t.take(from, to)
		if house = t.houseBehind(to); house == "" {
			house = t.houseBefore(from)
		}
		if house == "" {
			house = t.houseFurther(to)
		}
		if _, more := streets[t.low(to)]; more && house == "" && m.label == "мкр" { // «мкр Лянгасово, ул. Мира, 5»
			if further, house := t.marked(); further != "" {
				return street + ", " + further, house
			}
		}
		return street, house
	}
	return "", ""
}

// leads tells whether the mark at word i is that of the name behind it, which ends before word to: it has a house. What
// stands before the mark is then a settlement: «Белая Холуница ул Глазырина 1».
func (t *reading) leads(i, to int) bool {
	if to == i+1 || t.ws[i].comma || !t.housed(to) {
		return false
	}
	return (t.ws[i+1].big || isOrdinal(t.ws[i+1].low) || isStreetName(t.ws[to-1].low)) && !t.isTown(i+1, to)
}

// nameBefore gives where the name before a street's mark begins: an adjective that agrees with it, or words in the
// genitive with a capital. It is i where there is none.
func (t *reading) nameBefore(i int, m mark) int {
	p := i - 1
	if p < 0 || t.used[p] || t.ws[p].comma || utf8.RuneCountInString(t.ws[p].low) < 3 || small[t.ws[p].low] || numbered[t.ws[p].low] {
		return i
	}
	low := t.ws[p].low
	agrees := nominative(low, m.sex) != ""
	mayBeLow := t.asked || agrees && !endsAsName[low] && t.housed(i+1) // «октябрьский проспект 25»
	if !t.ws[p].big && !mayBeLow || !agrees && (!m.short || !looksLikeName(low)) || t.isSettlement(p) && !agrees {
		return i
	}
	if p > 0 && !t.used[p-1] && !t.ws[p-1].comma && (isOrdinal(t.ws[p-1].low) || given[t.ws[p-1].low] && t.ws[p-1].big) {
		return p - 1
	}
	return p
}

// skipNamed steps over «имени» before a name.
func (t *reading) skipNamed(i int) int {
	if low := t.low(i); low == "им" || low == "имени" {
		return i + 1
	}
	return i
}

// nameAfter gives the word behind the name that follows a street's mark; i+1 where none does.
func (t *reading) nameAfter(i int, m mark) int {
	from := t.skipNamed(i + 1)
	j := from
	start := from
	if isOrdinal(t.low(j)) { // «1-я Советская», «60 лет Октября», «8 Марта»
		j++
		start++
	} else if next := t.low(j + 1); startsWithDigit(t.low(j)) && !t.ws[j].comma && (next == "лет" || months[next]) {
		j += 2
		if next == "лет" && j < len(t.ws) && !startsWithDigit(t.low(j)) {
			j++
		}
		return j
	}
	for j < len(t.ws) && j < start+4 && t.continues(from, j) && (t.ws[j].big || t.lowerName(start, j, m)) {
		if j > start && t.ws[j].big && !t.ws[j-1].big && !given[t.ws[j-1].low] { // «на улице звёздной СНОВА темно»
			break
		}
		j++
	}
	if j == start {
		return i + 1
	}
	return j
}

// continues tells whether word j may belong to a street's name that begins at from.
func (t *reading) continues(from, j int) bool {
	w := t.ws[j]
	_, isMark := streets[w.low]
	_, isKind := kinds[w.low]
	if t.used[j] || isMark || isKind && !w.big || houseWords[w.low] || small[w.low] && !(w.big && w.dot) || startsWithDigit(w.low) && !isOrdinal(w.low) {
		return false
	}
	return j == from || !t.ws[j-1].comma && !(w.first && !t.ws[j-1].dot) && !(w.first && utf8.RuneCountInString(t.ws[j-1].low) > 1) && (isAdjective(t.ws[j-1].low) || !t.isSettlement(j))
}

// lowerName tells whether a word without a capital is part of a street's name: many write all of an address so. «На
// улице темно» names none.
func (t *reading) lowerName(from, j int, m mark) bool {
	if !looksLikeName(t.ws[j].low) {
		return false
	}
	if j == from && (t.asked || m.short) {
		return true
	}
	if _, next, _ := t.houseEnding(from - 1); next > 0 && isStreetName(t.ws[j].low) { // «дом 5 по улице ленина»
		return true
	}
	for k := j; k < len(t.ws) && k < from+4; k++ {
		if !looksLikeName(t.ws[k].low) || small[t.ws[k].low] || counted[t.ws[k].low] {
			return false
		}
		at := k + 1
		if t.is(at, houseWords) {
			at++
		}
		if _, next := t.houseAt(at); next > 0 {
			return true
		}
		if t.ws[k].comma {
			return false
		}
	}
	return false
}

// numbered finds «Ленина 5», «Ленина, 5»: a name with a house behind it.
func (t *reading) numbered() (street, house string) {
	for i := 1; i < len(t.ws); i++ {
		if !t.housed(i) {
			continue
		}
		from := t.nameOf(i)
		if from == i {
			continue
		}
		street = unmarked(t.ws[from:i])
		house = t.houseBehind(i)
		t.take(from, i)
		return street, house
	}
	return "", ""
}

// housed tells whether a house stands at word i, perhaps behind «дом».
func (t *reading) housed(i int) bool {
	at := i
	if t.is(i, houseWords) && !t.ws[i].comma {
		at++
	}
	_, next := t.houseAt(at)
	return next > 0 || at == i && gluedHouse().MatchString(t.low(i))
}

// nameOf gives where the name of a street begins that ends before word i; i where no name stands there.
func (t *reading) nameOf(i int) int {
	p := i - 1
	w := t.ws[p]
	if t.used[p] || !w.big && !t.asked || !looksLikeName(w.low) || small[w.low] || houseWords[w.low] || numbered[w.low] || kinds[w.low] != nil {
		return i
	}
	if _, n := t.named(p); n > 1 { // «Федотята 1»
		return i
	}
	if p > 0 && kinds[t.ws[p-1].low] != nil && !t.ws[p-1].comma || t.isVillageRather(p) && !t.another(p) {
		return i
	}
	if w.first && strings.HasSuffix(w.low, "ли") { // «Проверили 4 раза»
		return i
	}
	if w.dot && !houseWords[t.ws[i].low] && utf8.RuneCountInString(w.low) > 3 { // a sentence ended there
		return i
	}
	if p == 0 || t.used[p-1] || t.ws[p-1].comma {
		return p
	}
	q := t.ws[p-1]
	switch {
	case given[q.low] && (q.big || t.asked), isOrdinal(q.low), q.big && q.dot && utf8.RuneCountInString(q.low) == 1 && kinds[q.low] == nil:
		return p - 1
	case months[w.low], w.low == "лет":
		return i
	case q.big && !q.first && looksLikeName(q.low) && !small[q.low] && !numbered[q.low] && kinds[q.low] == nil && !t.isSettlement(p-1):
		return p - 1
	}
	return p
}

// isVillageRather tells whether the name at word p with a house behind it is a settlement's and no street's: «Заря 5» in
// an answer; but «Московская 5» is a street, whatever village there is.
func (t *reading) isVillageRather(p int) bool {
	list, n := t.named(p)
	return slices.ContainsFunc(list, func(s int) bool {
		return t.asOnMap(s, p, p+n) && (t.town(s) || t.asked && !strings.HasSuffix(t.ws[p].low, "ая"))
	})
}

// another tells whether a settlement is named before word p: then the settlement's name at p is a street's.
func (t *reading) another(p int) bool {
	for i := range p {
		if list, n := t.named(i); n > 0 && i+n <= p && !t.used[i] && (t.asked || slices.ContainsFunc(list, func(s int) bool { return t.town(s) })) {
			return true
		}
	}
	return false
}

// houseOn finds «у дома 12 на Ленина».
func (t *reading) houseOn() (street, house string) {
	for i := range t.ws {
		if !t.is(i, houseWords) {
			continue
		}
		_, next := t.houseAt(i + 1)
		for next > 0 && next < len(t.ws) && (t.low(next) == "и" || houseForm().MatchString(t.low(next))) {
			next++
		}
		if next == 0 || t.low(next) != "на" && t.low(next) != "по" || next+1 >= len(t.ws) {
			continue
		}
		from := next + 1
		to := from
		for to < len(t.ws) && to < from+2 && t.ws[to].big && t.continues(from, to) && looksLikeName(t.ws[to].low) && !t.isSettlement(to) {
			to++
		}
		if to == from {
			continue
		}
		house = t.houseBefore(next)
		t.take(next, to)
		return unmarked(t.ws[from:to]), house
	}
	return "", ""
}
