// Package memo remembers the newest results of a function that gives the same for the same.
package memo

import "sync"

// Memo gives fn's results, and remembers at least the newest limit of them and at most twice as many. It is safe for
// several goroutines; results are shared and must not be changed.
type Memo[V any] struct {
	limit int
	fn    func(key string) V

	mu         sync.Mutex
	young, old map[string]V
}

// New gives a memo of fn.
func New[V any](limit int, fn func(key string) V) *Memo[V] {
	return &Memo[V]{limit: max(limit, 1), fn: fn, young: map[string]V{}}
}

// Of gives fn's result for a key.
func (m *Memo[V]) Of(key string) V {
	m.mu.Lock()
	v, ok := m.young[key]
	if !ok {
		if v, ok = m.old[key]; ok {
			m.keep(key, v)
		}
	}
	m.mu.Unlock()
	if ok {
		return v
	}
	v = m.fn(key) // without the lock: others are not to wait, and the same twice does no harm
	m.mu.Lock()
	m.keep(key, v)
	m.mu.Unlock()
	return v
}

// keep puts a result among the young; when they are many, the old ones go.
func (m *Memo[V]) keep(key string, v V) {
	if len(m.young) >= m.limit {
		m.old, m.young = m.young, make(map[string]V, m.limit)
	}
	m.young[key] = v
}
