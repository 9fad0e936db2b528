// Package days reads dates as people write them: «завтра», «в пятницу», «25 ноября», "in a week".
package days

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Past is how long ago a date without a year may have been so that it is taken for a slip, not for the next year's.
const Past = 60 * 24 * time.Hour

// Parse finds a date in a text: of several the one by which something is done, «до», «к» or «не позднее», the last of these;
// otherwise the first that has not passed, today only where there is no other. now carries the region's zone; the date is its
// midnight. ok is false where there is none; and where it has passed, which is told from none by the day.
func Parse(text string, now time.Time) (day time.Time, ok bool) {
	w, today := fields(text), midnight(now)
	best := -1
	for i := 0; i < len(w); i++ {
		d, n, is := at(w[i:], now)
		if !is || streets[word(w, i-1)] {
			continue
		}
		worth := worth(w, i)
		switch {
		case worth > 0:
		case d.Before(today):
			worth = -2
		case d.Equal(today):
			worth = -1
		}
		if day.IsZero() || worth > best || worth == best && worth > 0 {
			day, best = d, worth
		}
		i += n - 1
	}
	return day, !day.IsZero() && !day.Before(today)
}

// Lead finds a date with which a text begins, «5.12 почему» or «до 5 декабря почему», and gives the text after it. The date is
// its midnight, whether it has passed or not.
func Lead(text string, now time.Time) (day time.Time, rest string, ok bool) {
	list := strings.Fields(text)
	for n := 1; n <= min(longest, len(list)); n++ {
		w := fields(strings.Join(list[:n], " "))
		if len(w) > 1 && before[w[0]] {
			w = w[1:]
		}
		if len(w) == 0 {
			continue
		}
		if d, m, is := at(w, now); is && m == len(w) {
			day, rest, ok = d, strings.Join(list[n:], " "), true
		}
	}
	return day, rest, ok
}

// longest is how many words a date has at most: «до конца следующей рабочей недели».
const longest = 6

// before are the words that stand before a date.
var before = map[string]bool{
	"до": true, "к": true, "ко": true, "в": true, "во": true, "на": true, "by": true, "until": true, "till": true, "before": true, "on": true,
}

// worth tells how surely the date at a word is the one by which something is done: 2 after «до» or «к», 1 after «по» as in
// «с 1 по 5 декабря», otherwise 0.
func worth(w []string, i int) int {
	for i--; i > 0 && (within[w[i]] || number(w[i])); i-- { // «до вечера пятницы», «до 18:00 3 декабря»
	}
	switch word(w, i) {
	case "до", "к", "ко", "by", "until", "till", "before":
		return 2
	case "позднее", "позже":
		if word(w, i-1) == "не" {
			return 2
		}
	case "than":
		if word(w, i-1) == "later" {
			return 2
		}
	case "по":
		return 1
	}
	return 0
}

// within are the words that stand between «до» and its date.
var within = map[string]bool{
	"утра": true, "утру": true, "обеда": true, "обеду": true, "вечера": true, "вечеру": true, "чем": true, "the": true, "morning": true, "evening": true, "of": true,
}

// streets are the words after which a date is a name: «ул. 8 Марта».
var streets = map[string]bool{
	"ул": true, "улица": true, "улицы": true, "улице": true, "улицу": true, "улицей": true, "пл": true, "площадь": true, "площади": true,
	"пер": true, "переулок": true, "переулка": true, "переулке": true, "пр": true, "проспект": true, "проспекта": true, "проспекте": true, "street": true,
}

func number(word string) bool {
	_, err := strconv.Atoi(word)
	return err == nil
}

func word(w []string, i int) string {
	if i < 0 || i >= len(w) {
		return ""
	}
	return w[i]
}

// Far tells whether a date is more than a year ahead: nobody promises that, it is a slip.
func Far(day, now time.Time) bool { return day.After(midnight(now).AddDate(1, 0, 0)) }

// Choices gives dates to choose a deadline from: tomorrow, in three days, in a week, in two weeks, each moved on to a
// working day; none twice.
func Choices(now time.Time, working func(time.Time) bool) (list []time.Time) {
	for _, n := range []int{1, 3, 7, 14} {
		day := midnight(now).AddDate(0, 0, n)
		for i := 0; i < 30 && !working(day); i++ {
			day = day.AddDate(0, 0, 1)
		}
		if len(list) == 0 || day.After(list[len(list)-1]) {
			list = append(list, day)
		}
	}
	return list
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// fields gives the words and numbers of a text in lower case; the points and dashes inside a date stay.
func fields(text string) []string {
	text = strings.ReplaceAll(strings.ToLower(text), "ё", "е")
	list := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '-'
	})
	for i, w := range list {
		list[i] = strings.Trim(w, ".-")
	}
	return list
}

