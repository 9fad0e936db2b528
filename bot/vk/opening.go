package vk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"otklik/bot"
	"otklik/bot/kit"
)

const (
	triedTime = 5 * time.Second // how long VK holds a poll, and how much later it may answer, while the start is not checked
	firstCare = time.Second     // so long the calls that a start makes leave the pace to those who wait for a reply
)

// opening is how the stream was opened last. It is kept with the place in it: a program that is back asks for events at
// once, and beside that all that it would have asked first.
type opening struct {
	Server string `json:"server"`
	Key    string `json:"key"`
	Group  group  `json:"group"`
	By     string `json:"by"` // for whom: see bearer
}

// bearer tells one token from another, and not what it is. Another address of the methods is another VK.
func (c *Channel) bearer() string {
	mac := hmac.New(sha256.New, []byte(c.api.token()))
	mac.Write([]byte("opening " + c.api.lib.MethodURL))
	const enough = 16
	return hex.EncodeToString(mac.Sum(nil)[:enough])
}

// arrive learns who we are: from what is kept if the stream can go on at once, and then at has its opening; otherwise from VK.
func (c *Channel) arrive(ctx context.Context) (at position, err error) {
	if c.hook == nil {
		if err = c.insist(ctx, func(ctx context.Context) (err error) { at, err = c.position(ctx); return err }); err != nil {
			return at, err
		}
		if o := at.Open; o != nil && at.TS != "" && o.Server != "" && o.Key != "" && o.Group.ID != 0 && o.By == c.bearer() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.group = o.Group
			return at, nil
		}
		at.Open = nil
	}
	if err = c.insist(ctx, c.greet); err == nil {
		c.rights(ctx)
	}
	return at, err
}

// findings is what VK said, beside the stream, to what was not asked before it went on.
type findings struct {
	changed bool   // events were not switched on as they are now
	end     number // of the stream
}

// check asks who we are, what the token may, whether events are switched on and where they end. Its error is for a person
// to mend.
func (p *poller) check(ctx context.Context) (all findings, err error) {
	if err := p.insistAside(ctx, p.greet); err != nil {
		return all, err
	}
	if !kit.Sleep(ctx, firstCare) {
		return all, ctx.Err()
	}
	p.rights(ctx)
	if err := p.insistAside(ctx, func(ctx context.Context) error {
		changed, err := p.enable(ctx)
		all.changed = all.changed || changed
		return err
	}); err != nil {
		return all, err
	}
	return all, p.insistAside(ctx, func(ctx context.Context) error {
		now, err := p.server(ctx)
		all.end = now.TS
		return err
	})
}

// insistAside is insist for what goes on beside the stream. VK has taken the token before, so one refusal is not enough.
func (p *poller) insistAside(ctx context.Context, do func(context.Context) error) error {
	var s kit.Spell
	refused, again := 0, false
	for {
		err := do(ctx)
		if err == nil {
			if s.Said != "" {
				p.log.Info("VK answers again what is asked at the start")
			}
			return nil
		}
		if mend := p.mend(err); mend == nil {
			refused = 0
		} else if refused++; refused >= doubts {
			return mend
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		// A network that is down is told of by the stream.
		if again && s.Said == "" && !p.failing.Load() {
			s.Said = "VK does not answer what is asked at the start; events are taken meanwhile, trying again"
			p.log.Warn(s.Said, "err", p.api.clean(err.Error()))
		}
		if again = true; !p.pause(ctx, s.Next(bot.FailureOf(err).After)) {
			return ctx.Err()
		}
	}
}

// resume has the stream go on where it was, with the checks beside it until end. What a person has to mend ends the context.
func (p *poller) resume(ctx context.Context) (_ context.Context, end func()) {
	o := p.at.Open
	p.from = stream{o.Server, o.Key, number(p.at.TS)}
	p.tried, p.kept, p.sure = true, p.from.TS, p.at.At.Add(-watch)
	learned := make(chan findings, 1)
	p.unsure = learned
	ctx, cut := context.WithCancelCause(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		all, err := p.check(ctx)
		if err != nil {
			cut(err)
			return
		}
		learned <- all
	}()
	return ctx, func() {
		cut(nil)
		<-over
	}
}

// learn takes what the checks came to, once they have ended.
func (p *poller) learn() {
	select {
	case all := <-p.unsure:
		p.unsure = nil
		if all.changed {
			p.missed()
		} else {
			p.sure = p.now()
		}
		if beyond(p.kept, all.end) {
			p.from.Key = "" // it is another stream, which open says
		}
	default: // none are under way, or they go on
	}
}
