package bolt

import (
	"fmt"
	"sync/atomic"

	"otklik/storage"
)

// overlay is writes over a layer that they do not touch. Each update's function has one over that of its batch, which
// lies over the bucket. So a function that fails leaves no trace, and bbolt is written to when all have run: while it has
// deletions that are not committed, its cursors end at the pages that have become empty.
type overlay struct {
	under   layer
	writes  *tree
	changes int         // how often writes has changed
	ended   atomic.Bool // its function has returned
}

var _ storage.Writer = (*overlay)(nil)

func over(under layer) *overlay { return &overlay{under: under, writes: newTree()} }

func (o *overlay) Get(key []byte) ([]byte, error) { return o.get(string(key)) }

func (o *overlay) get(key string) ([]byte, error) {
	if o.ended.Load() {
		return nil, errEnded
	}
	if v, ok := o.writes.Get(key); ok {
		return clone(v), nil
	}
	return o.under.get(key)
}

func (o *overlay) Put(key, value []byte) error {
	if len(value) > maxValue {
		return fmt.Errorf("a value of %d bytes: at most %d are kept", len(value), maxValue)
	}
	return o.set(key, append(make([]byte, 0, len(value)+sumSize), value...))
}

func (o *overlay) Delete(key []byte) error { return o.set(key, nil) }

func (o *overlay) set(key, value []byte) error {
	if o.ended.Load() {
		return errEnded
	}
	if len(key) == 0 || len(key) > maxKey {
		return fmt.Errorf("a key of %d bytes: they have 1 to %d", len(key), maxKey)
	}
	o.writes.Set(string(key), value)
	o.changes++
	return nil
}

func (o *overlay) Scan(from, to []byte, reverse bool, fn func(key, value []byte) bool) error {
	return walk(o.walker(clone(from), clone(to), reverse), fn)
}

// merger walks over an overlay and what is under it.
type merger struct {
	o          *overlay
	from, to   []byte
	reverse    bool
	under      walker
	key, value []byte // the next one of under, if it is known
	known      bool
	write      entry  // the next one that was written, if it is known; without a key it is the end
	asOf       int    // the overlay's changes when it was looked for, -1: it is not known
	at         []byte // where the walk has come to; nil at its start
}

func (o *overlay) walker(from, to []byte, reverse bool) walker {
	return &merger{o: o, from: from, to: to, reverse: reverse, under: o.under.walker(from, to, reverse), asOf: -1}
}

func (m *merger) next() (key, value []byte, err error) {
	if m.o.ended.Load() {
		return nil, nil, errEnded
	}
	for {
		if !m.known {
			if m.key, m.value, err = m.under.next(); err != nil {
				return nil, nil, err
			}
			m.known = true
		}
		if m.asOf != m.o.changes {
			m.write, m.asOf = m.written(), m.o.changes
		}
		w := m.write
		switch {
		case w.key != "" && (m.key == nil || w.key == string(m.key) || (w.key < string(m.key)) != m.reverse):
			m.known, m.asOf = m.known && w.key != string(m.key), -1
			key, value = []byte(w.key), clone(w.value)
		case m.key != nil:
			m.known = false
			key, value = m.key, m.value
		default:
			return nil, nil, nil
		}
		m.at = append(m.at[:0], key...)
		if value != nil {
			return key, value, nil
		}
	}
}

// written looks for the next key that was written.
func (m *merger) written() (next entry) {
	pivot, itself := m.from, !m.reverse // whether the pivot's own key is one of those to come
	if m.reverse {
		pivot = m.to
	}
	if m.at != nil {
		pivot, itself = m.at, false
	}
	look := func(k string, v []byte) bool {
		if !itself && k == string(pivot) {
			return true
		}
		if within(k, m.from, m.to) {
			next = entry{k, v}
		}
		return false
	}
	switch {
	case !m.reverse:
		m.o.writes.Ascend(string(pivot), look)
	case pivot == nil:
		m.o.writes.Reverse(look)
	default:
		m.o.writes.Descend(string(pivot), look)
	}
	return next
}

// take adds the writes of an overlay that lies over this one, and that nobody uses any more.
func (o *overlay) take(top *overlay) {
	if o.writes.Len() == 0 {
		o.writes = top.writes
		return
	}
	setAll(o.writes, top.writes)
}
