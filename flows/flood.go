package flows

import (
	"sync"
	"time"

	"otklik/bot"
	"otklik/storage"
)

// flood counts what each person writes: a bound keeps one from filling the store, and others from waiting behind them.
// It is lost with the program: everybody begins anew then.
type flood struct {
	mu     sync.Mutex
	people map[string]*bucket
	swept  time.Time
}

// bucket is what a person has left: a share for each moment, and not more than a minute's in all.
type bucket struct {
	left float64
	at   time.Time
	told bool // that it is too much; once for each time
}

// verdict says what becomes of an update.
type verdict uint8

const (
	within  verdict = iota // it is taken
	over                   // it is left, and the person is told
	overYet                // it is left; the person was told
)

// judge counts one more of a person's updates.
func (f *flood) judge(person string, perMinute int, now time.Time) verdict {
	if perMinute <= 0 {
		return within
	}
	most := float64(perMinute)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sweep(now)
	b := f.people[person]
	if b == nil {
		b = &bucket{left: most, at: now}
		f.people[person] = b
	}
	if passed := now.Sub(b.at); passed > 0 {
		b.left, b.at = min(b.left+most*passed.Minutes(), most), now
	}
	switch {
	case b.left >= 1:
		b.left--
		if b.left > most/2 { // they have waited: the next time they are told again
			b.told = false
		}
		return within
	case !b.told:
		b.told = true
		return over
	}
	return overYet
}

// sweep forgets, each minute, who has not written for one: they have all of their share again.
func (f *flood) sweep(now time.Time) {
	if f.people == nil {
		f.people = map[string]*bucket{}
	}
	if now.Sub(f.swept) < time.Minute {
		return
	}
	f.swept = now
	for person, b := range f.people {
		if now.Sub(b.at) > time.Minute {
			delete(f.people, person)
		}
	}
}

// flooded leaves what is too much of a resident. Staff work fast at times, and are known.
func (t *Turn) flooded() (left bool, err error) {
	if t.verdict == within || t.Me == nil || (t.In.Kind != bot.Written && t.In.Kind != bot.Edited && t.In.Kind != bot.Pressed) {
		return false, nil
	}
	for _, r := range t.Me.Roles {
		if r.Kind != storage.Resident {
			return false, nil
		}
	}
	if t.verdict == over {
		if t.In.Kind == bot.Pressed {
			t.Toast(t.Voice().T("desk.too_much"))
			return true, nil
		}
		return true, t.Reply(t.Voice().Say("desk.too_much"))
	}
	return true, nil
}
