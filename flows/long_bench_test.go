package flows_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
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

// BenchmarkLongText measures what one message after the other of one person costs: of a line, which is the baseline, of as
// much as is taken, and of a megabyte.
func BenchmarkLongText(b *testing.B) {
	const line = "Яма на дороге, уже третья машина колесо оставила, а дворник сказал, что не его. "
	for name, text := range map[string]string{"line": line, "taken": strings.Repeat(line, 100), "megabyte": strings.Repeat(line, 7000)} {
		b.Run(name, func(b *testing.B) {
			kv, err := bolt.Open(filepath.Join(b.TempDir(), "otklik.db"))
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() {
				if err := kv.Close(); err != nil {
					b.Error(err)
				}
			})
			pack := flowtest.Pack(b)
			e, err := flows.New(flows.Options{Store: storage.Over(kv), Pack: pack, Place: flowtest.Made(place.New(pack, nil)), Topics: flowtest.Made(understand.New(pack)),
				Flows: all.Flows(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for b.Loop() {
				n++
				u := bot.Update{Channel: "desk", ID: fmt.Sprint(n), Kind: bot.Written, Ref: "1", Peer: bot.Peer{Channel: "desk", Chat: "1"},
					From: bot.User{ID: "1", Name: "Житель"}, Text: fmt.Sprint(n, " ", text)}
				if err := e.Handle(b.Context(), u); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
