package bot

import (
	"container/heap"
	"context"
	"log/slog"
	"sync"
	"time"
)

// carrier carries the messages of one channel.
type carrier struct {
	*OutboxOptions
	ch     Channel
	limits Limits
	log    *slog.Logger
	kick   chan struct{} // something changed
	sends  sync.WaitGroup

	mu      sync.Mutex
	lanes   map[chat]*lane
	moved   map[chat]chat // groups that go on under another id
	ready   laneHeap
	asleep  laneHeap
	planned planHeap // what was meant for later from the start
	waiting int
	ages    ages // of those that wait
	flying  int
	turns   uint64
	all     pace
	even    pace   // of what nobody waits for
	carried uint64 // messages that the messenger took or refused for good
	fall    fall
}

func newCarrier(o *OutboxOptions, ch Channel) *carrier {
	limits := ch.Limits()
	return &carrier{
		OutboxOptions: o, ch: ch, limits: limits, log: o.Log.With("channel", ch.Name()), kick: make(chan struct{}, 1),
		lanes: map[chat]*lane{}, moved: map[chat]chat{}, ready: laneHeap{less: byTurn}, asleep: laneHeap{less: byWaking},
		all: newPace(limits.All), even: newPace(evenly(limits.All)),
	}
}

func (c *carrier) poke() {
	select {
	case c.kick <- struct{}{}:
	default:
	}
}

func (c *carrier) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting + len(c.planned)
}

// add queues a ticket.
func (c *carrier) add(t Ticket) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue(t, c.Now())
}

func (c *carrier) queue(t Ticket, now time.Time) {
	l := c.lane(c.home(chatOf(t.Peer)), t.Group)
	if _, known := l.find(t.ID); !known && t.NotBefore.After(now) {
		heap.Push(&c.planned, t)
		if !l.busy && len(l.queue) == 0 {
			c.place(l, now)
		}
		return
	}
	if l.add(item{t.ID, t.Priority}) {
		c.waiting++
		c.ages.add(t.ID, t.since(now))
	}
	l.more = l.busy
	if l.recording {
		c.Spool.Hasten()
	}
	c.place(l, now)
}

// hold keeps a ticket's chat waiting until the ticket's time.
func (c *carrier) hold(t Ticket) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.lane(chatOf(t.Peer), t.Group)
	if t.NotBefore.After(l.until) {
		l.until, l.soft = t.NotBefore, true
	}
}

// home gives where a chat is now.
func (c *carrier) home(at chat) chat {
	for range 8 {
		to, ok := c.moved[at]
		if !ok {
			break
		}
		at = to
	}
	return at
}

func (c *carrier) lane(at chat, group bool) *lane {
	l := c.lanes[at]
	if l == nil {
		l = &lane{chat: at, group: group, pace: newPace(c.rate(group))}
		c.lanes[at] = l
	} else if group && !l.group {
		l.group, l.pace = true, newPace(c.rate(true))
	}
	return l
}

func (c *carrier) rate(group bool) Rate {
	if group {
		return c.limits.Group
	}
	return c.limits.Chat
}

// place puts a lane where it belongs: ready, or asleep until it may be, or nowhere. A lane with nothing in it is kept
// until its pace is as good as new.
func (c *carrier) place(l *lane, now time.Time) {
	if l.busy {
		l.leave()
		return
	}
	at := l.until
	switch {
	case len(l.queue) == 0:
		if t := l.pace.rested(); t.After(at) {
			at = t
		}
		if !at.After(now) {
			l.leave()
			if c.lanes[l.chat] == l {
				delete(c.lanes, l.chat)
			}
			return
		}
	case l.posted == nil:
		if t := l.pace.ready(now); t.After(at) {
			at = t
		}
	}
	if at.After(now) {
		l.leave()
		l.at = at
		heap.Push(&c.asleep, l)
		return
	}
	if l.heap == &c.ready {
		heap.Fix(&c.ready, l.pos)
		return
	}
	l.leave()
	c.turns++
	l.turn = c.turns
	heap.Push(&c.ready, l)
}

// run sends until ctx ends and waits for what is on its way, which lives as long as flights.
func (c *carrier) run(ctx, flights context.Context) {
	defer c.sends.Wait()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for ctx.Err() == nil {
		l, id, next := c.pick(c.Now())
		if l != nil {
			c.sends.Go(func() {
				stretch(0)
				c.carry(flights, l, id)
			})
			continue
		}
		wake := timer.C
		if next.IsZero() {
			wake = nil
		} else {
			timer.Reset(next.Sub(c.Now()))
		}
		select {
		case <-ctx.Done():
		case <-c.kick:
		case <-wake:
		}
	}
}

// pick takes the lane whose turn it is, with the message to send; otherwise it says when to look again, zero for when
// something changes.
func (c *carrier) pick(now time.Time) (l *lane, id uint64, next time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next = c.wake(now)
	if c.fall.until.After(now) {
		return nil, 0, c.fall.until
	}
	l = c.ready.first()
	if l == nil || c.flying >= c.room(l.priority()) || c.fall.probed {
		return nil, 0, next
	}
	if l.posted == nil {
		at := c.all.ready(now)
		if l.priority() != Reply {
			if t := c.even.ready(now); t.After(at) {
				at = t
			}
		}
		if at.After(now) {
			return nil, 0, at
		}
		c.all.spend(now, 1)
		c.even.spend(now, 1) // by replies, too: what they took is not made up for in one go
		l.pace.spend(now, 1)
	}
	l.leave()
	l.busy, l.more, l.epoch = true, false, c.fall.epoch
	c.fall.probed = c.fall.down
	c.flying++
	return l, l.queue[0].id, time.Time{}
}

// evenly is a messenger's pace for what nobody waits for: spread over the time, but for a hair that makes up for a timer that
// comes late. If a broadcast spent a second's worth at once, whoever wrote then would wait for the rest of that second.
func evenly(r Rate) Rate {
	r.Burst = min(r.Burst, 3)
	return r
}

// room is how many may be on their way with one of this priority. A quarter is kept for replies, so that none waits
// for a slow upload of something that can wait.
func (c *carrier) room(p Priority) int {
	if p == Reply {
		return c.Width
	}
	return c.Width - c.Width/4
}

// wake wakes what is due and gives the time of the next.
func (c *carrier) wake(now time.Time) (next time.Time) {
	for len(c.planned) > 0 && !c.planned[0].NotBefore.After(now) {
		t := heap.Pop(&c.planned).(Ticket)
		c.queue(t, now)
	}
	for l := c.asleep.first(); l != nil && !l.at.After(now); l = c.asleep.first() {
		c.place(l, now)
	}
	if l := c.asleep.first(); l != nil {
		next = l.at
	}
	if len(c.planned) > 0 && (next.IsZero() || c.planned[0].NotBefore.Before(next)) {
		next = c.planned[0].NotBefore
	}
	return next
}

// planHeap is a heap of tickets by their time.
type planHeap []Ticket

func (h planHeap) Len() int           { return len(h) }
func (h planHeap) Less(i, j int) bool { return h[i].NotBefore.Before(h[j].NotBefore) }
func (h planHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push is for container/heap.
func (h *planHeap) Push(x any) { *h = append(*h, x.(Ticket)) }

// Pop is for container/heap.
func (h *planHeap) Pop() any {
	last := len(*h) - 1
	t := (*h)[last]
	(*h)[last] = Ticket{}
	*h = (*h)[:last]
	return t
}
