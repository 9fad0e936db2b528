package year

import (
	"fmt"
	"slices"
	"time"

	"otklik/config"
	"otklik/flows"
	"otklik/storage"
)

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
		curer: w.curators[w.rng.IntN(len(w.curators))], done: map[passed]bool{}, missed: map[string]time.Time{}, overdues: map[string]bool{}, rungs: map[rungKey]time.Time{}, made: map[timer]time.Time{}, told: map[string]bool{}}
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
