package meter

import (
	"hash/maphash"
	"strconv"
	"sync"
	"time"

	"otklik/bot"
)

const (
	// mostArrivals bounds how many updates are remembered to be without a reply, twice: most of what is said in a group gets
	// none for ever.
	mostArrivals = 1 << 15
	// replyWithin is for how long at least an update is remembered, where there are fewer.
	replyWithin = 10 * time.Minute
)

// arrivals are the updates that have no reply yet. They stand in two halves, so that all that is old goes at once.
type arrivals struct {
	mu     sync.Mutex
	seed   maphash.Seed
	young  map[uint32]arrival // by trail
	old    map[uint32]arrival
	turned time.Time // when young began
}

type arrival struct {
	at   int64  // in nanoseconds
	chat uint64 // a hash: a reply goes where the update came from
}

func newArrivals() *arrivals { return &arrivals{seed: maphash.MakeSeed(), young: map[uint32]arrival{}} }

func (a *arrivals) chat(p bot.Peer) uint64 {
	return maphash.Comparable(a.seed, [2]string{p.Channel, p.Chat})
}

func key(trail string) (uint32, bool) {
	n, err := strconv.ParseUint(trail, 16, 32)
	return uint32(n), err == nil
}

// add notes an arrival. One that comes again is as old as it was the first time: somebody waits since then.
func (a *arrivals) add(trail string, from bot.Peer, now time.Time) {
	k, ok := key(trail)
	if !ok {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.young) >= mostArrivals || now.Sub(a.turned) > replyWithin {
		a.old, a.young, a.turned = a.young, map[uint32]arrival{}, now
	}
	if _, known := a.old[k]; known {
		return
	}
	if _, known := a.young[k]; !known {
		a.young[k] = arrival{now.UnixNano(), a.chat(from)}
	}
}

// take gives how long ago an update arrived if a message to this peer is the first reply to it.
func (a *arrivals) take(trail string, to bot.Peer, now time.Time) (took time.Duration, first bool) {
	k, ok := key(trail)
	if !ok {
		return 0, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, half := range []map[uint32]arrival{a.young, a.old} {
		if came, known := half[k]; known && came.chat == a.chat(to) {
			delete(half, k)
			return max(time.Duration(now.UnixNano()-came.at), 0), true
		}
	}
	return 0, false
}

// Came notes an update that somebody may wait for a reply to.
func (m *Meter) Came(u *bot.Update) {
	switch u.Kind {
	case bot.Written, bot.Edited, bot.Pressed:
		m.arrivals.add(u.Trail(), u.Peer, m.opt.Now())
	}
}

// Left measures a message that is the first reply to an update, or to several.
func (m *Meter) Left(e *bot.Entry) {
	for _, trail := range e.Updates {
		if took, first := m.arrivals.take(trail, e.Peer, m.opt.Now()); first {
			m.replies.WithLabelValues(e.Peer.Channel).Observe(took.Seconds())
		}
	}
}
