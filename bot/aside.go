package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Aside makes the small calls that nobody waits for and that are not worth a place in the spool: answers to presses,
// command menus. What fails is logged and gone; a menu is set again while the program runs.
type Aside struct {
	channels []Channel
	log      *slog.Logger
	ctx      context.Context
	cut      context.CancelFunc

	mu     sync.Mutex
	ending chan struct{} // closed: nothing is begun any more
	closed bool
	calls  sync.WaitGroup
	turns  uint64
	menus  map[menu]uint64 // the turn of the latest of those that are not set yet
}

// menu is whose menu: a person's, or everybody's in a language.
type menu struct {
	peer     Peer
	language string
}

const (
	// patience is how long such a call may take.
	patience = 15 * time.Second
	// lastWords is how long the end of the program waits for calls under way: whoever pressed just before it must not
	// look at a button that turns.
	lastWords = 3 * time.Second
	// firstPause and longestPause are how long a menu waits to be set again.
	firstPause   = 10 * time.Second
	longestPause = 10 * time.Minute
)

// NewAside makes the calls of these channels, until Close.
func NewAside(channels []Channel, log *slog.Logger) *Aside {
	ctx, cut := context.WithCancel(context.Background())
	return &Aside{channels: channels, log: log, ctx: ctx, cut: cut, ending: make(chan struct{}), menus: map[menu]uint64{}}
}

// Close lets what is under way end, and cuts it off when that takes long; a call after it does nothing.
func (a *Aside) Close() {
	a.mu.Lock()
	if !a.closed {
		close(a.ending)
	}
	a.closed = true
	a.mu.Unlock()
	late := time.AfterFunc(lastWords, a.cut)
	a.calls.Wait()
	late.Stop()
	a.cut()
}

// Channel gives a channel by name, nil if it is not set up.
func (a *Aside) Channel(name string) Channel {
	for _, c := range a.channels {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

// Fetcher gives whoever fetches a channel's photos, nil if nobody does.
func (a *Aside) Fetcher(name string) Fetcher {
	f, _ := a.Channel(name).(Fetcher)
	return f
}

// Link makes the link that gives a channel's bot a start word; "" where there is none or it is not known yet.
func (a *Aside) Link(name, start string) string {
	if l, ok := a.Channel(name).(Linker); ok {
		return l.Link(start)
	}
	return ""
}

// Locate finds the source that an address stands for, in whichever channel knows it.
func (a *Aside) Locate(address string) (Source, bool) {
	for _, c := range a.channels {
		if l, ok := c.(Locator); ok {
			if s, ok := l.Locate(address); ok {
				return s, true
			}
		}
	}
	return Source{}, false
}

// Limits tells what a channel bears; zero for one that is not set up.
func (a *Aside) Limits(name string) Limits {
	if c := a.Channel(name); c != nil {
		return c.Limits()
	}
	return Limits{}
}

// Answer tells a person that a press arrived. It returns at once: the update behind it must not wait.
func (a *Aside) Answer(name, press, note string, alert bool) {
	if c, ok := a.Channel(name).(Answerer); ok {
		a.call("a press was not answered", Peer{Channel: name}, func(ctx context.Context) error { return c.Answer(ctx, press, note, alert) })
	}
}

// Menu shows a person their commands.
func (a *Aside) Menu(peer Peer, list []Command) {
	if c, ok := a.Channel(peer.Channel).(Commander); ok {
		a.insist(menu{peer, ""}, func(ctx context.Context) error { return c.SetCommands(ctx, peer, "", list) })
	}
}

// Menus shows everybody their commands in a language, "" in all that have none of their own, in every channel.
func (a *Aside) Menus(language string, list []Command) {
	for _, channel := range a.channels {
		if c, ok := channel.(Commander); ok {
			a.insist(menu{Peer{Channel: channel.Name()}, language}, func(ctx context.Context) error {
				return c.SetCommands(ctx, Peer{}, language, list)
			})
		}
	}
}

// insist sets a menu, again and again with growing pauses while its messenger cannot be reached, until there is a later one.
func (a *Aside) insist(m menu, set func(context.Context) error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return
	}
	a.turns++
	turn := a.turns
	a.menus[m] = turn
	a.calls.Go(func() {
		fault, level := "the command menu was not set", slog.LevelWarn
		for pause := firstPause; ; pause = min(2*pause, longestPause) {
			f := a.try(level, fault, m.peer, set)
			if a.settled(m, turn, f == nil || f.Reason != Later) {
				return
			}
			level = slog.LevelDebug // said once
			select {
			case <-time.After(max(pause, f.After)):
			case <-a.ending:
				return
			}
			if a.settled(m, turn, false) {
				return
			}
		}
	})
}

// settled tells whether a menu needs no other try: done, or there is a later one.
func (a *Aside) settled(m menu, turn uint64, done bool) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.menus[m] != turn {
		return true
	}
	if done {
		delete(a.menus, m)
	}
	return done || a.closed
}

// call makes a call for a peer, or for nobody in particular where the peer has no chat.
func (a *Aside) call(fault string, peer Peer, fn func(context.Context) error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return
	}
	a.calls.Go(func() { _ = a.try(slog.LevelWarn, fault, peer, fn) })
}

// try makes a call once; nil is that it went well.
func (a *Aside) try(level slog.Level, fault string, peer Peer, fn func(context.Context) error) *Failure {
	ctx, cancel := context.WithTimeout(a.ctx, patience)
	defer cancel()
	err := fn(ctx)
	if err == nil {
		return nil
	}
	if a.ctx.Err() == nil {
		a.log.Log(ctx, level, fault, "channel", peer.Channel, "err", Quiet(err))
		a.log.Debug(fault, "peer", peer.String(), "err", err)
	}
	return FailureOf(err)
}
