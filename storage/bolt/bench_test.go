package bolt_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"otklik/storage"
)

// writers runs b.N updates from n sides at once.
func writers(b *testing.B, n int, update func(i int64) error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range n {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				if err := update(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkUpdate compares group commit with a transaction of bbolt for every update. An update reads one record of
// half a kilobyte and writes two. Use -benchtime=2s or so: the disk is what is measured.
func BenchmarkUpdate(b *testing.B) {
	record := make([]byte, 512)
	keys := func(i int64) (a, c []byte) {
		return binary.BigEndian.AppendUint64([]byte("a"), uint64(i)), binary.BigEndian.AppendUint64([]byte("c"), uint64(i))
	}
	for _, n := range []int{1, 8, 64, 512} {
		b.Run(fmt.Sprintf("one commit each/writers=%d", n), func(b *testing.B) {
			db, err := bbolt.Open(filepath.Join(b.TempDir(), "plain.db"), 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			writers(b, n, func(i int64) error {
				return db.Update(func(tx *bbolt.Tx) error {
					d, err := tx.CreateBucketIfNotExists([]byte("data"))
					if err != nil {
						return err
					}
					a, c := keys(i)
					_ = append([]byte(nil), d.Get(a)...)
					if err := d.Put(a, record); err != nil {
						return err
					}
					return d.Put(c, record)
				})
			})
		})
		b.Run(fmt.Sprintf("group commit/writers=%d", n), func(b *testing.B) {
			db := open(b, filepath.Join(b.TempDir(), "otklik.db"))
			writers(b, n, func(i int64) error {
				return db.Update(b.Context(), func(w storage.Writer) error {
					a, c := keys(i)
					if _, err := w.Get(a); err != nil {
						return err
					}
					if err := w.Put(a, record); err != nil {
						return err
					}
					return w.Put(c, record)
				})
			})
		})
	}
}

// BenchmarkRead reads single records and first pages out of a store with many incidents.
func BenchmarkRead(b *testing.B) {
	const incidents = 200_000
	db := open(b, filepath.Join(b.TempDir(), "otklik.db"))
	s := storage.Over(db)
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for from := uint64(1); from <= incidents; from += 2000 {
		err := s.Update(b.Context(), func(tx *storage.Tx) error {
			for n := from; n < from+2000; n++ {
				err := tx.PutIncident(&storage.Incident{
					Number: n, State: storage.States[n%uint64(len(storage.States))], Created: at, Changed: at, Topic: "roads.pothole",
					Text:       "Яма на дороге у дома, объехать нельзя, машины выезжают на встречную полосу.",
					Place:      storage.Place{Municipality: "kirov", Label: "Киров, ул. Ленина, 12", Lat: 58.6, Lon: 49.66, Point: true},
					Reporters:  []storage.Reporter{{Person: n % 5000, Peer: "telegram:12345678"}},
					Assignment: &storage.Assignment{Org: fmt.Sprint("org", n%60), At: at},
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	read := func(b *testing.B, fn func(tx *storage.Tx) error) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := s.View(b.Context(), fn); err != nil {
					b.Error(err)
				}
			}
		})
	}
	b.Run("incident", func(b *testing.B) {
		read(b, func(tx *storage.Tx) error {
			inc, err := tx.Incident(1 + rand.Uint64N(incidents))
			if err == nil && inc == nil {
				err = fmt.Errorf("not there")
			}
			return err
		})
	})
	b.Run("record undecoded", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				err := db.View(b.Context(), func(r storage.Reader) error {
					v, err := r.Get(binary.BigEndian.AppendUint64([]byte("i\x00"), 1+rand.Uint64N(incidents)))
					if err == nil && !json.Valid(v) {
						err = fmt.Errorf("%q", v)
					}
					return err
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	})
	for _, page := range []struct {
		name string
		fn   func(tx *storage.Tx) ([]uint64, error)
	}{
		{"a page by organisation", func(tx *storage.Tx) ([]uint64, error) {
			return tx.ByOrg(fmt.Sprint("org", rand.IntN(60)), storage.New, 0, 10)
		}},
		{"a page by person", func(tx *storage.Tx) ([]uint64, error) { return tx.ByPerson(rand.Uint64N(5000), 0, 10) }},
		{"a page by state", func(tx *storage.Tx) ([]uint64, error) { return tx.ByState(storage.New, 0, 10) }},
	} {
		b.Run(page.name, func(b *testing.B) {
			read(b, func(tx *storage.Tx) error { _, err := page.fn(tx); return err })
		})
	}
}
