// Package worktime counts working time: the hours of working days in the region's zone, without breaks, weekends and
// days off. Deadlines are counted in it.
package worktime

import (
	"errors"
	"fmt"
	"time"

	"otklik/config"
)

// Calendar is a region's working time.
type Calendar struct {
	zone   *time.Location
	spans  []span // of a full working day
	shorts []span // of a day with an hour less
	fixed  map[monthDay]bool
	years  map[int]year
}

// span is a stretch of a day, since midnight.
type span struct{ from, to time.Duration }

type monthDay struct {
	month time.Month
	day   int
}

type year struct{ off, work, short map[monthDay]bool }

// farthest bounds every search for working time: a calendar without any would never end it.
const farthest = 3 * 366

// New makes a calendar of the pack's. Faults of the calendar are errors.
func New(c config.Calendar, zone *time.Location) (*Calendar, error) {
	w := &Calendar{zone: zone, years: map[int]year{}}
	start, err1 := clock(c.Start)
	end, err2 := clock(c.End)
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("working hours: %w", err)
	}
	for _, b := range c.Breaks {
		from, err1 := clock(b[0])
		to, err2 := clock(b[1])
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("break: %w", err)
		}
		if from < start || to <= from || to > end {
			return nil, fmt.Errorf("break %s–%s does not lie in the working hours after the one before it", b[0], b[1])
		}
		w.spans = append(w.spans, span{start, from})
		start = to
	}
	if end <= start {
		return nil, fmt.Errorf("working hours end (%s) before they begin", c.End)
	}
	w.spans = append(w.spans, span{start, end})
	for _, s := range w.spans {
		if s.to = min(s.to, end-time.Hour); s.to > s.from {
			w.shorts = append(w.shorts, s)
		}
	}
	var err error
	if w.fixed, err = days(c.Fixed); err != nil {
		return nil, err
	}
	for n, y := range c.Years {
		off, err1 := days(y.Off)
		work, err2 := days(y.Work)
		short, err3 := days(y.Short)
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, fmt.Errorf("%d: %w", n, err)
		}
		w.years[n] = year{off, work, short}
	}
	return w, nil
}

func clock(s string) (time.Duration, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%q is no time of day: want one such as 09:00", s)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

func days(list []string) (map[monthDay]bool, error) {
	set := map[monthDay]bool{}
	for _, s := range list {
		t, err := time.Parse("2006-01-02", "2000-"+s)
		if err != nil {
			return nil, fmt.Errorf("%q is no day of a year: want one such as 12-31", s)
		}
		set[monthDay{t.Month(), t.Day()}] = true
	}
	return set, nil
}

// Known tells whether the swaps of a year are known; without them a year has its weekends and its fixed days off.
func (c *Calendar) Known(year int) bool {
	_, ok := c.years[year]
	return ok
}

// day gives the working spans of a day, which is a midnight in the zone.
func (c *Calendar) day(midnight time.Time) []span {
	md, y := monthDay{midnight.Month(), midnight.Day()}, c.years[midnight.Year()]
	weekend := midnight.Weekday() == time.Saturday || midnight.Weekday() == time.Sunday
	switch {
	case y.work[md]:
	case y.off[md], c.fixed[md], weekend:
		return nil
	}
	if y.short[md] {
		return c.shorts
	}
	return c.spans
}

func (c *Calendar) midnight(t time.Time) time.Time {
	y, m, d := t.In(c.zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, c.zone)
}

// at gives a moment of a day by the clock on the wall.
func (c *Calendar) at(midnight time.Time, since time.Duration) time.Time {
	y, m, d := midnight.Date()
	return time.Date(y, m, d, 0, 0, 0, int(since), c.zone)
}

// each calls fn with every working stretch that ends after t, in order, until fn returns false.
func (c *Calendar) each(t time.Time, fn func(from, to time.Time) bool) {
	day := c.midnight(t)
	for range farthest {
		for _, s := range c.day(day) {
			from, to := c.at(day, s.from), c.at(day, s.to)
			if to.After(t) && !fn(from, to) {
				return
			}
		}
		day = day.AddDate(0, 0, 1)
	}
}

// Add gives the deadline of a norm that begins at t: so many working hours on, or the end of the so-manieth working day
// after t's own.
func (c *Calendar) Add(t time.Time, n config.Norm) time.Time {
	if n.Days == 0 {
		return c.AddDuration(t, time.Duration(n.Hours)*time.Hour)
	}
	day := c.midnight(t)
	end := t
	for left, i := n.Days, 0; left > 0 && i < farthest; i++ {
		day = day.AddDate(0, 0, 1)
		if spans := c.day(day); spans != nil {
			left--
			end = c.at(day, spans[len(spans)-1].to)
		}
	}
	return end
}

// AddDuration gives the moment when d of working time has passed since t; for none, the first working moment.
func (c *Calendar) AddDuration(t time.Time, d time.Duration) time.Time {
	end := t
	c.each(t, func(from, to time.Time) bool {
		if from.Before(t) {
			from = t
		}
		if length := to.Sub(from); length < d {
			d -= length
			return true
		}
		end = from.Add(d)
		return false
	})
	return end
}

// Between gives the working time between two moments; negative where b is before a.
func (c *Calendar) Between(a, b time.Time) (d time.Duration) {
	if b.Before(a) {
		return -c.Between(b, a)
	}
	c.each(a, func(from, to time.Time) bool {
		if !from.Before(b) {
			return false
		}
		if from.Before(a) {
			from = a
		}
		if to.After(b) {
			to = b
		}
		d += to.Sub(from)
		return true
	})
	return d
}

// Working tells whether a moment is in working time.
func (c *Calendar) Working(t time.Time) bool { return c.Next(t).Equal(t) }

// Next gives the first working moment at or after t.
func (c *Calendar) Next(t time.Time) time.Time {
	next := t
	c.each(t, func(from, _ time.Time) bool {
		if from.After(t) {
			next = from
		}
		return false
	})
	return next
}
