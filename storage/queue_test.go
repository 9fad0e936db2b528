package storage_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"otklik/storage"
)

func TestTimersComeWhenDueInTheirOrder(t *testing.T) {
	s := newStage(t)
	if due := read(s, (*storage.Tx).NextTimer); !due.IsZero() {
		t.Errorf("no timer is due at %v", due)
	}
	zone := time.FixedZone("", 3*3600)
	s.update(func(tx *storage.Tx) error {
		for i, minute := range []int{30, 10, 20, 10, -60 * 24 * 365 * 80} {
			timer := &storage.Timer{Due: at(minute).In(zone), Kind: fmt.Sprint("k", i), Incident: 7}
			if err := tx.AddTimer(timer); err != nil {
				return err
			}
			if timer.ID != uint64(i)+1 {
				t.Errorf("timer %d has number %d", i, timer.ID)
			}
		}
		return nil
	})
	due := func(now time.Time, limit int) (kinds string) {
		for _, timer := range read(s, func(tx *storage.Tx) ([]*storage.Timer, error) { return tx.DueTimers(now, limit) }) {
			kinds += timer.Kind
		}
		return kinds
	}
	for _, c := range []struct {
		now   time.Time
		limit int
		want  string
	}{
		{at(-1), 9, "k4"},
		{at(10).Add(-1), 9, "k4"},
		{at(10), 9, "k4k1k3"},
		{at(20), 9, "k4k1k3k2"},
		{at(90), 9, "k4k1k3k2k0"},
		{at(90), 2, "k4k1"},
	} {
		if got := due(c.now, c.limit); got != c.want {
			t.Errorf("at %v, at most %d: %s, want %s", c.now, c.limit, got, c.want)
		}
	}
	first := read(s, (*storage.Tx).NextTimer)
	for _, timer := range read(s, func(tx *storage.Tx) ([]*storage.Timer, error) { return tx.DueTimers(at(10), 9) }) {
		if timer.Kind == "k4" && !timer.Due.Equal(first) {
			t.Errorf("the first is due at %v and next is %v", timer.Due, first)
		}
		for _, want := range []bool{true, false} { // once
			var took bool
			s.update(func(tx *storage.Tx) (err error) { took, err = tx.TakeTimer(timer); return err })
			if took != want {
				t.Errorf("%s taken: %v, want %v", timer.Kind, took, want)
			}
		}
	}
	if next := read(s, (*storage.Tx).NextTimer); !next.Equal(at(20)) || due(at(90), 9) != "k2k0" {
		t.Errorf("left: %v, %s", next, due(at(90), 9))
	}
}

func TestSeenOnceAndForgotten(t *testing.T) {
	s := newStage(t)
	see := func(channel, id string, minute int) (before bool) {
		s.update(func(tx *storage.Tx) (err error) { before, err = tx.See(channel, id, at(minute)); return err })
		return before
	}
	for i := range 10 {
		if see("telegram", fmt.Sprint(i), i) {
			t.Errorf("update %d was not seen before", i)
		}
	}
	if see("desk", "3", 3) || see("telegram", "33", 3) {
		t.Error("another's update is taken for one that was seen")
	}
	if !see("telegram", "3", 40) || !see("telegram", "9", 40) {
		t.Error("an update is worked off twice")
	}
	for _, c := range []struct{ minute, limit, want int }{{0, 99, 0}, {5, 4, 4}, {5, 99, 3}, {5, 99, 0}} {
		var n int
		s.update(func(tx *storage.Tx) (err error) { n, err = tx.ForgetSeen(at(c.minute), time.Hour, c.limit); return err })
		if n != c.want {
			t.Errorf("before minute %d, at most %d: forgot %d, want %d", c.minute, c.limit, n, c.want)
		}
	}
	if marks, times := len(s.raw("u\x00")), len(s.raw("ut\x00")); marks != 5 || times != 5 {
		t.Errorf("left are %d marks and %d times, want 5 each", marks, times)
	}
	if see("telegram", "4", 50) || !see("telegram", "5", 50) {
		t.Error("what was forgotten is not new, or what was kept is")
	}
}

