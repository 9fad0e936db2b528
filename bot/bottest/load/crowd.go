package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// crowd is the people who talk with a bot, and what they experience.
type crowd struct {
	people []*person
	first  chan struct{} // closed at the first reply
	once   sync.Once

	resting atomic.Bool // nobody begins another conversation
	done    atomic.Int64
	repeats atomic.Int64 // messages that a person saw twice

	mu    sync.Mutex
	waits []wait
}

// wait is how long a person waited for a reply.
type wait struct {
	person  int64
	asked   time.Time
	length  time.Duration
	touched bool // the messenger refused, or lost, something of theirs meanwhile
}

// line is how people reach the bot: the messenger.
type line interface {
	write(p *person, text string)
	press(p *person, ref int64, data string)
}

// newCrowd gives n people, from the number first on, who think for a while between a reply and their next step. Their
// streets are new to a store that has heard of other crowds.
func newCrowd(n int, first int64, ours bool, think time.Duration) *crowd {
	c := &crowd{first: make(chan struct{})}
	era := time.Now().UnixMilli() % 1_000_000_000
	for i := range n {
		c.people = append(c.people, &person{crowd: c, id: first + int64(i), ours: ours, think: think, era: era})
	}
	return c
}

// by gives the person with this number, nil if there is none.
func (c *crowd) by(id int64) *person {
	if len(c.people) == 0 {
		return nil
	}
	if i := id - c.people[0].id; i >= 0 && i < int64(len(c.people)) {
		return c.people[i]
	}
	return nil
}

// begin lets everybody start talking, not all at one moment if they think.
func (c *crowd) begin() {
	for _, p := range c.people {
		if p.think > 0 {
			time.AfterFunc(rand.N(p.think), p.next)
		} else {
			p.next()
		}
	}
}

func (c *crowd) heard() { c.once.Do(func() { close(c.first) }) }

func (c *crowd) reset() {
	c.done.Store(0)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waits = nil
}

func (c *crowd) waited(w wait) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waits = append(c.waits, w)
}

// taken gives the waits since reset that keep says yes to; nil is all.
func (c *crowd) taken(keep func(wait) bool) (list []time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.waits {
		if keep == nil || keep(w) {
			list = append(list, w.length)
		}
	}
	return list
}

// stuck tells of those who have waited longer than a time: a rate with people who hear nothing is no rate.
func (c *crowd) stuck(longest time.Duration) (list []string) {
	for _, p := range c.people {
		if text := p.waits(longest); text != "" {
			list = append(list, text)
		}
	}
	return list
}

// longest gives the longest wait since reset, of those who wait still too.
func (c *crowd) longest() (most time.Duration) {
	for _, d := range c.taken(nil) {
		most = max(most, d)
	}
	for _, p := range c.people {
		most = max(most, p.late())
	}
	return most
}

// settle waits until everybody who waits now has had a reply.
func (c *crowd) settle(ctx context.Context, patience time.Duration) {
	since := time.Now()
	for ctx.Err() == nil && time.Since(since) < patience {
		if !slices.ContainsFunc(c.people, func(p *person) bool { return p.late() > time.Since(since) }) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// rest lets everybody end their conversation, and gives those who wait in vain.
func (c *crowd) rest(ctx context.Context, patience time.Duration) []string {
	c.resting.Store(true)
	for late := time.Now().Add(patience); ctx.Err() == nil && time.Now().Before(late); time.Sleep(20 * time.Millisecond) {
		left := 0
		for _, p := range c.people {
			if !p.rests() {
				left++
			}
		}
		if left == 0 {
			return nil
		}
	}
	var list []string
	for _, p := range c.people {
		if !p.rests() {
			list = append(list, p.tells())
		}
	}
	return list
}

// acknowledged gives whom each number was told to, and the numbers that were told more than once.
func (c *crowd) acknowledged() (whose map[uint64]int64, doubled []uint64) {
	whose = map[uint64]int64{}
	for _, p := range c.people {
		p.mu.Lock()
		for _, n := range p.numbers {
			if _, known := whose[n]; known {
				doubled = append(doubled, n)
			}
			whose[n] = p.id
		}
		p.mu.Unlock()
	}
	return whose, doubled
}

func (p *person) tells() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprintf("person %d stands at step %d of conversation %d; the last they read: %q", p.id, p.step, p.turn, p.said)
}

// waits tells of a person who has waited longer than a time, "" if they have not.
func (p *person) waits(longest time.Duration) string {
	late := p.late()
	if late <= longest {
		return ""
	}
	return fmt.Sprintf("after %v %s", late.Round(time.Millisecond), p.tells())
}

// late gives how long they have waited by now; 0 if they wait for nothing.
func (p *person) late() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asked.IsZero() {
		return 0
	}
	return time.Since(p.asked)
}

func (p *person) rests() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked.IsZero() && p.step == 0
}
