package bot

import (
	"slices"
	"time"
)

// ages knows which of the waiting messages has waited longest, whatever their number. Messages come nearly in the order of
// their times; those that have gone are dropped from the line when they come to its head, or are most of it.
type ages struct {
	since map[uint64]time.Time // of those that wait
	line  []aged               // by time; may hold some that have gone
}

type aged struct {
	id uint64
	at time.Time
}

// add notes a message that waits since a time.
func (a *ages) add(id uint64, at time.Time) {
	if a.since == nil {
		a.since = map[uint64]time.Time{}
	}
	if was, known := a.since[id]; known && was.Equal(at) {
		return
	}
	a.since[id] = at
	i := len(a.line)
	if i > 0 && a.line[i-1].at.After(at) {
		i, _ = slices.BinarySearchFunc(a.line, at, func(e aged, at time.Time) int { return e.at.Compare(at) })
	}
	a.line = slices.Insert(a.line, i, aged{id, at})
}

// remove forgets a message.
func (a *ages) remove(id uint64) {
	delete(a.since, id)
	switch {
	case len(a.since) == 0:
		a.line = nil
	case len(a.line) > 2*len(a.since)+64:
		a.line = slices.DeleteFunc(a.line, func(e aged) bool { return !a.waits(e) })
	}
}

func (a *ages) waits(e aged) bool {
	at, ok := a.since[e.id]
	return ok && at.Equal(e.at)
}

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
