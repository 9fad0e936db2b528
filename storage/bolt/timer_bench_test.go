package bolt_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"otklik/storage"
	"otklik/storage/bolt"
)

// BenchmarkTimers holds a thousand and a million open timers: what a look at the clock costs when none is due, and what one does that
// comes and is taken. It must not grow with those that wait.
func BenchmarkTimers(b *testing.B) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for _, n := range []int{1_000, 1_000_000} {
		kv, err := bolt.Open(filepath.Join(b.TempDir(), "otklik.db"))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { kv.Close() })
		store := storage.Over(kv)
		for made := 0; made < n; {
			err := store.Update(b.Context(), func(tx *storage.Tx) error {
				for range min(20_000, n-made) {
					due := now.Add(time.Hour + time.Duration(made%500_000)*time.Minute)
					if err := tx.AddTimer(&storage.Timer{Due: due, Kind: "control.rung", Incident: uint64(made), Data: "final|1"}); err != nil {
						return err
					}
					made++
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.Run(fmt.Sprint("look/", n), func(b *testing.B) {
			for b.Loop() {
				err := store.View(b.Context(), func(tx *storage.Tx) error {
					list, err := tx.DueTimers(now, 100)
					if err != nil || len(list) > 0 {
						b.Fatal(len(list), err)
					}
					_, err = tx.NextTimer()
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprint("add and take/", n), func(b *testing.B) {
			for b.Loop() {
				err := store.Update(b.Context(), func(tx *storage.Tx) error {
					t := &storage.Timer{Due: now, Kind: "control.rung"}
					if err := tx.AddTimer(t); err != nil {
						return err
					}
					_, err := tx.TakeTimer(t)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
