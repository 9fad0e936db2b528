package bot

import (
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestTheOldestIsKnown, whatever comes and goes in which order, and what is gone takes no room.
func TestTheOldestIsKnown(t *testing.T) {
	for seed := range uint64(50) {
		dice := rand.New(rand.NewPCG(seed, 1))
		start := time.Unix(1e9, 0)
		var a ages
		model := map[uint64]time.Time{}
		for i := range uint64(2000) {
			switch id := 1 + dice.Uint64N(i+1); dice.IntN(5) {
			case 0, 1: // nearly in order
				at := start.Add(time.Duration(int(i)-dice.IntN(5)) * time.Second)
				a.add(i+10_000, at)
				model[i+10_000] = at
			case 2: // another time, or one that was there before
				at := start.Add(time.Duration(dice.IntN(2000)) * time.Second)
				a.add(id, at)
				model[id] = at
			default:
				for id := range model {
					a.remove(id)
					delete(model, id)
					break
				}
				a.remove(id)
				delete(model, id)
			}
			var want time.Time
			for _, at := range model {
				if want.IsZero() || at.Before(want) {
					want = at
				}
			}
			if got := a.oldest(); !got.Equal(want) {
				t.Fatalf("seed %d, step %d: %v, want %v", seed, i, got, want)
			}
			if len(a.line) > 2*len(model)+64 {
				t.Fatalf("%d in the line for %d that wait", len(a.line), len(model))
			}
		}
	}
}

func (r *rig) age() time.Duration { return r.Ages()["fake"] }

// TestTheAgeOfTheOldestMessage grows while one cannot leave, from when it was written, across a restart too; it is zero
// when nothing waits, and what is meant for later has no age before its time.
func TestTheAgeOfTheOldestMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		var down atomic.Bool
		down.Store(true)
		p.answer = func(c call) error {
			if down.Load() && c.chat == "a" {
				return &Failure{Reason: Later, After: time.Minute, Err: errors.New("busy")}
			}
			return nil
		}
		s.write("a", Notice, "old", func(e *Entry) { e.Since = time.Now().Add(-time.Hour) })
		s.write("b", Reply, "new")
		s.write("c", Reply, "tomorrow", func(e *Entry) { e.Since, e.NotBefore = time.Now(), time.Now().Add(3*time.Hour) })
		r := start(t, s, p)
		pass(time.Second)
		if got := r.age(); got < time.Hour || got > time.Hour+2*time.Second {
			t.Errorf("at first %v", got)
		}
		pass(10 * time.Minute)
		if got := r.age(); got < 70*time.Minute || got > 71*time.Minute {
			t.Errorf("ten minutes later %v", got)
		}
		r.stop()
		r = start(t, s, p)
		pass(time.Second)
		if got := r.age(); got < 70*time.Minute {
			t.Errorf("after a restart %v", got)
		}
		down.Store(false)
		pass(2 * time.Minute)
		if got := r.age(); got != 0 {
			t.Errorf("nothing waits, and the oldest is %v old", got)
		}
		down.Store(true)
		r.Notify([]Ticket{s.write("a", Reply, "again")})
		pass(3 * time.Second)
		if got := r.age(); got < 2*time.Second || got > 4*time.Second {
			t.Errorf("a new one is %v old", got)
		}
		down.Store(false)
		pass(4 * time.Hour)
		if got := r.age(); got != 0 || len(p.words("")) != 4 {
			t.Errorf("at last %v; %v", got, p.words(""))
		}
	})
}
