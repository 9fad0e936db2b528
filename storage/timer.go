package storage

import (
	"encoding/binary"
	"time"
)

// Timer is something to be done at a time. Whoever takes it checks that it still holds: nothing cancels a timer.
type Timer struct {
	ID       uint64    `json:"id"`
	Due      time.Time `json:"due"`
	Kind     string    `json:"kind"` // "flow.what"
	Incident uint64    `json:"incident,omitempty"`
	Person   uint64    `json:"person,omitempty"` // whom it visits
	Data     string    `json:"data,omitempty"`
}

// AddTimer keeps a timer.
func (tx *Tx) AddTimer(t *Timer) error {
	id, err := tx.Next("timer")
	if err != nil {
		return err
	}
	t.ID = id
	if t.Person != 0 {
		if err := tx.w.Put(key(spaceTimerOf, t.Person, t.Due, id), nil); err != nil {
			return err
		}
	}
	return put(tx, key(spaceTimer, t.Due, id), t)
}

// DueTimers gives timers due until now, in their order, at most limit.
func (tx *Tx) DueTimers(now time.Time, limit int) (list []*Timer, err error) {
	var fault error
	err = tx.r.Scan(key(spaceTimer), key(spaceTimer, now.Add(1)), false, func(k, _ []byte) bool {
		var t *Timer
		if t, fault = get[Timer](tx, k); fault == nil && t != nil {
			list = append(list, t)
		}
		return fault == nil && len(list) < limit
	})
	if err == nil {
		err = fault
	}
	return list, err
}

// TakeTimer removes a timer and tells whether it was still there.
func (tx *Tx) TakeTimer(t *Timer) (bool, error) {
	k := key(spaceTimer, t.Due, t.ID)
	v, err := tx.r.Get(k)
	if err != nil || v == nil {
		return false, err
	}
	if t.Person != 0 {
		if err := tx.w.Delete(key(spaceTimerOf, t.Person, t.Due, t.ID)); err != nil {
			return false, err
		}
	}
	return true, tx.w.Delete(k)
}

// NextTimer gives the time of the first timer; zero if there is none.
func (tx *Tx) NextTimer() (due time.Time, err error) {
	prefix := key(spaceTimer)
	err = tx.r.Scan(prefix, After(prefix), false, func(k, _ []byte) bool {
		if len(k) < len(prefix)+8 {
			return true
		}
		due = time.Unix(0, int64(binary.BigEndian.Uint64(k[len(prefix):])^1<<63))
		return false
	})
	return due, err
}
