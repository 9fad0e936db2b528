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

// ForgetSeen drops marks made before a time, at most limit, and tells how many. No messenger delivers an update again
// days later.
func (tx *Tx) ForgetSeen(before time.Time, limit int) (n int, err error) {
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
