package storage_test

import (
	"slices"
	"testing"

	"otklik/storage"
)

// TestStandingIsNewestFirst: numbers come newest first over all states and across blocks, within the bounds, until enough.
func TestStandingIsNewestFirst(t *testing.T) {
	s := newStage(t)
	const n = 2600
	states := []storage.State{storage.New, storage.Closed, storage.Found}
	s.update(func(tx *storage.Tx) error {
		for i := uint64(1); i <= n; i++ {
			if err := tx.PutIncident(&storage.Incident{Number: i, State: states[i%3]}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, row := range []struct {
		first, past uint64
		most        int
	}{{1, n + 1, n}, {1, n + 1, 7}, {500, 2200, n}, {2048, 2049, n}, {9, 9, n}, {0, 4, n}} {
		var want, got []uint64
		for i := min(row.past, n+1) - 1; i >= max(row.first, 1) && len(want) < row.most; i-- {
			if i%3 != 2 {
				want = append(want, i)
			}
		}
		s.view(func(tx *storage.Tx) error {
			got = nil
			return tx.Standing(states[:2], row.first, row.past, func(number uint64, in storage.State) bool {
				if in != states[number%3] {
					t.Errorf("%d is said to be %s", number, in)
				}
				got = append(got, number)
				return len(got) < row.most
			})
		})
		if !slices.Equal(got, want) {
			t.Errorf("[%d, %d) at most %d: %d numbers, want %d: %v", row.first, row.past, row.most, len(got), len(want), got[:min(len(got), 9)])
		}
	}
}
