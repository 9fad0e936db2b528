// Package days reads dates as people write them: «завтра», «в пятницу», «25 ноября», "in a week".
package days

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Past is how long ago a date without a year may have been so that it is taken for a slip, not for the next year's.
const Past = 60 * 24 * time.Hour

// Parse finds a date in a text. now carries the region's zone; the date is its midnight, today at the earliest. ok is
// false where there is none, or where it has passed.
func Parse(text string, now time.Time) (day time.Time, ok bool) {
	w := fields(text)
	for i := range w {
		if day, ok = at(w[i:], now); ok {
			return day, !day.Before(midnight(now))
		}
	}
	return time.Time{}, false
}

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

// at reads a date at the beginning of the words.
func at(w []string, now time.Time) (time.Time, bool) {
	today := midnight(now)
	word := func(i int) string {
		if i < len(w) {
			return w[i]
		}
		return ""
	}
	if n, ok := near[w[0]]; ok {
		return today.AddDate(0, 0, n), true
	}
	if n, ok := begins(weekdays, w[0]); ok {
		ahead := (n - int(today.Weekday()) + 7) % 7
		if ahead == 0 {
			ahead = 7
		}
		return today.AddDate(0, 0, ahead), true
	}
	if w[0] == "через" || w[0] == "in" {
		return later(word(1), word(2), today)
	}
	if day, ok := dotted(w[0], now); ok {
		return day, true
	}
	if d, err := strconv.Atoi(strings.TrimRight(w[0], "-гоestndrh")); err == nil {
		if m, ok := begins(months, word(1)); ok {
			return date(d, m, word(2), now)
		}
	}
	if m, ok := begins(months, w[0]); ok { // December 1
		if d, err := strconv.Atoi(strings.TrimRight(word(1), "stndrh")); err == nil {
			return date(d, m, word(2), now)
		}
	}
	return time.Time{}, false
}

var near = map[string]int{
	"сегодня": 0, "today": 0, "завтра": 1, "tomorrow": 1, "послезавтра": 2,
}

// A name is known by how it begins, as people decline it; the longer beginnings come first.
type names []struct {
	begin string
	n     int
}

var weekdays = names{
	{"понедельник", 1}, {"вторник", 2}, {"сред", 3}, {"четверг", 4}, {"пятниц", 5}, {"суббот", 6}, {"воскресень", 0},
	{"monday", 1}, {"tuesday", 2}, {"wednesday", 3}, {"thursday", 4}, {"friday", 5}, {"saturday", 6}, {"sunday", 0},
}

var months = names{
	{"январ", 1}, {"феврал", 2}, {"март", 3}, {"апрел", 4}, {"мая", 5}, {"май", 5}, {"июн", 6}, {"июл", 7}, {"август", 8}, {"сентябр", 9},
	{"октябр", 10}, {"ноябр", 11}, {"декабр", 12},
	{"jan", 1}, {"feb", 2}, {"mar", 3}, {"apr", 4}, {"may", 5}, {"jun", 6}, {"jul", 7}, {"aug", 8}, {"sep", 9}, {"oct", 10}, {"nov", 11}, {"dec", 12},
}

// begins finds the name that a word begins with: at most four letters follow it, so that «среднее» is no Wednesday.
func begins(list names, word string) (int, bool) {
	for _, x := range list {
		rest, ok := strings.CutPrefix(word, x.begin)
		if !ok {
			continue
		}
		if x.begin == "сред" && rest != "а" && rest != "у" && rest != "ы" && rest != "е" && rest != "ой" {
			continue
		}
		if len([]rune(rest)) <= 6 {
			return x.n, true
		}
	}
	return 0, false
}

var units = map[string][2]int{ // days, months
	"день": {1, 0}, "дня": {1, 0}, "дней": {1, 0}, "day": {1, 0}, "days": {1, 0},
	"неделю": {7, 0}, "недели": {7, 0}, "недель": {7, 0}, "week": {7, 0}, "weeks": {7, 0},
	"месяц": {0, 1}, "месяца": {0, 1}, "месяцев": {0, 1}, "month": {0, 1}, "months": {0, 1},
}

var counts = map[string]int{
	"a": 1, "one": 1, "two": 2, "three": 3, "один": 1, "одну": 1, "пару": 2, "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5, "десять": 10,
}

// later reads «3 дня», «неделю», «две недели».
func later(count, unit string, today time.Time) (time.Time, bool) {
	n, ok := counts[count]
	if !ok {
		var err error
		if n, err = strconv.Atoi(count); err != nil || n < 0 || n > 365 {
			n, unit = 1, count
		}
	}
	u, ok := units[unit]
	if !ok {
		return time.Time{}, false
	}
	return today.AddDate(0, n*u[1], n*u[0]), true
}

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
	given := err == nil && y >= 2000 && y < 2200
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
