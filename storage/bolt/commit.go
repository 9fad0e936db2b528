package bolt

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"otklik/storage"
)

// most is how many updates go into one transaction.
const most = 512

// A batch runs at most so many times as long as it takes to make one durable: that is then a sixth of the writer's time, and
// whoever has come first does not wait for a long row of others.
const (
	runs      = 5
	runsLeast = 500 * time.Microsecond
)

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
	db.soon() // what the last run has left can wait: somebody is waiting for the start
	for {
		select {
		case j, ok := <-db.jobs:
			if !ok {
				db.rest = db.finish()
				return
			}
			db.batch(j)
		case err := <-db.brought:
			db.land(err)
		case <-db.due.C:
			db.bring()
		}
	}
}

// batch runs a job, and whatever others wait by then, in one transaction. A job that fails leaves nothing behind and
// does not hold up the others; a commit that fails is every job's failure.
func (db *DB) batch(first *job) {
	jobs, err := db.together([]*job{first})
	for _, j := range jobs {
		close(j.turn) // nobody waits for it but those who had none
		j.result <- err
	}
}

// together gives each job its turn, and to those that come meanwhile, and commits.
func (db *DB) together(jobs []*job) (_ []*job, err error) {
	v, end, err := db.read(db.own())
	if err != nil {
		return jobs, err
	}
	if err := db.whole(v); err != nil {
		end()
		return jobs, err
	}
	all, writers, begun := over(v), 0, time.Now()
	for i := 0; i < len(jobs); i++ {
		o := over(all)
		jobs[i].turn <- o
		if <-jobs[i].ran && o.writes.Len() > 0 {
			all.take(o)
			writers++
		}
		if i == len(jobs)-1 && len(jobs) < most && time.Since(begun) < max(runsLeast, runs*db.durable) {
			jobs = db.gather(jobs)
		}
	}
	end()
	if all.writes.Len() == 0 {
		return jobs, nil
	}
	if begin := db.begins.Load(); begin != nil {
		done := (*begin)(writers)
		defer func() { done(err) }()
	}
	begun = time.Now()
	err = db.commit(all)
	db.confirmed = db.confirmed || err == nil
	db.durable = (3*db.durable + time.Since(begun)) / 4
	return jobs, err
}

// commit makes a batch's writes durable and has everybody see them.
func (db *DB) commit(all *overlay) error {
	if db.log == nil {
		if err := db.anew(); err != nil {
			return err
		}
	}
	db.wrote = true
	if db.stuck { // nobody is told that all is well while the file cannot be written to
		if err := db.wait(); err != nil {
			return err
		}
	}
	rec := db.log.record(all.writes)
	if int64(len(rec)) > db.log.size {
		return db.direct(all.writes)
	}
	if err := db.room(rec); err != nil {
		return err
	}
	if err := db.log.append(rec, db.number+1); err != nil {
		if errors.Is(err, errDoubt) {
			db.fail(fmt.Errorf("%s: %w: see to the disk and start otklik again, nothing that was confirmed is lost (%w)", db.path, storage.ErrFailed, err))
		}
		return classify(db.path, err)
	}
	db.number++
	if db.active.Len() == 0 {
		db.soon()
	}
	setAll(db.active, all.writes)
	db.show()
	if db.log.tail > db.log.size/2 {
		db.bring()
	}
	return nil
}

// gather adds one that waits, if any does. It gives way once to those that are about to: whoever has just been answered has
// often the next update at hand, and a sync costs more than a look.
func (db *DB) gather(jobs []*job) []*job {
	for gaveWay := false; ; gaveWay = true {
		select {
		case j := <-db.jobs: // not closed while a job is under way
			return append(jobs, j)
		default:
		}
		select {
		case j := <-db.along:
			return append(jobs, j)
		default:
		}
		if gaveWay {
			return jobs
		}
		runtime.Gosched()
	}
}
