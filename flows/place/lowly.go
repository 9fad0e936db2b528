package place

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// lowly finds «киров ленина 5», as people in a hurry write: without a capital only a town beside it makes it a street.
func (t *reading) lowly() (street, house string) {
	for i := 1; i < len(t.ws); i++ {
		if w := t.ws[i-1]; w.big || w.dot && !houseWords[t.ws[i].low] || !t.housed(i) { // behind a dot begins another sentence
			continue
		}
		from := t.lowNameOf(i)
		if from == i {
			continue
		}
		before := slices.Clone(t.used)
		house = t.houseBehind(i)
		to := i
		for to < len(t.ws) && t.used[to] {
			to++
		}
		if t.townBefore(from) || t.townBehind(to) || t.namesStreet(from, i, to) {
			street = unmarked(t.ws[from:i])
			t.take(from, i)
			return street, house
		}
		t.used = before
	}
	return "", ""
}

// namesStreet tells whether words without capitals and with a house, which ends before word to, name a street though no
// town stands beside them: «на ленина 5», «ленина 5» at the beginning of a part. In «на детской 5 качелей» they do not.
func (t *reading) namesStreet(from, end, to int) bool {
	last := t.ws[end-1].low
	known := famous[last] && !months[last]
	if before := t.low(from - 1); before != "на" && before != "по" {
		return known && (from == 0 || t.ws[from-1].comma)
	}
	return known || !endsWithAny(last, "ов", "ей") && !t.isCounted(to)
}

// isCounted tells whether word i, right behind a number, may be what it counts: «5 качелей», «3 недели».
func (t *reading) isCounted(i int) bool {
	return i < len(t.ws) && !t.ws[i-1].comma && !small[t.ws[i].low] &&
		endsWithAny(t.ws[i].low, "ов", "ев", "ей", "ок", "ек", "ь", "ы", "и", "ам")
}

// lowNameOf gives where a street's name without capitals begins that ends before word i; i where none does.
func (t *reading) lowNameOf(i int) int {
	p := i - 1
	person := given[t.low(p-1)] && looksLikeName(t.ws[p].low) && !small[t.ws[p].low]
	if w := t.ws[p]; t.used[p] || w.ends || !isStreetName(w.low) && !person || t.isTown(p, p+1) {
		return i
	}
	if p > 0 && !t.used[p-1] && !t.ws[p-1].comma && (given[t.ws[p-1].low] || isOrdinal(t.ws[p-1].low)) {
		return p - 1
	}
	return p
}

// townBefore tells whether a town is named that ends before word i: «киров, на», «в омутнинске».
func (t *reading) townBefore(i int) bool {
	if low := t.low(i - 1); low == "на" || low == "по" {
		i--
	}
	for from := i - 1; from >= 0 && from >= i-3; from-- {
		if t.ws[i-1].ends || t.used[from] {
			return false
		}
		if _, n := t.named(from); t.isTown(from, i) || from+n == i && into[t.low(from-1)] && t.isTownsForm(from) {
			return true
		}
	}
	return false
}

// townBehind tells whether a town is named at word i: «киров», «в кирове», «г. киров».
func (t *reading) townBehind(i int) bool {
	if i >= len(t.ws) || t.ws[i-1].ends {
		return false
	}
	said := into[t.ws[i].low] || kinds[t.ws[i].low] != nil
	if said {
		i++
	}
	if i >= len(t.ws) || t.used[i] {
		return false
	}
	_, n := t.named(i)
	return n > 0 && (t.isTown(i, i+n) || said && t.isTownsForm(i))
}

// isTown tells whether words are the name of a town, or of a part of one, as it stands on the map.
func (t *reading) isTown(from, to int) bool {
	if from < 0 || from >= to || to > len(t.ws) {
		return false
	}
	list, n := t.named(from)
	return t.isPart(from, to) || n == to-from && slices.ContainsFunc(list, func(s int) bool { return t.town(s) && t.asOnMap(s, from, to) })
}

// isTownsForm tells whether a town's name stands at word i, in any case.
func (t *reading) isTownsForm(i int) bool {
	list, _ := t.named(i)
	return slices.ContainsFunc(list, t.town)
}

