package config

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// The years that a calendar may speak of; another number is a slip of the pen.
const (
	firstYear = 2000
	lastYear  = 2100
)

func calendar(c checker) {
	k := c.pack.Calendar
	start, okStart := c.clock("calendar.start", k.Start)
	end, okEnd := c.clock("calendar.end", k.End)
	if okStart && okEnd && start >= end {
		c.wrong("calendar.end", "calendar: the day ends at %s, before it starts at %s", k.End, k.Start)
		okEnd = false
	}
	before := start
	for i, b := range k.Breaks {
		path := fmt.Sprintf("calendar.breaks[%d]", i)
		if c.isUnread(path) {
			continue
		}
		from, ok1 := c.clock(path, b[0])
		to, ok2 := c.clock(path, b[1])
		if !ok1 || !ok2 || !okStart || !okEnd {
			continue
		}
		if from >= to || from < before || to > end {
			c.wrong(path, "calendar: break %s–%s does not fit into the day, or into the order of the breaks", b[0], b[1])
		}
		before = to
	}
	if k.Quiet != [2]string{} && !c.isUnread("calendar.quiet") {
		from, ok1 := c.clock("calendar.quiet", k.Quiet[0])
		to, ok2 := c.clock("calendar.quiet", k.Quiet[1])
		if ok1 && ok2 && from == to {
			c.wrong("calendar.quiet", "calendar: the quiet hours end when they begin")
		}
	}
	for i, day := range k.Fixed {
		// 29 February is a date in a leap year only, and stands for no day in others.
		c.date(fmt.Sprintf("calendar.fixed[%d]", i), 2024, day)
	}
	for _, y := range slices.Sorted(maps.Keys(k.Years)) {
		path := fmt.Sprintf("calendar.years.%d", y)
		if y < firstYear || y > lastYear {
			c.wrong(path, "calendar: year %d: want %d to %d", y, firstYear, lastYear)
			continue
		}
		c.year(path, y, k.Years[y])
	}
}

// year checks a year's own days: each a date, no date in two lists that contradict each other.
func (c checker) year(path string, y int, year Year) {
	lists := []struct {
		name string
		days []string
	}{{"off", year.Off}, {"work", year.Work}, {"short", year.Short}}
	said := map[string]string{}
	for _, l := range lists {
		for i, day := range l.days {
			at := fmt.Sprintf("%s.%s[%d]", path, l.name, i)
			if !c.date(at, y, day) {
				continue
			}
			switch other := said[day]; {
			case other == l.name:
				c.wrong(at, "calendar %d: %s stands twice in %s", y, day, l.name)
			case other == "off":
				c.wrong(at, "calendar %d: %s is in %s and in off: a working day or not?", y, day, l.name)
			}
			said[day] = l.name
		}
	}
}

// clock reads a time of day as minutes.
func (c checker) clock(path, text string) (minutes int, ok bool) {
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		c.wrong(path, "calendar: %q is no time of day: want hours and minutes such as 09:00", text)
		return 0, false
	}
	return t.Hour()*60 + t.Minute(), true
}

func (c checker) date(path string, year int, text string) bool {
	if _, err := time.Parse("2006-01-02", fmt.Sprintf("%04d-%s", year, text)); err != nil {
		c.wrong(path, "calendar: %q is no date: want month and day such as 05-09", text)
		return false
	}
	return true
}

// Warnings tells what is no fault yet: a year that the calendar says nothing of, this one or, from December, the next.
// Its deadlines count weekends and the fixed days off only, without the days that are moved each year.
func (p *Pack) Warnings(now time.Time) (list []string) {
	if zone, err := time.LoadLocation(p.Region.TimeZone); err == nil {
		now = now.In(zone)
	}
	years := []int{now.Year()}
	if now.Month() == time.December {
		years = append(years, now.Year()+1)
	}
	for _, y := range years {
		if _, ok := p.Calendar.Years[y]; !ok {
			list = append(list, fmt.Sprintf("the calendar says nothing of %d: deadlines will count its moved days wrong; add it under calendar.years", y))
		}
	}
	return list
}
