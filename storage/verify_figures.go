package storage

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
)

// verifyFigures holds what is counted against a recount of all incidents and their events, in one snapshot. Where one of
// them cannot be read, which is told of elsewhere, there is nothing to hold it against.
func (s *Store) verifyFigures(ctx context.Context, l *look) error {
	err := s.View(ctx, l.figures)
	if err == nil && l.check.Fix && l.mends() {
		err = s.Update(ctx, func(tx *Tx) error {
			if err := l.figures(tx); err != nil {
				return err
			}
			for i := range l.found {
				if err := l.found[i].mend(tx); err != nil {
					return err
				}
				l.found[i].Fixed = true
			}
			return nil
		})
	}
	return err
}

func (l *look) figures(tx *Tx) error {
	l.Tx, l.found, l.keys, l.next = tx, nil, 0, nil
	want, err := tx.figures()
	damaged := errors.Is(err, ErrDamaged)
	if err != nil && !damaged {
		return err
	}
	prefix := key(spaceSums)
	var kept [][2][]byte
	if err := tx.r.Scan(prefix, After(prefix), false, func(k, v []byte) bool {
		l.keys++
		if !fits(k) {
			l.fault(k, nil, "nothing is kept under such a key")
		} else if right := want[string(k)].pack(); damaged || bytes.Equal(right, v) {
			delete(want, string(k))
		} else {
			kept = append(kept, [2][]byte{k, right})
		}
		return true
	}); err != nil {
		return err
	}
	for _, e := range kept {
		k, right := e[0], e[1]
		delete(want, string(k))
		if len(right) == 0 {
			l.fault(k, dropKey(k), "nothing is to be counted here")
		} else {
			l.fault(k, putKey(k, right), "it is not what the events make")
		}
	}
	if damaged {
		return nil
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if c := want[k]; len(c) > 0 {
			l.fault([]byte(k), putKey([]byte(k), c.pack()), "events that are not counted")
		}
	}
	return nil
}

// figures counts everything anew, by key.
func (tx *Tx) figures() (map[string]ledger, error) {
	want := map[string]ledger{}
	var fault error
	err := scan(tx, key(spaceIncident), false, func(k []byte, inc *Incident) bool {
		if inc.Number != last(k) { // told of elsewhere
			fault = ErrDamaged
			return false
		}
		fault = tx.whole(inc, func(rows [][]byte, list []count) error {
			for _, k := range rows {
				c := want[string(k)]
				for _, one := range list {
					c = c.plus(one.m, one.n)
				}
				want[string(k)] = c
			}
			return nil
		})
		return fault == nil
	})
	if err == nil {
		err = fault
	}
	return want, err
}