// TestTheLastMarksOutlastALongDowntime: whoever asks what was missed since then meets updates that were taken before.
func TestTheLastMarksOutlastALongDowntime(t *testing.T) {
	s := newStage(t)
	const day = 24 * 60 // minutes
	see := func(minute int) (before bool) {
		s.update(func(tx *storage.Tx) (err error) {
			before, err = tx.See("vk", fmt.Sprint(minute), at(minute))
			return err
		})
		return before
	}
	for minute := 0; minute <= 7*day; minute += 20 {
		see(minute)
	}
	// It comes back after ten days; each minute drops what is older than seven.
	left := func() int { return len(s.raw("ut\x00")) }
	before := left()
	for minute := range 120 {
		s.update(func(tx *storage.Tx) error {
			_, err := tx.ForgetSeen(at(17*day+minute-7*day), 10*time.Minute, 1000)
			return err
		})
	}
	if !see(7*day) || !see(7*day-20) || !see(5*day+20) {
		t.Error("after two hours the last days are forgotten already")
	}
	if n := left(); n != before-120 {
		t.Errorf("%d marks of %d are left: they are to go in time", n, before)
	}
	for range 400 {
		s.update(func(tx *storage.Tx) error {
			_, err := tx.ForgetSeen(at(17*day-7*day), 10*time.Minute, 1000)
			return err
		})
	}
	if n := left(); n != 0 {
		t.Errorf("%d marks are left for ever", n)
	}
}

func TestOutgoingWaitsInItsOrder(t *testing.T) {
	s := newStage(t)
	for i := range 300 {
		s.update(func(tx *storage.Tx) error {
			return tx.PutOutgoing(&storage.Outgoing{Peer: "telegram:1", Body: json.RawMessage(fmt.Sprint(i)), Created: at(i)})
		})
	}
	s.update(func(tx *storage.Tx) error {
		o, err := tx.Outgoing(2)
		if err != nil {
			return err
		}
		o.Attempts++
		if err := tx.PutOutgoing(o); err != nil {
			return err
		}
		return tx.DeleteOutgoing(1)
	})
	next := uint64(2)
	s.view(func(tx *storage.Tx) error {
		return tx.AllOutgoing(func(o *storage.Outgoing) bool {
			if o.ID != next || string(o.Body) != fmt.Sprint(next-1) || (o.Attempts == 1) != (next == 2) {
				t.Errorf("got %+v as number %d", o, next)
			}
			next++
			return next <= 300
		})
	})
	if next != 301 {
		t.Errorf("stopped at %d", next)
	}
	if o := read(s, func(tx *storage.Tx) (*storage.Outgoing, error) { return tx.Outgoing(1) }); o != nil {
		t.Errorf("it was sent: %+v", o)
	}
}

func TestCardsOfAnIncident(t *testing.T) {
	s := newStage(t)
	slots := []*storage.Slot{
		{Peer: "telegram:1", Incident: 7, View: storage.Curator},
		{Peer: "telegram:2", Incident: 7, View: storage.Official, Org: "roads"},
		{Peer: "telegram:2", Incident: 8, View: storage.Curator},
		{Peer: "telegram:3", Person: 3, Talk: 9, Incident: 7}, // a prompt is no card
	}
	s.update(func(tx *storage.Tx) error {
		for _, slot := range slots {
			slot.ID = 0
			if err := tx.PutSlot(slot); err != nil {
				return err
			}
		}
		return nil
	})
	cards := func(number uint64) []*storage.Slot {
		return read(s, func(tx *storage.Tx) ([]*storage.Slot, error) { return tx.Cards(number) })
	}
	s.same("of 7", cards(7), slots[:2])
	s.same("of 8", cards(8), slots[2:3])
	slots[1].Ref = "55"
	s.update(func(tx *storage.Tx) error { return tx.PutSlot(slots[1]) })
	s.same("sent", cards(7), slots[:2])
	s.update(func(tx *storage.Tx) error { return tx.DropCard(slots[0]) })
	s.same("dropped", cards(7), slots[1:2])
	s.same("the slot stays", read(s, func(tx *storage.Tx) (*storage.Slot, error) { return tx.Slot(1) }), slots[0])
	s.same("the prompt", read(s, func(tx *storage.Tx) (*storage.Slot, error) { return tx.Slot(4) }), slots[3])
}

func TestPointersAndMedia(t *testing.T) {
	s := newStage(t)
	to := &storage.Pointer{Slot: 3, Incident: 7}
	photo := &storage.Media{ID: "m1", Refs: map[string]string{"telegram": "AgAC"}, Blob: "ab"}
	s.update(func(tx *storage.Tx) error {
		if err := tx.Point("telegram:1", "55", *to); err != nil {
			return err
		}
		return tx.PutMedia(photo)
	})
	pointed := func(chat, ref string) *storage.Pointer {
		return read(s, func(tx *storage.Tx) (*storage.Pointer, error) { return tx.Pointed(chat, ref) })
	}
	s.same("pointed", pointed("telegram:1", "55"), to)
	s.same("another chat", pointed("telegram:2", "55"), (*storage.Pointer)(nil))
	s.same("another message", pointed("telegram:1", "5"), (*storage.Pointer)(nil))
	s.same("photo", read(s, func(tx *storage.Tx) (*storage.Media, error) { return tx.Media("m1") }), photo)
}
