package storage

import (
	"cmp"
	"slices"
)

// standingBlock is how many numbers are looked at together.
const standingBlock = 1024

// Standing calls fn with the numbers in [first, past) of the incidents that are in one of the states, and in which, newest
// first, until fn gives false. No incident is read for it.
func (tx *Tx) Standing(states []State, first, past uint64, fn func(number uint64, in State) bool) error {
	type found struct {
		number uint64
		in     State
	}
	for past > first {
		from := max(first, past-min(past, standingBlock))
		var list []found
		for _, s := range states {
			err := tx.r.Scan(key(spaceByState, s, from), key(spaceByState, s, past), false, func(k, _ []byte) bool {
				list = append(list, found{last(k), s})
				return true
			})
			if err != nil {
				return err
			}
		}
		slices.SortFunc(list, func(a, b found) int { return cmp.Compare(b.number, a.number) })
		for _, f := range list {
			if !fn(f.number, f.in) {
				return nil
			}
		}
		past = from
	}
	return nil
}