// at reads a date at the beginning of the words, and gives how many of them it is.
func at(w []string, now time.Time) (day time.Time, n int, ok bool) {
	today := midnight(now)
	if n, ok := near[w[0]]; ok {
		return today.AddDate(0, 0, n), 1, true
	}
	if n, ok := known(weekdays, w[0]); ok {
		ahead := (n - int(today.Weekday()) + 7) % 7
		if ahead == 0 {
			ahead = 7
		}
		return today.AddDate(0, 0, ahead), 1, true
	}
	if w[0] == "через" || w[0] == "in" {
		return later(w, today)
	}
	if day, ok := dotted(w[0], now); ok {
		return day, 1, true
	}
	if day, n, ok := end(w, now); ok {
		return day, n, true
	}
	if d, err := strconv.Atoi(strings.TrimRight(w[0], "-гоestndrh")); err == nil {
		if m, ok := known(months, word(w, 1)); ok {
			day, ok = date(d, m, word(w, 2), now)
			return day, 2 + years(w[2:]), ok
		}
	}
	if m, ok := known(months, w[0]); ok { // December 1
		if d, err := strconv.Atoi(strings.TrimRight(word(w, 1), "stndrh")); err == nil {
			day, ok = date(d, m, word(w, 2), now)
			return day, 2 + years(w[2:]), ok
		}
	}
	return time.Time{}, 0, false
}

var near = map[string]int{
	"сегодня": 0, "today": 0, "завтра": 1, "tomorrow": 1, "послезавтра": 2,
}

// A name is known by its forms: «субботник» is no Saturday, and «Октябрьский» a street.
type names []struct {
	stem    string
	endings string // with spaces between them; "-" none
	n       int
}

var weekdays = names{
	{"понедельник", "- а у ом е", 1}, {"вторник", "- а у ом е", 2}, {"сред", "а ы е у ой", 3}, {"четверг", "- а у ом е", 4}, {"пятниц", "а ы е у ей", 5},
	{"суббот", "а ы е у ой", 6}, {"воскресень", "е я ю ем", 0},
	{"monday", "-", 1}, {"tuesday", "-", 2}, {"wednesday", "-", 3}, {"thursday", "-", 4}, {"friday", "-", 5}, {"saturday", "-", 6}, {"sunday", "-", 0},
}

var months = names{
	{"январ", "ь я ю е", 1}, {"феврал", "ь я ю е", 2}, {"март", "- а у е", 3}, {"апрел", "ь я ю е", 4}, {"ма", "й я ю е", 5}, {"июн", "ь я ю е", 6},
	{"июл", "ь я ю е", 7}, {"август", "- а у е", 8}, {"сентябр", "ь я ю е", 9}, {"октябр", "ь я ю е", 10}, {"ноябр", "ь я ю е", 11}, {"декабр", "ь я ю е", 12},
	{"jan", "- uary", 1}, {"feb", "- ruary", 2}, {"mar", "- ch", 3}, {"apr", "- il", 4}, {"may", "-", 5}, {"jun", "- e", 6},
	{"jul", "- y", 7}, {"aug", "- ust", 8}, {"sep", "- t tember", 9}, {"oct", "- ober", 10}, {"nov", "- ember", 11}, {"dec", "- ember", 12},
}

// known finds the name that a word is a form of.
func known(list names, word string) (int, bool) {
	for _, x := range list {
		rest, ok := strings.CutPrefix(word, x.stem)
		if !ok {
			continue
		}
		if rest == "" {
			rest = "-"
		}
		if slices.Contains(strings.Fields(x.endings), rest) {
			return x.n, true
		}
	}
	return 0, false
}

