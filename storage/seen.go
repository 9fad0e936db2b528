package storage

import (
	"encoding/binary"
	"time"
)

// See marks an update as worked off and tells whether it was so before.
func (tx *Tx) See(channel, id string, now time.Time) (before bool, err error) {
	k := key(spaceSeen, channel, id)
	v, err := tx.r.Get(k)
	if err != nil || v != nil {
		return v != nil, err
	}
	if err := tx.w.Put(k, binary.BigEndian.AppendUint64(nil, stamp(now))); err != nil {
		return false, err
	}
	return false, tx.w.Put(key(spaceSeenAt, now, channel, id), k)
}

// ForgetSeen drops marks made before a time, at most limit, and tells how many: no messenger delivers an update again days
// later. Of them it drops only those that were made within span after the oldest one: a program that was down for longer
// than marks are kept has them yet while it looks for what it missed, and drops them bit by bit.
func (tx *Tx) ForgetSeen(before time.Time, span time.Duration, limit int) (n int, err error) {
	oldest, there, err := tx.oldestSeen()
	if err != nil || !there {
		return 0, err
	}
	if until := oldest.Add(span); until.Before(before) {
		before = until
	}
	var fault error
	err = tx.r.Scan(key(spaceSeenAt), key(spaceSeenAt, before), false, func(k, v []byte) bool {
		if fault = tx.w.Delete(v); fault == nil {
			fault = tx.w.Delete(k)
		}
		n++
		return fault == nil && n < limit
	})
	if err == nil {
		err = fault
	}
	return n, err
}

// oldestSeen gives when the oldest mark was made.
func (tx *Tx) oldestSeen() (at time.Time, there bool, err error) {
	prefix := key(spaceSeenAt)
	err = tx.r.Scan(prefix, After(prefix), false, func(k, _ []byte) bool {
		at, there = moment(binary.BigEndian.Uint64(k[len(prefix):])), true
		return false
	})
	return at, there, err
}
