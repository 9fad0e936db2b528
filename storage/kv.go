// Package storage holds Otklik's records and the questions asked of them, written once over a small ordered key-value
// contract (KV). Each store behind the contract is a package of its own (storage/bolt) and passes storage/storagetest.
package storage

import (
	"context"
	"errors"
	"io"
)

// KV is an ordered key-value store with transactions that are serializable and, once Update has returned nil,
// durable. Keys are 1 to 1,024 bytes and order byte by byte; values are up to 1 MiB and may be empty.
//
// A transaction's function may run more than once and beside others; it reads nothing but its transaction and its
// arguments and has no effect outside it, except on variables that it sets anew in each run.
type KV interface {
	// View runs fn on a snapshot.
	View(ctx context.Context, fn func(Reader) error) error
	// Update runs fn and commits what it wrote, all or nothing. The error is fn's own, unchanged; or one of this
	// package's where the store failed, and then nothing was written.
	Update(ctx context.Context, fn func(Writer) error) error
	// Close waits for running transactions. After it, View and Update answer ErrClosed.
	Close() error
}

// LogFile names the log that a store in a file may have beside it, after a crash also while no program runs. It belongs to
// that file and goes where it goes.
func LogFile(path string) string { return path + ".wal" }

// Copier is a KV that can be copied while it works.
type Copier interface {
	// Backup writes a consistent copy, which a store of the same kind opens. look, if it is not nil, first reads the
	// snapshot that is copied. rest, if it is not nil, is to be run in an update of the copy, which has all only then. The
	// error is w's or look's own, unchanged, or one of this package's.
	Backup(w io.Writer, look func(Reader) error) (rest func(Writer) error, err error)
}

// Sound is a KV that can look at how its files are laid out.
type Sound interface {
	// Sound reads all that holds the records together, and says what is damaged. What stands in the records is Scan's to check.
	Sound() error
}

// Patient is a KV in which an update may wait for others.
type Patient interface {
	// UpdateAlong is Update for what needs no commit of its own: fn runs in the transaction of whatever update comes next, and
	// without one once hurry is closed.
	UpdateAlong(ctx context.Context, hurry <-chan struct{}, fn func(Writer) error) error
}

// Observed is a KV that tells of its commits.
type Observed interface {
	// Observe has begin called before each commit, with the number of updates that it makes durable together, and done
	// after it. Both return at once. A call takes the place of the one before.
	Observe(begin func(updates int) (done func(err error)))
}

// Reader reads in a transaction.
type Reader interface {
	// Get gives a key's value, nil if there is none; an empty value is not nil. The slice is the caller's own.
	Get(key []byte) ([]byte, error)
	// Scan calls fn for each key in [from, to) in order, or backwards from the end if reverse; to nil is the end of
	// everything. It stops when fn returns false. The slices are the caller's own. fn may write to keys outside
	// what is still to be scanned, and to the key that it was given.
	Scan(from, to []byte, reverse bool, fn func(key, value []byte) bool) error
}

// Writer also writes in a transaction; it reads its own writes.
type Writer interface {
	Reader
	Put(key, value []byte) error // the slices stay the caller's own
	Delete(key []byte) error     // a key that is not there is no error
}

// Errors of stores. Each comes wrapped with what to do about it, in one line. errors.Is(err, ErrFailed) holds for all of
// them.
var (
	ErrFailed         = errors.New("the store failed")
	ErrClosed   error = fault("the store is closed")
	ErrLocked   error = fault("the store is in use by another program")
	ErrDamaged  error = fault("the store is damaged")
	ErrReadOnly error = fault("the store cannot be written to")
	ErrFull     error = fault("no room left for the store")
	ErrNewer    error = fault("the store was written by a newer version")
)

// fault is one of the ways in which a store fails.
type fault string

func (f fault) Error() string { return string(f) }

// Is tells that every fault is a failure of the store.
func (f fault) Is(target error) bool { return target == ErrFailed }

// After gives the first key that is past every key with this prefix: the end of a Scan over the prefix.
func After(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] < 0xff {
			end[i]++
			return end[:i+1]
		}
	}
	return nil
}
