package open

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"otklik/flows"
	"otklik/storage"
)

// row is one district or topic.
type row struct {
	Code, Name, Link, Group string
	Chosen                  bool
	storage.Sums
}

// Received and the others are the columns.
func (r row) Received() int64 { return r.Sums[storage.Received] }

// Resolved counts final answers.
func (r row) Resolved() int64 { return r.Sums[storage.Resolved] }

// Open counts what is being worked on now.
func (r row) Open() int64 { return r.Sums[storage.NowOpen] }

// Overdue counts that of it which is late.
func (r row) Overdue() int64 { return r.Sums[storage.NowOverdue] }

// InTime is the share of final answers that were given in time, in per cent; "—" of none.
func (r row) InTime() string {
	return share(r.Sums[storage.Resolved]-r.Sums[storage.ResolvedLate], r.Sums[storage.Resolved])
}

func share(part, all int64) string {
	if all <= 0 {
		return "—"
	}
	return strconv.Itoa(int(math.Round(100*float64(part)/float64(all)))) + "\u00a0%"
}

// figures are what a page shows.
type figures struct {
	from, to       time.Time
	all            row
	places, topics []row
}

// count reads all that a page shows in one snapshot.
func (p *Page) count(ctx context.Context, q query) (f figures, err error) {
	v := p.Voice(q.lang)
	to := storage.DayOf(p.Now().In(v.Zone())) + 1
	from := to - days(q.period)
	f = figures{from: from.In(v.Zone()), to: (to - 1).In(v.Zone())}
	err = p.Store.View(ctx, func(tx *storage.Tx) error {
		f.places, f.topics, f.all = nil, nil, row{Sums: storage.Sums{}}
		d, value := storage.InAll, ""
		switch {
		case q.municipality != "" && q.topic != "":
			d, value = storage.ByPlaceTopic, storage.PlaceTopic(q.municipality, q.topic)
		case q.municipality != "":
			d, value = storage.ByMunicipality, q.municipality
		case q.topic != "":
			d, value = storage.ByTopic, q.topic
		}
		for _, days := range [][2]storage.Day{{from, to}, {storage.Today, storage.Today + 1}} {
			s, err := tx.Sums(d, value, days[0], days[1])
			if err != nil {
				return err
			}
			f.all.Add(s)
		}
		places, err := by(tx, storage.ByMunicipality, q.topic, from, to)
		if err != nil {
			return err
		}
		topics, err := by(tx, storage.ByTopic, q.municipality, from, to)
		if err != nil {
			return err
		}
		f.places, f.topics = p.places(v, q, places), p.topics(v, q, topics)
		return nil
	})
	return f, err
}

// by counts by district or topic, of one topic or district alone if other is not "": what happened on the days, and what
// is so now.
func by(tx *storage.Tx, d storage.Dimension, other string, from, to storage.Day) (map[string]storage.Sums, error) {
	all := map[string]storage.Sums{}
	for _, days := range [][2]storage.Day{{from, to}, {storage.Today, storage.Today + 1}} {
		dimension := d
		if other != "" {
			dimension = storage.ByPlaceTopic
		}
		err := tx.DailyBy(dimension, days[0], days[1], func(value string, _ storage.Day, s storage.Sums) {
			if other != "" {
				place, topic, _ := strings.Cut(value, "/")
				if d == storage.ByTopic {
					place, topic = topic, place
				}
				if topic != other {
					return
				}
				value = place
			}
			if all[value] == nil {
				all[value] = storage.Sums{}
			}
			all[value].Add(s)
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// places gives every district, the most received first.
func (p *Page) places(v *flows.Voice, q query, sums map[string]storage.Sums) (list []row) {
	for i := range p.Pack.Municipalities {
		code := p.Pack.Municipalities[i].Code
		r := row{Code: code, Name: v.Municipality(code), Chosen: code == q.municipality, Sums: sums[code]}
		r.Link = q.link(func(q *query) {
			if q.municipality = code; r.Chosen {
				q.municipality = ""
			}
		})
		list = append(list, r)
	}
	return most(list)
}

// topics gives the topics that anything came of or is open of, the most received first.
func (p *Page) topics(v *flows.Voice, q query, sums map[string]storage.Sums) (list []row) {
	for _, code := range slices.Sorted(maps.Keys(sums)) {
		topic := p.Pack.Topic(code)
		if topic == nil || sums[code][storage.Received] == 0 && sums[code][storage.NowOpen] == 0 {
			continue
		}
		r := row{Code: code, Name: v.Topic(code), Chosen: code == q.topic, Sums: sums[code]}
		if g := p.Pack.Group(topic.Group); g != nil {
			r.Group = v.Group(g)
		}
		r.Link = q.link(func(q *query) {
			if q.topic = code; r.Chosen {
				q.topic = ""
			}
		})
		list = append(list, r)
	}
	return most(list)
}

func most(list []row) []row {
	slices.SortStableFunc(list, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.Received(), a.Received()), cmp.Compare(b.Open(), a.Open()), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// csv gives the page's tables as one.
func (p *Page) csv(ctx context.Context, q query) ([]byte, error) {
	f, err := p.count(ctx, q)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff") // without it spreadsheets take the letters for those of another alphabet
	w := csv.NewWriter(&b)
	lines := [][]string{{"kind", "code", "name", "from", "to", "received", "answered", "answered_late", "open_now", "overdue_now"}}
	for kind, rows := range map[string][]row{"municipality": f.places, "topic": f.topics} {
		for _, r := range rows {
			lines = append(lines, []string{kind, r.Code, r.Name, f.from.Format(time.DateOnly), f.to.Format(time.DateOnly), fmt.Sprint(r.Received()),
				fmt.Sprint(r.Resolved()), fmt.Sprint(r.Sums[storage.ResolvedLate]), fmt.Sprint(r.Open()), fmt.Sprint(r.Overdue())})
		}
	}
	slices.SortStableFunc(lines[1:], func(a, b []string) int { return cmp.Compare(a[0], b[0]) })
	if err := w.WriteAll(lines); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
