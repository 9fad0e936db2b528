package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"otklik/storage"
	"otklik/storage/files"
)

// Verify looks whether the store agrees with itself.
type Verify struct {
	Fix bool `help:"Rebuild what can be rebuilt: indexes from their records, counters that are behind."`
}

// ErrFaults means that the store does not agree with itself.
var ErrFaults = errors.New("the store does not agree with itself")

// Run prints a line for each fault.
func (v Verify) Run(ctx context.Context, p *Program) error {
	var done storage.Verified
	err := p.await(ctx, request{Verify: &v}, &done, func(raw json.RawMessage) error {
		var f storage.Fault
		if err := json.Unmarshal(raw, &f); err != nil {
			return err
		}
		_, err := fmt.Fprintln(p.Out, f)
		return err
	})
	if err != nil {
		return err
	}
	left := done.Faults - done.Fixed
	switch {
	case left == 0 && done.Fixed > 0:
		fmt.Fprintf(p.Out, "%d keys, %s, all fixed.\n", done.Keys, count(int(done.Faults), "fault"))
	case left == 0:
		fmt.Fprintf(p.Out, "%d keys. Everything is in order.\n", done.Keys)
	case v.Fix:
		return fmt.Errorf("%w: %s of %d could not be fixed; the lines above say which: a backup may have what is missing", ErrFaults, count(int(left), "fault"), done.Faults)
	default:
		return fmt.Errorf("%w: %s in %d keys; otklik verify --fix rebuilds what can be", ErrFaults, count(int(left), "fault"), done.Keys)
	}
	return nil
}

// verify tells of faults as they are found.
func (c *Clerk) verify(ctx context.Context, v Verify, piece func(any) error) (storage.Verified, error) {
	return c.Store.Verify(ctx, storage.Check{States: storage.States, Fix: v.Fix, Photo: files.Join(Photos(c.Settings.Data)).Has,
		Found: func(f storage.Fault) error { return piece(f) }})
}
