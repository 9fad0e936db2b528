package flows

import (
	"context"
	"sync"
	"time"

	"otklik/bot"
	"otklik/storage"
)

// flood counts what each person writes to the bot: a bound keeps one from filling the store, and others from waiting
// behind them. It is lost with the program: everybody begins anew then.
type flood struct {
	mu     sync.Mutex
	people map[string]*bucket
	swept  time.Time
	hired  uint64 // how often somebody became staff
}

// bucket is what a person has left: a share for each moment, and not more than a minute's in all.
type bucket struct {
	left  float64
	at    time.Time
	told  bool      // that it is too much; once for each time
	plain time.Time // until then a transaction's word counts that they are no staff
}

// verdict says what becomes of an update.
type verdict uint8

const (
	within  verdict = iota // it is taken
	over                   // it is left, and the person is told
	overYet                // it is left; the person was told
	nothing                // overYet, and the store knows the person for no staff: it need not be asked again
)

// plainFor is how long the store's word holds. Whoever becomes staff in this program is known at once; a store that
// other programs write to, too, is asked now and then.
const plainFor = time.Minute

// judge counts one more of a person's updates. hired is for plain.
func (f *flood) judge(person string, perMinute int, now time.Time) (v verdict, hired uint64) {
	if perMinute <= 0 {
		return within, 0
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
		return within, f.hired
	case !b.told:
		b.told = true
		return over, f.hired
	case now.Before(b.plain):
		return nothing, f.hired
	}
	return overYet, f.hired
}

// plain notes that a transaction knew a person for no staff. It was begun when hired was what judge gave: if somebody
// became staff meanwhile, it may be them.
func (f *flood) plain(person string, hired uint64, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if b := f.people[person]; b != nil && f.hired == hired {
		b.plain = now.Add(plainFor)
	}
}

// hire forgets who is no staff. It is called before whoever became staff can hear of it.
func (f *flood) hire() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hired++
	for _, b := range f.people {
		b.plain = time.Time{}
	}
}

// untold takes back that a person was told: the commit failed.
func (f *flood) untold(person string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if b := f.people[person]; b != nil {
		b.told = false
	}
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

// counted tells whether an update counts against a person: what they wrote or pressed.
func counted(u *bot.Update) bool {
	if u.Public() && !u.ToUs { // what stands in public is no talk with us
		return false
	}
	return u.From.ID != "" && (u.Kind == bot.Written || u.Kind == bot.Edited || u.Kind == bot.Pressed)
}

// aloof tells whether an update is none of our business, whoever wrote it: talk of a group that is not to us. Nothing
// is kept of it, not even that it was seen. What may be our business goes through the transaction: a command, the photos of an
// album whose first was to us, a reply to a message of ours. An error is the store's.
func (e *Engine) aloof(ctx context.Context, u *bot.Update) (bool, error) {
	if !u.Group || u.ToUs || (u.Kind != bot.Written && u.Kind != bot.Edited) {
		return false, nil
	}
	if watched, err := e.watched(ctx, u); err != nil || watched {
		return false, err
	}
	if u.Kind == bot.Edited {
		return true, nil
	}
	if name, _, ok := u.Command(); ok {
		_, known := e.cmds[name]
		return !known, nil
	}
	if u.Album != "" {
		return false, nil
	}
	if u.ReplyTo == "" {
		return true, nil
	}
	ours := false
	err := e.Store.View(ctx, func(tx *storage.Tx) error {
		p, err := tx.Pointed(chatOf(u.Peer), string(u.ReplyTo))
		ours = p != nil
		return err
	})
	return !ours, err
}

// watched tells whether an update stands in something that is watched.
func (e *Engine) watched(ctx context.Context, u *bot.Update) (is bool, err error) {
	if !u.Public() || u.Vouched {
		return u.Vouched, nil
	}
	err = e.Store.View(ctx, func(tx *storage.Tx) error {
		w, err := tx.WatchedBy(u.Source.String())
		if err == nil && (w == nil || w.Off) {
			w, err = discussed(tx, *u)
		}
		is = w != nil && !w.Off
		return err
	})
	return is, err
}

// flooded leaves what is too much of a resident. Staff work fast at times, and are known.
func (t *Turn) flooded() (left bool, err error) {
	if t.verdict == within || t.Me == nil {
		return false, nil
	}
	for _, r := range t.Me.Roles {
		if r.Kind != storage.Resident {
			return false, nil
		}
	}
	t.plain = true
	if t.verdict == over {
		if t.In.Kind == bot.Pressed {
			t.Toast(t.Voice().T("desk.too_much"))
			return true, nil
		}
		return true, t.Reply(t.Voice().Say("desk.too_much"))
	}
	return true, nil
}
