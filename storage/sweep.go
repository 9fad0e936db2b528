package storage

import (
	"time"
)

// Sweep forgets what old messages were: it looks at n of them from a key on ("" is the first) and drops those sent before
// a time, with their slots, unless they are cards of open incidents. It gives where to go on, "" at the end, and how many
// were dropped. A reply to a message forgotten is a message of its own.
func (tx *Tx) Sweep(from string, n int, before time.Time) (next string, dropped int, err error) {
	prefix := key(spaceRef)
	start := prefix
	if from != "" {
		start = append([]byte(from), 0)
	}
	var old []swept
	last, seen := "", 0
	err = tx.r.Scan(start, After(prefix), false, func(k, v []byte) bool {
		var p Pointer
		if Decode(v, &p) == nil && p.At.Before(before) {
			old = append(old, swept{k, p})
		}
		last = string(k)
		seen++
		return seen < n
	})
	if err != nil {
		return "", 0, err
	}
	for _, s := range old {
		gone, err := tx.drop(s)
		if err != nil {
			return "", dropped, err
		}
		if gone {
			dropped++
		}
	}
	if seen < n {
		last = ""
	}
	return last, dropped, nil
}

type swept struct {
	key []byte
	Pointer
}

func (tx *Tx) drop(s swept) (bool, error) {
	if s.Slot != 0 {
		slot, err := tx.Slot(s.Slot)
		if err != nil {
			return false, err
		}
		if slot != nil {
			if slot.View != "" {
				inc, err := tx.Incident(slot.Incident)
				if err != nil || (inc != nil && inc.State.Open()) {
					return false, err
				}
				if err := tx.DropCard(slot); err != nil {
					return false, err
				}
			}
			if slot.Person != 0 {
				if err := tx.w.Delete(key(spaceSlotOf, slot.Person, slot.ID)); err != nil {
					return false, err
				}
			}
			if err := tx.w.Delete(key(spaceSlot, slot.ID)); err != nil {
				return false, err
			}
		}
	}
	return true, tx.w.Delete(s.key)
}
