package vk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
	"otklik/bot/kit"
)

const (
	pollTime = 25 * time.Second // how long VK holds a poll that has nothing to tell
	pollSlow = 15 * time.Second // how much later its answer may come
)

// stream is where the events come from.
type stream struct {
	Server string `json:"server"`
	Key    string `json:"key"`
	TS     number `json:"ts"`
}

// number is a number that VK writes with or without quotes.
type number string

// UnmarshalJSON takes both, and null for none.
func (n *number) UnmarshalJSON(raw []byte) error {
	if *n = number(strings.Trim(string(raw), `"`)); *n == "null" {
		*n = ""
	}
	return nil
}

// position is how far the stream was taken, kept durably: VK gives a new program only what comes from then on.
type position struct {
	TS string    `json:"ts,omitempty"`
	At time.Time `json:"at"` // all that happened before was taken
	// Missed is since when it is being looked for in the conversations, beside the stream: not all before At was taken then.
	Missed time.Time `json:"missed,omitzero"`
	Open   *opening  `json:"open,omitempty"` // nil where events do not come by a stream
}

const positionKey = "position"

func (c *Channel) position(ctx context.Context) (p position, err error) {
	err = c.keep.Load(ctx, positionKey, func(_ string, value []byte) error {
		if err := json.Unmarshal(value, &p); err != nil {
			c.log.Error("the place in the stream of events cannot be read; going on from now", "err", err)
			p = position{}
		}
		return nil
	})
	return p, err
}

// savePosition keeps a place in the stream, with since when something is still missing.
func (c *Channel) savePosition(ctx context.Context, p position) {
	c.placing.Lock()
	defer c.placing.Unlock()
	c.place = p
	c.keepPlace(ctx)
}

// keepPlace keeps the place as it is known last; placing is held.
func (c *Channel) keepPlace(ctx context.Context) {
	p := c.place
	p.Missed = c.missing()
	raw, err := json.Marshal(p)
	if err == nil {
		err = c.keep.Save(context.WithoutCancel(ctx), positionKey, raw)
	}
	if err != nil {
		c.log.Warn("the place in the stream of events was not kept; after a restart some come again", "err", err)
	}
}

// poll takes events from a place in the stream until ctx ends. The place moves on once the sink has taken what is before it.
func (c *Channel) poll(ctx context.Context, sink bot.Sink, at position) error {
	// Without a place in the stream (events came to a callback server before) only the conversations tell what was missed.
	p := &poller{Channel: c, sink: sink, at: at, saved: c.now(), lost: at.TS == "" || !at.Missed.IsZero(), looked: c.now(), sure: c.now()}
	if at.Open == nil {
		if err := p.begin(ctx); err != nil {
			return err
		}
		return p.run(ctx)
	}
	ctx, end := p.resume(ctx)
	defer end()
	return p.run(ctx)
}

// begin sees to it that events come, and tells from when on.
func (p *poller) begin(ctx context.Context) error {
	began, changed := p.now(), false
	if err := p.insist(ctx, func(ctx context.Context) error {
		now, err := p.enable(ctx)
		changed = changed || now
		return err
	}); err != nil {
		return err
	}
	p.lost = p.lost || changed
	p.looked, p.sure = p.now(), p.now()
	switch {
	case p.at.At.IsZero(): // the first time ever: what people wrote long before is not for us
		p.at.At, p.first = began, true
	case changed: // perhaps before the program ended
		p.at.At = p.at.At.Add(-watch)
	}
	return nil
}

// run asks for events until ctx ends or a person has to mend something.
func (p *poller) run(ctx context.Context) error {
	var s kit.Spell
	refused := 0
	for ctx.Err() == nil {
		err := p.step(ctx)
		switch {
		case err == nil:
			refused = 0
			p.failing.Store(false)
			p.recovered(&s)
			continue
		case p.mend(err) != nil:
			if refused++; refused >= doubts {
				return p.mend(err)
			}
		}
		p.failing.Store(true)
		if !p.fell(ctx, &s, err) {
			break
		}
	}
	return context.Cause(ctx)
}

// poller is a long poll under way.
type poller struct {
	*Channel
	sink  bot.Sink
	from  stream // without a key: it must be asked for
	at    position
	first bool // the program runs here for the first time ever
	lost  bool // events were lost on the way: they are looked for in the conversations
	saved time.Time

	failing atomic.Bool // and the log has it

	tried  bool            // the kept opening was not refused, nor taken, so far
	kept   number          // the place from where a stream was resumed
	unsure <-chan findings // tells what the checks came to that go on beside a stream that was resumed; nil: they have

	looked time.Time // at the settings
	sure   time.Time // they were right then
}

