package find

import (
	"strconv"
	"strings"
	"time"

	"otklik/flows/lazy"
)

// parts is what somebody looks for.
type parts struct {
	rest     string // words
	author   string
	from, to time.Time // created in [from, to); zero: whenever
}

var (
	// date is a day, or two with a dash between them: «12.11», «12.11.2026», «1.11–15.11».
	date   = lazy.Regexp(`(?:^|\s)(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2}))?(?:\s*[-–—]\s*(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2}))?)?(?:\s|$)`)
	author = lazy.Regexp(`(?:^|\s)(?:[Аа]втор|[Aa]uthor):?\s+(\S+(?:\s+\p{Lu}\S*)*)`)
)

// spans are words for stretches of time that end today: how many days they have.
var spans = []struct {
	words string
	days  int
	back  int
}{
	{"сегодня", 1, 0}, {"today", 1, 0}, {"вчера", 1, 1}, {"yesterday", 1, 1}, {"за неделю", 7, 0}, {"last week", 7, 0},
	{"за месяц", 30, 0}, {"last month", 30, 0}, {"за год", 365, 0}, {"last year", 365, 0},
}

// parse takes what was said apart. now carries the region's zone; a date without a year is the last one that was.
func parse(said string, now time.Time) (p parts) {
	if m := date().FindStringSubmatchIndex(said); m != nil {
		sub := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return said[m[2*i]:m[2*i+1]]
		}
		if from, to, ok := between(sub(1), sub(2), sub(3), sub(4), sub(5), sub(6), now); ok {
			p.from, p.to = from, to.AddDate(0, 0, 1)
			said = said[:m[0]] + " " + said[m[1]:]
		}
	}
	if p.from.IsZero() {
		low := strings.ToLower(said)
		for _, s := range spans {
			i := strings.Index(low, s.words)
			if i < 0 || len(low) != len(said) {
				continue
			}
			y, m, d := now.Date()
			p.to = time.Date(y, m, d+1-s.back, 0, 0, 0, 0, now.Location())
			p.from = p.to.AddDate(0, 0, -s.days)
			said = said[:i] + " " + said[i+len(s.words):]
			break
		}
	}
	if m := author().FindStringSubmatchIndex(said); m != nil {
		p.author = said[m[2]:m[3]]
		said = said[:m[0]] + " " + said[m[1]:]
	}
	p.rest = strings.Join(strings.Fields(said), " ")
	return p
}

// between reads two days, the second "" for the same one. What year one of them leaves out the other may say; the end may be
// still to come.
func between(d1, m1, y1, d2, m2, y2 string, now time.Time) (from, to time.Time, ok bool) {
	if from, ok = day(d1, m1, y1, now); !ok || d2 == "" {
		return from, from, ok
	}
	if y1 == "" && y2 != "" {
		if to, ok = day(d2, m2, y2, now); !ok {
			return from, to, false
		}
		from, ok = day(d1, m1, strconv.Itoa(to.Year()), now)
		if ok && from.Month() > to.Month() {
			from, ok = day(d1, m1, strconv.Itoa(to.Year()-1), now)
		}
	} else {
		year := y2
		if year == "" {
			year = strconv.Itoa(from.Year())
		}
		to, ok = day(d2, m2, year, now)
		if ok && y2 == "" && to.Month() < from.Month() {
			to, ok = day(d2, m2, strconv.Itoa(from.Year()+1), now)
		}
	}
	if to.Before(from) {
		from, to = to, from
	}
	return from, to, ok
}

// day reads a date.
func day(d, m, y string, now time.Time) (time.Time, bool) {
	dd, err1 := strconv.Atoi(d)
	mm, err2 := strconv.Atoi(m)
	if err1 != nil || err2 != nil {
		return time.Time{}, false
	}
	yy := now.Year()
	if y != "" {
		yy, _ = strconv.Atoi(y)
		if yy < 100 {
			yy += 2000
		}
	}
	t := time.Date(yy, time.Month(mm), dd, 0, 0, 0, 0, now.Location())
	if t.Day() != dd || int(t.Month()) != mm {
		return time.Time{}, false
	}
	if y == "" && t.After(now) {
		t = t.AddDate(-1, 0, 0)
	}
	return t, true
}

func cutPrefix(said, sign string) (string, bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(said), sign)
	return strings.TrimSpace(rest), ok
}
