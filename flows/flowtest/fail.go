package flowtest

import (
	"context"
	"fmt"
	"sync/atomic"

	"otklik/storage"
)

// Fail makes commits of a store fail.
type Fail struct {
	storage.KV
	next atomic.Bool
}

// Next makes the next Update fail after its function ran, as a full disk does.
func (f *Fail) Next() { f.next.Store(true) }

// Take takes back a failure that has not come.
func (f *Fail) Take() { f.next.Store(false) }

// Update runs fn; when a failure is due, nothing of it is kept.
func (f *Fail) Update(ctx context.Context, fn func(storage.Writer) error) error {
	if !f.next.Swap(false) {
		return f.KV.Update(ctx, fn)
	}
	broken := fmt.Errorf("the test: %w", storage.ErrFailed)
	err := f.KV.Update(ctx, func(w storage.Writer) error {
		if err := fn(w); err != nil {
			return err
		}
		return broken
	})
	return err
}
