package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

// OutboxOptions are what an outbox stands on. Spool and Channels must be given.
type OutboxOptions struct {
	Spool    Spool
	Channels []Channel
	Open     Opener // the bytes of photos, for channels that do not know them, and of what is made
	Now      func() time.Time
	Log      *slog.Logger
	Jitter   func() float64 // in [0, 1): spreads what is tried again
	Width    int            // most messages on their way at once in a channel; 0: 128
	Timeout  time.Duration  // of one call; 0: two minutes
	Watch    Watcher        // hears of every attempt; nil: nobody
	Grace    time.Duration  // how long a stop waits for what is on its way; 0: ten seconds
}

// Outbox carries what waits in the spool to the channels. The messages of one chat leave strictly in order, chats side
// by side: first those where somebody waits for a reply, then notices, then digests, no faster than each channel bears.
//
// Every message leaves at least once. Of what is on its way when the program dies, one message of each chat at most is
// sent again, with the same key. The words are read when the message leaves, so one edit stands for all before it.
type Outbox struct {
	opt      OutboxOptions
	carriers map[string]*carrier

	mu      sync.Mutex
	started bool
	strange map[string]map[uint64]bool // tickets of channels that are not set up
}

// NewOutbox makes an outbox; it sends nothing before Run.
func NewOutbox(opt OutboxOptions) *Outbox {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Jitter == nil {
		opt.Jitter = rand.Float64
	}
	if opt.Open == nil {
		opt.Open = func(context.Context, Media) (io.ReadCloser, error) { return nil, errors.New("no photos are kept") }
	}
	if opt.Watch == nil {
		opt.Watch = deaf{}
	}
	if opt.Width <= 0 {
		opt.Width = 128
	}
	if opt.Timeout <= 0 {
		opt.Timeout = 2 * time.Minute
	}
	if opt.Grace <= 0 {
		opt.Grace = 10 * time.Second
	}
	o := &Outbox{opt: opt, carriers: map[string]*carrier{}, strange: map[string]map[uint64]bool{}}
	for _, c := range opt.Channels {
		o.carriers[c.Name()] = newCarrier(&o.opt, c)
	}
	return o
}

// Notify hears of messages that wait now, or wait with other words or for another peer: after the commit. It returns at
// once. A ticket that is known already does no harm.
func (o *Outbox) Notify(tickets []Ticket) {
	for _, t := range tickets {
		if c := o.carriers[t.Peer.Channel]; c != nil {
			c.add(t)
			continue
		}
		// It stays in the spool until its messenger is set up again.
		o.mu.Lock()
		known := o.strange[t.Peer.Channel] != nil
		if !known {
			o.strange[t.Peer.Channel] = map[uint64]bool{}
		}
		o.strange[t.Peer.Channel][t.ID] = true
		o.mu.Unlock()
		if !known {
			o.opt.Log.Warn("messages wait for a messenger that is not set up", "channel", t.Peer.Channel)
		}
	}
	for _, c := range o.carriers {
		c.poke()
	}
}

// Len tells how many messages wait, those on their way included.
func (o *Outbox) Len() (n int) {
	for _, c := range o.carriers {
		n += c.len()
	}
	return n
}

// Run takes up what waits in the spool and carries messages until ctx ends; then it lets what is on its way arrive,
// for a while, and returns nil. An error means that the spool could not be read at the start. Run once.
func (o *Outbox) Run(ctx context.Context) error {
	o.mu.Lock()
	again := o.started
	o.started = true
	o.mu.Unlock()
	if again {
		return errors.New("the outbox runs already")
	}
	if err := o.resume(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("what waits to be sent: %w", err)
	}
	// What is on its way outlives ctx, by Grace at most.
	flights, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	var wg sync.WaitGroup
	for _, c := range o.carriers {
		wg.Go(func() { c.run(ctx, flights) })
	}
	<-ctx.Done()
	grace := time.AfterFunc(o.opt.Grace, cut)
	defer grace.Stop()
	wg.Wait()
	return nil
}

// resume takes up what waits. A message that failed before holds up its chat, as it did before the restart; one that
// was meant for later from the start does not.
func (o *Outbox) resume(ctx context.Context) error {
	tickets, err := o.opt.Spool.Waiting(ctx)
	if err != nil {
		return err
	}
	now := o.opt.Now()
	for i, t := range tickets {
		c := o.carriers[t.Peer.Channel]
		if c == nil || !t.NotBefore.After(now) {
			continue
		}
		e, ok, err := o.opt.Spool.Load(ctx, t.ID)
		if err != nil {
			return err
		}
		if ok && e.Attempts > 0 {
			c.hold(t)
			tickets[i].NotBefore = time.Time{}
		}
	}
	o.Notify(tickets)
	return nil
}

// Waiting tells how many messages wait, by channel; also of those that are not set up, whatever of it was withdrawn since.
func (o *Outbox) Waiting() map[string]int {
	list := map[string]int{}
	for name, c := range o.carriers {
		list[name] = c.len()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for name, tickets := range o.strange {
		list[name] = len(tickets)
	}
	return list
}
