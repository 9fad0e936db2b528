package year

import (
	"slices"
	"sort"
	"time"

	"otklik/storage"
)

// cell is a place in the figures.
type cell struct {
	by    storage.Dimension
	value string
	day   storage.Day
}

type counts map[cell]map[storage.Measure]int64

func (c counts) add(at cell, m storage.Measure, n int64) {
	if c[at] == nil {
		c[at] = map[storage.Measure]int64{}
	}
	c[at][m] += n
}

// counted gives what a note counts for, by what it says.
func (n *note) counted() map[storage.Measure]int64 {
	c := map[storage.Measure]int64{}
	if m, is := map[string]storage.Measure{
		"create": storage.Received, "take": storage.Received, "find": storage.Seen, "pass": storage.Ignored, "assign": storage.Routed,
		"dispute": storage.Contested, "confirm": storage.Praised, "reject": storage.Refused, "merge": storage.Joined, "unmerge": storage.Parted,
		"withdraw": storage.Recalled, "return": storage.Returned, "decline": storage.Declined, "lapse": storage.Broken, "when": storage.Wondered,
		"escalate": storage.Escalated, "control": storage.Controlled, "approve": storage.Resolved,
	}[n.action]; is {
		c[m] = 1
	}
	late := func(m storage.Measure) {
		if n.late {
			c[m] = 1
		}
	}
	switch {
	case n.action == "assign" && n.first:
		c[storage.Forwarded] = 1
		late(storage.ForwardedLate)
	case n.action == "approve":
		late(storage.ResolvedLate)
	case n.first:
		c[storage.Responded] = 1
		late(storage.RespondedLate)
	case n.action == "overdue":
		c[map[string]storage.Measure{"forward": storage.MissedForward, "first": storage.MissedFirst, "final": storage.MissedFinal}[n.text]] = 1
	case n.action == "mark":
		c[storage.MarkSum] = int64(n.text[0]-'0') - int64(n.was)
		if n.was == 0 {
			c[storage.Marks] = 1
		}
	}
	return c
}

// cells gives under what something about an incident counts: by what the incident is in the end.
func (l *life) cells(day storage.Day, org string) []cell {
	source := l.source.Kind + "/" + l.source.Channel
	list := []cell{{storage.InAll, "", day}, {storage.ByMunicipality, l.place, day}, {storage.ByTopic, l.topic, day},
		{storage.ByPlaceTopic, l.place + "/" + l.topic, day}, {storage.BySource, source, day}}
	if l.source.Kind == "found" {
		list = append(list, cell{storage.BySource, source + "/" + l.source.Name, day})
	}
	if org != "" {
		list = append(list, cell{storage.ByBody, org, day})
	}
	return list
}

// dayOf counts the days since 1970 on the wall's calendar.
func (w *world) dayOf(at time.Time) storage.Day {
	day, err := time.Parse(time.DateOnly, at.In(w.slow.zone).Format(time.DateOnly))
	if err != nil {
		panic(err)
	}
	return storage.Day(day.Unix() / 86400)
}

// recount counts all notes anew.
func (w *world) recount() counts {
	all := counts{}
	for _, l := range w.lives {
		for i := range l.notes {
			n := &l.notes[i]
			for _, at := range l.cells(w.dayOf(n.at), n.org) {
				for m, k := range n.counted() {
					all.add(at, m, k)
				}
			}
		}
		l.now(all)
	}
	return all
}

// now counts what an incident is now.
func (l *life) now(all counts) {
	if !l.open() {
		return
	}
	for _, at := range l.cells(storage.Today, l.org) {
		all.add(at, storage.NowOpen, 1)
		if m, is := map[storage.State]storage.Measure{storage.New: storage.NowNew, storage.Answered: storage.NowControl, storage.Waiting: storage.NowWaiting}[l.state]; is {
			all.add(at, m, 1)
		}
		if l.late() {
			all.add(at, storage.NowOverdue, 1)
		}
		if l.disputes > 0 && l.state != storage.Answered {
			all.add(at, storage.NowDisputed, 1)
		}
	}
}

// gauges holds what is so now against a recount, in the middle of the play.
func (w *world) gauges() {
	want := counts{}
	for _, l := range w.lives {
		l.advance(w.desk.now)
		l.now(want)
	}
	w.desk.view(func(tx *storage.Tx) error {
		for _, by := range dimensions {
			now, err := tx.Now(by)
			if err != nil {
				return err
			}
			w.same(now, want, by, storage.Today)
			for at, list := range want {
				for m, n := range list {
					if at.by == by && now[at.value][m] != n {
						w.tb.Errorf("%s: now %q %q has %d of measure %d, by the recount %d", w.desk.now, by, at.value, now[at.value][m], m, n)
					}
				}
			}
		}
		return nil
	})
}

