package year

import (
	"container/heap"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"otklik/config"
	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// span is a stretch of time, [from, to).
type span struct{ from, to time.Time }

// plan is what a simulated year is made of.
type plan struct {
	incidents int
	from, to  time.Time // they arrive
	end       time.Time // the last day that is looked at
	restarts  int
	downtimes []span
	seed      uint64
}

// world is a region in a simulated year: its people, its desk, and what the test itself knows of every incident.
type world struct {
	tb    testing.TB
	plan  plan
	rng   *rand.Rand
	pack  *config.Pack
	slow  *slow
	desk  *desk
	todo  agenda
	lives []*life
	order int

	curators  []*person
	officials map[string][2]*person // the first is the head

	newest map[string][]*life // by municipality, that something may be merged into
	spans  []took
	rungs  map[string][]rung // by listener
	told   map[string][]time.Time
	deeds  map[string]int
	wrong  int
}

// item is something that somebody means to do.
type item struct {
	at    time.Time
	order int
	do    func()
}

type agenda []item

func (a agenda) Len() int      { return len(a) }
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a agenda) Less(i, j int) bool {
	if !a[i].at.Equal(a[j].at) {
		return a[i].at.Before(a[j].at)
	}
	return a[i].order < a[j].order
}
func (a *agenda) Push(x any) { *a = append(*a, x.(item)) }
func (a *agenda) Pop() any {
	old := *a
	last := old[len(old)-1]
	*a = old[:len(old)-1]
	return last
}

func newWorld(tb testing.TB, p plan) *world {
	g := flowtest.Region(tb)
	zone, err := time.LoadLocation(g.Pack.Region.TimeZone)
	if err != nil {
		tb.Fatal(err)
	}
	w := &world{tb: tb, plan: p, rng: rand.New(rand.NewPCG(p.seed, 1)), pack: g.Pack, officials: map[string][2]*person{},
		newest: map[string][]*life{}, rungs: map[string][]rung{}, told: map[string][]time.Time{}, deeds: map[string]int{}}
	w.slow = paper(tb, g.Pack.Calendar, zone, p.from.AddDate(0, 0, -3), p.end.AddDate(0, 6, 0))
	w.desk = newDesk(tb, g, p.from)
	w.desk.heard = w.hears
	for range 4 {
		w.curators = append(w.curators, w.desk.hire("telegram", storage.Role{Kind: storage.Curator}))
	}
	for _, o := range g.Pack.Organisations {
		head := w.desk.hire("telegram", storage.Role{Kind: storage.Official, Org: o.Code, Head: true})
		other := w.desk.hire("vk", storage.Role{Kind: storage.Official, Org: o.Code})
		w.officials[o.Code] = [2]*person{head, other}
	}
	w.desk.tick()
	return w
}

// downtime gives the one that a moment lies in, nil for none.
func (w *world) downtime(at time.Time) *span {
	for i := range w.plan.downtimes {
		if d := &w.plan.downtimes[i]; !at.Before(d.from) && at.Before(d.to) {
			return d
		}
	}
	return nil
}

// later plans something; who would come in a downtime comes after it.
func (w *world) later(at time.Time, do func()) {
	if down := w.downtime(at); down != nil {
		at = down.to.Add(time.Duration(1+w.rng.IntN(4*3600)) * time.Second)
	}
	w.order++
	heap.Push(&w.todo, item{at: at.Truncate(time.Second), order: w.order, do: do})
}

// run plays the year.
func (w *world) run() {
	w.arrive()
	restarts := make([]time.Time, w.plan.restarts)
	for i := range restarts {
		restarts[i] = w.plan.from.Add(time.Duration(w.rng.Int64N(int64(w.plan.to.Sub(w.plan.from)))))
		w.later(restarts[i], func() { w.desk.restart(); w.deeds["restart"]++ })
	}
	for day := w.plan.from.AddDate(0, 0, 7); day.Before(w.plan.end); day = day.AddDate(0, 0, 7) {
		w.later(day, w.sweep)
	}
	for len(w.todo) > 0 && !w.todo[0].at.After(w.plan.end) {
		next := heap.Pop(&w.todo).(item)
		w.desk.until(next.at, w.downtime)
		next.do()
		w.desk.tick()
	}
	w.desk.until(w.plan.end, w.downtime)
	for _, l := range w.lives {
		l.advance(w.plan.end)
	}
}

