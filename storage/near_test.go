package storage_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/storage"
	"otklik/storage/bolt"
)

// somewhere draws a point in a region, at the equator or near a pole.
func somewhere(t *rapid.T, label string) (lat, lon float64) {
	centre := rapid.SampledFrom([][2]float64{{58.6, 49.6}, {0, 0}, {-33.9, 151.2}, {69.9, 32}}).Draw(t, label+" centre")
	off := rapid.Float64Range(-0.03, 0.03)
	return centre[0] + off.Draw(t, label+" north"), centre[1] + off.Draw(t, label+" east")
}

// TestNear holds the index of points against a plain scan: incidents appear, move, change topic, end, and are looked for
// at all distances.
func TestNear(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := newStage(t)
		topics := rapid.SampledFrom([]string{"hole", "light"})
		kept := map[uint64]*storage.Incident{}
		for range rapid.IntRange(1, 40).Draw(r, "changes") {
			inc := &storage.Incident{Number: rapid.Uint64Range(1, 25).Draw(r, "number"), Topic: topics.Draw(r, "topic"),
				State: rapid.SampledFrom(storage.States).Draw(r, "state")}
			if inc.Place.Point = rapid.IntRange(0, 9).Draw(r, "point") > 0; inc.Place.Point {
				inc.Place.Lat, inc.Place.Lon = somewhere(r, "incident")
			}
			s.update(func(tx *storage.Tx) error { return tx.PutIncident(inc) })
			kept[inc.Number] = inc
		}
		for range 5 {
			lat, lon := somewhere(r, "here")
			topic := rapid.SampledFrom([]string{"", "hole", "light"}).Draw(r, "asked")
			metres := rapid.SampledFrom([]float64{50, 250, 1000, 5000}).Draw(r, "metres")
			var want []uint64
			for _, inc := range kept {
				if inc.Place.Point && inc.State.Open() && (topic == "" || topic == inc.Topic) &&
					storage.Distance(lat, lon, inc.Place.Lat, inc.Place.Lon) <= metres {
					want = append(want, inc.Number)
				}
			}
			list := read(s, func(tx *storage.Tx) ([]storage.Nearby, error) { return tx.Near(topic, lat, lon, metres, 100) })
			var got []uint64
			for i, n := range list {
				got = append(got, n.Number)
				if i > 0 && n.Metres < list[i-1].Metres {
					r.Fatalf("the farther stands first: %v", list)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				r.Fatalf("within %v m of %v, %v (%q): %v, want %v", metres, lat, lon, topic, got, want)
			}
		}
	})
}

// TestDistance: known distances, within half a per cent.
func TestDistance(t *testing.T) {
	for _, tc := range []struct{ lat1, lon1, lat2, lon2, metres float64 }{
		{58.6035, 49.6680, 58.6035, 49.6680, 0},
		{58.6035, 49.6680, 58.7315, 50.1783, 32_800}, // Kirov to Slobodskoy
		{0, 0, 0, 1, 111_320},
	} {
		if d := storage.Distance(tc.lat1, tc.lon1, tc.lat2, tc.lon2); math.Abs(d-tc.metres) > 0.005*tc.metres+0.1 {
			t.Errorf("%v: %v m", tc, d)
		}
	}
}

