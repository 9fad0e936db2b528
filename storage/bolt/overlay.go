package bolt

import (
	"fmt"
	"sort"
	"strings"
	"sync/atomic"

	"otklik/storage"
)

// overlay is writes over a layer that they do not touch. Each update's function has one over that of its batch, which
// lies over the bucket. So a function that fails leaves no trace, and bbolt is written to when all have run: while it has
// deletions that are not committed, its cursors end at the pages that have become empty.
type overlay struct {
	under  layer
	values map[string][]byte // nil: deleted
	keys   []string          // the keys of values, in order
	ended  atomic.Bool       // its function has returned
}

var _ storage.Writer = (*overlay)(nil)

func over(under layer) *overlay { return &overlay{under: under, values: map[string][]byte{}} }

func (o *overlay) Get(key []byte) ([]byte, error) {
	if o.ended.Load() {
		return nil, errEnded
	}
	if v, ok := o.values[string(key)]; ok {
		return clone(v), nil
	}
	return o.under.Get(key)
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
	k := string(key)
	if _, known := o.values[k]; !known {
		i := sort.SearchStrings(o.keys, k)
		o.keys = append(o.keys, "")
		copy(o.keys[i+1:], o.keys[i:])
		o.keys[i] = k
	}
	o.values[k] = value
	return nil
}

func (o *overlay) Scan(from, to []byte, reverse bool, fn func(key, value []byte) bool) error {
	return walk(o.walker(from, to, reverse), fn)
}

// merger walks over an overlay and what is under it. The next write is looked for at each step, as there may be new ones.
type merger struct {
	o          *overlay
	from, to   []byte
	reverse    bool
	under      walker
	key, value []byte // the next one of under, if it is known
	known      bool
	at         []byte // where the walk has come to; nil at its start
}

func (o *overlay) walker(from, to []byte, reverse bool) walker {
	return &merger{o: o, from: clone(from), to: clone(to), reverse: reverse, under: o.under.walker(from, to, reverse)}
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
		written, ok := m.written()
		switch {
		case ok && (m.key == nil || written == string(m.key) || (written < string(m.key)) != m.reverse):
			m.known = m.known && written != string(m.key)
			key, value = []byte(written), clone(m.o.values[written])
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

// written gives the next key that was written.
func (m *merger) written() (key string, ok bool) {
	keys := m.o.keys
	var i int
	switch {
	case m.reverse && m.at != nil:
		i = sort.Search(len(keys), func(i int) bool { return keys[i] >= string(m.at) }) - 1
	case m.reverse && m.to != nil:
		i = sort.Search(len(keys), func(i int) bool { return keys[i] >= string(m.to) }) - 1
	case m.reverse:
		i = len(keys) - 1
	case m.at != nil:
		i = sort.Search(len(keys), func(i int) bool { return keys[i] > string(m.at) })
	default:
		i = sort.Search(len(keys), func(i int) bool { return keys[i] >= string(m.from) })
	}
	if i < 0 || i >= len(keys) || !within(keys[i], m.from, m.to) {
		return "", false
	}
	return keys[i], true
}

// take adds the writes of an overlay that lies over this one, and that nobody uses any more.
func (o *overlay) take(top *overlay) {
	if len(o.keys) == 0 {
		o.keys, o.values = top.keys, top.values
		return
	}
	o.keys = union(o.keys, top.keys)
	for k, v := range top.values {
		o.values[k] = v
	}
}

// union merges two sorted lists.
func union(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	both := make([]string, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := strings.Compare(a[0], b[0]); {
		case c < 0:
			both, a = append(both, a[0]), a[1:]
		case c > 0:
			both, b = append(both, b[0]), b[1:]
		default:
			both, a, b = append(both, a[0]), a[1:], b[1:]
		}
	}
	return append(append(both, a...), b...)
}
