package storagetest

import (
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"sync/atomic"

	"otklik/storage"
)

// Memory is a store that keeps nothing beyond the program and needs microseconds: for tests that run the whole desk some
// thousand times. What it holds is a value, so a moment of it can be taken and gone back to.
type Memory struct {
	root  atomic.Pointer[leaf]
	turn  sync.Mutex   // one updates at a time
	alive sync.RWMutex // Close waits for it
	ended bool
	seed  maphash.Seed
}

// NewMemory gives a store with nothing in it.
func NewMemory() *Memory { return &Memory{seed: maphash.MakeSeed()} }

// Moment is what a Memory held at one time.
type Moment struct{ root *leaf }

// Moment gives what it holds now.
func (m *Memory) Moment() Moment { return Moment{m.root.Load()} }

// Return makes it hold what it held at that time.
func (m *Memory) Return(to Moment) {
	m.turn.Lock()
	defer m.turn.Unlock()
	m.root.Store(to.root)
}

// View runs fn on a snapshot.
func (m *Memory) View(ctx context.Context, fn func(storage.Reader) error) error {
	leave, err := m.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return fn(&memory{root: m.root.Load()})
}

// Update runs fn and keeps what it wrote, all or nothing.
func (m *Memory) Update(ctx context.Context, fn func(storage.Writer) error) error {
	leave, err := m.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	m.turn.Lock()
	defer m.turn.Unlock()
	w := &memory{root: m.root.Load(), seed: m.seed}
	if err := fn(w); err != nil {
		return err
	}
	m.root.Store(w.root)
	return nil
}

func (m *Memory) enter(ctx context.Context) (leave func(), err error) {
	m.alive.RLock()
	if err = ctx.Err(); m.ended {
		err = storage.ErrClosed
	}
	if err != nil {
		m.alive.RUnlock()
		return nil, err
	}
	return m.alive.RUnlock, nil
}

// Close waits for running transactions.
func (m *Memory) Close() error {
	m.alive.Lock()
	defer m.alive.Unlock()
	m.ended = true
	return nil
}

// memory is a transaction: the tree that it found, changed by copying what leads to a change.
type memory struct {
	root *leaf
	seed maphash.Seed
}

var errBounds = errors.New("a key is 1 to 1,024 bytes, a value up to 1 MiB")

// Get gives a key's value.
func (m *memory) Get(key []byte) ([]byte, error) {
	for n := m.root; n != nil; {
		switch k := string(key); {
		case k < n.key:
			n = n.left
		case k > n.key:
			n = n.right
		default:
			return append([]byte{}, n.value...), nil
		}
	}
	return nil, nil
}

// Scan goes through what was there when it began.
func (m *memory) Scan(from, to []byte, reverse bool, fn func(key, value []byte) bool) error {
	m.root.scan(string(from), string(to), to == nil, reverse, fn)
	return nil
}

// Put keeps a value.
func (m *memory) Put(key, value []byte) error {
	if len(key) == 0 || len(key) > 1024 || len(value) > 1<<20 {
		return errBounds
	}
	m.root = m.root.put(&leaf{key: string(key), value: string(value), rank: maphash.Bytes(m.seed, key)})
	return nil
}

// Delete drops a key.
func (m *memory) Delete(key []byte) error {
	m.root = m.root.drop(string(key))
	return nil
}

// leaf is a node of a tree that orders by keys from left to right and by ranks from top to bottom: ranks are as good as
// drawn by lot, so the tree is no deeper than chance makes it. A node is never changed once others may see it.
type leaf struct {
	key, value  string
	rank        uint64
	left, right *leaf
}

func (n *leaf) put(add *leaf) *leaf {
	if n == nil {
		return add
	}
	c := *n
	switch {
	case add.key < n.key:
		if c.left = n.left.put(add); c.left.rank > c.rank { // the child is new: nobody else sees it yet
			up := c.left
			c.left, up.right = up.right, &c
			return up
		}
	case add.key > n.key:
		if c.right = n.right.put(add); c.right.rank > c.rank {
			up := c.right
			c.right, up.left = up.left, &c
			return up
		}
	default:
		c.value = add.value
	}
	return &c
}

func (n *leaf) drop(key string) *leaf {
	if n == nil {
		return nil
	}
	c := *n
	switch {
	case key < n.key:
		c.left = n.left.drop(key)
	case key > n.key:
		c.right = n.right.drop(key)
	default:
		return joined(n.left, n.right)
	}
	return &c
}

// joined makes one tree of two, all of a before all of b.
func joined(a, b *leaf) *leaf {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.rank > b.rank:
		c := *a
		c.right = joined(a.right, b)
		return &c
	}
	c := *b
	c.left = joined(a, b.left)
	return &c
}

// scan calls fn for the keys in [from, to), or on from from where the end is open; false ends it.
func (n *leaf) scan(from, to string, open, reverse bool, fn func(key, value []byte) bool) bool {
	if n == nil {
		return true
	}
	first, last := n.left, n.right
	if reverse {
		first, last = last, first
	}
	before, behind := n.key < from, !open && n.key >= to
	walk := func(side *leaf) bool {
		if side == n.left && before || side == n.right && behind {
			return true
		}
		return side.scan(from, to, open, reverse, fn)
	}
	return walk(first) && (before || behind || fn([]byte(n.key), []byte(n.value))) && walk(last)
}
