package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"otklik/storage"
)

const (
	maxKey   = 1024
	maxValue = 1 << 20
	sumSize  = 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sum is kept after each value: bbolt itself sees damage to its own structures only.
func sum(key, value []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
}

// bucket reads a bucket of the file. What it gives is copied, checked and whole, or an ErrDamaged.
type bucket struct {
	path  string
	b     *bbolt.Bucket
	ended atomic.Bool // its transaction
}

var _ storage.Reader = (*bucket)(nil)

// errEnded is told to a function that has kept its transaction: what it would read is any other bytes by now.
var errEnded = errors.New("the transaction has ended")

// inside gives the bucket with the data.
func inside(path string, tx *bbolt.Tx) (*bucket, error) {
	b := &bucket{path: path}
	err := guard(func() error {
		if b.b = tx.Bucket([]byte(data)); b.b == nil {
			return panicked{"its data is not there"}
		}
		return nil
	})
	return b, classify(path, err)
}

func (b *bucket) Get(key []byte) (value []byte, err error) {
	if b.ended.Load() {
		return nil, errEnded
	}
	err = guard(func() error {
		if v := b.b.Get(key); v != nil {
			_, value, err = unpack(key, v)
		}
		return err
	})
	return value, classify(b.path, err)
}

// pack adds its sum to a value.
func pack(key, value []byte) []byte { return binary.BigEndian.AppendUint32(value, sum(key, value)) }

// unpack copies a key and the value that was packed with it.
func unpack(k, stored []byte) (key, value []byte, err error) {
	n := len(stored) - sumSize
	if n < 0 || sum(k, stored[:n]) != binary.BigEndian.Uint32(stored[n:]) {
		return nil, nil, panicked{fmt.Sprintf("the record %.40q is not what was written", k)}
	}
	both := make([]byte, 0, len(k)+n)
	both = append(append(both, k...), stored[:n]...)
	return both[:len(k):len(k)], both[len(k):], nil
}

func (b *bucket) Scan(from, to []byte, reverse bool, fn func(key, value []byte) bool) error {
	return walk(b.walker(clone(from), clone(to), reverse), fn)
}

// layer can be read in order; a view, or an overlay over another layer. The bounds of a walker do not change while it walks.
type layer interface {
	get(key string) ([]byte, error)
	walker(from, to []byte, reverse bool) walker
}

// walker gives one key and its value after the other, the caller's own; a nil key is the end.
type walker interface {
	next() (key, value []byte, err error)
}

func walk(w walker, fn func(key, value []byte) bool) error {
	for {
		k, v, err := w.next()
		if err != nil || k == nil || !fn(k, v) {
			return err
		}
	}
}

// cursor walks over the keys in [from, to), or backwards.
type cursor struct {
	b        *bucket
	c        *bbolt.Cursor
	from, to []byte
	reverse  bool
	begun    bool
	last     []byte // the key given last, as it lies in the file
}

func (b *bucket) walker(from, to []byte, reverse bool) walker {
	return &cursor{b: b, from: from, to: to, reverse: reverse}
}

// next gives the next key and value, nil at the end.
func (c *cursor) next() (key, value []byte, err error) {
	if c.b.ended.Load() {
		return nil, nil, errEnded
	}
	err = guard(func() error {
		k, v := c.step()
		if k == nil || !within(string(k), c.from, c.to) {
			return nil
		}
		if order := bytes.Compare(k, c.last); c.last != nil && (order == 0 || (order > 0) == c.reverse) {
			return panicked{fmt.Sprintf("the record %.40q is out of its place", k)}
		}
		c.last = k
		key, value, err = unpack(k, v)
		return err
	})
	return key, value, classify(c.b.path, err)
}

func (c *cursor) step() (k, v []byte) {
	switch {
	case c.begun && c.reverse:
		return c.c.Prev()
	case c.begun:
		return c.c.Next()
	}
	c.begun = true
	c.c = c.b.b.Cursor()
	if !c.reverse {
		return c.c.Seek(c.from)
	}
	if c.to == nil {
		return c.c.Last()
	}
	if k, _ = c.c.Seek(c.to); k == nil {
		return c.c.Last()
	}
	return c.c.Prev()
}

// clone copies; nil stays nil and empty stays empty.
func clone(v []byte) []byte {
	if v == nil {
		return nil
	}
	return append(make([]byte, 0, len(v)), v...)
}

func within(k string, from, to []byte) bool {
	return k >= string(from) && (to == nil || k < string(to))
}
