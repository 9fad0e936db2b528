package bolt

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"otklik/storage"
)

// ledger is what the file says of its log.
type ledger struct {
	mark []byte // of the log that belongs to it; every log has another
	to   uint64 // the file has all records up to this number
	size int64  // of a half
}

const (
	logged   = "log" // the ledger's key in meta
	markSize = 16
)

func (l ledger) bytes() []byte {
	b := binary.BigEndian.AppendUint64(append([]byte(nil), l.mark...), l.to)
	return binary.BigEndian.AppendUint64(b, uint64(l.size)) //nolint:gosec // a length
}

// ledger reads what the file says of its log; one that has never had any gives the zero value.
func (db *DB) ledger() (l ledger, err error) {
	err = guard(func() error {
		return db.b.View(func(tx *bbolt.Tx) error {
			m := tx.Bucket([]byte(meta))
			stored := m.Get([]byte(logged))
			if stored == nil {
				return m.ForEach(func(k, _ []byte) error {
					if string(k) != version {
						return panicked{fmt.Sprintf("what it says of its log cannot be found, but %.20q", k)}
					}
					return nil
				})
			}
			_, v, err := unpack([]byte(logged), stored)
			if err != nil {
				return err
			}
			if len(v) != markSize+16 {
				return panicked{"what it says of its log makes no sense"}
			}
			l = ledger{v[:markSize:markSize], binary.BigEndian.Uint64(v[markSize:]), int64(binary.BigEndian.Uint64(v[markSize+8:]))} //nolint:gosec // a length
			return nil
		})
	})
	return l, err
}

// recover opens the log. What stands there and not in the file is seen from the start, and brought into it afterwards.
func (db *DB) recover() error {
	db.active = newTree()
	db.brought = make(chan error, 1)
	db.half, db.lag = logSize, logLag
	db.due = time.NewTimer(db.lag)
	db.due.Stop()
	l, err := db.ledger()
	if err != nil {
		return classify(db.path, err)
	}
	db.number = l.to
	if l.mark != nil { // else what is there is no log of this store
		switch db.log, err = openWAL(storage.LogFile(db.path), 0, l.mark, l.size); {
		case errors.Is(err, fs.ErrNotExist):
			err = nil
		case err == nil:
			err = db.replay(l.to)
		}
	}
	db.show()
	return classify(db.path, err)
}

// anew begins a log, before the first record of a run: who only reads leaves the file as it is. Its mark is a new one:
// whatever another log of this store or of a copy has, it is none of ours.
func (db *DB) anew() error {
	mark := make([]byte, markSize)
	_, _ = rand.Read(mark) // it never fails
	log, err := openWAL(storage.LogFile(db.path), os.O_CREATE, mark, db.half)
	if err != nil {
		return classify(db.path, err)
	}
	db.log = log
	if err = db.apply(db.number, newTree()); err == nil {
		err = syncFolder(filepath.Dir(db.path))
	}
	if err != nil {
		_ = log.close(true)
		db.log = nil
	}
	return classify(db.path, err)
}

// replay reads what the log has and the file has not.
func (db *DB) replay(above uint64) error {
	halves, err := db.log.read(above)
	if err != nil {
		return err
	}
	if halves.damaged() {
		return fmt.Errorf("%s: %w: of its log %s a part cannot be read, and what comes after it can: put a backup in its place, or move the log away to go on without it",
			db.path, storage.ErrDamaged, db.log.path)
	}
	for _, half := range halves.order() {
		list := halves[half].list
		if list[0].number != db.number+1 {
			return fmt.Errorf("%s: %w: %s goes on from a later state of it: put the file back that it belongs to, or move it away to go on without it (it has %d, the file %d)",
				db.path, storage.ErrDamaged, db.log.path, list[0].number, db.number)
		}
		if db.active.Len() > 0 { // a half that is older
			db.frozen, db.frozenTo, db.active = db.active, db.number, newTree()
		}
		for _, r := range list {
			for _, e := range r.entries {
				db.active.Set(e.key, e.value)
			}
		}
		db.wrote = true
		last := list[len(list)-1]
		db.number = last.number
		if err := db.log.confirm(half, last); err != nil {
			return err
		}
		db.log.adopt(half, last)
	}
	return nil
}
