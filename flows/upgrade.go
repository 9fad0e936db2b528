package flows

import (
	"context"
	"encoding/binary"
	"fmt"
)

// indexes is the version of the indexes: it grows when there are more of them.
const (
	indexes       = 6
	figured       = 5 // the first version that counts
	indexSetting  = "indexes"
	upgradedAtOne = 200 // in one transaction
)

// Upgrade brings a store of an older version up to date: its incidents and people are found by what this version finds
// them by. It goes on where it was stopped, and costs one look when there is nothing to do.
func (e *Engine) Upgrade(ctx context.Context) error {
	for _, step := range []struct {
		name string
		do   func(t *Turn, id uint64, version int) error
	}{{"person", upgradePerson}, {"incident", upgradeIncident}} {
		for done := false; !done; {
			n := 0
			err := e.Do(ctx, func(t *Turn) (err error) {
				n, done, err = t.upgrade(step.name, step.do)
				return err
			})
			if err != nil {
				return err
			}
			if n > 0 {
				e.Log.Info("upgraded", "what", step.name, "records", n)
			}
		}
	}
	return nil
}

// Start lets the flows bring what stands in the store in line with the settings.
func (e *Engine) Start(ctx context.Context) error {
	for i := range e.Flows {
		if f := &e.Flows[i]; f.Starts != nil {
			if err := e.Do(ctx, f.Starts); err != nil {
				return fmt.Errorf("flow %s: %w", f.Name, err)
			}
		}
	}
	return nil
}

// upgrade does the next records of a kind. Its setting holds the version, and how far it came.
func (t *Turn) upgrade(counter string, do func(t *Turn, id uint64, version int) error) (n int, done bool, err error) {
	key := indexSetting + "/" + counter
	version, from := 1, uint64(1)
	raw, err := t.Tx.Setting(key)
	if err != nil {
		return 0, false, err
	}
	switch {
	case len(raw) == 9 && raw[0] > 1: // it was brought up to that version, to the end
		version = int(raw[0])
	case len(raw) == 9: // stopped on the way from the first
		from = binary.BigEndian.Uint64(raw[1:])
	case len(raw) == 10: // … from a later one
		version, from = int(raw[9]), binary.BigEndian.Uint64(raw[1:])
	}
	if version >= indexes {
		return 0, true, nil
	}
	last, err := t.Tx.Last(counter)
	if err != nil {
		return 0, false, err
	}
	to := min(from+upgradedAtOne, last+1)
	for id := from; id < to; id++ {
		if err := do(t, id, version); err != nil {
			return 0, false, err
		}
	}
	state := binary.BigEndian.AppendUint64([]byte{1}, to)
	if done = to > last; done {
		state[0] = indexes
	} else {
		state = append(state, byte(version)) //nolint:gosec // it is small
	}
	return int(to - from), done, t.Tx.SetSetting(key, state) //nolint:gosec // a batch is small
}

func upgradePerson(t *Turn, id uint64, _ int) error {
	p, err := t.Tx.Person(id)
	if err != nil || p == nil {
		return err
	}
	return t.Tx.PutPerson(p)
}

func upgradeIncident(t *Turn, number uint64, version int) error {
	inc, err := t.Tx.Incident(number)
	if err != nil || inc == nil {
		return err
	}
	if err := t.Tx.Rebuild(inc); err != nil {
		return err
	}
	if version < figured {
		if err := t.Tx.Tally(inc); err != nil {
			return err
		}
	}
	return t.reindex(inc)
}
