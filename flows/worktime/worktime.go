// Package worktime counts working time: the hours of working days in the region's zone, without breaks, weekends and
// days off. Deadlines are counted in it.
package worktime

import (
	"errors"
	"fmt"
	"time"

	"otklik/config"
)

// Calendar is a region's working time. It is safe for use by many at once.
type Calendar struct {
	zone   *time.Location
	spans  []span // of a full working day, in order; none is empty
	shorts []span // of a day with an hour less
	fixed  map[monthDay]bool
	years  map[int]year
}

// span is a stretch of a day by the clock on the wall, in minutes since midnight.
type span struct{ from, to int }

type monthDay struct {
	month time.Month
	day   int
}

type year struct{ off, work, short map[monthDay]bool }

const hour = 60 // minutes

// New makes a calendar of the pack's. Faults of the calendar are errors.
func New(c config.Calendar, zone *time.Location) (*Calendar, error) {
	w := &Calendar{zone: zone, years: map[int]year{}}
	var err error
	if w.spans, err = spansOf(c); err != nil {
		return nil, err
	}
	end := w.spans[len(w.spans)-1].to
	for _, s := range w.spans {
		if s.to = min(s.to, end-hour); s.to > s.from {
			w.shorts = append(w.shorts, s)
		}
	}
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

// spansOf cuts the breaks out of the working hours. A break at either end makes the day shorter.
func spansOf(c config.Calendar) (spans []span, err error) {
	start, err1 := clock(c.Start)
	end, err2 := clock(c.End)
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("working hours: %w", err)
	}
	if end <= start {
		return nil, fmt.Errorf("working hours end (%s) before they begin (%s)", c.End, c.Start)
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
		if from > start {
			spans = append(spans, span{start, from})
		}
		start = to
	}
	if end > start {
		spans = append(spans, span{start, end})
	}
	if len(spans) == 0 {
		return nil, errors.New("the breaks leave no working hours")
	}
	return spans, nil
}

func clock(s string) (minutes int, err error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%q is no time of day: want one such as 09:00", s)
	}
	return t.Hour()*hour + t.Minute(), nil
}

func days(list []string) (map[monthDay]bool, error) {
	set := map[monthDay]bool{}
	for _, s := range list {
		t, err := time.Parse("2006-01-02", "2000-"+s) // a leap year: 29 February is a day
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
