package figures

import (
	"strings"
	"time"

	"otklik/storage"
)

// period is the days [From, To).
type period struct{ From, To storage.Day }

// lengths are the periods to choose from, in days. A week more or less is a whole number of weeks: a year ago the same
// days of the week are meant.
var lengths = map[string]storage.Day{"week": 7, "month": 28, "quarter": 91, "year": 364}

// periods lists them in the order of the buttons.
var periods = []string{"week", "month", "quarter", "year"}

// spelled names a period by its days, and unspelled reads that.
func spelled(from, to time.Time) string {
	return from.Format(time.DateOnly) + ".." + to.Format(time.DateOnly)
}

func unspelled(name string) (p period, ok bool) {
	first, last, _ := strings.Cut(name, "..")
	from, err1 := time.Parse(time.DateOnly, first)
	to, err2 := time.Parse(time.DateOnly, last)
	return period{storage.DayOf(from), storage.DayOf(to) + 1}, err1 == nil && err2 == nil
}

// last gives the days of a period that ends with a date, or has its own.
func last(name string, today storage.Day) period {
	if p, ok := unspelled(name); ok {
		return p
	}
	n := lengths[name]
	if n == 0 {
		n = lengths[periods[0]]
	}
	return period{today + 1 - n, today + 1}
}

// months is how many whole months a period has; 0 where it begins or ends within one.
func (p period) months() int {
	from, to := p.From.In(time.UTC), p.To.In(time.UTC)
	if from.Day() != 1 || to.Day() != 1 {
		return 0
	}
	return 12*(to.Year()-from.Year()) + int(to.Month()-from.Month())
}

// moved gives a period some months earlier.
func (p period) moved(months int) period {
	return period{storage.DayOf(p.From.In(time.UTC).AddDate(0, -months, 0)), storage.DayOf(p.To.In(time.UTC).AddDate(0, -months, 0))}
}

// before gives the period of the same length just before.
func (p period) before() period {
	if n := p.months(); n > 0 {
		return p.moved(n)
	}
	return period{p.From - (p.To - p.From), p.From}
}

// yearBefore gives the same days a year before: of whole weeks the same days of the week.
func (p period) yearBefore() period {
	const year = 364
	if (p.To-p.From)%7 != 0 || p.months() > 0 {
		return p.moved(12)
	}
	return period{p.From - year, p.To - year}
}

// words gives the first and the last day.
func (p period) dates(zone *time.Location) (from, to time.Time) {
	return p.From.In(zone), (p.To - 1).In(zone)
}

// three is what is compared: the period, the one before it, and that of the year before.
type three [3]storage.Sums

// compared reads what is counted under a value of a dimension.
func compared(tx *storage.Tx, d storage.Dimension, value string, p period) (s three, err error) {
	before := p.before()
	for i, p := range []period{p, before, p.yearBefore()} {
		if i == 2 && p == before { // the year before the year
			s[i] = storage.Sums{}
		} else if s[i], err = tx.Sums(d, value, p.From, p.To); err != nil {
			return s, err
		}
	}
	return s, nil
}
