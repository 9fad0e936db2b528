package bolt

import (
	"bytes"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"otklik/storage"
)

// reader reads a bucket.
type reader struct{ b *bbolt.Bucket }

func (r reader) Get(key []byte) ([]byte, error) { return clone(r.b.Get(key)), nil }

func (r reader) Scan(from, to []byte, reverse bool, fn func(key, value []byte) bool) error {
	c := r.b.Cursor()
	for k, v := first(c, from, to, reverse); k != nil; k, v = step(c, reverse) {
		if !within(k, from, to) || !fn(clone(k), clone(v)) {
			break
		}
	}
	return nil
}

// clone copies; an empty value is not nil.
func clone(v []byte) []byte {
	if v == nil {
		return nil
	}
	return append(make([]byte, 0, len(v)), v...)
}

func within(k, from, to []byte) bool {
	return bytes.Compare(k, from) >= 0 && (to == nil || bytes.Compare(k, to) < 0)
}

func first(c *bbolt.Cursor, from, to []byte, reverse bool) (k, v []byte) {
	if !reverse {
		return c.Seek(from)
	}
	if to == nil {
		return c.Last()
	}
	if k, _ = c.Seek(to); k == nil {
		return c.Last()
	}
	return c.Prev()
}

func step(c *bbolt.Cursor, reverse bool) (k, v []byte) {
	if reverse {
		return c.Prev()
	}
	return c.Next()
}

// overlay is what one update's function sees: the bucket as the updates before it left it, and its own writes over it.
// The bucket changes only when the function has succeeded.
type overlay struct {
	b      *bbolt.Bucket
	writes map[string][]byte // nil: deleted
	order  []string          // the keys of writes, sorted when in is true
	sorted bool
}

var _ storage.Writer = (*overlay)(nil)

func newOverlay(b *bbolt.Bucket) *overlay { return &overlay{b: b, writes: map[string][]byte{}} }

func (o *overlay) Get(key []byte) ([]byte, error) {
	if v, ok := o.writes[string(key)]; ok {
		return clone(v), nil
	}
	return clone(o.b.Get(key)), nil
}

func (o *overlay) Put(key, value []byte) error {
	if len(key) == 0 || len(key) > maxKey || len(value) > maxValue {
		return fmt.Errorf("key of %d bytes, value of %d: want 1 to %d and at most %d", len(key), len(value), maxKey, maxValue)
	}
	o.set(key, append(make([]byte, 0, len(value)), value...))
	return nil
}

func (o *overlay) Delete(key []byte) error {
	if len(key) == 0 {
		return fmt.Errorf("a key of no bytes")
	}
	o.set(key, nil)
	return nil
}

func (o *overlay) set(key, value []byte) {
	k := string(key)
	if _, known := o.writes[k]; !known {
		o.order = append(o.order, k)
		o.sorted = false
	}
	o.writes[k] = value
}

// Scan merges the bucket and the writes. The place is looked for anew after each call of fn, which may have written.
func (o *overlay) Scan(from, to []byte, reverse bool, fn func(key, value []byte) bool) error {
	c := o.b.Cursor()
	bk, bv := first(c, from, to, reverse)
	lo, hi := clone(from), clone(to)
	if to == nil {
		hi = nil
	}
	for {
		if bk != nil && !within(bk, lo, hi) {
			bk = nil
		}
		wk, found := o.next(lo, hi, reverse)
		var k, v []byte
		switch {
		case bk == nil && !found:
			return nil
		case bk != nil && (!found || before(bk, wk, reverse)):
			k, v = bk, bv
		default:
			k, v = []byte(wk), o.writes[wk]
		}
		k, v = clone(k), clone(v)
		if bk != nil && bytes.Equal(k, bk) {
			bk, bv = step(c, reverse)
		}
		if reverse {
			hi = k
		} else {
			lo = append(clone(k), 0)
		}
		if v != nil && !fn(clone(k), v) {
			return nil
		}
	}
}

func before(bk []byte, wk string, reverse bool) bool {
	if reverse {
		return string(bk) > wk
	}
	return string(bk) < wk
}

// next gives the first written key in [from, to), or the last one.
func (o *overlay) next(from, to []byte, reverse bool) (string, bool) {
	if !o.sorted {
		slices.Sort(o.order)
		o.sorted = true
	}
	if !reverse {
		i, _ := slices.BinarySearch(o.order, string(from))
		if i < len(o.order) && within([]byte(o.order[i]), from, to) {
			return o.order[i], true
		}
		return "", false
	}
	i := len(o.order)
	if to != nil {
		i, _ = slices.BinarySearch(o.order, string(to))
	}
	if i > 0 && within([]byte(o.order[i-1]), from, to) {
		return o.order[i-1], true
	}
	return "", false
}

// apply writes to the bucket.
func (o *overlay) apply() error {
	for k, v := range o.writes {
		var err error
		if v == nil {
			err = o.b.Delete([]byte(k))
		} else {
			err = o.b.Put([]byte(k), v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
