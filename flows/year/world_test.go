package year

import (
	"container/heap"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
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
	byPeer    map[string]string     // an official's peer: "peer"

	newest map[string][]*life // by municipality, that something may be merged into
	spans  map[spanKey][]int64
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
	w := &world{tb: tb, plan: p, rng: rand.New(rand.NewPCG(p.seed, 1)), pack: g.Pack, officials: map[string][2]*person{}, byPeer: map[string]string{},
		newest: map[string][]*life{}, spans: map[spanKey][]int64{}, rungs: map[string][]rung{}, told: map[string][]time.Time{}, deeds: map[string]int{}}
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

// by hour, weekday and month: how much more is written then.
var (
	byHour  = [24]float64{2, 1, 1, 1, 1, 2, 4, 8, 12, 15, 15, 14, 13, 13, 13, 14, 15, 17, 20, 22, 21, 17, 10, 5}
	byDay   = [7]float64{0.6, 1.2, 1.15, 1.1, 1.1, 1.05, 0.7}
	byMonth = [13]float64{0, 1.35, 1.2, 1.4, 1.5, 1.1, 0.8, 0.75, 0.8, 0.9, 0.95, 1, 1.3}
)

// seasonal topics: how much more in a month.
func seasonal(topic string, m time.Month) float64 {
	winter := m >= time.November || m <= time.March
	switch topic {
	case "road-potholes", "yard-holes", "sidewalk-holes":
		if m >= time.March && m <= time.May {
			return 14
		}
		return 4
	case "road-snow", "yard-snow", "sidewalk-snow", "house-icicles":
		if winter {
			return 12
		}
		return 0.02
	case "house-heating", "heating-main":
		if winter {
			return 8
		}
		return 0.2
	case "waste-removal", "street-lights", "bus-missing":
		return 5
	case "grass", "hogweed":
		if winter {
			return 0.01
		}
		return 3
	}
	return 1
}

// arrive plans all arrivals.
func (w *world) arrive() {
	var sums []float64
	sum := 0.0
	for at := w.plan.from; at.Before(w.plan.to); at = at.Add(time.Hour) {
		local := at.In(w.slow.zone)
		sum += byHour[local.Hour()] * byDay[local.Weekday()] * byMonth[local.Month()]
		sums = append(sums, sum)
	}
	for range w.plan.incidents {
		i, _ := slices.BinarySearch(sums, w.rng.Float64()*sum)
		at := w.plan.from.Add(time.Duration(i)*time.Hour + time.Duration(w.rng.IntN(3600))*time.Second)
		w.later(at, func() { w.report() })
	}
}

// choose draws one of many by their weights.
func choose[T any](w *world, list []T, weight func(T) float64) T {
	sum := 0.0
	for _, one := range list {
		sum += weight(one)
	}
	x := w.rng.Float64() * sum
	for _, one := range list {
		if x -= weight(one); x < 0 {
			return one
		}
	}
	return list[len(list)-1]
}

func (w *world) chance(p float64) bool { return w.rng.Float64() < p }

func (w *world) anyTopic(m time.Month) string {
	var all []string
	for _, g := range w.pack.Groups {
		for _, t := range g.Topics {
			all = append(all, t.Code)
		}
	}
	return choose(w, all, func(code string) float64 { return seasonal(code, m) })
}

func (w *world) anyPlace() *config.Municipality {
	list := make([]*config.Municipality, len(w.pack.Municipalities))
	for i := range list {
		list[i] = &w.pack.Municipalities[i]
	}
	return choose(w, list, func(m *config.Municipality) float64 { return float64(max(m.Population, 3000)) })
}

// report is a resident's report, or something found in public.
func (w *world) report() {
	d, now := w.desk, w.desk.now
	place := w.anyPlace()
	l := &life{w: w, state: storage.New, topic: w.anyTopic(now.In(w.slow.zone).Month()), place: place.Code, cursor: now,
		curer: w.curators[w.rng.IntN(len(w.curators))], done: map[passed]bool{}, missed: map[string]time.Time{}, overdues: map[string]bool{}, rungs: map[rungKey]time.Time{}, told: map[string]bool{}}
	found := w.chance(0.06)
	l.source = storage.Source{Kind: "chat", Channel: choose(w, []string{"telegram", "vk", "desk"}, func(c string) float64 {
		return map[string]float64{"telegram": 6, "vk": 3, "desk": 1}[c]
	})}
	inc := &storage.Incident{Topic: l.topic, Text: "Что-то не так, уже давно.", Source: l.source,
		Place: storage.Place{Municipality: place.Code, Label: place.Centre, Point: true,
			Lat: place.Lat + w.rng.NormFloat64()*0.03, Lon: place.Lon + w.rng.NormFloat64()*0.06}}
	if found {
		l.source = storage.Source{Kind: "found", Channel: "vk", Name: fmt.Sprint("Подслушано ", w.rng.IntN(6))}
		inc.Source = l.source
	} else {
		l.author = d.hire(l.source.Channel)
		inc.Reporters = []storage.Reporter{{Person: l.author.id, Peer: l.author.peer.String()}}
	}
	d.do(func(t *flows.Turn) error {
		one := *inc
		if found {
			l.number = 0
			err := t.Find(&one)
			l.number = one.Number
			l.likely = one.Likely
			return err
		}
		var err error
		if t.Me, err = t.Tx.Person(l.author.id); err != nil {
			return err
		}
		err = t.Open(&one)
		l.number, l.likely = one.Number, one.Likely
		return err
	})
	w.lives = append(w.lives, l)
	if found {
		l.state = ""
		l.goes(now, "find", storage.Found, note{})
	} else {
		l.clock(now)
		l.goes(now, "create", storage.New, note{})
	}
	l.stands(now)
	w.holds(l)
	w.curator(l, 20*time.Minute)
	if l.author != nil && w.chance(0.08) {
		w.impatient(l, 1+w.rng.IntN(5))
	}
	if w.chance(0.02) {
		w.side(l, 6*time.Hour, w.withdraw)
	}
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

var _ = context.Background
