package bot

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// giveUp is how often a message may fail for no known reason while others get through, before it is given up: with
// the waits between, hours.
const giveUp = 20

// recordTime bounds how long the outcome of a call is being written down, at the end of the program too.
const recordTime = 10 * time.Second

// outcome says what becomes of a message after an attempt. The zero outcome: it is tried again in its turn.
type outcome struct {
	gone  bool          // it is off the queue
	queue *Ticket       // gone from here, but it has its time or its chat elsewhere
	wait  time.Duration // its chat waits
	soft  bool          // wait is our own guess
	extra int           // messages that went beside the first
}

// carry makes one attempt at a lane's next message.
func (c *carrier) carry(ctx context.Context, l *lane, id uint64) {
	if l.posted != nil {
		id = l.posted.entry.ID
	}
	out := c.attempt(ctx, l, id)

	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.Now()
	l.busy = false
	c.flying--
	if l.epoch == c.fall.epoch {
		c.fall.probed = false
	}
	if out.gone && l.remove(id) {
		c.waiting--
		c.ages.remove(id)
	}
	if out.queue != nil {
		c.queue(*out.queue, now)
	}
	if out.extra > 0 {
		l.pace.spend(now, out.extra)
		c.all.spend(now, out.extra)
	}
	l.until, l.soft = now.Add(out.wait), out.soft
	if out.gone {
		l.strikes = 0
	}
	c.place(l, now)
	c.poke()
}

func (c *carrier) attempt(ctx context.Context, l *lane, id uint64) outcome {
	if l.posted != nil {
		return c.record(ctx, l, l.posted.entry, l.posted.receipt)
	}
	e, ok, err := c.Spool.Load(ctx, id)
	switch {
	case err != nil:
		return c.spoolFailed(ctx, l, fmt.Errorf("message %d: %w", id, Quiet(err)))
	case !ok:
		return outcome{gone: true}
	case e.Attempts == 0 && e.NotBefore.After(c.Now()):
		return outcome{gone: true, queue: &e.Ticket}
	}
	e = c.readdress(e)
	if chatOf(e.Peer) != l.chat {
		return outcome{gone: true, queue: &e.Ticket}
	}
	b := &bench{open: c.Open, last: e.Attempts+1 >= makeTries}
	defer b.clear()
	if e.Edit == "" || l.anew == id {
		if err := c.prepare(ctx, b, &e); err != nil {
			return c.unmade(ctx, e, err)
		}
	}
	r, err := c.post(ctx, &e, l.anew == id, b)
	if err != nil {
		if lacks := b.lacks(); lacks != nil {
			return c.unmade(ctx, e, lacks)
		}
		return c.refused(ctx, l, e, err)
	}
	return c.record(ctx, l, e, r)
}

func (c *carrier) answered(l *lane) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.works(l.epoch, c.Now())
}

// readdress sends an entry to where its group is now. The messages of the old chat cannot be named in the new one.
func (c *carrier) readdress(e Entry) Entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if to := c.home(chatOf(e.Peer)); to != chatOf(e.Peer) {
		e.Peer.Chat, e.Edit, e.Message.ReplyTo = to.id, "", ""
	}
	return e
}

// post makes the call. A fault in the adapter is that message's failure, not the program's end.
func (c *carrier) post(ctx context.Context, e *Entry, anew bool, b *bench) (r Receipt, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	begin := time.Now()
	defer func() {
		if p := recover(); p != nil {
			fault := Recovered(p)
			c.fell(e, fault)
			err = fault
		}
		var f *Failure
		if err != nil {
			f = FailureOf(err)
		}
		c.Watch.Tried(c.ch.Name(), e.Priority, time.Since(begin), f)
		if err == nil {
			c.Watch.Left(e)
		}
	}()
	if e.Edit == "" || anew {
		return c.ch.Send(ctx, e.Peer, e.Message, e.Key, b.Open)
	}
	r, err = c.ch.Edit(ctx, e.Peer, e.Edit, e.Message, e.Key, b.Open)
	if err == nil && b.short() { // it went without what was to be made: that is said in its words
		e.Message = c.leaveOut(ctx, b, e)
		return c.ch.Edit(ctx, e.Peer, r.Ref, e.Message, e.Key, b.Open)
	}
	return r, err
}

// record writes the receipt down. While that fails the message is not sent again: only the receipt is tried again.
func (c *carrier) record(ctx context.Context, l *lane, e Entry, r Receipt) outcome {
	brief, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	e.Hurry = c.recording(l, true) || ctx.Err() != nil
	defer c.recording(l, false)
	again, err := c.Spool.Sent(brief, e, r)
	if err != nil {
		first := l.posted == nil
		l.posted = &posted{e, r}
		out := c.spoolFailed(ctx, l, fmt.Errorf("the receipt of message %d: %w", e.ID, Quiet(err)))
		if first {
			out.extra = len(r.More)
		}
		return out
	}
	c.log.Debug("a message has left", "update", e.trail(), "id", e.ID, "peer", e.Peer.String(), "ref", r.Ref, "attempts", e.Attempts+1)
	out := outcome{gone: !again}
	if l.posted == nil {
		out.extra = len(r.More)
	}
	l.posted, l.faults, l.anew, l.strikes = nil, 0, 0, 0
	c.answered(l)
	return out
}

// recording notes whether a lane waits for a receipt to be recorded, and tells whether more waits in it behind that.
func (c *carrier) recording(l *lane, now bool) (behind bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l.recording = now
	return l.more || len(l.queue) > 1
}

