package days

import (
	"strconv"
	"strings"
	"time"

	"otklik/flows/lazy"
)

// The names of the months as a date or a span has them, and no more: «Майский» is a place.
const month = `январ[ьяе]|феврал[ьяе]|март[ае]?|апрел[ьяе]|ма[йяе]|июн[ьяе]|июл[ьяе]|август[ае]?|сентябр[ьяе]|октябр[ьяе]|ноябр[ьяе]|декабр[ьяе]|` +
	`january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec`

// date1 is a day: 25.11, 25.11.2026, 2026-11-25, «25 ноября 2026», November 25; in a span also a day of the other's month.
const date1 = `(\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}(?:\.(?:\d{4}|\d\d))?|\d{1,2}\s+(?:` + month + `)(?:\s+\d{4})?|(?:` + month + `)\s+\d{1,2}(?:\s+\d{4})?|\d{1,2})`

var (
	spanned = lazy.Regexp(`(?i)(?:^|\s)(?:(?:с|from)\s+)?` + date1 + `\s*(?:[-–—]|\s(?:по|до|to|till|until)\s)\s*` + date1 + `(?:\s*(?:года?|г\.?))?(?:$|\s)`)
	monthly = lazy.Regexp(`(?i)(?:^|\s)(?:(?:за|в|in|for)\s+)?(` + month + `)(?:\s+(\d{4})(?:\s*(?:года?|г\.?))?)?(?:$|\s)`)
	yearly  = lazy.Regexp(`(?i)(?:^|\s)(?:(?:за|в|in|for)\s+)?(20\d\d)(?:\s*(?:года?|году|г\.?))?(?:$|\s)`)
	daily   = lazy.Regexp(`(?i)(?:^|\s)` + date1 + `(?:$|\s)`)
)

// Span finds a time that has been in a text: «с 1 марта по 15 апреля», «01.03–15.04.2026», «март», «2025», «25 ноября». now carries the
// region's zone; from and to are the midnights of its first and last day, and rest is the text without it. Without a year the last
// that has begun is meant. ok is false where there is none, rest then being the text; and where there is one that ends before it
// begins, or has not begun, or is in no calendar.
func Span(text string, now time.Time) (from, to time.Time, rest string, ok bool) {
	said := text
	text = strings.ReplaceAll(strings.ReplaceAll(text, "ё", "е"), "Ё", "Е")
	if m := spanned().FindStringSubmatchIndex(text); m != nil {
		from, to, ok = between(text[m[2]:m[3]], text[m[4]:m[5]], now)
		return from, to, without(text, m), ok && !from.After(now)
	}
	if m := daily().FindStringSubmatchIndex(text); m != nil {
		if d, fits := read(text[m[2]:m[3]]); fits && d.month > 0 {
			from, ok = d.last(now)
			return from, from, without(text, m), ok
		}
	}
	if m := monthly().FindStringSubmatchIndex(text); m != nil {
		d := written{day: 1, month: monthOf(text[m[2]:m[3]])}
		if m[4] >= 0 {
			d.year, _ = strconv.Atoi(text[m[4]:m[5]])
		}
		from, ok = d.last(now)
		return from, from.AddDate(0, 1, -1), without(text, m), ok
	}
	if m := yearly().FindStringSubmatchIndex(text); m != nil {
		d := written{day: 1, month: 1}
		d.year, _ = strconv.Atoi(text[m[2]:m[3]])
		from, ok = d.last(now)
		return from, from.AddDate(1, 0, -1), without(text, m), ok
	}
	return from, to, said, false
}

// without takes what was found out of a text.
func without(text string, at []int) string {
	return strings.Join(strings.Fields(text[:at[0]]+" "+text[at[1]:]), " ")
}

// written is a day as it was written; what was left out is zero.
type written struct{ day, month, year int }

func read(text string) (d written, ok bool) {
	if t, err := time.Parse("2006-01-02", text); err == nil {
		return written{t.Day(), int(t.Month()), t.Year()}, true
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == ' ' || r == '\t' || r == '\n' })
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		switch {
		case err != nil:
			d.month = monthOf(part)
		case d.day == 0:
			d.day = n
		case d.month == 0:
			d.month = n
		case i == len(parts)-1:
			if d.year = n; n < 100 {
				d.year += 2000
			}
		}
	}
	return d, d.day > 0
}

func monthOf(word string) int {
	n, _ := known(months, strings.ToLower(word))
	return n
}

// on gives the day in a year; ok is false where there is none.
func (d written) on(year int, zone *time.Location) (time.Time, bool) {
	t := time.Date(year, time.Month(d.month), d.day, 0, 0, 0, 0, zone)
	return t, t.Day() == d.day && int(t.Month()) == d.month && year >= 2000 && year < 2200
}

// last gives the day; without a year the last that was.
func (d written) last(now time.Time) (t time.Time, ok bool) {
	if d.year > 0 {
		t, ok = d.on(d.year, now.Location())
		return t, ok && !t.After(now)
	}
	for year := now.Year(); year > now.Year()-8; year-- { // a 29th of February
		if t, ok = d.on(year, now.Location()); ok && !t.After(now) {
			return t, true
		}
	}
	return t, false
}

// between gives two days, the first and the last; what one of them leaves out the other may say.
func between(first, last string, now time.Time) (from, to time.Time, ok bool) {
	a, fits1 := read(first)
	b, fits2 := read(last)
	if !fits1 || !fits2 || b.month == 0 {
		return from, to, false
	}
	if a.month == 0 {
		a.month = b.month
	}
	switch {
	case a.year == 0 && b.year == 0:
		if from, ok = a.last(now); !ok {
			return from, to, false
		}
		a.year = from.Year()
		b.year = a.year
		if b.month < a.month || b.month == a.month && b.day < a.day {
			b.year++
		}
	case a.year == 0:
		a.year = b.year
		if b.month < a.month || b.month == a.month && b.day < a.day {
			a.year--
		}
	case b.year == 0:
		b.year = a.year
		if b.month < a.month {
			b.year++
		}
	}
	from, fits1 = a.on(a.year, now.Location())
	to, fits2 = b.on(b.year, now.Location())
	return from, to, fits1 && fits2 && !to.Before(from)
}
