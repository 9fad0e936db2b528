package storage_test

import (
	"fmt"
	"testing"
	"time"

	"otklik/storage"
)

// TestSweep: what old messages were is forgotten, with their slots; cards of open incidents stay.
func TestSweep(t *testing.T) {
	s := newStage(t)
	now := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	old := now.AddDate(0, 0, -200)
	s.update(func(tx *storage.Tx) error {
		for n, state := range map[uint64]storage.State{1: storage.Accepted, 2: storage.Closed} {
			if err := tx.PutIncident(&storage.Incident{Number: n, State: state}); err != nil {
				return err
			}
			slot := &storage.Slot{Peer: "desk:1", Person: 1, View: storage.Resident, Incident: n}
			if err := tx.PutSlot(slot); err != nil {
				return err
			}
			if err := tx.Point("desk:1", fmt.Sprint("card", n), storage.Pointer{Slot: slot.ID, Incident: n, At: old}); err != nil {
				return err
			}
		}
		if err := tx.Point("desk:1", "new", storage.Pointer{Incident: 2, At: now}); err != nil {
			return err
		}
		return tx.Point("desk:2", "old", storage.Pointer{Incident: 2, At: old})
	})
	dropped, from := 0, ""
	for range 10 {
		next, n := "", 0
		s.update(func(tx *storage.Tx) (err error) {
			next, n, err = tx.Sweep(from, 3, now.AddDate(0, 0, -180))
			return err
		})
		from, dropped = next, dropped+n
		if from == "" {
			break
		}
	}
	if dropped != 2 || from != "" {
		t.Errorf("dropped %d, goes on at %q", dropped, from)
	}
	s.update(func(tx *storage.Tx) error {
		for ref, there := range map[string]bool{"card1": true, "card2": false, "new": true} {
			p, err := tx.Pointed("desk:1", ref)
			if err != nil || (p != nil) != there {
				t.Errorf("%s: %v %v", ref, p, err)
			}
		}
		cards, err := tx.Cards(2)
		if len(cards) != 0 {
			t.Errorf("the closed incident has cards %v", cards)
		}
		return err
	})
}
