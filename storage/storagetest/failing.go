package storagetest

import (
	"context"
	"fmt"
	"sync"

	"otklik/storage"
)

// Faulty is a store whose commits fail when they are told to, with an error that is storage.ErrFailed. A commit is an
// Update whose function has succeeded.
type Faulty struct {
	storage.KV
	mu    sync.Mutex
	count int          // commits so far
	fates map[int]fate // by number of the commit
}

type fate int

const (
	kept   fate = iota
	lost        // fails before it is written
	unsaid      // is written, and fails to its caller
)

// Failing gives a store over kv whose commits can be made to fail; none does by itself.
func Failing(kv storage.KV) *Faulty { return &Faulty{KV: kv, fates: map[int]fate{}} }

// Lose makes the n-th commit from now on fail with nothing written, as on a full disk. The next one is the first.
func (f *Faulty) Lose(n int) { f.plan(n, lost) }

// Cut makes the n-th commit from now on fail to its caller though it is written, as when a program is killed right after
// it. A store does that only by dying: whoever lives on with it tests what a restart would do.
func (f *Faulty) Cut(n int) { f.plan(n, unsaid) }

func (f *Faulty) plan(n int, what fate) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fates[f.count+n] = what
}

// Commits tells how many commits there were, those that failed among them.
func (f *Faulty) Commits() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// Update runs fn; what becomes of it is as planned.
func (f *Faulty) Update(ctx context.Context, fn func(storage.Writer) error) error {
	what, number := kept, 0
	err := f.KV.Update(ctx, func(w storage.Writer) error {
		if err := fn(w); err != nil {
			return err
		}
		if number == 0 { // the function may run again
			what, number = f.next()
		}
		if what == lost {
			return fail(number)
		}
		return nil
	})
	if err == nil && what == unsaid {
		return fail(number)
	}
	return err
}

func (f *Faulty) next() (what fate, number int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	what = f.fates[f.count]
	delete(f.fates, f.count)
	return what, f.count
}

func fail(number int) error {
	return fmt.Errorf("commit %d, a fault made on purpose: %w", number, storage.ErrFailed)
}
