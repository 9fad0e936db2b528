package bolt

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"go.etcd.io/bbolt"

	"otklik/storage"
)

// most is how many updates go into one transaction.
const most = 512

// job is one update. Its function runs in its caller's goroutine, when the writer gives it its turn: a panic is the
// caller's own and does not touch the writer.
type job struct {
	turn   chan *overlay // nil if the transaction has failed already
	ran    chan bool     // whether the function's writes count
	result chan error    // what became of the transaction
}

// run runs fn in the job's turn.
func (j *job) run(ctx context.Context, o *overlay, fn func(storage.Writer) error) (err error) {
	good := false
	defer func() { o.ended.Store(true); j.ran <- good }()
	if err := ctx.Err(); err != nil {
		return err
	}
	err = fn(o)
	good = err == nil
	return err
}

// write is the one writer.
func (db *DB) write() {
	defer close(db.done)
	for j := range db.jobs {
		db.batch(j)
	}
}

// batch runs a job, and whatever others wait by then, in one transaction. A job that fails leaves nothing behind and
// does not hold up the others; a commit that fails is every job's failure.
func (db *DB) batch(first *job) {
	jobs := []*job{first}
	tx, err := db.begin(true)
	if err == nil {
		jobs, err = db.together(tx, jobs)
	}
	for _, j := range jobs {
		close(j.turn) // nobody waits for it but those who had none
		j.result <- err
	}
}

// together gives each job its turn, and to those that come meanwhile, and commits.
func (db *DB) together(tx *bbolt.Tx, jobs []*job) (_ []*job, err error) {
	b, err := inside(db.path, tx)
	if err != nil {
		db.end(tx)
		return jobs, err
	}
	all, writers := over(b), 0
	for i := 0; i < len(jobs); i++ {
		o := over(all)
		jobs[i].turn <- o
		if <-jobs[i].ran && len(o.keys) > 0 {
			all.take(o)
			writers++
		}
		if i == len(jobs)-1 {
			jobs = db.gather(jobs)
		}
	}
	if len(all.keys) == 0 {
		db.end(tx)
		return jobs, nil
	}
	if begin := db.begins.Load(); begin != nil {
		done := (*begin)(writers)
		defer func() { done(err) }()
	}
	return jobs, db.commit(tx, b, all)
}

func (db *DB) commit(tx *bbolt.Tx, b *bucket, all *overlay) error {
	id := tx.ID()
	err := guard(func() error {
		if err := all.apply(b); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		return tx.Commit()
	})
	if err != nil {
		db.doubt(id, err)
	}
	return classify(db.path, err)
}

// gather adds whatever waits. It gives way once to those that are about to: whoever has just been answered has often
// the next update at hand, and a sync costs more than a look.
func (db *DB) gather(jobs []*job) []*job {
	for gaveWay := false; len(jobs) < most; {
		select {
		case j := <-db.jobs: // not closed while a job is under way
			jobs = append(jobs, j)
			continue
		case j := <-db.along:
			jobs = append(jobs, j)
			continue
		default:
		}
		if gaveWay {
			break
		}
		gaveWay = true
		runtime.Gosched()
	}
	return jobs
}

// doubt looks at what a failed transaction has left. Two failures cannot be worked on after: a panic, as bbolt may hold
// its locks for ever; and a transaction that is seen all the same, as its last sync failed: whether it will be there
// after a restart only the restart can tell.
func (db *DB) doubt(id int, err error) {
	switch {
	case errors.As(err, new(panicked)):
		db.fail(damaged(db.path, err))
	case db.seen(id):
		db.fail(fmt.Errorf("%s: %w: see to the disk and start otklik again, the last changes may be lost (%w)", db.path, storage.ErrFailed, err))
	}
}

// seen tells whether a failed transaction shows in the file.
func (db *DB) seen(id int) bool {
	tx, err := db.begin(false)
	if err != nil {
		return true
	}
	defer db.end(tx)
	return tx.ID() >= id
}
