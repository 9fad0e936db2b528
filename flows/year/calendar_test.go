package year

import (
	"fmt"
	"testing"
	"time"

	"otklik/config"
)

// slow counts working time minute by minute, as somebody with a paper calendar would. It knows nothing of flows/worktime,
// which it is held against.
type slow struct {
	first time.Time
	works []bool // each minute from first on
	days  []int  // the date of each, as it is written there
	zone  *time.Location
	quiet [2]string
	end   string
}

// paper writes the calendar of a pack out, minute by minute.
func paper(tb testing.TB, c config.Calendar, zone *time.Location, from, to time.Time) *slow {
	s := &slow{first: from.Truncate(24 * time.Hour), zone: zone, quiet: c.Quiet, end: c.End}
	in := func(list []string, day string) bool {
		for _, one := range list {
			if one == day {
				return true
			}
		}
		return false
	}
	hourEarlier := func(clock string) string {
		var h, m int
		if _, err := fmt.Sscanf(clock, "%d:%d", &h, &m); err != nil {
			tb.Fatal(err)
		}
		return fmt.Sprintf("%02d:%02d", h-1, m)
	}
	for at := s.first; at.Before(to); at = at.Add(time.Minute) {
		local := at.In(zone)
		day, clock, year := local.Format("01-02"), local.Format("15:04"), c.Years[local.Year()]
		off := local.Weekday() == time.Saturday || local.Weekday() == time.Sunday || in(c.Fixed, day) || in(year.Off, day)
		if in(year.Work, day) {
			off = false
		}
		end := c.End
		if in(year.Short, day) {
			end = hourEarlier(end)
		}
		works := !off && clock >= c.Start && clock < end
		for _, b := range c.Breaks {
			works = works && (clock < b[0] || clock >= b[1])
		}
		s.works, s.days = append(s.works, works), append(s.days, local.Year()*1000+local.YearDay())
	}
	return s
}

func (s *slow) minute(t time.Time) int { return int(t.Sub(s.first) / time.Minute) }

func (s *slow) begin(minute int) time.Time { return s.first.Add(time.Duration(minute) * time.Minute) }

// add gives when so much working time has passed; for none, the next working moment.
func (s *slow) add(t time.Time, d time.Duration) time.Time {
	for m := s.minute(t); ; m++ {
		if !s.works[m] {
			continue
		}
		from, to := s.begin(m), s.begin(m+1)
		if from.Before(t) {
			from = t
		}
		if left := to.Sub(from); d > left {
			d -= left
			continue
		}
		return from.Add(max(d, 0))
	}
}

// between gives the working time between two moments; none where b is not after a.
func (s *slow) between(a, b time.Time) (d time.Duration) {
	for m := s.minute(a); s.begin(m).Before(b); m++ {
		if !s.works[m] {
			continue
		}
		from, to := s.begin(m), s.begin(m+1)
		if from.Before(a) {
			from = a
		}
		if to.After(b) {
			to = b
		}
		d += to.Sub(from)
	}
	return d
}

// norm gives the deadline of a norm: working hours, or the end of the so-manieth working day after this one.
func (s *slow) norm(t time.Time, n config.Norm) time.Time {
	if n.Days == 0 {
		return s.add(t, time.Duration(n.Hours)*time.Hour)
	}
	own := s.days[s.minute(t)]
	for m, left := s.minute(t)+1, n.Days; ; m++ {
		if s.days[m] == own || !s.works[m] {
			continue
		}
		today, end := s.days[m], m
		for ; s.days[m] == today; m++ {
			if s.works[m] {
				end = m + 1
			}
		}
		if left--; left == 0 {
			return s.begin(end)
		}
	}
}

// later gives a deadline so much working time on, at the next quarter of an hour.
func (s *slow) later(due time.Time, d time.Duration) time.Time {
	if d > 0 {
		due = s.add(due, d)
	}
	for due.Minute()%15 != 0 || due.Second() != 0 || due.Nanosecond() != 0 {
		due = due.Truncate(time.Second).Add(time.Second)
	}
	return due
}

// endOfDay gives when working days end, on a date.
func (s *slow) endOfDay(day time.Time) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", day.In(s.zone).Format(time.DateOnly)+" "+s.end, s.zone)
	if err != nil {
		panic(err)
	}
	return t
}

// sleeps tells whether a moment is in the quiet hours, and polite gives when they are over.
func (s *slow) sleeps(t time.Time) bool {
	clock := t.In(s.zone).Format("15:04")
	return clock >= s.quiet[0] || clock < s.quiet[1]
}

func (s *slow) polite(t time.Time) time.Time {
	for s.sleeps(t) {
		t = t.Truncate(time.Minute).Add(time.Minute)
	}
	return t
}
