package figures

import (
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

// last gives the days of a period that ends with a date.
func last(name string, today storage.Day) period {
	n := lengths[name]
	if n == 0 {
		n = lengths[periods[0]]
	}
	return period{today + 1 - n, today + 1}
}

// before gives the period of the same length just before.
func (p period) before() period { return period{p.From - (p.To - p.From), p.From} }

// yearBefore gives the same days of the week a year before.
func (p period) yearBefore() period {
	const year = 364
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