// lowTownMeant tells whether a town's name without a capital means the town: behind «в» or «из», beside a street with its
// house, alone between commas; that of the large one anywhere, for it is no other word.
func (t *reading) lowTownMeant(s, from, to int, said, apart bool) bool {
	isCity, onMap := t.pack.Settlements[s].Type == "г", t.asOnMap(s, from, to)
	switch {
	case t.besideHouse(from, to) && (onMap || said):
		return true
	case !isCity || isAdjective(t.names[s]) || t.afterPerson(from):
		return false
	case !onMap:
		return said && (t.low(from-1) == "в" || t.low(from-1) == "из")
	}
	return apart || t.isLarge(s) && !t.isTown(from-1, from) && !t.isTown(to, to+1)
}

// besideHouse tells whether a street with its house stands before or behind words, or «на» between them.
func (t *reading) besideHouse(from, to int) bool {
	if !t.housedStreet {
		return false
	}
	if k := from - 1; k >= 0 && (into[t.ws[k].low] || kinds[t.ws[k].low] != nil) && !t.used[k] {
		from = k
	}
	if low := t.low(to); low == "на" || low == "по" {
		to++
	}
	return from > 0 && t.used[from-1] && !t.ws[from-1].ends || to < len(t.ws) && t.used[to] && !t.ws[to-1].ends
}

// isStreetName tells whether a word without a capital may end a street's name: an adjective, a person in the genitive, or
// what half the towns have a street of.
func isStreetName(low string) bool {
	switch {
	case small[low] || houseWords[low] || numbered[low] || counted[low] || kinds[low] != nil || endsAsName[low]:
		return false
	case famous[low]:
		return true
	case utf8.RuneCountInString(low) < 5:
		return false
	}
	if _, mark := streets[low]; mark {
		return false
	}
	return nominative(low, she) != "" && endsWithAny(low, "ая", "ой", "ней") || endsWithAny(low, "ова", "ева", "ина", "ына", "ского", "цкого", "ский", "ском",
		"дзе", "енко", "ников", "телей", "истов", "чиков", "щиков")
}

var (
	// famous are streets' names in the genitive that nothing but a list tells from other words.
	famous = set(`ленина маркса энгельса мира победы свободы труда революции коммуны октября мая марта горького гоголя лермонтова герцена
		люксембург либкнехта цеткин лазо дружбы космонавтов строителей пионеров партизан рабочих железнодорожников металлургов энергетиков
		химиков нефтяников геологов лесорубов шахтеров механизаторов мелиораторов учителей водников связистов авиаторов танкистов
		интернационалистов воинов десантников молодежи юности весны пролетариата конституции толстого
		щорса фрунзе блюхера тельмана баумана шаумяна лепсе упита`)
	// endsAsName are ordinary words that end as people's names do.
	endsAsName = set(`снова слова слово половина половину причина корова голова дрова основа картина витрина шина резина глина спина малина середина
		вершина скотина кабина корзина годовщина мужчина женщина старшина магазина бензина такой какой другой любой второй первой твой мой свой
		каждой одной этой самой вторая первая третья другая такая какая любая каждая самая большой пятый домой зимой весной водой горячей ледяной
		электрической этом том каком таком самом одном каждом соседнем соседней жителей родителей`)
)

// shouts tells whether a text is in capitals altogether.
func shouts(ws []word) bool {
	long := 0
	for _, w := range ws {
		if w.text != strings.ToUpper(w.text) {
			return false
		}
		if !startsWithDigit(w.low) && utf8.RuneCountInString(w.low) > 2 {
			long++
		}
	}
	return long > 1
}

// quieten writes the words of a text in capitals as one writes them, but for what is short and for houses.
func quieten(ws []word) {
	for i, w := range ws {
		if utf8.RuneCountInString(w.low) < 4 || w.low == "зато" || houseForm().MatchString(w.low) {
			continue
		}
		_, n := utf8.DecodeRuneInString(w.text)
		ws[i].text = w.text[:n] + strings.ToLower(w.text[n:])
	}
}
