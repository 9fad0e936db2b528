package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"otklik/storage"
)

// Version is the version of the schema that this package writes. A store of a newer one is refused.
// Since version 2 a store may have a log beside it.
const Version = 2

// The buckets of the file, and the key of the schema's version in meta.
const (
	data    = "data"
	meta    = "meta"
	version = "version"
)

// newPages is how many pages a file has in which nothing was ever written.
const newPages = 4

// prepare makes a new store's buckets, raises the version of an older one, and refuses a file that this program does not understand.
func (db *DB) prepare() error {
	have, empty, err := db.look()
	switch {
	case err != nil:
		return classify(db.path, err)
	case have > Version:
		return fmt.Errorf("%s: %w: it has version %d, this program knows %d: start the newer otklik", db.path, storage.ErrNewer, have, Version)
	case have == 0 && !empty:
		return damaged(db.path, errors.New("it is not a store of otklik"))
	}
	if err := db.settle(); err != nil || have == Version {
		return classify(db.path, err)
	}
	return classify(db.path, guard(func() error {
		return db.b.Update(func(tx *bbolt.Tx) error {
			if _, err := tx.CreateBucketIfNotExists([]byte(data)); err != nil {
				return err
			}
			m, err := tx.CreateBucketIfNotExists([]byte(meta))
			if err != nil {
				return err
			}
			return m.Put([]byte(version), pack([]byte(version), binary.BigEndian.AppendUint64(nil, Version)))
		})
	}))
}

// freeSound looks at the list of free pages: bbolt takes it in at the opening, and writes to whatever stands there.
func (db *DB) freeSound(tx *bbolt.Tx) error {
	p, ok, err := db.pagesOf(tx)
	if err == nil && ok {
		err = p.freeList()
	}
	return err
}

// look gives the version that the file says, 0 if it says none, and whether the file holds nothing at all.
func (db *DB) look() (have uint64, empty bool, err error) {
	info, err := db.file.Stat()
	if err != nil {
		return 0, false, err
	}
	err = guard(func() error {
		return db.b.View(func(tx *bbolt.Tx) error {
			if info.Size() < tx.Size() {
				return panicked{fmt.Sprintf("the file has %d bytes of %d", info.Size(), tx.Size())}
			}
			k, _ := tx.Cursor().First()
			empty = k == nil && tx.Size() <= newPages*int64(db.b.Info().PageSize)
			if err := db.freeSound(tx); err != nil {
				return err
			}
			m, d := tx.Bucket([]byte(meta)), tx.Bucket([]byte(data))
			if m == nil || d == nil {
				return nil
			}
			_, v, err := unpack([]byte(version), m.Get([]byte(version)))
			if err == nil && len(v) == 8 {
				have = binary.BigEndian.Uint64(v)
			}
			return err
		})
	})
	return have, empty, err
}
