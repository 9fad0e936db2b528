package flows_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
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

// BenchmarkFlood measures a poll's batch of a hundred messages of one person: all taken, which is the baseline, and all
// but a minute's share left; and of a group where nobody writes to the bot.
func BenchmarkFlood(b *testing.B) {
	for _, c := range []struct {
		name      string
		perMinute int
		group     bool
	}{{"taken", 0, false}, {"left", 60, false}, {"group", 60, true}} {
		b.Run(c.name, func(b *testing.B) {
			kv, err := bolt.Open(filepath.Join(b.TempDir(), "otklik.db"))
			if err != nil {
				b.Fatal(err)
			}
			pack := flowtest.Pack(b)
			e, err := flows.New(flows.Options{Store: storage.Over(kv), Pack: pack, Place: flowtest.Made(place.New(pack, nil)), Topics: flowtest.Made(understand.New(pack)),
				Flows: all.Flows(), Now: time.Now, Log: slog.New(slog.DiscardHandler), PerMinute: c.perMinute})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() {
				if err := kv.Close(); err != nil {
					b.Error(err)
				}
			})
			n := 0
			for b.Loop() {
				batch := make([]bot.Update, 100)
				for i := range batch {
					n++
					batch[i] = bot.Update{Channel: "desk", ID: fmt.Sprint(n), Kind: bot.Written, Ref: "1", Peer: bot.Peer{Channel: "desk", Chat: "1"}, Group: c.group,
						From: bot.User{ID: "1", Name: "Житель"}, Text: "/help"}
					if c.group {
						batch[i].Text = "соседи, кто дома?"
					}
				}
				if _, err := bot.Deliver(b.Context(), e.Handle, batch); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
