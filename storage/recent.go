package storage

import (
	"bytes"
	"slices"
	"sync"
)

// recentMost is how many messages are remembered: more than are on their way at once, and a megabyte or two.
const recentMost = 1024

// recent remembers messages as they were written last, so that one which leaves at once is not decoded again, twice. What
// it remembers counts only where the store has the very same bytes: a transaction that never was does no harm.
type recent struct {
	mu   sync.Mutex
	list map[uint64]written
}

// written is a message and its record.
type written struct {
	raw []byte
	o   Outgoing
}

func (r *recent) keep(raw []byte, o *Outgoing) {
	w := written{raw, *o}
	w.o.Body, w.o.Updates = slices.Clone(o.Body), slices.Clone(o.Updates)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.list == nil || len(r.list) >= recentMost {
		r.list = make(map[uint64]written)
	}
	r.list[o.ID] = w
}

// of gives the message whose record reads so, the caller's own; nil where that is not remembered.
func (r *recent) of(id uint64, raw []byte) *Outgoing {
	r.mu.Lock()
	w, ok := r.list[id]
	r.mu.Unlock()
	if !ok || !bytes.Equal(w.raw, raw) {
		return nil
	}
	o := w.o
	o.Body, o.Updates = slices.Clone(o.Body), slices.Clone(o.Updates)
	return &o
}

func (r *recent) drop(id uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.list, id)
}
