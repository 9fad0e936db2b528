package storage_test

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/storage"
	"otklik/storage/bolt"
)

// somewhere draws a point in a region, at the equator or near a pole.
func somewhere(t *rapid.T, label string) (lat, lon float64) {
	centre := rapid.SampledFrom([][2]float64{{58.6, 49.6}, {0, 0}, {-33.9, 151.2}, {69.9, 32}, {66.2, 179.99}}).Draw(t, label+" centre")
	off := rapid.Float64Range(-0.03, 0.03)
	return centre[0] + off.Draw(t, label+" north"), math.Remainder(centre[1]+off.Draw(t, label+" east"), 360)
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
			limit := rapid.IntRange(1, 12).Draw(r, "limit")
			var want []storage.Nearby
			for _, inc := range kept {
				d := storage.Distance(lat, lon, inc.Place.Lat, inc.Place.Lon)
				if inc.Place.Point && inc.State.Open() && (topic == "" || topic == inc.Topic) && d <= metres {
					want = append(want, storage.Nearby{Number: inc.Number, Metres: d})
				}
			}
			slices.SortFunc(want, func(a, b storage.Nearby) int {
				return cmp.Or(cmp.Compare(a.Metres, b.Metres), cmp.Compare(b.Number, a.Number))
			})
			want = want[:min(limit, len(want))]
			got := read(s, func(tx *storage.Tx) ([]storage.Nearby, error) { return tx.Near(topic, lat, lon, metres, limit) })
			if !slices.Equal(got, want) {
				r.Fatalf("%d within %v m of %v, %v (%q): %v, want %v", limit, metres, lat, lon, topic, got, want)
			}
		}
	})
}

// TestNearestOfMany: however many there are beside it, the nearest is found.
func TestNearestOfMany(t *testing.T) {
	for name, east := range map[string]float64{"to the east": 0.02, "to the west": -0.02, "at one point": 0.0001} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.update(func(tx *storage.Tx) error {
				for n := uint64(1); n <= 3000; n++ {
					inc := &storage.Incident{Number: n, Topic: "hole", State: storage.New, Place: storage.Place{Point: true, Lat: 58.6, Lon: 49.6 + east}}
					if n == 1500 {
						inc.Place.Lon = 49.6
					}
					if err := tx.PutIncident(inc); err != nil {
						return err
					}
				}
				return nil
			})
			for _, metres := range []float64{250, 5000} {
				list := read(s, func(tx *storage.Tx) ([]storage.Nearby, error) { return tx.Near("hole", 58.6, 49.6, metres, 1) })
				if len(list) != 1 || list[0].Number != 1500 {
					t.Errorf("within %v m: %v", metres, list)
				}
			}
		})
	}
}

