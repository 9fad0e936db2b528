// Package bolt is the embedded store: one file, bbolt inside, with group commit. Whatever updates wait go into one
// transaction with one sync; an idle store answers at once, as nothing waits for a timer.
package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"syscall"
	"time"

	"go.etcd.io/bbolt"

	"otklik/storage"
)

// Version is the version of the schema that this package writes. A store of a newer one is refused.
const Version = 1

var (
	data    = []byte("data")
	meta    = []byte("meta")
	version = []byte("version")
)

const (
	lockWait = time.Second // another program may be on its way out
	most     = 512         // updates in one transaction
	maxKey   = 1024
	maxValue = 1 << 20
)

// DB is an open store.
type DB struct {
	path string
	b    *bbolt.DB
	jobs chan *job
	done chan struct{}

	mu     sync.RWMutex // held for reading while a job is handed over or a view runs
	closed bool
}

var _ storage.KV = (*DB)(nil)

type job struct {
	ctx    context.Context
	fn     func(storage.Writer) error
	result chan error
	panic  any
}

// Open opens the store in a file, and makes it where there is none. Errors are those of package storage.
func Open(path string) (db *DB, err error) {
	defer func() {
		if r := recover(); r != nil { // bbolt panics on pages that make no sense
			db, err = nil, damaged(path, fmt.Errorf("%v", r))
		}
	}()
	b, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait, FreelistType: bbolt.FreelistMapType, NoFreelistSync: true})
	if err != nil {
		return nil, classify(path, err)
	}
	if err := prepare(b, path); err != nil {
		b.Close()
		return nil, err
	}
	db = &DB{path: path, b: b, jobs: make(chan *job), done: make(chan struct{})}
	go db.write()
	return db, nil
}

func prepare(b *bbolt.DB, path string) error {
	var have uint64
	known := false
	err := b.View(func(tx *bbolt.Tx) error {
		if m := tx.Bucket(meta); m != nil {
			if v := m.Get(version); len(v) == 8 {
				have, known = binary.BigEndian.Uint64(v), true
			}
		}
		return nil
	})
	if err != nil {
		return classify(path, err)
	}
	if known && have > Version {
		return fmt.Errorf("%s: %w: it has version %d, this program knows %d: start the newer otklik", path, storage.ErrNewer, have, Version)
	}
	if known && have == Version {
		return nil
	}
	err = b.Update(func(tx *bbolt.Tx) error {
		if _, err := tx.CreateBucketIfNotExists(data); err != nil {
			return err
		}
		m, err := tx.CreateBucketIfNotExists(meta)
		if err != nil {
			return err
		}
		return m.Put(version, binary.BigEndian.AppendUint64(nil, Version))
	})
	return classify(path, err)
}

// classify says in one line what a fault means and what to do.
func classify(path string, err error) error {
	say := func(kind error, advice string) error {
		return fmt.Errorf("%s: %w: %s (%w)", path, kind, advice, err)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bbolt.ErrTimeout):
		return say(storage.ErrLocked, "end the other otklik first")
	case errors.Is(err, bbolt.ErrInvalid), errors.Is(err, bbolt.ErrChecksum), errors.Is(err, bbolt.ErrVersionMismatch), errors.Is(err, io.ErrUnexpectedEOF):
		return damaged(path, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EFBIG), errors.Is(err, syscall.EDQUOT):
		return say(storage.ErrFull, "make room on the disk, nothing that was confirmed is lost")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, bbolt.ErrDatabaseReadOnly):
		return say(storage.ErrReadOnly, "let this user write to the file and its folder")
	}
	return fmt.Errorf("%s: %w: %w", path, storage.ErrFailed, err)
}

func damaged(path string, err error) error {
	return fmt.Errorf("%s: %w: put a backup in its place, or move the file away to begin anew (%w)", path, storage.ErrDamaged, err)
}

// View runs fn on a snapshot.
func (db *DB) View(ctx context.Context, fn func(storage.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	db.mu.RLock()
	defer db.mu.RUnlock()
	if db.closed {
		return fmt.Errorf("%s: %w", db.path, storage.ErrClosed)
	}
	return db.b.View(func(tx *bbolt.Tx) error { return fn(reader{tx.Bucket(data)}) })
}

// Update runs fn in the next transaction and returns when that is durable.
func (db *DB) Update(ctx context.Context, fn func(storage.Writer) error) error {
	j := &job{ctx: ctx, fn: fn, result: make(chan error, 1)}
	db.mu.RLock()
	if db.closed {
		db.mu.RUnlock()
		return fmt.Errorf("%s: %w", db.path, storage.ErrClosed)
	}
	select {
	case db.jobs <- j:
		db.mu.RUnlock()
	case <-ctx.Done():
		db.mu.RUnlock()
		return ctx.Err()
	}
	err := <-j.result // from here on it may be written, so that is waited for whatever ctx does
	if j.panic != nil {
		panic(j.panic)
	}
	return err
}

// Close waits for what is under way and closes the file.
func (db *DB) Close() error {
	db.mu.Lock()
	if db.closed {
		db.mu.Unlock()
		return nil
	}
	db.closed = true
	close(db.jobs)
	db.mu.Unlock()
	<-db.done
	return db.b.Close()
}

// write is the one writer.
func (db *DB) write() {
	defer close(db.done)
	for j := range db.jobs {
		db.batch(db.gather(j))
	}
}

// gather takes whatever waits.
func (db *DB) gather(first *job) []*job {
	list := []*job{first}
	for len(list) < most {
		select {
		case j, ok := <-db.jobs:
			if !ok {
				return list
			}
			list = append(list, j)
		default:
			return list
		}
	}
	return list
}

// batch runs jobs in one transaction. A job that fails leaves nothing behind and does not hold up the others; a commit
// that fails is every job's failure.
func (db *DB) batch(jobs []*job) {
	errs := make([]error, len(jobs))
	wrote := false
	err := db.commit(func(b *bbolt.Bucket) error {
		for i, j := range jobs {
			o := newOverlay(b)
			if errs[i] = j.run(o); errs[i] == nil {
				wrote = wrote || len(o.writes) > 0
				if err := o.apply(); err != nil {
					return err
				}
			}
		}
		if !wrote {
			return errNothing
		}
		return nil
	})
	if errors.Is(err, errNothing) {
		err = nil
	}
	for i, j := range jobs {
		if errs[i] == nil {
			errs[i] = classify(db.path, err)
		}
		j.result <- errs[i]
	}
}

var errNothing = errors.New("nothing to write")

func (db *DB) commit(fn func(*bbolt.Bucket) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", bbolt.ErrInvalid, r)
		}
	}()
	return db.b.Update(func(tx *bbolt.Tx) error { return fn(tx.Bucket(data)) })
}

// run runs a job's function; its panic is kept for its caller.
func (j *job) run(o *overlay) (err error) {
	if err := j.ctx.Err(); err != nil {
		return err
	}
	finished := false
	defer func() {
		if !finished {
			if j.panic = recover(); j.panic == nil {
				j.panic = "runtime.Goexit in a transaction"
			}
			err = errors.New("panic")
		}
	}()
	err = j.fn(o)
	finished = true
	return err
}

// Backup writes a consistent copy of the store while it goes on working.
func (db *DB) Backup(w io.Writer) error {
	db.mu.RLock()
	defer db.mu.RUnlock()
	if db.closed {
		return fmt.Errorf("%s: %w", db.path, storage.ErrClosed)
	}
	return db.b.View(func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(w)
		return err
	})
}
