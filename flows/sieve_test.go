package flows_test

import (
	"log/slog"
	"testing"
	"time"

	"otklik/flows"
	"otklik/flows/all"
	"otklik/flows/flowtest"
	"otklik/storage"
	"otklik/storage/storagetest"
)

// TestNoSieveIsNone: an engine that is given none holds everything for a problem.
func TestNoSieveIsNone(t *testing.T) {
	g := flowtest.Region(t)
	e, err := flows.New(flows.Options{Store: storage.Over(storagetest.NewMemory()), Pack: g.Pack, Place: flowtest.Made(g.Place), Topics: flowtest.Made(g.Topics),
		Flows: all.Flows(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	err = e.Do(t.Context(), func(turn *flows.Turn) error {
		if turn.Sieve() != nil {
			t.Error("there is one")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
