// Package memo remembers the newest results of a function that gives the same for the same.
package memo

import (
	"crypto/sha256"
	"sync"
)

// Memo gives fn's results, and remembers at least the newest limit of them and at most twice as many. It is safe for
// several goroutines; results are shared and must not be changed. A key is remembered by its hash, however long it is.
type Memo[V any] struct {
	limit int
	fn    func(key string) V

	mu         sync.Mutex
	young, old map[hash]V
}

// hash stands for a key: no two have the same.
type hash [sha256.Size]byte

// New gives a memo of fn.
func New[V any](limit int, fn func(key string) V) *Memo[V] {
	return &Memo[V]{limit: max(limit, 1), fn: fn, young: map[hash]V{}}
}

// Of gives fn's result for a key.
func (m *Memo[V]) Of(key string) V {
	h := hash(sha256.Sum256([]byte(key)))
	m.mu.Lock()
	v, ok := m.young[h]
	if !ok {
		if v, ok = m.old[h]; ok {
			m.keep(h, v)
		}
	}
	m.mu.Unlock()
	if ok {
		return v
	}
	v = m.fn(key) // without the lock: others are not to wait, and the same twice does no harm
	m.mu.Lock()
	m.keep(h, v)
	m.mu.Unlock()
	return v
}

// keep puts a result among the young; when they are many, the old ones go.
func (m *Memo[V]) keep(h hash, v V) {
	if len(m.young) >= m.limit {
		m.old, m.young = m.young, make(map[hash]V, m.limit)
	}
	m.young[h] = v
}
