package bolt

import (
	"slices"

	"github.com/tidwall/btree"

	"otklik/storage"
)

// tree is writes, by their keys; nil is a key that is deleted.
type tree = btree.Map[string, []byte]

// small is a tree's degree. A snapshot is taken for each batch, and each node that the next one touches is copied then.
const small = 8

func newTree() *tree { return btree.NewMap[string, []byte](small) }

// setAll adds writes that came later.
func setAll(t, later *tree) {
	later.Scan(func(k string, v []byte) bool {
		t.Set(k, v)
		return true
	})
}

// levels are writes that the store's file has not, or may not have: the newest first. They do not change any more.
type levels []*tree

// put writes what they have, the oldest first.
func (l levels) put(w storage.Writer) (err error) {
	for _, t := range slices.Backward(l) {
		t.Scan(func(k string, v []byte) bool {
			if v == nil {
				err = w.Delete([]byte(k))
			} else {
				err = w.Put([]byte(k), v)
			}
			return err == nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// view is what a transaction reads: levels over a snapshot of the file.
type view struct {
	*bucket
	levels levels
	size   int64 // of the file, as its pages have it
}

var (
	_ storage.Reader = (*view)(nil)
	_ layer          = (*view)(nil)
)

func (v *view) Get(key []byte) ([]byte, error) { return v.get(string(key)) }

func (v *view) get(key string) ([]byte, error) {
	if v.ended.Load() {
		return nil, errEnded
	}
	for _, t := range v.levels {
		if value, ok := t.Get(key); ok {
			return clone(value), nil
		}
	}
	return v.bucket.Get([]byte(key))
}

func (v *view) Scan(from, to []byte, reverse bool, fn func(key, value []byte) bool) error {
	return walk(v.walker(clone(from), clone(to), reverse), fn)
}

func (v *view) walker(from, to []byte, reverse bool) walker {
	w := v.bucket.walker(from, to, reverse)
	for i := len(v.levels) - 1; i >= 0; i-- {
		w = newMixer(v, v.levels[i], w, from, to, reverse)
	}
	return w
}

// mixer walks over a level and what is under it.
type mixer struct {
	v          *view
	iter       btree.MapIter[string, []byte]
	more       bool // the iterator stands at a key of the range
	under      walker
	key, value []byte // the next one of under, if it is known
	known      bool
	from, to   []byte
	reverse    bool
}

func newMixer(v *view, t *tree, under walker, from, to []byte, reverse bool) *mixer {
	m := &mixer{v: v, iter: t.Iter(), under: under, from: from, to: to, reverse: reverse}
	switch {
	case !reverse:
		m.more = m.iter.Seek(string(from))
	case to == nil:
		m.more = m.iter.Last()
	case m.iter.Seek(string(to)):
		m.more = m.iter.Prev()
	default:
		m.more = m.iter.Last()
	}
	m.within()
	return m
}

func (m *mixer) within() { m.more = m.more && within(m.iter.Key(), m.from, m.to) }

func (m *mixer) step() {
	if m.reverse {
		m.more = m.iter.Prev()
	} else {
		m.more = m.iter.Next()
	}
	m.within()
}

func (m *mixer) next() (key, value []byte, err error) {
	if m.v.ended.Load() {
		return nil, nil, errEnded
	}
	for {
		if !m.known {
			if m.key, m.value, err = m.under.next(); err != nil {
				return nil, nil, err
			}
			m.known = true
		}
		if !m.more || m.key != nil && m.iter.Key() != string(m.key) && (m.iter.Key() > string(m.key)) != m.reverse {
			m.known = m.key == nil // the end stays the end
			return m.key, m.value, nil
		}
		k, v := m.iter.Key(), m.iter.Value()
		m.known = m.known && k != string(m.key)
		m.step()
		if v != nil {
			return []byte(k), clone(v), nil
		}
	}
}
