// Package bolt is the embedded store: one file, bbolt inside, with group commit. Whatever updates wait go into one
// transaction with one sync; an idle store answers at once, as nothing waits for a timer.
package bolt

import (
	"context"
	"fmt"
	"io"
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

const lockWait = time.Second // another program may be on its way out

// DB is an open store.
type DB struct {
	path string
	file *os.File
	b    *bbolt.DB
	jobs chan *job
	done chan struct{} // closed when the writer has ended

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup        // transactions; none begins once closed
	broken  atomic.Pointer[error] // what every transaction is answered from now on
}

var _ storage.KV = (*DB)(nil)

// Open opens the store in a file, and makes it where there is none. Errors are those of package storage.
func Open(path string) (*DB, error) {
	_, err := os.Stat(path)
	isNew := err != nil
	db := &DB{path: path, jobs: make(chan *job), done: make(chan struct{})}
	if err := guard(db.open); err != nil {
		if db.file != nil {
			_ = abandon(db.file) // after a panic bbolt still has it, and the lock with it
		}
		return nil, classify(path, err)
	}
	if err := db.prepare(); err != nil {
		db.b.Close()
		return nil, err
	}
	if isNew {
		if err := syncFolder(filepath.Dir(path)); err != nil {
			db.b.Close()
			return nil, classify(path, err)
		}
	}
	go db.write()
	return db, nil
}

func (db *DB) open() (err error) {
	db.b, err = bbolt.Open(db.path, 0o600, &bbolt.Options{
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

// syncFolder makes a new file's name as durable as its contents.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" { // it has no such call
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// enter begins a transaction; whoever is let in calls db.running.Done.
func (db *DB) enter() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.closed {
		return fmt.Errorf("%s: %w", db.path, storage.ErrClosed)
	}
	if err := db.broken.Load(); err != nil {
		return *err
	}
	db.running.Add(1)
	return nil
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
	tx, err := db.b.Begin(false)
	if err != nil {
		return classify(db.path, err)
	}
	defer tx.Rollback() //nolint:errcheck // it only ends the snapshot
	b, err := inside(db.path, tx)
	if err != nil {
		return err
	}
	return fn(b)
}

// Update runs fn in the next transaction, in the caller's goroutine, and returns when that transaction is durable.
func (db *DB) Update(ctx context.Context, fn func(storage.Writer) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := db.enter(); err != nil {
		return err
	}
	defer db.running.Done()
	j := &job{turn: make(chan *overlay, 1), ran: make(chan bool, 1), result: make(chan error, 1)}
	select {
	case db.jobs <- j:
	case <-ctx.Done():
		return ctx.Err()
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

// Close waits for what is under way and closes the file.
func (db *DB) Close() error {
	db.mu.Lock()
	again := db.closed
	db.closed = true
	db.mu.Unlock()
	if again {
		<-db.done
		return nil
	}
	db.running.Wait()
	close(db.jobs)
	<-db.done
	if db.broken.Load() != nil {
		return abandon(db.file) // bbolt may never let go of its own locks
	}
	return db.b.Close()
}

// Backup writes a consistent copy of the store while it goes on working.
func (db *DB) Backup(w io.Writer) error {
	if err := db.enter(); err != nil {
		return err
	}
	defer db.running.Done()
	return db.b.View(func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(w)
		return err
	})
}
