package bot

import (
	"errors"
	"slices"
	"time"
)

const (
	firstWait = time.Second
	// longestWait is the longest between two attempts at one message.
	longestWait = 10 * time.Minute
	// longestFall is the longest between two attempts at a channel: when it works again, people wait for it.
	longestFall = time.Minute
	// mendFall is the least for what a person has to mend.
	mendFall = 30 * time.Second
	// doubts is how many chats fail in a row, with nothing sent between, before the channel is taken for down.
	doubts = 5
)

// fall is the state of a channel that cannot send.
type fall struct {
	down   bool
	since  time.Time
	until  time.Time // the next attempt
	count  int       // failed attempts in this fall
	epoch  uint64    // grows with each pause: failures of calls that began before it say nothing new
	probed bool      // one message is on its way, to try whether the channel works again
	doubt  []chat    // who failed in a row while it is not down
}

// backoff gives the wait after the n-th failure in a row: doubling from a second, spread by a fifth to either side.
func (c *carrier) backoff(n int, longest time.Duration) time.Duration {
	d := longest
	if n < 20 {
		d = min(firstWait<<max(n-1, 0), longest)
	}
	return min(time.Duration((0.8+0.4*c.Jitter())*float64(d)), longest)
}

// pause stops the channel after a failure that concerns all of it; after is the messenger's word, zero if there is none.
func (c *carrier) pause(epoch uint64, after, least time.Duration, why error, now time.Time) {
	f := &c.fall
	if epoch != f.epoch && after == 0 {
		return
	}
	if epoch == f.epoch {
		f.count++
	}
	if after == 0 {
		after = max(c.backoff(f.count, longestFall), least)
	}
	f.epoch++
	f.probed = false
	if until := now.Add(after); until.After(f.until) {
		f.until = until
	}
	f.doubt = nil
	if !f.down {
		f.down, f.since = true, now
		say := c.log.Warn
		if FailureOf(why).Reason == NoRights { // somebody has to mend it
			say = c.log.Error
		}
		say("messages wait", "err", plain(why), "until", f.until, "waiting", c.waiting)
		c.log.Debug("why messages wait", "err", why)
	}
}

// plain is a cause for the log: a messenger's words may quote a message, our own words for the spool's faults do not.
func plain(why error) error {
	if _, ok := errors.AsType[*Failure](why); ok {
		return Quiet(why)
	}
	return why
}

// doubted notes that a chat failed for no known reason; many in a row mean that it is not the chat.
func (c *carrier) doubted(l *lane, why error, now time.Time) {
	f := &c.fall
	if f.down {
		c.pause(l.epoch, 0, 0, why, now)
		return
	}
	if !slices.Contains(f.doubt, l.chat) {
		f.doubt = append(f.doubt, l.chat)
	}
	if len(f.doubt) >= doubts {
		c.pause(l.epoch, 0, 0, why, now)
	}
}

// works notes that a message was settled. That ends a fall, unless the call began before it; after a long one, nobody
// has to wait for what was only our own guess.
func (c *carrier) works(epoch uint64, now time.Time) {
	c.carried++
	f := &c.fall
	f.doubt = nil
	if !f.down || epoch != f.epoch {
		return
	}
	long := now.Sub(f.since) >= longestFall
	c.log.Info("messages leave again", "after", now.Sub(f.since).Round(time.Second), "waiting", c.waiting)
	*f = fall{epoch: f.epoch + 1}
	if !long {
		return
	}
	for _, l := range c.lanes {
		if l.soft && l.until.After(now) {
			l.until = now
			c.place(l, now)
		}
	}
}
