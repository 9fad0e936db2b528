package kit

import (
	"container/list"
	"sync"
)

// Memory keeps what the newest things were, by name, at most so many of them. It is lost with the program: whoever asks
// it must do without. It is safe for several goroutines.
type Memory struct {
	limit int
	mu    sync.Mutex
	order *list.List // newest first
	items map[string]*list.Element
}

type memo struct {
	key   string
	value any
}

// NewMemory gives a memory of at most limit things.
func NewMemory(limit int) *Memory {
	return &Memory{limit: limit, order: list.New(), items: map[string]*list.Element{}}
}

// Get gives a thing, nil if it is not there.
func (m *Memory) Get(key string) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.items[key]
	if e == nil {
		return nil
	}
	m.order.MoveToFront(e)
	return e.Value.(*memo).value
}

// Put keeps a thing; what was asked for least lately gives way.
func (m *Memory) Put(key string, value any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.items[key]; e != nil {
		e.Value.(*memo).value = value
		m.order.MoveToFront(e)
		return
	}
	m.items[key] = m.order.PushFront(&memo{key, value})
	if m.order.Len() > m.limit {
		last := m.order.Back()
		m.order.Remove(last)
		delete(m.items, last.Value.(*memo).key)
	}
}
