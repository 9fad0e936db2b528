package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// chat is what order is kept within: everything of one chat, whatever the topic.
type chat struct{ channel, id string }

func chatOf(p Peer) chat { return chat{p.Channel, p.Chat} }

// lineOf gives the line that an update stands in; what has no chat stands behind its person's.
func lineOf(u *Update) chat {
	if u.Peer.Chat != "" {
		return chatOf(u.Peer)
	}
	return chat{u.Channel, "from " + u.From.ID}
}

// ErrBehind says that an earlier update of the same chat failed while this one stood behind it: both come again.
var ErrBehind = errors.New("an earlier update of this chat failed")

// Inbox is the way in. It keeps the promise that Sink makes to the adapters, whatever they call from where: updates of
// one chat are worked off one after the other in the order of the calls, those of different chats side by side, so
// that a store with group commit has something to group.
type Inbox struct {
	// Watch hears of every update, and Log has a line of each at debug level; nil hears nothing. They are set before the
	// first one.
	Watch Watcher
	Log   *slog.Logger

	sink  Sink
	slots chan struct{}

	mu    sync.Mutex
	lines map[chat][]*waiter // who waits behind the one at work; the key is there while one is
}

type waiter struct{ turn chan error }

// NewInbox gives an inbox in front of sink that works off at most width updates at once.
func NewInbox(sink Sink, width int) *Inbox {
	return &Inbox{sink: sink, slots: make(chan struct{}, max(width, 1)), lines: map[chat][]*waiter{}}
}

// Handle is a Sink. It returns when the update is durable, or with the error because of which it is not: the sink's
// own, ErrBehind, or ctx's.
func (in *Inbox) Handle(ctx context.Context, u Update) (err error) {
	in.came(ctx, &u)
	line := lineOf(&u)
	if err := in.enter(ctx, line); err != nil {
		return err
	}
	done := false
	defer func() { in.leave(line, done) }()
	select {
	case in.slots <- struct{}{}:
		defer func() { <-in.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	begin := time.Now()
	err = in.sink(ctx, u)
	done = err == nil
	if in.Watch != nil {
		in.Watch.Took(u.Channel, u.Kind, time.Since(begin), err)
	}
	return err
}

// came notes that an update has arrived: the beginning of its trail.
func (in *Inbox) came(ctx context.Context, u *Update) {
	if in.Watch != nil {
		in.Watch.Came(u)
	}
	if in.Log != nil && in.Log.Enabled(ctx, slog.LevelDebug) {
		in.Log.Debug("an update came in", "update", u.Trail(), "channel", u.Channel, "id", u.ID, "kind", u.Kind, "peer", u.Peer.String())
	}
}

// enter waits for the update's turn.
func (in *Inbox) enter(ctx context.Context, line chat) error {
	in.mu.Lock()
	behind, busy := in.lines[line]
	if !busy {
		in.lines[line] = nil
		in.mu.Unlock()
		return nil
	}
	w := &waiter{turn: make(chan error, 1)}
	in.lines[line] = append(behind, w)
	in.mu.Unlock()

	select {
	case err := <-w.turn:
		return err
	case <-ctx.Done():
	}
	in.mu.Lock()
	i := slices.Index(in.lines[line], w)
	if i >= 0 {
		// Whoever stands behind one that went away must not overtake it: it comes again.
		for _, b := range in.lines[line][i+1:] {
			b.turn <- ErrBehind
		}
		in.lines[line] = in.lines[line][:i]
	}
	in.mu.Unlock()
	if i < 0 && <-w.turn == nil { // its turn came at the same moment
		in.leave(line, false)
	}
	return ctx.Err()
}

// leave gives the turn to the next; after a failure nobody who waits gets it.
func (in *Inbox) leave(line chat, done bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	behind := in.lines[line]
	switch {
	case len(behind) == 0:
		delete(in.lines, line)
	case done:
		in.lines[line] = behind[1:]
		behind[0].turn <- nil
	default:
		delete(in.lines, line)
		for _, w := range behind {
			w.turn <- ErrBehind
		}
	}
}

// deliverWidth is how many chats of one batch are worked off side by side: enough for a group commit to be worth it.
const deliverWidth = 64

// Deliver gives a batch of updates to sink, in order within each chat, chats side by side, and returns when all that
// can be done is done. done counts the updates at the head of the batch that are durable, without a gap: those may be
// confirmed to the messenger. err is nil if that is all of them, otherwise the fault of updates[done]. After a failure
// the rest of its chat is left; further updates of other chats may be durable all the same, and a sink that gets them
// again knows them by their IDs.
func Deliver(ctx context.Context, sink Sink, updates []Update) (done int, err error) {
	lines := map[chat][]int{}
	var order []chat
	for i := range updates {
		line := lineOf(&updates[i])
		if lines[line] == nil {
			order = append(order, line)
		}
		lines[line] = append(lines[line], i)
	}
	errs := make([]error, len(updates))
	slots := make(chan struct{}, deliverWidth)
	var wg sync.WaitGroup
	for _, line := range order {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			stretch(0)
			behind := false
			for _, i := range lines[line] {
				switch {
				case behind:
					errs[i] = ErrBehind
				case ctx.Err() != nil:
					errs[i] = ctx.Err()
				default:
					errs[i] = sink(ctx, updates[i])
				}
				behind = errs[i] != nil
			}
		})
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			return i, fmt.Errorf("update %s: %w", updates[i].Trail(), err)
		}
	}
	return len(updates), nil
}
