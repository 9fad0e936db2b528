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
	deaf atomic.Bool
}

// Next makes the next Update fail after its function ran, as a full disk does.
func (f *Fail) Next() { f.next.Store(true) }

// After makes the next Update fail after its commit, as a program that ends before it could say so.
func (f *Fail) After() { f.deaf.Store(true) }

// Well takes back what has not failed yet.
func (f *Fail) Well() {
	f.next.Store(false)
	f.deaf.Store(false)
}

// Update runs fn; when a failure is due, nothing of it is kept.
func (f *Fail) Update(ctx context.Context, fn func(storage.Writer) error) error {
	if !f.next.Swap(false) {
		err := f.KV.Update(ctx, fn)
		if err == nil && f.deaf.Swap(false) {
			err = fmt.Errorf("the test: kept, but nobody hears of it: %w", storage.ErrFailed)
		}
		return err
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
