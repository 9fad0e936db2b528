// Package bolt is the embedded store: bbolt behind a write-ahead log, with group commit. Whatever updates wait go into one
// record of the log with one sync; an idle store answers at once, as nothing waits for a timer. What stands in the log is
// brought into bbolt's file later, in one transaction for many, and all that read see both. A store that was closed is one
// file; one that was killed has its log beside it, which belongs to it.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"otklik/storage"
)

const (
	lockWait = time.Second // another program may be on its way out
	growth   = 2 << 20     // bytes by which the file grows: about what comes at once, and little to carry about in every backup
)

// DB is an open store.
type DB struct {
	path  string
	file  *os.File
	b     *bbolt.DB
	jobs  chan *job
	along chan *job     // of those that are in no hurry
	done  chan struct{} // closed when the writer has ended
	shut  func() error  // closes, once

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup // transactions; none begins once closed

	gate   sync.Mutex            // held while a transaction of bbolt begins
	broken atomic.Pointer[error] // what every transaction is answered from now on
	failed chan struct{}         // closed when broken is set

	begins atomic.Pointer[func(updates int) (done func(err error))] // Observe's

	shown atomic.Pointer[levels] // what stands in the log and not in the file
	moves atomic.Uint64          // how often the file was to get what older levels have not

	// The writer's own:
	log       *wal
	number    uint64 // of the last record
	active    *tree  // what stands in the half that is written to
	frozen    *tree  // what stands in the other one, nil for nothing
	frozenTo  uint64 // the number of its last record
	bringing  bool   // it is being brought into the file
	stuck     bool   // it could not be, the last time
	brought   chan error
	due       *time.Timer
	wrote     bool
	confirmed bool          // an update, in this run
	durable   time.Duration // what it takes to make a batch durable, as of late
	lag       time.Duration // logLag
	half      int64         // logSize
	rest      error         // at the end: why something is left in the log
}

var (
	_ storage.KV       = (*DB)(nil)
	_ storage.Copier   = (*DB)(nil)
	_ storage.Sound    = (*DB)(nil)
	_ storage.Observed = (*DB)(nil)
	_ storage.Patient  = (*DB)(nil)
)

// Open opens the store in a file, and makes it where there is none. Errors are those of package storage.
func Open(path string) (*DB, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, classify(path, err)
		}
	}
	db, err := openAs(path, path)
	if err != nil {
		return nil, err
	}
	sweep(path)
	if err := db.recover(); err != nil {
		_ = db.release(err)
		return nil, err
	}
	// Always: whoever made the store may have been killed before this.
	if err := syncFolder(filepath.Dir(path)); err != nil {
		_ = db.release(err)
		return nil, classify(path, err)
	}
	go db.write()
	return db, nil
}

// openAs opens the file that is at a place at the moment, and that its errors call by its path.
func openAs(path, at string) (*DB, error) {
	db := &DB{path: path, jobs: make(chan *job), along: make(chan *job), done: make(chan struct{}), failed: make(chan struct{})}
	db.shut = sync.OnceValue(db.shutDown)
	if err := guard(func() error { return db.open(at) }); err != nil {
		if db.file != nil {
			_ = abandon(db.file) // after a panic bbolt still has it, and the lock with it
		}
		return nil, classify(path, err)
	}
	if err := db.prepare(); err != nil {
		_ = db.release(err)
		return nil, err
	}
	return db, nil
}

func (db *DB) open(at string) (err error) {
	db.b, err = bbolt.Open(at, 0o600, &bbolt.Options{
		Timeout: lockWait,
		// The list of free pages is written with every commit: without it bbolt reads the whole file at the start
		// and after every failure, and ends the program if that finds damage.
		NoFreelistSync:  false,
		FreelistType:    bbolt.FreelistMapType,
		InitialMmapSize: reserve(),
		OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
			db.file, err = os.OpenFile(name, flag, mode)
			return db.file, err
		},
	})
	if err == nil {
		db.b.AllocSize = growth
	}
	return err
}

// reserve gives how many bytes of addresses to set aside for the file. A file that outgrows them is mapped anew, which
// holds up every update until the last running View has ended; so there are plenty where they cost nothing.
func reserve() int {
	if strconv.IntSize < 64 || runtime.GOOS == "windows" { // there the file itself grows to this size
		return 0
	}
	size := int64(64 << 30)
	return int(size)
}

// enter begins a transaction; whoever is let in calls db.running.Done.
func (db *DB) enter() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.closed {
		return fmt.Errorf("%s: %w", db.path, storage.ErrClosed)
	}
	db.running.Add(1)
	return nil
}

// begin begins a transaction of bbolt. Where bbolt panics at that it keeps its locks for ever, so whoever waits here
// meanwhile must not ask it any more.
func (db *DB) begin(writable bool) (tx *bbolt.Tx, err error) {
	db.gate.Lock()
	defer db.gate.Unlock()
	if err := db.broken.Load(); err != nil {
		return nil, *err
	}
	err = guard(func() (err error) {
		tx, err = db.b.Begin(writable)
		return err
	})
	if err != nil {
		err = classify(db.path, err)
		if errors.Is(err, storage.ErrDamaged) {
			db.fail(err)
		}
		return nil, err
	}
	return tx, nil
}