// TestStreetsAndQueues holds the other indexes of open incidents against plain scans.
func TestStreetsAndQueues(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := newStage(t)
		pick := func(label string, list ...string) string { return rapid.SampledFrom(list).Draw(r, label) }
		kept := map[uint64]*storage.Incident{}
		for range rapid.IntRange(1, 30).Draw(r, "changes") {
			inc := &storage.Incident{Number: rapid.Uint64Range(1, 15).Draw(r, "number"), Topic: pick("topic", "hole", "light"),
				State: rapid.SampledFrom(storage.States).Draw(r, "state"), Late: pick("late", "", "first"), Disputes: rapid.IntRange(0, 1).Draw(r, "disputes"),
				Place:   storage.Place{Municipality: "kirov", Settlement: pick("town", "", "337"), Street: pick("street", "", "Ленина", "ул. Ёлкина"), House: pick("house", "", "12")},
				Forward: at(rapid.IntRange(1, 5).Draw(r, "forward")), First: at(rapid.IntRange(1, 5).Draw(r, "first")), Final: at(rapid.IntRange(1, 5).Draw(r, "final"))}
			if org := pick("org", "", "a", "b"); org != "" {
				inc.Assignment = &storage.Assignment{Org: org}
			}
			s.update(func(tx *storage.Tx) error { return tx.PutIncident(inc) })
			kept[inc.Number] = inc
		}
		p := storage.Place{Municipality: "kirov", Settlement: "337", Street: "УЛ.  елкина", House: "12"}
		list := read(s, func(tx *storage.Tx) ([]storage.Neighbour, error) { return tx.OnStreet(p, "hole", 100) })
		got := map[uint64]bool{}
		for _, n := range list {
			got[n.Number] = n.House
		}
		for n, inc := range kept {
			want := inc.State.Open() && inc.Topic == "hole" && inc.Place.Settlement == "337" && inc.Place.Street == "ул. Ёлкина"
			house, there := got[n]
			if there != want || (there && house != (inc.Place.House == "12")) {
				r.Fatalf("№ %d in the street: %v, want %v (house %v)", n, there, want, house)
			}
		}
		for _, q := range append([]string{storage.QueueOf("a")}, storage.Queues...) {
			var numbers []uint64
			var last time.Time
			s.view(func(tx *storage.Tx) error {
				return tx.Queue(q, func(x storage.Queued) bool {
					if x.Due.Before(last) || x.Topic != kept[x.Number].Topic || x.Municipality != "kirov" || !x.Due.Equal(kept[x.Number].Due()) {
						r.Fatalf("queue %s: %+v after %s", q, x, last)
					}
					numbers, last = append(numbers, x.Number), x.Due
					return true
				})
			})
			slices.Sort(numbers)
			var want []uint64
			for n, inc := range kept {
				if stands(inc, q) {
					want = append(want, n)
				}
			}
			slices.Sort(want)
			if !slices.Equal(numbers, want) {
				r.Fatalf("queue %s: %v, want %v", q, numbers, want)
			}
		}
	})
}

// stands tells, by the words of the queues' comments, whether an incident stands in one.
func stands(inc *storage.Incident, queue string) bool {
	s, taken := inc.State, inc.Assignment != nil
	work := s == storage.Assigned || s == storage.Accepted || s == storage.Waiting
	switch queue {
	case storage.QueueNew:
		return s == storage.New || (work && !taken)
	case storage.QueueWork:
		return work && taken
	case storage.QueueControl:
		return s == storage.Answered
	case storage.QueueOverdue:
		return s.Open() && inc.Late != ""
	case storage.QueueDisputed:
		return s.Open() && s != storage.Answered && inc.Disputes > 0
	}
	return work && taken && queue == storage.QueueOf(inc.Assignment.Org)
}

// BenchmarkNear finds what is nearby among many, beside reading all open incidents.
func BenchmarkNear(b *testing.B) {
	for _, count := range []int{1_000, 100_000} {
		s := benchStage(b)
		for from := 0; from < count; from += 5_000 {
			err := s.Update(b.Context(), func(tx *storage.Tx) error {
				for i := from; i < min(from+5_000, count); i++ { // even over a region of 300 by 300 km
					inc := &storage.Incident{Number: uint64(i + 1), State: storage.New, Topic: "hole", Place: storage.Place{Point: true,
						Lat: 57 + math.Mod(float64(i)*0.618034, 1)*3, Lon: 47 + math.Mod(float64(i)*0.414214, 1)*5}}
					if err := tx.PutIncident(inc); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		view := func(fn func(*storage.Tx) error) {
			if err := s.View(b.Context(), fn); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(fmt.Sprint("index-", count), func(b *testing.B) {
			for b.Loop() {
				view(func(tx *storage.Tx) error { _, err := tx.Near("hole", 58.6, 49.6, 250, 5); return err })
			}
		})
		b.Run(fmt.Sprint("reading-all-", count), func(b *testing.B) {
			for b.Loop() {
				view(func(tx *storage.Tx) error {
					for n := 1; n <= count; n++ {
						inc, err := tx.Incident(uint64(n))
						if err != nil {
							return err
						}
						_ = storage.Distance(58.6, 49.6, inc.Place.Lat, inc.Place.Lon) <= 250
					}
					return nil
				})
			}
		})
	}
}

func benchStage(b *testing.B) *storage.Store {
	b.Helper()
	db, err := bolt.Open(filepath.Join(b.TempDir(), "otklik.db"))
	if err != nil {
		b.Fatal(err)
	}
	s := storage.Over(db)
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}