var dimensions = []storage.Dimension{storage.InAll, storage.ByMunicipality, storage.ByTopic, storage.ByBody, storage.BySource, storage.ByPlaceTopic}

// figures holds every figure of every day against the recount, and the sums of weeks and of the year, too. It gives how many
// were compared.
func (w *world) figures() (compared int) {
	want := w.recount()
	from, to := w.dayOf(w.plan.from), w.dayOf(w.plan.end)+1
	w.desk.view(func(tx *storage.Tx) error {
		for _, by := range dimensions {
			weeks := counts{}
			year := counts{}
			seen := func(value string, day storage.Day, s storage.Sums) {
				at := cell{by, value, day}
				for m, n := range s {
					if m >= 256 { // spans; see medians
						continue
					}
					if have := want[at][m]; have != n {
						w.tb.Errorf("%q %q on %s: measure %d is %d, by the recount %d", by, value, day.In(w.slow.zone).Format(time.DateOnly), m, n, have)
					}
					compared++
				}
				for m, n := range want[at] {
					if _, is := s[m]; !is && n != 0 {
						w.tb.Errorf("%q %q on %s: measure %d is missing, by the recount %d", by, value, day.In(w.slow.zone).Format(time.DateOnly), m, n)
					}
					if day != storage.Today {
						weeks.add(cell{by, value, (day - from) / 7}, m, n)
						year.add(cell{by, value, 0}, m, n)
					}
				}
				delete(want, at)
			}
			if err := tx.DailyBy(by, from, to, seen); err != nil {
				return err
			}
			now, err := tx.Now(by)
			if err != nil {
				return err
			}
			for value, s := range now {
				seen(value, storage.Today, s)
			}
			all, err := tx.SumsBy(by, from, to)
			if err != nil {
				return err
			}
			compared += w.same(all, year, by, 0)
			for week := storage.Day(0); from+week*7 < to; week++ {
				sums, err := tx.SumsBy(by, from+week*7, min(from+week*7+7, to))
				if err != nil {
					return err
				}
				compared += w.same(sums, weeks, by, week)
			}
			for value := range all {
				one, err := tx.Sums(by, value, from, to)
				if err != nil {
					return err
				}
				compared += w.same(map[string]storage.Sums{value: one}, year, by, 0)
			}
		}
		return nil
	})
	for at, list := range want {
		for m, n := range list {
			if n != 0 {
				w.tb.Errorf("%q %q on %s: measure %d is not there, by the recount %d", at.by, at.value, at.day.In(w.slow.zone).Format(time.DateOnly), m, n)
			}
		}
	}
	return compared
}

func (w *world) same(have map[string]storage.Sums, want counts, by storage.Dimension, day storage.Day) (compared int) {
	for value, s := range have {
		for m, n := range s {
			if m >= 256 {
				continue
			}
			compared++
			if k := want[cell{by, value, day}][m]; k != n {
				w.tb.Errorf("%q %q, part %d: measure %d sums up to %d, by the recount %d", by, value, day, m, n, k)
			}
		}
	}
	return compared
}

// spanKey is where spans of time are noted one by one.
type spanKey struct {
	by    storage.Dimension
	value string
	kind  string
}

// took is how long one answer took, in minutes.
type took struct {
	life    *life
	kind    string
	minutes int64
}

// span notes how long something took.
func (w *world) span(l *life, kind string, minutes int64) {
	w.spans = append(w.spans, took{l, kind, minutes})
}

// medians holds medians and the like that the figures give against the exact ones, within 4 %.
func (w *world) medians() (compared int) {
	exact := map[spanKey][]int64{}
	for _, one := range w.spans {
		for _, at := range one.life.cells(0, "") {
			to := spanKey{at.by, at.value, one.kind}
			exact[to] = append(exact[to], one.minutes)
		}
	}
	from, to := w.dayOf(w.plan.from), w.dayOf(w.plan.end)+1
	w.desk.view(func(tx *storage.Tx) error {
		for k, list := range exact {
			slices.Sort(list)
			s, err := tx.Sums(k.by, k.value, from, to)
			if err != nil {
				return err
			}
			for _, share := range []float64{0.5, 0.9} {
				rank := sort.Search(len(list), func(i int) bool { return float64(i+1) >= float64(len(list))*share-1e-9 })
				want := time.Duration(list[min(rank, len(list)-1)]) * time.Minute
				have := s.First(share)
				if k.kind == spanFinal {
					have = s.Final(share)
				}
				compared++
				if diff := (have - want).Abs(); diff > want/25+time.Minute {
					w.tb.Errorf("%q %q: %.0f %% of the %s answers within %s, by the recount %s of %d", k.by, k.value, share*100, k.kind, have, want, len(list))
				}
			}
		}
		return nil
	})
	return compared
}
