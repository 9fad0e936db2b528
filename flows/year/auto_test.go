package year

import (
	"slices"
	"time"

	"otklik/config"
	"otklik/storage"
)

// auto is something that the desk is to do by itself.
type auto struct {
	at   time.Time
	kind string // "overdue", "rung", "lapse", "silent", "settle"
	what string
	rung int
	due  time.Time
}

// timer is a rung at its time.
type timer struct {
	passed
	at int64
}

func (a *auto) timer() timer { return timer{passed{a.what, a.rung, a.due.Unix()}, a.at.Unix()} }

// autos lists what is to happen by itself after a moment until another.
func (l *life) autos(after, until time.Time) (list []auto) {
	add := func(a auto) {
		if a.at.After(after) && !a.at.After(until) {
			list = append(list, a)
		}
	}
	for what, due := range l.counting() {
		add(auto{at: due, kind: "overdue", what: what, rung: -1, due: due})
	}
	if l.atBody() {
		for what, due := range map[string]time.Time{"first": l.first, "final": l.final} {
			if what == "first" && !l.answering.IsZero() {
				continue
			}
			for i := range l.w.pack.Ladder {
				if l.done[passed{what, i, due.Unix()}] {
					continue
				}
				add(auto{at: l.rungAt(due, &l.w.pack.Ladder[i]), kind: "rung", what: what, rung: i, due: due})
			}
		}
		if !l.promise.IsZero() {
			add(auto{at: l.promise, kind: "lapse", due: l.promise})
		}
	}
	switch l.state {
	case storage.Waiting:
		add(auto{at: l.waits, kind: "silent"})
	case storage.Closed:
		add(auto{at: l.approved.Add(15 * 24 * time.Hour), kind: "settle"})
	}
	return list
}

// rungAt gives when a rung comes: a share is of the working time in which the clock ran.
func (l *life) rungAt(due time.Time, r *config.Rung) time.Time {
	key := rungKey{due.Unix(), l.started.Unix(), l.stood, *r}
	if at, known := l.rungs[key]; known {
		return at
	}
	s := l.w.slow
	at := due
	if r.After > 0 {
		at = s.add(due, r.After)
	} else if r.Share > 0 || r.Before > 0 {
		left := s.between(l.started, due) - l.stood
		if r.Share > 0 {
			left = time.Duration(float64(left) * r.Share)
		} else {
			left -= r.Before
		}
		at = s.add(l.started, l.stood+max(left, 0))
		if left <= 0 { // as soon as the clock runs on
			at = s.add(at, 0)
		}
	}
	l.rungs[key] = at.Truncate(time.Minute)
	return l.rungs[key]
}

// rungKey is all that the time of a rung depends on: it is counted minute by minute once.
type rungKey struct {
	due, started int64
	stood        time.Duration
	rung         config.Rung
}

// advance has everything happen that the desk does by itself until a moment. What was to happen while the program did not
// run happens when it runs again, in its order.
func (l *life) advance(until time.Time) {
	for !l.dropped {
		list := l.autos(l.cursor, until)
		if len(list) == 0 {
			break
		}
		slices.SortFunc(list, func(a, b auto) int {
			if c := a.at.Compare(b.at); c != 0 {
				return c
			}
			return order(a) - order(b)
		})
		next := list[0]
		down := l.w.downtime(next.at)
		if down == nil {
			for _, a := range list {
				if a.at.Equal(next.at) && l.still(a) {
					l.by(a, a.at)
				}
			}
			l.cursor = next.at
			continue
		}
		l.wakes(*down, until)
	}
	if until.After(l.cursor) {
		l.cursor = until
	}
}

// wakes does what was to be done in a downtime.
func (l *life) wakes(down span, until time.Time) {
	list := l.autos(l.cursor, down.to)
	slices.SortFunc(list, func(a, b auto) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return order(a) - order(b)
	})
	for _, a := range list {
		if l.still(a) {
			l.by(a, down.to)
		}
	}
	l.cursor = down.to
}

// order puts what comes at the same moment in an order: a deadline before its rungs.
func order(a auto) int {
	switch a.kind {
	case "overdue":
		return -1
	case "rung":
		return a.rung
	}
	return 100
}

// still tells whether something is still to happen, after what happened at the same time.
func (l *life) still(a auto) bool {
	return slices.Contains(l.autos(a.at.Add(-1), a.at), a)
}

// by does what the desk does by itself.
func (l *life) by(a auto, now time.Time) {
	switch a.kind {
	case "overdue":
		l.overdue(a.what, a.due, a.at, now)
	case "rung":
		l.done[passed{a.what, a.rung, a.due.Unix()}] = true
		action := map[string]string{config.Official: "remind", config.Head: "escalate", config.Control: "control"}[l.w.pack.Ladder[a.rung].Tell]
		n := l.goes(now, action, l.state, note{planned: a.at, text: a.what, due: a.due, rung: a.rung})
		l.w.rung(l, n, l.made[a.timer()])
	case "lapse":
		l.promise = time.Time{}
		l.goes(now, "lapse", l.state, note{planned: a.at})
	case "silent":
		l.goes(now, "silent", l.held, note{planned: a.at})
		l.again(now)
	case "settle":
		l.goes(now, "settle", storage.Settled, note{planned: a.at})
	}
	l.stands(now)
}

func (l *life) overdue(what string, due, planned, now time.Time) {
	if !l.done[passed{what, -1, due.Unix()}] {
		l.done[passed{what, -1, due.Unix()}] = true
		l.missed[what], l.overdues[what] = now, true
		l.goes(now, "overdue", l.state, note{planned: planned, text: what, due: due})
	}
}

// again does at once what has become due by something that happened: a deadline of the body that is set, or counts again,
// when it has passed; a promise that was to be kept while the clock stood.
func (l *life) again(now time.Time) {
	l.forgets(now)
	counts, among := l.counting(), len(l.overdues) > 0
	for _, what := range []string{"final", "first"} {
		due, is := counts[what]
		if !is || !due.Before(now) {
			continue
		}
		if l.missed[what].Before(l.started) || !among { // one that nobody could have kept: not if it was missed before
			l.overdue(what, due, due, now)
		}
		l.done[passed{what, -1, due.Unix()}] = true
	}
	if l.atBody() && !l.promise.IsZero() && !l.promise.After(now) {
		l.by(auto{at: now, kind: "lapse", due: l.promise}, now)
	}
}
