package bot

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// item is what the outbox keeps of a message that waits: its words stay in the spool until it is their turn.
type item struct {
	id       uint64
	priority Priority
}

// lane is all that waits for one chat, strictly in order.
type lane struct {
	chat  chat
	group bool
	pace  pace
	queue []item // by id; what is on its way stays in until it is settled
	count [Digest + 1]int

	busy    bool      // one of it is on its way
	epoch   uint64    // of the channel's falls, when that left
	until   time.Time // after a failure: not before
	soft    bool      // until was our own guess, not the messenger's word
	strikes int       // failures in a row while the channel carried others
	seen    uint64    // how many the channel had carried at the last failure
	anew    uint64    // the message whose edit found nothing to edit
	faults  int       // failures of the spool in a row
	posted  *posted   // sent, but the spool has not taken the receipt yet

	more      bool // something has come, or its words have changed, since the last attempt began
	recording bool // the spool is taking a receipt

	heap *laneHeap // where the lane stands, nil for nowhere
	pos  int
	turn uint64    // in ready: who became ready first goes first
	at   time.Time // in asleep: wakes then
}

type posted struct {
	entry   Entry
	receipt Receipt
}

func (l *lane) find(id uint64) (int, bool) {
	// Tickets come nearly always in order.
	if n := len(l.queue); n == 0 || l.queue[n-1].id < id {
		return n, false
	}
	return slices.BinarySearchFunc(l.queue, id, func(it item, id uint64) int { return cmp.Compare(it.id, id) })
}

// add puts a message in its place; one that is there already can only become more urgent.
func (l *lane) add(it item) (isNew bool) {
	it.priority = min(it.priority, Digest)
	i, known := l.find(it.id)
	if known {
		l.count[l.queue[i].priority]--
		l.queue[i].priority = min(it.priority, l.queue[i].priority)
		l.count[l.queue[i].priority]++
		return false
	}
	l.queue = slices.Insert(l.queue, i, it)
	l.count[it.priority]++
	return true
}

func (l *lane) remove(id uint64) bool {
	i, known := l.find(id)
	if !known {
		return false
	}
	l.count[l.queue[i].priority]--
	switch {
	case len(l.queue) == 1:
		l.queue = nil
	case i == 0:
		l.queue = l.queue[1:]
	default:
		l.queue = slices.Delete(l.queue, i, i+1)
	}
	return true
}

// priority is that of the most urgent message: whoever waits for it waits for all before it.
func (l *lane) priority() Priority {
	for p, n := range l.count {
		if n > 0 {
			return Priority(p)
		}
	}
	return Digest
}

// laneHeap is a heap of lanes; less says which comes first.
type laneHeap struct {
	lanes []*lane
	less  func(a, b *lane) bool
}

func byTurn(a, b *lane) bool {
	if p, q := a.priority(), b.priority(); p != q {
		return p < q
	}
	return a.turn < b.turn
}

func byWaking(a, b *lane) bool { return a.at.Before(b.at) }

func (h *laneHeap) Len() int           { return len(h.lanes) }
func (h *laneHeap) Less(i, j int) bool { return h.less(h.lanes[i], h.lanes[j]) }
func (h *laneHeap) Swap(i, j int) {
	h.lanes[i], h.lanes[j] = h.lanes[j], h.lanes[i]
	h.lanes[i].pos, h.lanes[j].pos = i, j
}

// Push is for container/heap.
func (h *laneHeap) Push(x any) {
	l := x.(*lane)
	l.heap, l.pos = h, len(h.lanes)
	h.lanes = append(h.lanes, l)
}

// Pop is for container/heap.
func (h *laneHeap) Pop() any {
	last := len(h.lanes) - 1
	l := h.lanes[last]
	h.lanes[last] = nil
	h.lanes = h.lanes[:last]
	l.heap = nil
	return l
}

func (h *laneHeap) first() *lane {
	if len(h.lanes) == 0 {
		return nil
	}
	return h.lanes[0]
}

// leave takes the lane out of the heap that it stands in.
func (l *lane) leave() {
	if l.heap != nil {
		heap.Remove(l.heap, l.pos)
	}
}
