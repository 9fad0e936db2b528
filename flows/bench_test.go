package flows_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/all"
	"otklik/flows/flowtest"
	"otklik/flows/place"
	"otklik/flows/understand"
	"otklik/storage"
	"otklik/storage/bolt"
)

// BenchmarkReports measures updates worked off, each durable: a resident's first message and the press that sends the
// report, with the curators' card and the notices that follow. One at a time is the baseline: a commit for each update.
func BenchmarkReports(b *testing.B) {
	for _, width := range []int{1, 16, 128} {
		b.Run(fmt.Sprint("side-by-side-", width), func(b *testing.B) {
			kv, err := bolt.Open(filepath.Join(b.TempDir(), "otklik.db"))
			if err != nil {
				b.Fatal(err)
			}
			pack := flowtest.Pack(b)
			e, err := flows.New(flows.Options{Store: storage.Over(kv), Pack: pack, Place: flowtest.Made(place.New(pack, nil)), Topics: flowtest.Made(understand.New(pack)),
				Flows: all.Flows(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() {
				if err := kv.Close(); err != nil {
					b.Error(err)
				}
			})
			var next atomic.Int64
			ctx := context.Background()
			b.SetParallelism((width + 1) / 2) // two cores
			if width == 1 {
				b.SetParallelism(1)
			}
			b.ResetTimer()
			work := func() {
				i := next.Add(1)
				n := fmt.Sprint(i)
				u := bot.Update{Channel: "desk", ID: n + "a", Kind: bot.Written, Ref: "1", Peer: bot.Peer{Channel: "desk", Chat: n}, From: bot.User{ID: n, Name: "Житель"},
					Text: "Яма на дороге, уже третья машина колесо оставила. Киров, ул. " + street(i) + ", 12"}
				if err := e.Handle(ctx, u); err != nil {
					b.Error(err)
				}
				u.ID, u.Text = n+"b", "да"
				if err := e.Handle(ctx, u); err != nil {
					b.Error(err)
				}
			}
			if width == 1 {
				for b.Loop() {
					work()
				}
			} else {
				b.RunParallel(func(p *testing.PB) {
					for p.Next() {
						work()
					}
				})
			}
			err = storage.Over(kv).View(ctx, func(tx *storage.Tx) error {
				if last, err := tx.Last("incident"); err != nil || int64(last) != next.Load() {
					b.Errorf("%d incidents of %d reports, %v", last, next.Load(), err)
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(2*next.Load())/b.Elapsed().Seconds(), "updates/s")
		})
	}
}

// street gives each report a street of its own: what is known already is asked about first, and that is not measured here.
func street(n int64) string {
	name := "Вер"
	for ; n > 0; n /= 20 {
		name += string([]rune("бвгджзклмнпрстфхцчшщ")[n%20]) + "а"
	}
	return name + "нская"
}
