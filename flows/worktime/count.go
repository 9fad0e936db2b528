package worktime

import (
	"time"

	"otklik/config"
)

// Add gives the deadline of a norm that begins at t: so many working hours on, or the end of the so-manieth working day
// after t's own (a term in days begins on the day after its cause: Civil Code, art. 191). It is t itself where the
// calendar has no working time.
func (c *Calendar) Add(t time.Time, n config.Norm) time.Time {
	if n.Days <= 0 {
		return c.AddDuration(t, time.Duration(n.Hours)*time.Hour)
	}
	end, left := t, n.Days
	for d, spans := range c.workdays(c.dateOf(t)) {
		end = c.at(d, spans[len(spans)-1].to)
		if left--; left == 0 {
			break
		}
	}
	return end
}

// AddDuration gives the moment when d of working time has passed since t; for none, the first working moment.
func (c *Calendar) AddDuration(t time.Time, d time.Duration) time.Time {
	d = max(d, 0)
	end := t
	for from, to := range c.stretches(t) {
		length := to.Sub(from)
		if end = to; length >= d {
			end = from.Add(d)
			break
		}
		d -= length
	}
	return end
}

// Between gives the working time between two moments; negative where b is before a.
func (c *Calendar) Between(a, b time.Time) (d time.Duration) {
	if b.Before(a) {
		return -c.Between(b, a)
	}
	for from, to := range c.stretches(a) {
		if !from.Before(b) {
			break
		}
		if to.After(b) {
			to = b
		}
		d += to.Sub(from)
	}
	return d
}

// Working tells whether a moment is in working time; the last moment of a stretch is not.
func (c *Calendar) Working(t time.Time) bool {
	return c.Next(t).Equal(t) && c.Between(t, t.Add(time.Nanosecond)) > 0
}

// Next gives the first working moment at or after t; t itself where the calendar has none.
func (c *Calendar) Next(t time.Time) time.Time { return c.AddDuration(t, 0) }
