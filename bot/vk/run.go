package vk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"otklik/bot"
	"otklik/bot/kit"
)

// doubts is how often in a row VK must refuse a token: it errs, too.
const doubts = 3

// errRefused and errRights are for whoever set the token.
var (
	errRefused = errors.New("the token is refused: it is mistyped or was revoked; make a new one in the community's settings (Работа с API)")
	errRights  = errors.New("the token lacks the right «управление сообществом», without which no events come: make a new one in the community's settings (Работа с API)")
)

// Run receives updates until ctx ends. It returns an error only for what a person has to mend: a token that is refused or
// may not enough. When it returns, no call of sink is under way, and no press that sink took is left without an answer.
func (c *Channel) Run(ctx context.Context, sink bot.Sink) error {
	c.presses.Open(ctx)
	defer c.api.client.CloseIdleConnections()
	defer c.presses.Close()
	defer c.turns.Wait()
	defer c.stopCatchingUp()
	at, err := c.arrive(ctx)
	if err == nil {
		if c.service != nil {
			reading := make(chan struct{})
			ctx, stop := context.WithCancel(ctx)
			go func() { defer close(reading); c.watch(ctx, sink) }()
			defer func() { stop(); <-reading; c.service.client.CloseIdleConnections() }()
		}
		if c.hook != nil {
			err = c.serve(ctx, sink)
		} else {
			err = c.poll(ctx, sink, at)
		}
	}
	if ctx.Err() != nil {
		return nil // an end that was asked for
	}
	return err
}

// greet asks who we are.
func (c *Channel) greet(ctx context.Context) error {
	var list struct{ Groups []group }
	if err := c.api.call(ctx, "groups.getById", nil, &list); err != nil {
		return err
	}
	if len(list.Groups) != 1 || list.Groups[0].ID == 0 {
		return &bot.Failure{Reason: bot.NoRights, Err: errors.New("groups.getById: the token is not a community's")}
	}
	c.hears()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.group = list.Groups[0]
	return nil
}

// rights says in the log what the token may not: people would only see that something does not work.
func (c *Channel) rights(ctx context.Context) {
	var has struct {
		Permissions []struct{ Name string }
	}
	if err := c.api.call(ctx, "groups.getTokenPermissions", nil, &has); err != nil {
		c.log.Debug("nobody knows what the token may", "err", err)
		return
	}
	for _, need := range []struct{ name, what string }{
		{"messages", "«сообщения сообщества»: nothing can be sent"},
		{"manage", "«управление сообществом»: no events come"},
		{"photos", "«фотографии»: photos cannot be sent"},
		{"docs", "«документы»: files cannot be sent"},
	} {
		if !slices.ContainsFunc(has.Permissions, func(p struct{ Name string }) bool { return p.Name == need.name }) {
			c.log.Error("the community's token lacks the right " + need.what)
		}
	}
}

// insist repeats a call until it succeeds, ctx ends or a person has to mend something, as VK says doubts times in a row.
func (c *Channel) insist(ctx context.Context, do func(context.Context) error) error {
	var s kit.Spell
	for refused := 0; ; {
		err := do(ctx)
		if err == nil {
			c.recovered(&s)
			return nil
		}
		if mend := c.mend(err); mend == nil {
			refused = 0
		} else if refused++; refused >= doubts || codeOf(err) == 0 { // VK's answer itself leaves no doubt
			return mend
		}
		if !c.fell(ctx, &s, err) {
			return ctx.Err()
		}
	}
}

// mend gives what to tell the person who set the token; nil when time may help.
func (c *Channel) mend(err error) error {
	switch {
	case codeOf(err) == codeAuth, says(err, "not a community"):
		return errRefused
	case bot.FailureOf(err).Reason == bot.NoRights && codeOf(err) == 0:
		return errRefused
	case codeOf(err) == codeAccess, codeOf(err) == 7, codeOf(err) == 27, codeOf(err) == 203:
		return errRights
	}
	return nil
}

// fell says once what is wrong and waits; false means that ctx ended.
func (c *Channel) fell(ctx context.Context, s *kit.Spell, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	said := "VK cannot be reached; trying again"
	switch {
	case errors.As(err, new(*sinkError)):
		said = "an update could not be kept; it comes again"
	case c.mend(err) != nil:
		said = "VK refuses the token; asking again"
	}
	if said != s.Said {
		s.Said = said
		c.log.Warn(said, "err", c.api.clean(err.Error()))
	}
	return c.pause(ctx, s.Next(bot.FailureOf(err).After))
}

func (c *Channel) recovered(s *kit.Spell) {
	if s.Said != "" {
		c.log.Info("updates come in again")
	}
	*s = kit.Spell{}
}

// sinkError says that it was not VK's fault.
type sinkError struct{ err error }

func (s *sinkError) Error() string { return s.err.Error() }
func (s *sinkError) Unwrap() error { return s.err }

// deliver gives a batch of events to the sink. An error means that not all of it is durable: it must come again.
func (c *Channel) deliver(ctx context.Context, sink bot.Sink, raws []json.RawMessage) error {
	var list []bot.Update
	for _, raw := range raws {
		raw, err := c.uncropped(ctx, raw)
		if err != nil {
			return err
		}
		got, err := c.reader(ctx).event(raw)
		if err != nil {
			c.log.Error("an event could not be read and is left out", "err", c.api.clean(bot.Quiet(err).Error()))
		}
		list = append(list, c.aside(ctx, got)...)
	}
	list, behind := c.before(ctx, list)
	if err := c.hand(ctx, sink, list); err != nil {
		return err
	}
	return behind
}

// hand gives updates to the sink, with the names of those who stand in them.
func (c *Channel) hand(ctx context.Context, sink bot.Sink, list []bot.Update) error {
	// A message may come by the stream and be found in its conversation, or be brought twice.
	list = slices.DeleteFunc(list, func(u bot.Update) bool { return c.taken.Get(u.ID) != nil })
	c.fillNames(ctx, list)
	if _, err := bot.Deliver(ctx, c.noting(sink), list); err != nil {
		return &sinkError{err}
	}
	return nil
}

func (c *Channel) reader(ctx context.Context) reader {
	return reader{group: c.self().ID, now: c.now(), shown: func(to bot.Peer, nonce int32) bot.Ref { return c.carried(ctx, to, nonce) }}
}

// aside does what an event asks of the channel itself, and gives what it asks of the core.
func (c *Channel) aside(ctx context.Context, got came) []bot.Update {
	if got.client != nil && len(got.updates) > 0 {
		c.met(ctx, got.updates[0].Peer, *got.client)
	}
	if got.orphan != "" {
		c.presses.Dismiss(got.orphan) //nolint:contextcheck // an answer to a press outlives its update
	}
	if t := got.turn; t != nil {
		if t.press != "" {
			c.presses.Expect(t.press) //nolint:contextcheck // as above
		}
		c.turns.Go(func() { c.turnPage(ctx, *t) })
	}
	return got.updates
}

// noting is sink, with every press that it took noted: if nobody answers it, we do.
func (c *Channel) noting(sink bot.Sink) bot.Sink {
	return func(ctx context.Context, u bot.Update) error {
		if u.Kind == bot.Pressed && !strings.HasPrefix(u.Press, "text ") {
			c.presses.Expect(u.Press) //nolint:contextcheck // it outlives its update
		}
		err := sink(ctx, u)
		if err == nil {
			c.taken.Put(u.ID, true)
		}
		return err
	}
}

// saveEvery is how often the place in the stream is kept while nothing happens.
const saveEvery = 10 * time.Minute
