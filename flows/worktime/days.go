package worktime

import "time"

// A date is a day of the calendar on the wall, as midnight UTC: in some zones some days have no midnight of their own.
type date struct{ time.Time }

func (c *Calendar) dateOf(t time.Time) date {
	y, m, d := t.In(c.zone).Date()
	return date{time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

func (d date) next() date { return date{d.AddDate(0, 0, 1)} }

// at gives the moment of a date when the clock on the wall shows so many minutes after midnight.
func (c *Calendar) at(d date, minutes int) time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), minutes/hour, minutes%hour, 0, 0, c.zone)
}

// spansOn gives the working stretches of a date; none on a day off.
func (c *Calendar) spansOn(d date) []span {
	md, y := monthDay{d.Month(), d.Day()}, c.years[d.Year()]
	weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
	switch {
	case !y.work[md] && (weekend || c.fixed[md] || y.off[md]):
		return nil
	case y.short[md]:
		return c.shorts
	}
	return c.spans
}

// longestIdle bounds the search for the next working day, in days: a calendar that has none would never end it.
const longestIdle = 2 * 366

// workdays gives the days with working time after a date, in order.
func (c *Calendar) workdays(after date) func(yield func(date, []span) bool) {
	return func(yield func(date, []span) bool) {
		for d, idle := after.next(), 0; idle < longestIdle; d = d.next() {
			spans := c.spansOn(d)
			if len(spans) == 0 {
				idle++
				continue
			}
			idle = 0
			if !yield(d, spans) {
				return
			}
		}
	}
}

// stretches gives the working stretches that end after t, in order; the first is cut to begin at t at the earliest.
func (c *Calendar) stretches(t time.Time) func(yield func(from, to time.Time) bool) {
	return func(yield func(from, to time.Time) bool) {
		last := t
		yesterday := date{c.dateOf(t).AddDate(0, 0, -1)}
		for d, spans := range c.workdays(yesterday) {
			for _, s := range spans {
				// Where clocks are changed, hours on the wall may be missing or come twice: no moment counts twice.
				from, to := c.at(d, s.from), c.at(d, s.to)
				if from.Before(last) {
					from = last
				}
				if !to.After(from) {
					continue
				}
				if !yield(from, to) {
					return
				}
				last = to
			}
		}
	}
}
