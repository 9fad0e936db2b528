package export

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// tally counts incidents by what became of them.
type tally struct {
	received, inTime, tooLate, working, overdue int
	marks                                       int
	sum                                         float64 // of the marks
}

func (c *tally) add(r *Row) {
	c.received++
	switch r.Outcome {
	case InTime:
		c.inTime++
	case TooLate:
		c.tooLate++
	case Working:
		c.working++
	case Overdue:
		c.overdue++
	}
	if r.Mark != 0 {
		c.marks++
		c.sum += r.Mark
	}
}

func (c *tally) answered() int { return c.inTime + c.tooLate }
func (c *tally) open() int     { return c.working + c.overdue }

// share gives how many of those that were answered, or should have been, were answered in time; "" where there are none.
func (c *tally) share() any {
	if n := c.answered() + c.overdue; n > 0 {
		return float64(c.inTime) / float64(n)
	}
	return ""
}

// mean gives the mean mark, "" where nobody gave one.
func (c *tally) mean() any {
	if c.marks == 0 {
		return ""
	}
	return c.sum / float64(c.marks)
}

// tallies count by a name, such as that of a municipality. Spreadsheets take capitals for small letters when they count, so
// names that differ in nothing else are one here as well.
type tallies struct {
	by    map[string]*tally
	names []string // as they came first
}

func newTallies(names ...string) *tallies {
	t := &tallies{by: map[string]*tally{}}
	for _, name := range names {
		t.of(name)
	}
	return t
}

func (t *tallies) of(name string) *tally {
	key := strings.ToLower(name)
	c := t.by[key]
	if c == nil {
		c = &tally{}
		t.by[key] = c
		t.names = append(t.names, name)
	}
	return c
}

// most gives the names, those with the most incidents first, otherwise as they came.
func (t *tallies) most() []string {
	list := slices.Clone(t.names)
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(t.of(b).received, t.of(a).received) })
	return list
}

// span is a day or a month.
type span struct {
	from, past time.Time // midnights
	name       string
	tally
}

// calendar counts by the day; memory is bound by the days that there are.
type calendar struct {
	days map[time.Time]*tally
	from time.Time // midnights; zero before the first incident
	last time.Time
}

func (c *calendar) add(r *Row) {
	if r.Created.IsZero() {
		return
	}
	day := midnight(r.Created)
	if c.days == nil {
		c.days = map[time.Time]*tally{}
	}
	if c.days[day] == nil {
		c.days[day] = &tally{}
	}
	c.days[day].add(r)
	c.reach(day)
}

// reach has the spans cover a day, whether anything came on it or not.
func (c *calendar) reach(day time.Time) {
	if c.from.IsZero() || day.Before(c.from) {
		c.from = day
	}
	if day.After(c.last) {
		c.last = day
	}
}

// daily is the longest period, in days, that is shown by the day.
const daily = 45

// spans gives each day of a short period, each month of a long one, without gaps.
func (c *calendar) spans() (list []*span) {
	if c.from.IsZero() {
		return nil
	}
	start, next, name := c.from, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }, func(t time.Time) string { return t.Format("02.01.2006") }
	if c.from.AddDate(0, 0, daily).Before(c.last) {
		start = c.from.AddDate(0, 0, 1-c.from.Day())
		next, name = func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }, month
	}
	for t := start; !t.After(c.last); t = next(t) {
		list = append(list, &span{from: t, past: next(t), name: name(t)})
	}
	for day, c := range c.days {
		i, _ := slices.BinarySearchFunc(list, day, func(s *span, day time.Time) int {
			if s.past.After(day) {
				return 1
			}
			return -1
		})
		list[i].merge(c)
	}
	return list
}

func (c *tally) merge(o *tally) {
	c.received, c.inTime, c.tooLate, c.working, c.overdue = c.received+o.received, c.inTime+o.inTime, c.tooLate+o.tooLate, c.working+o.working, c.overdue+o.overdue
	c.marks, c.sum = c.marks+o.marks, c.sum+o.sum
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

var months = [...]string{"янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"}

func month(t time.Time) string { return months[t.Month()-1] + t.Format(" 2006") }