// sweep is what the program does of itself now and then, a count of its timers, and a look at what is so now.
func (w *world) sweep() {
	d := w.desk
	d.do(func(t *flows.Turn) error {
		_, err := t.Tx.ForgetSeen(t.Now.AddDate(0, 0, -7), 8*24*time.Hour, 1<<20)
		return err
	})
	w.gauges()
	d.view(func(tx *storage.Tx) error {
		list, err := tx.DueTimers(d.now.AddDate(10, 0, 0), 1<<30)
		d.peak = max(d.peak, len(list))
		if len(w.lives) > 5000 {
			w.tb.Logf("%s: %d incidents, %d timers", d.now.Format(time.DateOnly), len(w.lives), len(list))
		}
		return err
	})
}

// awake moves a moment out of somebody's night, mostly.
func (w *world) awake(at time.Time, body bool) time.Time {
	if body && w.chance(0.92) {
		if m := w.slow.minute(at); m < len(w.slow.works)-60*24*20 && !w.slow.works[m] {
			return w.slow.add(at, 0).Add(time.Duration(w.rng.IntN(3600)) * time.Second)
		}
		return at
	}
	if w.slow.sleeps(at) && w.chance(0.85) {
		return w.slow.polite(at).Add(time.Duration(w.rng.IntN(5400)) * time.Second)
	}
	return at
}

// soon draws a delay with a long tail around a mean.
func (w *world) soon(mean time.Duration) time.Duration {
	d := time.Duration(float64(mean) * math.Exp(w.rng.NormFloat64()*1.1-0.6))
	return min(max(d, 5*time.Second), 120*24*time.Hour)
}

// side plans something beside what the desk does.
func (w *world) side(l *life, mean time.Duration, do func(*life)) {
	w.later(w.awake(w.desk.now.Add(w.soon(mean)), false), func() {
		l.advance(w.desk.now)
		do(l)
	})
}

// planned plans the next thing that the desk or a body does; what was planned before it is not done any more.
func (w *world) planned(l *life, mean time.Duration, body bool, do func(*life)) {
	l.plans++
	plan := l.plans
	w.later(w.awake(w.desk.now.Add(w.soon(mean)), body), func() {
		l.advance(w.desk.now)
		if l.plans == plan {
			do(l)
		}
	})
}

func base36(n uint64) string { return strconv.FormatUint(n, 36) }

// holds holds the program's record of an incident against the test's own.
func (w *world) holds(l *life) {
	w.tb.Helper()
	if l.dropped {
		return
	}
	w.desk.view(func(tx *storage.Tx) error {
		inc, err := tx.Incident(l.number)
		if err != nil {
			return err
		}
		wrong := ""
		is := func(name string, have, want any) {
			if have != want {
				wrong += fmt.Sprintf("\n  %s is %v, want %v", name, have, want)
			}
		}
		at := func(t time.Time) string {
			if t.IsZero() {
				return "-"
			}
			return t.In(w.slow.zone).Format("Mon 02.01.06 15:04:05")
		}
		is("state", inc.State, l.state)
		is("forward", at(inc.Forward), at(l.forward))
		is("first", at(inc.First), at(l.first))
		is("final", at(inc.Final), at(l.final))
		is("answering", at(inc.Answering), at(l.answering))
		is("topic", inc.Topic, l.topic)
		is("place", inc.Place.Municipality, l.place)
		org, promise := "", time.Time{}
		if inc.Assignment != nil {
			org = inc.Assignment.Org
		}
		if inc.Promise != nil {
			promise = inc.Promise.Due
		}
		is("body", org, l.org)
		is("promise", at(promise), at(l.promise))
		is("events", int(inc.Version), len(l.notes))
		if inc.State.Open() {
			is("late", inc.Late != "", l.late())
		}
		if wrong != "" {
			events, _ := tx.Events(l.number)
			for _, ev := range events {
				wrong += fmt.Sprintf("\n  %s %s %s → %s", at(ev.At), ev.Action, ev.Text, ev.To)
			}
			wrong += "\n  the test's own:"
			for _, n := range l.notes {
				wrong += fmt.Sprintf("\n  %s %s %s → %s", at(n.at), n.action, n.text, n.to)
			}
			w.tb.Errorf("№ %d at %s, %s:%s", l.number, at(w.desk.now), l.topic, wrong)
			l.dropped, l.state = true, "" // nobody has to do with it any more
			if w.wrong++; w.wrong > 20 {
				w.tb.FailNow()
			}
		}
		return nil
	})
}