// end ends a transaction of bbolt that is not committed. It takes a lock of bbolt that somebody who is beginning may
// have, and keep for ever: then it is not waited for.
func (db *DB) end(tx *bbolt.Tx) {
	if db.gate.TryLock() {
		defer db.gate.Unlock()
		if db.broken.Load() == nil {
			_ = tx.Rollback()
		}
		return
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = tx.Rollback()
	}()
	select {
	case <-ended:
	case <-db.failed:
	}
}

// fail makes err the answer to everything from now on.
func (db *DB) fail(err error) {
	if db.broken.CompareAndSwap(nil, &err) {
		close(db.failed)
	}
}

// View runs fn on a snapshot.
func (db *DB) View(ctx context.Context, fn func(storage.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := db.enter(); err != nil {
		return err
	}
	defer db.running.Done()
	v, end, err := db.snapshot()
	if err != nil {
		return err
	}
	defer end()
	return fn(v)
}

// Update runs fn in the next transaction, in the caller's goroutine, and returns when that transaction is durable.
func (db *DB) Update(ctx context.Context, fn func(storage.Writer) error) error {
	return db.update(ctx, nil, fn)
}

// UpdateAlong is storage.Patient.
func (db *DB) UpdateAlong(ctx context.Context, hurry <-chan struct{}, fn func(storage.Writer) error) error {
	return db.update(ctx, hurry, fn)
}

// update is an update that waits for others until it must hurry; nil is at once.
func (db *DB) update(ctx context.Context, hurry <-chan struct{}, fn func(storage.Writer) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := db.enter(); err != nil {
		return err
	}
	defer db.running.Done()
	j := &job{turn: make(chan *overlay, 1), ran: make(chan bool, 1), result: make(chan error, 1)}
	taken := false
	if hurry != nil {
		select {
		case db.along <- j:
			taken = true
		case <-hurry:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if !taken {
		select {
		case db.jobs <- j:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	var failed error
	if o := <-j.turn; o != nil {
		failed = j.run(ctx, o, fn)
	}
	if err := <-j.result; err != nil { // what fn saw of the updates before it never was
		return err
	}
	return failed
}

// Observe is storage.Observed.
func (db *DB) Observe(begin func(updates int) (done func(err error))) { db.begins.Store(&begin) }

// Close waits for what is under way and closes the file.
func (db *DB) Close() error {
	db.mu.Lock()
	db.closed = true
	db.mu.Unlock()
	return db.shut()
}

func (db *DB) shutDown() error {
	db.running.Wait()
	told := db.broken.Load() != nil // to whoever has asked for anything since
	close(db.jobs)
	<-db.done
	db.due.Stop()
	if err := db.broken.Load(); told {
		return db.release(*err)
	}
	err := db.release(db.rest)
	if !db.confirmed { // it is as it was found: that is no concern of who only read
		return err
	}
	return errors.Join(db.rest, err)
}

// release lets go of the files, after err. The log goes first: who comes next has one of their own.
func (db *DB) release(err error) error {
	var log error
	if db.log != nil {
		log = db.log.close(err == nil)
	}
	if db.broken.Load() != nil || errors.As(err, new(panicked)) { // bbolt may never let go of its own locks
		return abandon(db.file)
	}
	return classify(db.path, errors.Join(log, db.b.Close()))
}

// Backup is storage.Copier. It does not have the file written to: a copy is wanted most of all where the disk is full.
func (db *DB) Backup(w io.Writer, look func(storage.Reader) error) (rest func(storage.Writer) error, err error) {
	if err := db.enter(); err != nil {
		return nil, err
	}
	defer db.running.Done()
	v, p, end, err := db.laidOut()
	if err != nil {
		return nil, err
	}
	defer end()
	if look != nil {
		if err := look(v); err != nil {
			return nil, err
		}
	}
	if err := p.all(); err != nil {
		return nil, classify(db.path, err)
	}
	err = guard(func() error {
		_, err := v.b.Tx().WriteTo(w)
		return err
	})
	if errors.As(err, new(panicked)) {
		return nil, damaged(db.path, err)
	}
	if err != nil || len(v.levels) == 0 {
		return nil, err // w's own
	}
	return v.levels.put, nil
}

// Sound is storage.Sound.
func (db *DB) Sound() error {
	if err := db.enter(); err != nil {
		return err
	}
	defer db.running.Done()
	_, p, end, err := db.laidOut()
	if err != nil {
		return err
	}
	defer end()
	if err = p.all(); err == nil {
		err = p.lost()
	}
	return classify(db.path, err)
}

// laidOut is a snapshot with its pages.
func (db *DB) laidOut() (v *view, p *pages, end func(), err error) {
	for {
		if v, end, err = db.snapshot(); err != nil {
			return nil, nil, nil, err
		}
		p, ok, err := db.pagesOf(v.b.Tx())
		switch {
		case err != nil:
			end()
			return nil, nil, nil, classify(db.path, err)
		case ok:
			return v, p, end, nil
		}
		end() // two others have been committed since
	}
}