// step asks once for events.
func (p *poller) step(ctx context.Context) error {
	p.learn()
	if p.from.Key == "" {
		if err := p.open(ctx); err != nil {
			return err
		}
	}
	if p.unsure == nil {
		p.look(ctx)
	}
	if p.lost {
		p.at.TS = string(p.from.TS)
		k := p.catchUpFrom(ctx, p.sink, p.at, p.first)
		if p.first { // the last minutes only, and nobody waits for anything yet
			<-k.ended
		}
		p.at.Missed, p.lost = time.Time{}, false
	}
	p.first = false
	asked := p.now()
	got, err := p.ask(ctx)
	tried := p.tried
	p.tried = false
	if tried && (err != nil || got.Failed > 1) {
		p.from.Key = "" // it may be old: VK has several words for that, and the place may be good still
		return nil      //nolint:nilerr // it is asked for anew at once
	}
	if err != nil {
		return err
	}
	p.hears()
	switch got.Failed {
	case 0:
	case 1:
		p.log.Warn("VK has forgotten some events; looking for them in the conversations")
		p.from.TS, p.lost = got.TS, true
		return nil
	case 2: // the key is worn out, the place in the stream is not
		p.from.Key = ""
		return nil
	default:
		p.log.Warn("VK began the stream of events anew; looking for what was missed in the conversations", "failed", got.Failed)
		p.from, p.at.TS, p.lost = stream{}, "", true
		if got.Failed > 3 {
			return fmt.Errorf("the long poll failed with %d", got.Failed)
		}
		return nil
	}
	if got.TS == "" {
		p.from.Key = ""
		return &broken{errors.New("events without a place in the stream")}
	}
	if err := p.deliver(ctx, p.sink, got.Updates); err != nil {
		return err
	}
	moved := got.TS != p.from.TS
	p.from.TS = got.TS
	if p.unsure == nil { // otherwise events may be switched off
		p.at.At = asked
	}
	p.took(ctx, string(got.TS), moved || p.now().Sub(p.saved) > saveEvery)
	return nil
}

// took notes how far the stream was taken.
func (p *poller) took(ctx context.Context, ts string, save bool) {
	p.at.TS = ts
	if save {
		p.savePosition(ctx, p.at)
		p.saved = p.now()
	}
}

// open asks where the events are. A kept place in the stream goes before VK's, which is the end.
func (p *poller) open(ctx context.Context) error {
	now, err := p.server(ctx)
	if codeOf(err) == codeParam { // the long poll was switched off
		changed, failed := p.enable(ctx)
		if changed {
			p.missed()
		}
		if err = failed; err == nil {
			now, err = p.server(ctx)
		}
	}
	if err != nil {
		return err
	}
	ts := now.TS
	if p.from.TS != "" {
		ts = p.from.TS
	} else if p.at.TS != "" {
		ts = number(p.at.TS)
	}
	if beyond(ts, now.TS) {
		p.log.Warn("the place in the stream of events is beyond VK's own: it is another stream; looking for what was missed in the conversations")
		ts, p.lost = now.TS, true
	}
	p.from = stream{now.Server, now.Key, ts}
	p.at.Open, p.saved = &opening{now.Server, now.Key, p.self(), p.bearer()}, time.Time{}
	return nil
}

// server asks VK where the events are, and for the end of their stream.
func (c *Channel) server(ctx context.Context) (now stream, err error) {
	err = c.api.call(ctx, "groups.getLongPollServer", vkapi.Params{"group_id": c.self().ID}, &now)
	if err == nil && (now.Server == "" || now.Key == "") {
		err = &broken{errors.New("groups.getLongPollServer: no server")}
	}
	return now, err
}

// beyond tells whether a place is later than another.
func beyond(ts, other number) bool {
	a, err := strconv.ParseInt(string(ts), 10, 64)
	b, fault := strconv.ParseInt(string(other), 10, 64)
	return err == nil && fault == nil && a > b
}

type answer struct {
	TS      number            `json:"ts"`
	Updates []json.RawMessage `json:"updates"`
	Failed  int               `json:"failed"`
}

func (p *poller) ask(ctx context.Context) (a answer, err error) {
	hold, slow := pollTime, pollSlow
	if p.tried || p.unsure != nil {
		hold, slow = triedTime, triedTime
	}
	ctx, cancel := context.WithTimeout(ctx, hold+slow)
	defer cancel()
	defer func() { p.api.count(longPoll, err) }()
	q := url.Values{"act": {"a_check"}, "key": {p.from.Key}, "ts": {string(p.from.TS)}, "wait": {fmt.Sprint(int(hold / time.Second))}}
	resp, err := p.api.get(ctx, p.from.Server+"?"+q.Encode())
	if err != nil {
		return a, p.api.failure(longPoll, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return a, p.api.failure(longPoll, &page{resp.StatusCode})
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err == nil {
		err = json.Unmarshal(kit.Bounded(raw), &a)
	}
	if err != nil {
		return a, p.api.failure(longPoll, &broken{p.api.scrub(err)})
	}
	return a, nil
}
