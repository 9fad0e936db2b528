package bolt

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"

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
	path string
	b    *bbolt.Bucket
}

var _ storage.Reader = (*bucket)(nil)

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
	err = guard(func() error {
		if v := b.b.Get(key); v != nil {
			_, value, err = unpack(key, v)
		}
		return err
	})
	return value, classify(b.path, err)
}

// unpack copies a key and the value that was stored with it.
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
	c := b.cursor(from, to, reverse)
	for {
		k, v, err := c.next()
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
}

func (b *bucket) cursor(from, to []byte, reverse bool) *cursor {
	return &cursor{b: b, from: clone(from), to: clone(to), reverse: reverse}
}

// next gives the next key and value, nil at the end.
func (c *cursor) next() (key, value []byte, err error) {
	err = guard(func() error {
		if k, v := c.step(); k != nil && within(string(k), c.from, c.to) {
			key, value, err = unpack(k, v)
		}
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

// overlay is what one update's function sees: the bucket as the updates before it left it, and its own writes over it.
// The bucket changes only when the function has succeeded.
type overlay struct {
	b      *bucket
	writes map[string][]byte // nil: deleted
	order  []string          // the keys of writes
}

var _ storage.Writer = (*overlay)(nil)

func (o *overlay) Get(key []byte) ([]byte, error) {
	if v, ok := o.writes[string(key)]; ok {
		return clone(v), nil
	}
	return o.b.Get(key)
}

func (o *overlay) Put(key, value []byte) error {
	if len(value) > maxValue {
		return fmt.Errorf("a value of %d bytes: at most %d are kept", len(value), maxValue)
	}
	return o.set(key, append(make([]byte, 0, len(value)+sumSize), value...))
}

func (o *overlay) Delete(key []byte) error { return o.set(key, nil) }

func (o *overlay) set(key, value []byte) error {
	if len(key) == 0 || len(key) > maxKey {
		return fmt.Errorf("a key of %d bytes: they have 1 to %d", len(key), maxKey)
	}
	k := string(key)
	if _, known := o.writes[k]; !known {
		i, _ := slices.BinarySearch(o.order, k)
		o.order = slices.Insert(o.order, i, k)
	}
	o.writes[k] = value
	return nil
}

// Scan merges the bucket and the writes. The next write is looked for after each call of fn, which may have written.
func (o *overlay) Scan(from, to []byte, reverse bool, fn func(key, value []byte) bool) error {
	c := o.b.cursor(from, to, reverse)
	from, to = c.from, c.to
	bk, bv, err := c.next()
	for err == nil {
		var k, v []byte
		switch wk, written := o.next(from, to, reverse); {
		case written && (bk == nil || wk == string(bk) || (wk < string(bk)) != reverse):
			k, v = []byte(wk), clone(o.writes[wk])
			if wk == string(bk) {
				bk, bv, err = c.next()
			}
		case bk != nil:
			k, v = bk, bv
			bk, bv, err = c.next()
		default:
			return nil
		}
		if reverse {
			to = clone(k)
		} else {
			from = append(clone(k), 0)
		}
		if v != nil && !fn(k, v) {
			return nil
		}
	}
	return err
}

// next gives the first written key in [from, to), or the last one.
func (o *overlay) next(from, to []byte, reverse bool) (string, bool) {
	i := len(o.order)
	switch {
	case !reverse:
		i, _ = slices.BinarySearch(o.order, string(from))
	case to != nil:
		i, _ = slices.BinarySearch(o.order, string(to))
		i--
	default:
		i--
	}
	if i < 0 || i >= len(o.order) || !within(o.order[i], from, to) {
		return "", false
	}
	return o.order[i], true
}

// apply writes to the bucket.
func (o *overlay) apply() error {
	for _, key := range o.order {
		k, v := []byte(key), o.writes[key]
		var err error
		if v == nil {
			err = o.b.b.Delete(k)
		} else {
			err = o.b.b.Put(k, binary.BigEndian.AppendUint32(v, sum(k, v)))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