// end reads «конца недели», «концу следующего месяца», «конца декабря», "end of the week". A week ends on its Sunday.
func end(w []string, now time.Time) (day time.Time, n int, ok bool) {
	switch w[0] {
	case "конца", "концу", "конце":
		n = 1
	case "end":
		for n = 1; word(w, n) == "of" || word(w, n) == "the"; n++ {
		}
	default:
		return day, 0, false
	}
	ahead, works := 0, false
	for ; ; n++ {
		switch word(w, n) {
		case "этой", "этого", "текущей", "текущего", "this":
			continue
		case "следующей", "следующего", "next":
			ahead = 1
			continue
		case "рабочей", "working":
			works = true
			continue
		}
		break
	}
	y, m, d := now.Date()
	on := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, now.Location()) }
	switch word(w, n) {
	case "дня", "day":
		day = on(y, m, d+ahead)
	case "недели", "week":
		day = on(y, m, d+(7-int(now.Weekday()))%7+7*ahead)
		if friday := day.AddDate(0, 0, -2); works && !friday.Before(midnight(now)) {
			day = friday
		}
	case "месяца", "month":
		day = on(y, m+time.Month(1+ahead), 0)
	case "года", "year":
		day = on(y+ahead, 12, 31)
	default:
		named, ok := known(months, word(w, n))
		if !ok {
			return day, 0, false
		}
		first, ok := date(1, named, word(w, n+1), now)
		if !ok {
			return day, 0, false
		}
		if day = on(first.Year(), first.Month()+1, 0); day.Before(midnight(now)) {
			day = on(first.Year()+1, first.Month()+1, 0)
		}
	}
	return day, n + 1, true
}

var units = map[string][2]int{ // days, months
	"день": {1, 0}, "дня": {1, 0}, "дней": {1, 0}, "day": {1, 0}, "days": {1, 0},
	"неделю": {7, 0}, "недели": {7, 0}, "недель": {7, 0}, "week": {7, 0}, "weeks": {7, 0},
	"месяц": {0, 1}, "месяца": {0, 1}, "месяцев": {0, 1}, "month": {0, 1}, "months": {0, 1},
}

var counts = map[string]int{
	"a": 1, "one": 1, "two": 2, "three": 3, "один": 1, "одну": 1, "пару": 2, "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5, "десять": 10,
}

// later reads «через 3 дня», «через неделю», «через две недели».
func later(w []string, today time.Time) (day time.Time, n int, ok bool) {
	count, unit, n := word(w, 1), word(w, 2), 3
	many, ok := counts[count]
	if !ok {
		var err error
		if many, err = strconv.Atoi(count); err != nil || many < 0 || many > 365 {
			many, unit, n = 1, count, 2
		}
	}
	u, ok := units[unit]
	if !ok {
		return time.Time{}, 0, false
	}
	return today.AddDate(0, many*u[1], many*u[0]), n, true
}

// years gives how many words at the beginning are a year: «2027 года».
func years(w []string) int {
	y, err := strconv.Atoi(word(w, 0))
	switch next := word(w, 1); {
	case err != nil || !calendar(y):
		return 0
	case next == "года" || next == "году" || next == "г":
		return 2
	}
	return 1
}

// calendar tells whether a number may be a year.
func calendar(y int) bool { return y >= 2000 && y < 2200 }

// dotted reads 25.11, 25.11.2026 and 2026-11-25.
func dotted(word string, now time.Time) (time.Time, bool) {
	if t, err := time.ParseInLocation("2006-01-02", word, now.Location()); err == nil {
		return t, true
	}
	parts := strings.Split(word, ".")
	if len(parts) < 2 || len(parts) > 3 || len(parts[0]) > 2 || len(parts[1]) != 2 {
		return time.Time{}, false
	}
	d, err1 := strconv.Atoi(parts[0])
	m, err2 := strconv.Atoi(parts[1])
	if err1 != nil || err2 != nil {
		return time.Time{}, false
	}
	year := ""
	if len(parts) == 3 {
		year = parts[2]
		if len(year) == 2 {
			year = "20" + year
		}
		if len(year) != 4 {
			return time.Time{}, false
		}
	}
	return date(d, m, year, now)
}

// date makes a day; a year that is none is the next that fits.
func date(d, m int, year string, now time.Time) (time.Time, bool) {
	y, err := strconv.Atoi(year)
	given := err == nil && calendar(y)
	if !given {
		y = now.Year()
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, now.Location())
	if t.Day() != d || int(t.Month()) != m {
		return time.Time{}, false
	}
	if !given && t.Before(midnight(now).Add(-Past)) {
		t = t.AddDate(1, 0, 0)
	}
	return t, true
}