// spoolFailed: without the spool nothing can be sent at all. The chat waits longer than the channel, so that one entry
// that cannot be read does not hold up the others.
func (c *carrier) spoolFailed(ctx context.Context, l *lane, err error) outcome {
	if ctx.Err() != nil {
		return outcome{}
	}
	l.faults++
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pause(l.epoch, 0, 0, err, c.Now())
	return outcome{wait: 2 * c.backoff(l.faults, longestWait)}
}

// refused decides what follows from a failed call.
func (c *carrier) refused(ctx context.Context, l *lane, e Entry, err error) outcome {
	if ctx.Err() != nil {
		return outcome{} // the program ends: the message waits in the spool
	}
	f := FailureOf(err)
	switch f.Reason {
	case Later:
		return c.later(ctx, l, e, f)
	case NoRights:
		c.mu.Lock()
		defer c.mu.Unlock()
		c.pause(l.epoch, f.After, mendFall, f, c.Now())
		return outcome{}
	case NoRef:
		if e.Edit != "" && l.anew != e.ID {
			c.answered(l)
			l.anew = e.ID
			return outcome{}
		}
	case MovedOn:
		if to := (chat{e.Peer.Channel, f.To}); f.To != "" && to != chatOf(e.Peer) {
			c.answered(l)
			return c.follow(ctx, l, e, f, to)
		}
	case Never, NoPeer:
	}
	return c.drop(ctx, l, e, f)
}

// later: the message stays the first of its chat, for as long as the messenger says.
func (c *carrier) later(ctx context.Context, l *lane, e Entry, f *Failure) outcome {
	if f.After <= 0 {
		return c.unexplained(ctx, l, e, f)
	}
	after, now := withMargin(f.After), c.Now()
	c.mu.Lock()
	if f.Whole {
		c.pause(l.epoch, after, 0, f, now)
		c.mu.Unlock()
		return outcome{}
	}
	c.works(l.epoch, now)
	c.mu.Unlock()
	c.failed(ctx, e, f, now.Add(after))
	return outcome{wait: after}
}

// unexplained: nobody knows why it failed. If others got through meanwhile, it may be the message itself, which must
// not hold up its chat for ever.
func (c *carrier) unexplained(ctx context.Context, l *lane, e Entry, f *Failure) outcome {
	now := c.Now()
	wait := c.strike(l, e, f, now)
	if l.strikes >= giveUp {
		f = &Failure{Reason: Never, Err: fmt.Errorf("given up after %d attempts: %w", l.strikes, f.Err)}
		return c.drop(ctx, l, e, f)
	}
	if !f.Whole {
		if e.Attempts == 0 {
			c.say(ctx, slog.LevelWarn, "a message is tried again", &e, f)
		}
		c.failed(ctx, e, f, now.Add(wait))
	}
	return outcome{wait: wait, soft: true}
}

// strike counts a failure against the message and against the channel, and gives the time that the chat waits.
func (c *carrier) strike(l *lane, e Entry, f *Failure, now time.Time) (wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.strikes == 0 || c.carried > l.seen {
		l.strikes++
	}
	l.seen = c.carried
	if f.Whole {
		c.pause(l.epoch, 0, 0, f, now)
		// Another chat tries the channel first.
		return c.fall.until.Sub(now) + c.backoff(l.strikes, longestWait)
	}
	c.doubted(l, f, now)
	return c.backoff(max(l.strikes, e.Attempts+1), longestWait)
}

// failed records a failure after which the message stays. If the spool does not take it, the chat waits all the same.
func (c *carrier) failed(ctx context.Context, e Entry, f *Failure, retry time.Time) {
	brief, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	if err := c.Spool.Failed(brief, e, f, retry); err != nil {
		c.log.Error("a failure could not be recorded", "update", e.trail(), "id", e.ID, "reason", f.Reason, "err", Quiet(err))
	}
}

// drop records that a message will never arrive; unless its words have changed meanwhile, which may mend it.
func (c *carrier) drop(ctx context.Context, l *lane, e Entry, f *Failure) outcome {
	brief, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	if f.Reason != NoPeer {
		if now, ok, err := c.Spool.Load(brief, e.ID); err == nil && ok && now.Rev != e.Rev {
			return outcome{}
		}
	}
	if err := c.Spool.Failed(brief, e, f, time.Time{}); err != nil {
		return c.spoolFailed(ctx, l, fmt.Errorf("the failure of message %d: %w", e.ID, Quiet(err)))
	}
	l.faults = 0
	c.answered(l)
	if f.Reason == NoPeer {
		c.say(ctx, slog.LevelInfo, "a chat cannot be reached any more", &e, f)
	} else {
		c.say(ctx, slog.LevelError, "a message will never arrive", &e, f)
	}
	return outcome{gone: true}
}

// follow takes all that waits for a group to where the group goes on, before the spool learns of it: so nothing new
// overtakes it.
func (c *carrier) follow(ctx context.Context, l *lane, e Entry, f *Failure, to chat) outcome {
	c.mu.Lock()
	now := c.Now()
	delete(c.moved, to)
	c.moved[l.chat] = to
	dest := c.lane(to, l.group)
	for _, it := range l.queue {
		if !dest.add(it) {
			c.waiting--
		}
	}
	l.queue, l.count = nil, [Digest + 1]int{}
	held := !dest.busy
	dest.busy = true
	c.place(dest, now)
	c.mu.Unlock()

	c.say(ctx, slog.LevelInfo, "a group goes on under another id", &e, f)
	c.failed(ctx, e, f, now)

	c.mu.Lock()
	defer c.mu.Unlock()
	if held {
		dest.busy = false
		c.place(dest, c.Now())
	}
	return outcome{}
}
