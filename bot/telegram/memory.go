package telegram

import (
	"container/list"
	"sync"
)

// memory keeps what the newest things were, by name, at most limit of them. It is lost with the program: whoever asks
// it must do without.
type memory struct {
	limit int
	mu    sync.Mutex
	order *list.List // newest first
	items map[string]*list.Element
}

type memo struct {
	key   string
	value any
}

func newMemory(limit int) *memory {
	return &memory{limit: limit, order: list.New(), items: map[string]*list.Element{}}
}

func (m *memory) get(key string) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.items[key]
	if e == nil {
		return nil
	}
	m.order.MoveToFront(e)
	return e.Value.(*memo).value
}

func (m *memory) put(key string, value any) {
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
