package place

import (
	"slices"
	"strings"
)

// unhoused finds «яма на Менделеева, Киров»: a street's name behind «на» or «по» with nothing behind it that it could be
// of.
func (t *reading) unhoused() (street, house string) {
	for i, w := range t.ws {
		if w.low != "на" && w.low != "по" && w.low != "вдоль" || w.comma || t.aboutPerson(i) {
			continue
		}
		to := t.bareName(i + 1)
		if to == i+1 {
			to = t.bareLowName(i)
		}
		if to == i+1 || !t.breaksOff(to) {
			continue
		}
		t.take(i+1, to)
		if house = t.houseBefore(i); house == "" {
			house = t.houseBehind(to)
		}
		return unmarked(t.ws[i+1 : to]), house
	}
	return "", ""
}

// bareName gives the word behind a street's name with capitals that begins at word i; i where none does.
func (t *reading) bareName(i int) int {
	to := i
	if low := t.low(i); given[low] && t.ws[i].big || isOrdinal(low) {
		to++
	}
	if to >= len(t.ws) || t.used[i] || !t.ws[to].big || !isStreetName(t.ws[to].low) || isPatronymic(t.ws[to].low) || t.isSettlement(to) {
		return i
	}
	return to + 1
}

// bareLowName is bareName behind «на» at word i for a name without capitals, which needs a house before it or a town
// beside it.
func (t *reading) bareLowName(i int) int {
	to := i + 2
	if given[t.low(i+1)] {
		to++
	}
	if to > len(t.ws) || t.used[to-1] || t.ws[to-1].big || t.lowNameOf(to) != i+1 {
		return i + 1
	}
	if _, next, _ := t.houseEnding(i); next == 0 && !t.townBefore(i) && !t.townBehind(to) {
		return i + 1
	}
	return to
}

// breaksOff tells whether what is named ends before word i: there the text or a part of it ends, or a preposition follows.
func (t *reading) breaksOff(i int) bool {
	last := t.ws[i-1]
	if i >= len(t.ws) || last.comma || last.ends || t.ws[i].first || t.used[i] || houseWords[t.ws[i].low] || t.townBehind(i) {
		return true
	}
	return !t.ws[i].big && (into[t.ws[i].low] || beside[t.ws[i].low] || small[t.ws[i].low])
}

// aboutPerson tells whether «на» at word i leads to somebody: «жалоба на Петрова».
func (t *reading) aboutPerson(i int) bool {
	if i == 0 {
		return false
	}
	for _, stem := range []string{"жал", "пожал", "надежд", "надея", "надеемся", "обид", "обиж", "заявлен", "ссыл", "вин", "злит", "иск", "обращен", "клевет", "напа"} {
		if strings.HasPrefix(t.ws[i-1].low, stem) {
			return true
		}
	}
	return false
}

// isPatronymic tells «Ивановну» and «Петровича» from streets.
func isPatronymic(low string) bool { return endsWithAny(low, "овна", "евна", "ича") }

// between finds «между Московской и Спасской».
func (t *reading) between() (street, house string) {
	for i, w := range t.ws {
		if w.low != "между" {
			continue
		}
		a := t.bareName(i + 1)
		if a == i+1 || t.low(a) != "и" {
			continue
		}
		if b := t.bareName(a + 1); b > a+1 && t.breaksOff(b) {
			t.take(i+1, b)
			return unmarked(t.ws[i+1:a]) + " / " + unmarked(t.ws[a+1:b]), ""
		}
	}
	return "", ""
}

// hyphenated finds «комсомольская-ленина перекрёсток».
func (t *reading) hyphenated() (street, house string) {
	for i, w := range t.ws {
		a, b, two := strings.Cut(w.low, "-")
		if !two || t.used[i] || !isStreetName(a) || !isStreetName(b) || !isCrossing(t.low(i-1)) && !isCrossing(t.low(i+1)) {
			continue
		}
		at := strings.IndexByte(w.text, '-')
		first, second := w, w
		first.text, first.low = w.text[:at], a
		second.text, second.low = w.text[at+1:], b
		t.take(i, i+1)
		return unmarked([]word{first}) + " / " + unmarked([]word{second}), ""
	}
	return "", ""
}

// houseFurther reads a house that a town parts from its street: «на улице Воровского в Кирове возле дома 78». i is the
// word behind the street.
func (t *reading) houseFurther(i int) string {
	if into[t.low(i)] || kinds[t.low(i)] != nil {
		i++
	}
	if i >= len(t.ws) || t.used[i] || !t.isTownsForm(i) {
		return ""
	}
	_, n := t.named(i)
	if k := t.toNumber(i + n); k > i+n && slices.ContainsFunc(t.ws[i+n:k], func(w word) bool { return isHouseWord(w.low) }) {
		house, next := t.houseAt(k)
		t.take(i+n, next)
		return house
	}
	return ""
}
