package storage

import (
	"context"
	"fmt"
)

// Check says how to verify a store.
type Check struct {
	States []State // that an incident may have
	// Photo tells whether there is a file of this name; nil: do not look.
	Photo func(blob string) (bool, error)
	// Fix rebuilds what can be: indexes from their records, counters that are behind, slots that wait for nothing.
	Fix bool
	// Found hears of each fault, in the order of the spaces of keys.
	Found func(Fault) error
}

// Fault is where a store does not agree with itself.
type Fault struct {
	Space string `json:"space"` // what the key is one of, in words
	Key   string `json:"key"`   // the key in words; what it says of a person beyond their number stays out
	What  string `json:"what"`
	Fixed bool   `json:"fixed,omitempty"`
}

func (f Fault) String() string {
	text := f.Space + ": " + f.Key + ": " + f.What
	if f.Fixed {
		text += " (fixed)"
	}
	return text
}

// Verified tells how a store was verified.
type Verified struct {
	Keys   uint64 `json:"keys"` // that were looked at
	Faults uint64 `json:"faults"`
	Fixed  uint64 `json:"fixed"`
}

// A transaction of Verify looks at so many keys, and so many bytes of values: so it needs little memory and holds nobody up.
const (
	verifiedAtOnce = 256
	verifiedBytes  = 1 << 20
)

// Verify holds every record against its entries in the indexes and every entry against its record, the numbers against
// their counters, and what records say of each other. The store may be at work meanwhile: each key is compared in one
// transaction with what belongs to it. The error is the store's own, which cannot be read on, or Found's.
func (s *Store) Verify(ctx context.Context, c Check) (v Verified, err error) {
	if kv, can := s.kv.(Sound); can {
		if err := kv.Sound(); err != nil {
			return v, err
		}
	}
	for _, p := range passes() {
		from := key(p.space)
		for from != nil {
			l := &look{check: &c}
			if err := s.View(ctx, func(tx *Tx) error { return l.batch(tx, from, p) }); err != nil {
				return v, err
			}
			if c.Fix && l.mends() {
				if err := s.Update(ctx, func(tx *Tx) error { return l.mend(tx, from, p) }); err != nil {
					return v, err
				}
			}
			if err := v.tell(l); err != nil {
				return v, err
			}
			from = l.next
		}
	}
	l := &look{check: &c}
	if err := s.verifyFigures(ctx, l); err != nil {
		return v, err
	}
	return v, v.tell(l)
}

// tell tells what was found.
func (v *Verified) tell(l *look) error {
	v.Keys += uint64(l.keys) //nolint:gosec // it only grows from 0
	for _, f := range l.found {
		v.Faults++
		if f.Fixed {
			v.Fixed++
		}
		if err := l.check.Found(f.Fault); err != nil {
			return err
		}
	}
	return nil
}

// pass goes over a space of keys once.
type pass struct {
	space string
	// each looks at a key, which is made as those of its space are, and its value.
	each func(l *look, k, v []byte) error
	// end looks at what no single key shows, after the last; nil for nothing.
	end func(l *look) error
}

// look is one batch of a pass, in one transaction.
type look struct {
	*Tx
	check *Check
	found []finding
	keys  int
	next  []byte // where the next batch begins; nil: there is none
}

// finding is a fault, and how to mend it; nil where nothing can.
type finding struct {
	Fault
	mend func(tx *Tx) error
}

// batch runs a batch anew; the function of a transaction may run more than once.
func (l *look) batch(tx *Tx, from []byte, p pass) error {
	l.Tx, l.found, l.keys, l.next = tx, nil, 0, nil
	type pair struct{ k, v []byte }
	var pairs []pair
	bytes := 0
	err := tx.r.Scan(from, After(key(p.space)), false, func(k, v []byte) bool {
		if len(pairs) == verifiedAtOnce || bytes > verifiedBytes {
			l.next = k
			return false
		}
		pairs, bytes = append(pairs, pair{k, v}), bytes+len(v)
		return true
	})
	for _, e := range pairs {
		if err != nil {
			return err
		}
		l.keys++
		if fits(e.k) {
			err = p.each(l, e.k, e.v)
		} else {
			l.fault(e.k, nil, "nothing is kept under such a key")
		}
	}
	if err == nil && p.end != nil && l.next == nil {
		err = p.end(l)
	}
	return err
}

func (l *look) mends() bool {
	for _, f := range l.found {
		if f.mend != nil {
			return true
		}
	}
	return false
}

// mend looks once more, as the store may have gone on, and mends what is still so.
func (l *look) mend(tx *Tx, from []byte, p pass) error {
	if err := l.batch(tx, from, p); err != nil {
		return err
	}
	for i := range l.found {
		if f := &l.found[i]; f.mend != nil {
			if err := f.mend(tx); err != nil {
				return err
			}
			f.Fixed = true
		}
	}
	return nil
}

// fault notes what is wrong with a key. mend is nil where nothing can be done.
func (l *look) fault(k []byte, mend func(tx *Tx) error, format string, args ...any) {
	space, words := inWords(k)
	l.found = append(l.found, finding{Fault{Space: space, Key: words, What: fmt.Sprintf(format, args...)}, mend})
}

// putKey and dropKey mend an entry.
func putKey(k, v []byte) func(tx *Tx) error { return func(tx *Tx) error { return tx.w.Put(k, v) } }
func dropKey(k []byte) func(tx *Tx) error   { return func(tx *Tx) error { return tx.w.Delete(k) } }
