package bot

import (
	"slices"
	"time"
)

// ages knows which of the waiting messages has waited longest, whatever their number. Messages come nearly in the order of
// their times; those that have gone are dropped from the line when they come to its head, or are most of it.
type ages struct {
	since map[uint64]aged // of those that wait, by id
	line  []aged          // by time; may hold some that have gone
	turns uint64
}

// aged is a message that waits since a time; turn tells the times apart that it came to the line.
type aged struct {
	id, turn uint64
	at       time.Time
}

// add notes a message that waits since a time.
func (a *ages) add(id uint64, at time.Time) {
	if a.since == nil {
		a.since = map[uint64]aged{}
	}
	if was, known := a.since[id]; known && was.at.Equal(at) {
		return
	}
	a.turns++
	e := aged{id, a.turns, at}
	a.since[id] = e
	i := len(a.line)
	if i > 0 && a.line[i-1].at.After(at) {
		i, _ = slices.BinarySearchFunc(a.line, at, func(e aged, at time.Time) int { return e.at.Compare(at) })
	}
	a.line = slices.Insert(a.line, i, e)
	a.sweep()
}

// remove forgets a message.
func (a *ages) remove(id uint64) {
	delete(a.since, id)
	a.sweep()
}

// sweep drops what has gone when that is most of the line.
func (a *ages) sweep() {
	switch {
	case len(a.since) == 0:
		a.line = nil
	case len(a.line) > 2*len(a.since)+64:
		a.line = slices.DeleteFunc(a.line, func(e aged) bool { return !a.waits(e) })
	}
}

func (a *ages) waits(e aged) bool { return a.since[e.id].turn == e.turn }

// oldest gives since when the message has waited that has waited longest; zero if none does.
func (a *ages) oldest() time.Time {
	for len(a.line) > 0 {
		if a.waits(a.line[0]) {
			return a.line[0].at
		}
		a.line = a.line[1:]
	}
	return time.Time{}
}

// Ages tells, by channel, how long the message has waited that has waited longest, of those that may leave; zero where
// none waits. A message that was meant for later waits from its time on.
func (o *Outbox) Ages() map[string]time.Duration {
	list := map[string]time.Duration{}
	now := o.opt.Now()
	for name, c := range o.carriers {
		c.mu.Lock()
		list[name] = 0
		if at := c.ages.oldest(); !at.IsZero() {
			list[name] = max(now.Sub(at), 0)
		}
		c.mu.Unlock()
	}
	return list
}
