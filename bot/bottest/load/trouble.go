package main

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// The kinds of faults.
const (
	too    = "429"
	broken = "500"
	cut    = "cut"                // the connection breaks before the call is heard
	heard  = "delivered, but cut" // it breaks after the call was done
)

// trouble is what a messenger does besides answering: a share of the calls that send fail, each drawn by itself.
type trouble struct {
	kind  string
	share float64
	pause int    // seconds that a 429 asks for
	chat  string // "": any

	dealt atomic.Int64
	mu    sync.Mutex
	dice  *rand.Rand
}

func newTrouble(kind string, share float64, seed uint64) *trouble {
	return &trouble{kind: kind, share: share, pause: 1, dice: rand.New(rand.NewPCG(seed, 1))}
}

// draw says what becomes of a call that sends: "" for nothing, otherwise the kind of the fault.
func (t *trouble) draw(chat string) string {
	if t == nil || t.chat != "" && t.chat != chat {
		return ""
	}
	t.mu.Lock()
	hit := t.dice.Float64() < t.share
	t.mu.Unlock()
	if !hit {
		return ""
	}
	t.dealt.Add(1)
	return t.kind
}

// bound is what a messenger bears: so many messages in any second, in all and in a chat.
type bound struct {
	all, chat int

	mu      sync.Mutex
	last    []time.Time
	of      map[string][]time.Time
	taken   []time.Time
	refused int
}

func newBound(all, chat int) *bound {
	return &bound{all: all, chat: chat, of: map[string][]time.Time{}}
}

// bears tells whether a message is not one too many, and counts it.
func (b *bound) bears(chat string, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last, b.of[chat] = within(b.last, now), within(b.of[chat], now)
	if len(b.last) >= b.all || len(b.of[chat]) >= b.chat {
		b.refused++
		return false
	}
	b.last, b.of[chat] = append(b.last, now), append(b.of[chat], now)
	b.taken = append(b.taken, now)
	return true
}

// within keeps those that are of the last second.
func within(list []time.Time, now time.Time) []time.Time {
	for len(list) > 0 && now.Sub(list[0]) >= time.Second {
		list = list[1:]
	}
	return list
}

// since gives when messages were taken from a time on.
func (b *bound) since(from time.Time) (list []time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, at := range b.taken {
		if !at.Before(from) {
			list = append(list, at)
		}
	}
	return list
}

func (b *bound) refusals() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refused
}

// arrivals notes when a program that was started was heard of first.
type arrivals struct {
	mu     sync.Mutex
	polled chan struct{}
	shown  chan struct{}
}

// expect gives what is closed at the next poll, and at the next reply that a person of the crowd sees.
func (a *arrivals) expect() (polled, shown <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.polled, a.shown = make(chan struct{}), make(chan struct{})
	return a.polled, a.shown
}

func (a *arrivals) polls() { a.close(&a.polled) }
func (a *arrivals) shows() { a.close(&a.shown) }

func (a *arrivals) close(c *chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if *c != nil {
		close(*c)
		*c = nil
	}
}
