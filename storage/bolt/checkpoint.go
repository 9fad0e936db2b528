package bolt

import (
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"otklik/storage"
)

// logSize is how long a half of the log is, in bytes; logLag is after how long what stands there is brought into the file
// at the latest, and after how long that is tried again where it failed.
var (
	logSize int64 = 2 << 20
	logLag        = 2 * time.Second
)

// filled is how full a page is left that is split. Most keys come behind the others of their kind: at bbolt's half, half of
// the file would be empty for ever.
const filled = 0.9

// read begins to read the file under some levels. Those must have been asked for before, as what leaves them is in the file
// by then; and the file must not have got more meanwhile than they have (see snapshot).
func (db *DB) read(l levels) (v *view, end func(), err error) {
	tx, err := db.begin(false)
	if err != nil {
		return nil, nil, err
	}
	b, err := inside(db.path, tx)
	if err != nil {
		db.end(tx)
		return nil, nil, err
	}
	return &view{bucket: b, levels: l, size: tx.Size()}, func() { b.ended.Store(true); db.end(tx) }, nil
}

// snapshot begins to read what is shown, all of one moment. Between asking for the levels and beginning on the file it may
// get what those have not: over it they would give back older values.
func (db *DB) snapshot() (v *view, end func(), err error) {
	for {
		moves := db.moves.Load()
		v, end, err = db.read(*db.shown.Load())
		if err != nil || db.moves.Load() == moves {
			return v, end, err
		}
		end()
	}
}

// whole refuses to go on with a file that was cut: what stands in the log could never be brought into it.
func (db *DB) whole(v *view) error {
	info, err := db.file.Stat()
	if err == nil && info.Size() < v.size {
		err = damaged(db.path, fmt.Errorf("the file has %d bytes of %d", info.Size(), v.size))
		db.fail(err)
	}
	return classify(db.path, err)
}

// own gives the levels as the writer has them, for as long as it does not write.
func (db *DB) own() (l levels) {
	if db.active.Len() > 0 {
		l = append(l, db.active)
	}
	if db.frozen != nil {
		l = append(l, db.frozen)
	}
	return l
}

// show has every transaction from now on see what was written.
func (db *DB) show() {
	l := db.own()
	if db.active.Len() > 0 {
		l[0] = db.active.Copy()
	}
	db.shown.Store(&l)
}

// soon has what stands in the log brought into the file before long.
func (db *DB) soon() { db.due.Reset(db.lag) }

// bring begins to bring what stands in the log into the file, if that is not under way. Meanwhile the other half is
// written to.
func (db *DB) bring() {
	switch {
	case db.bringing:
		return
	case db.frozen == nil && db.active.Len() == 0:
		return
	case db.frozen == nil:
		db.frozen, db.frozenTo = db.active, db.number
		db.active = newTree()
		db.log.turn()
		db.show()
		db.moves.Add(1) // after that: whoever sees it sees the new levels
	}
	db.bringing = true
	t, to := db.frozen, db.frozenTo
	go func() { db.brought <- db.apply(to, t) }()
}

// land hears what became of that.
func (db *DB) land(err error) {
	db.bringing, db.stuck = false, err != nil
	if err != nil {
		db.soon()
		return
	}
	db.frozen = nil
	db.show()
	switch {
	case db.log.tail > db.log.size/2:
		db.bring()
	case db.active.Len() > 0:
		db.soon()
	}
}

// room makes room in the log for a record of at most a half.
func (db *DB) room(rec []byte) error {
	for !db.log.fits(rec) {
		if err := db.wait(); err != nil {
			return err
		}
	}
	return nil
}

// empty brings all that stands in the log into the file.
func (db *DB) empty() error {
	for db.frozen != nil || db.active.Len() > 0 {
		if err := db.wait(); err != nil {
			return err
		}
	}
	return nil
}

// wait waits until a half has been brought into the file; or for nothing, where the half that was written to could be
// changed at once.
func (db *DB) wait() error {
	changes := db.frozen == nil
	db.bring()
	if changes {
		return nil
	}
	err := <-db.brought
	db.land(err)
	return err
}

// finish brings all into the file for the end. That is written twice where it has changed: with one of its two first pages
// damaged, the file is as the other knows it.
func (db *DB) finish() error {
	if err := db.empty(); err != nil || !db.wrote {
		return err
	}
	return db.apply(db.number, newTree())
}

// direct writes a batch that is too large for the log straight into the file.
func (db *DB) direct(writes *tree) error {
	if err := db.empty(); err != nil {
		return err
	}
	db.moves.Add(1)
	return db.apply(db.number, writes)
}

// apply brings writes into the file, and that it has all records of the log up to a number.
func (db *DB) apply(to uint64, writes *tree) error {
	tx, err := db.begin(true)
	if err != nil {
		return err
	}
	b, err := inside(db.path, tx)
	if err != nil {
		db.end(tx)
		return err
	}
	id := tx.ID()
	b.b.FillPercent = filled
	err = guard(func() error {
		err := db.sound(tx, writes)
		if err == nil {
			err = errors.Join(b.putAll(writes), db.stamp(tx, to))
		}
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
		return tx.Commit()
	})
	if err != nil {
		db.doubt(id, err)
	}
	return classify(db.path, err)
}

// sound looks at the pages that writes are to change.
func (db *DB) sound(tx *bbolt.Tx, writes *tree) error {
	p, ok, err := db.pagesOf(tx)
	if err != nil {
		return err
	}
	if !ok {
		return panicked{"its first page is of another transaction"}
	}
	list := make([]entry, 0, writes.Len())
	writes.Scan(func(k string, v []byte) bool {
		list = append(list, entry{k, v})
		return true
	})
	return p.some(list)
}

func (b *bucket) putAll(writes *tree) (err error) {
	writes.Scan(func(k string, v []byte) bool {
		err = b.put(k, v)
		return err == nil
	})
	return err
}

func (b *bucket) put(key string, value []byte) error {
	k := []byte(key)
	if value == nil {
		return b.b.Delete(k)
	}
	return b.b.Put(k, pack(k, value))
}

func (db *DB) stamp(tx *bbolt.Tx, to uint64) error {
	return tx.Bucket([]byte(meta)).Put([]byte(logged), pack([]byte(logged), ledger{db.log.mark, to, db.log.size}.bytes()))
}

// doubt looks at what a failed transaction has left. Two failures cannot be worked on after: a panic, as bbolt may hold
// its locks for ever; and a transaction that is seen all the same, as its last sync failed: whether it will be there
// after a restart only the restart can tell.
func (db *DB) doubt(id int, err error) {
	switch {
	case errors.As(err, new(panicked)):
		db.fail(damaged(db.path, err))
	case db.seen(id):
		db.fail(fmt.Errorf("%s: %w: see to the disk and start otklik again, nothing that was confirmed is lost (%w)", db.path, storage.ErrFailed, err))
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
