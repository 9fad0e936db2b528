package place

import (
	"slices"
	"strings"
	"unicode/utf8"

	"otklik/flows/lazy"
)

var (
	// 12 · 12а · 12-а · 12/3 · 12-14 · 12/3а · 12к2 · 12с1
	houseForm = lazy.Regexp(`^[1-9]\d{0,2}(?:-?[а-зa-h])?(?:[/-]\d{1,3}[а-з]?)?(?:-?[кkсc]\d{1,2})?$`)
	// д12 · д.12 is two words
	gluedHouse = lazy.Regexp(`^д([1-9]\d{0,2}[а-з]?(?:/\d{1,3})?)$`)
)

// houseAt reads a house at word i: a number that is no count («5 дней») with its letter and block («12 А, корп. 2»).
// next is the word behind it; 0 where there is no house.
func (t *reading) houseAt(i int) (house string, next int) {
	if i < 0 || i >= len(t.ws) || t.used[i] {
		return "", 0
	}
	w := t.ws[i]
	if !houseForm().MatchString(w.low) {
		return "", 0
	}
	if i+1 < len(t.ws) && !w.comma && !w.dot {
		after := t.ws[i+1].low
		numbers := (houseWords[after] || flats[after]) && startsWithDigit(t.low(i+2)) // «78 подъезд 3»
		if (counted[after] || houseWords[after]) && !numbers && !bears(w.low) && !t.isLetter(i+1) && !t.isKind(i+1) {
			return "", 0
		}
	}
	house, next = w.text, i+1
	if next < len(t.ws) && !w.comma && t.isLetter(next) {
		house += t.ws[next].text
		next++
	}
	if block := blocks[t.low(next)]; block != "" && next+1 < len(t.ws) && houseForm().MatchString(t.low(next+1)) {
		house += block + t.ws[next+1].text
		next += 2
	}
	return house, next
}

// bears tells whether a house's number bears a letter or a block, as no count does: «78а подъезд».
func bears(low string) bool {
	return strings.Trim(low, "0123456789") != "" && !strings.Contains(low, "-")
}

// isLetter tells whether word i is the letter of a house: «12 А»; «12 а» only where nothing follows that it may join.
func (t *reading) isLetter(i int) bool {
	w := t.ws[i]
	if r, n := utf8.DecodeRuneInString(w.low); n != len(w.low) || r < 'а' || r > 'з' || t.isKind(i) {
		return false
	}
	if strings.Contains("бгде", w.low) && !w.dot { // the others are words of their own
		return true
	}
	return !w.first && !w.dot && (w.big || w.comma || i+1 == len(t.ws) || blocks[t.low(i+1)] != "" || flats[t.low(i+1)])
}

// isKind tells whether word i says of what kind the settlement is that is named behind it: «12 г. Киров» is neither a year
// nor house 12г.
func (t *reading) isKind(i int) bool {
	types := kinds[t.low(i)]
	if types == nil || t.ws[i].comma || i+1 >= len(t.ws) {
		return false
	}
	list, _ := t.named(i + 1)
	return slices.ContainsFunc(list, func(s int) bool { return slices.Contains(types, t.pack.Settlements[s].Type) })
}

// houseBehind reads a house that stands at word i, perhaps behind «дом», and takes it with the flat that follows.
func (t *reading) houseBehind(i int) string {
	from := i
	if i > 0 && i <= len(t.ws) && t.ws[i-1].ends {
		return ""
	}
	house, next := t.houseAt(t.toNumber(i))
	if m := gluedHouse().FindStringSubmatch(t.low(i)); next == 0 && m != nil && !t.used[i] {
		house, next = m[1], i+1
	}
	if next == 0 {
		return ""
	}
	for t.is(next, flats) && startsWithDigit(t.low(next+1)) { // a flat is nobody's business here
		next += 2
	}
	t.take(from, next)
	return house
}

// toNumber steps from word i over what stands before a house's number: «дом», «дом номер», «, напротив домов».
func (t *reading) toNumber(i int) int {
	for k := i; k < i+3; k++ {
		if low := t.low(k); isHouseWord(low) {
			i = k + 1
			break
		} else if !beside[low] {
			break
		}
	}
	if t.low(i) == "номер" {
		i++
	}
	return i
}

func isHouseWord(low string) bool {
	return houseWords[low] || low == "домов" || low == "домами"
}

// houseBefore reads «дом 12» that ends before word i and takes it.
func (t *reading) houseBefore(i int) string {
	from, next, house := t.houseEnding(i)
	t.take(from, next)
	return house
}

// houseEnding reads «дом 12» that ends before word i, perhaps with more numbers behind it: «у домов 12, 14 и 16». next is
// 0 where there is none.
func (t *reading) houseEnding(i int) (from, next int, house string) {
	for k := i - 1; k >= 0 && k >= i-6; k-- {
		low := t.ws[k].low
		switch {
		case isHouseWord(low):
			house, next = t.houseAt(t.toNumber(k))
			return k, next, house
		case low == "и", low == "номер", low == "по", low == "на", startsWithDigit(low), blocks[low] != "", utf8.RuneCountInString(low) == 1:
		default:
			return 0, 0, ""
		}
	}
	return 0, 0, ""
}