// TestDistance: known distances, within half a per cent.
func TestDistance(t *testing.T) {
	for _, tc := range []struct{ lat1, lon1, lat2, lon2, metres float64 }{
		{58.6035, 49.6680, 58.6035, 49.6680, 0},
		{58.6035, 49.6680, 58.7315, 50.1783, 32_800}, // Kirov to Slobodskoy
		{0, 0, 0, 1, 111_320},
		{66, 179.99, 66, -179.99, 906}, // over the date line
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
		for _, p := range []storage.Place{
			{Municipality: "kirov", Settlement: "337"}, {Municipality: "kirov"}, {Municipality: "oryol"},
			{Municipality: "kirov", Settlement: "337", Street: "ЛЕНИНА"}, {Municipality: "kirov", Street: "ленина"},
		} {
			limit := rapid.IntRange(1, 8).Draw(r, "limit")
			got := read(s, func(tx *storage.Tx) ([]uint64, error) { return tx.InTown(p, limit) })
			if want := inTown(kept, p, limit); !slices.Equal(got, want) {
				r.Fatalf("%d in %+v: %v, want %v", limit, p, got, want)
			}
		}
		for _, q := range append([]string{storage.QueueOf("a")}, storage.Queues...) {
			var numbers []uint64
			var last time.Time
			s.view(func(tx *storage.Tx) error {
				return tx.Queue(q, func(x storage.Queued) bool {
					due := kept[x.Number].Due()
					if q == storage.QueueFound {
						due = kept[x.Number].Created
					}
					if x.Due.Before(last) || x.Topic != kept[x.Number].Topic || x.Municipality != "kirov" || !x.Due.Equal(due) {
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

// inTown is InTown by a plain scan.
func inTown(kept map[uint64]*storage.Incident, p storage.Place, limit int) (list []uint64) {
	for n, inc := range kept {
		at := inc.Place
		there := at.Municipality == p.Municipality && (p.Settlement == "" || at.Settlement == p.Settlement)
		if p.Street != "" { // a street is known by its town: without a settlement, one that nobody knows the settlement of
			there = there && at.Settlement == p.Settlement && strings.EqualFold(at.Street, p.Street)
		}
		if there && inc.State.Open() {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list[:min(limit, len(list))]
}

// stands tells, by the words of the queues' comments, whether an incident stands in one.
func stands(inc *storage.Incident, queue string) bool {
	s, taken := inc.State, inc.Assignment != nil
	work := s == storage.Assigned || s == storage.Accepted || s == storage.Waiting
	switch queue {
	case storage.QueueFound:
		return s == storage.Found
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

// counts is how many open incidents the benchmarks have; OTKLIK_BENCH_OPEN adds one of its own.
func counts(b *testing.B) []int {
	list := []int{1_000, 100_000}
	if s := os.Getenv("OTKLIK_BENCH_OPEN"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, n)
	}
	return list
}

// fillRegion keeps open incidents, as many in the square around the place that is looked at, whatever the count: the
// region grows. Each is in a queue.
func fillRegion(b *testing.B, s *storage.Store, count int) {
	wide := math.Sqrt(float64(count)) / 100
	for from := 0; from < count; from += 5_000 {
		err := s.Update(b.Context(), func(tx *storage.Tx) error {
			for i := from; i < min(from+5_000, count); i++ {
				x, y := math.Mod(float64(i)*0.7548776662, 1), math.Mod(float64(i)*0.5698402910, 1) // evenly spread
				inc := &storage.Incident{Number: uint64(i + 1), State: storage.New, Topic: "hole", Forward: at(i % 1000),
					Place: storage.Place{Municipality: fmt.Sprint("m", i%45), Point: true, Lat: 58.6 + (y-0.5)*wide, Lon: 49.6 + (x-0.5)*2*wide}}
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
}

// BenchmarkNear finds what is nearby among few and among many, beside reading all open incidents; BenchmarkQueue walks a
// queue by its keys, beside reading its incidents.
func BenchmarkNear(b *testing.B) {
	for _, count := range counts(b) {
		s := benchStage(b)
		fillRegion(b, s, count)
		run := func(name string, fn func(*storage.Tx) error) {
			b.Run(fmt.Sprintf("%s-%d", name, count), func(b *testing.B) {
				for b.Loop() {
					if err := s.View(b.Context(), fn); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		for _, metres := range []float64{250, 1000, 10_000} {
			run(fmt.Sprintf("within %v m", metres), func(tx *storage.Tx) error {
				_, err := tx.Near("hole", 58.6, 49.6, metres, 50)
				return err
			})
		}
		run("reading all", func(tx *storage.Tx) error {
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
}

func BenchmarkQueue(b *testing.B) {
	for _, count := range counts(b) {
		s := benchStage(b)
		fillRegion(b, s, count)
		walk := func(fn func(tx *storage.Tx, n uint64) error) func(b *testing.B) {
			return func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					err := s.View(b.Context(), func(tx *storage.Tx) error {
						var fault error
						return errors.Join(tx.Queue(storage.QueueNew, func(q storage.Queued) bool {
							fault = fn(tx, q.Number)
							return fault == nil
						}), fault)
					})
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		}
		b.Run(fmt.Sprint("by keys-", count), walk(func(*storage.Tx, uint64) error { return nil }))
		b.Run(fmt.Sprint("reading all-", count), walk(func(tx *storage.Tx, n uint64) error { _, err := tx.Incident(n); return err }))
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
