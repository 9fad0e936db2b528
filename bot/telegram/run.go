package telegram

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
	"otklik/bot/kit"
)

const (
	pollTime = 30 * time.Second // how long Telegram holds a poll that has nothing to tell
	pollSlow = 15 * time.Second // how much later its answer may come
	batch    = 100              // updates in one answer, the most that Telegram gives

	lastConfirm = 3 * time.Second // for the last word at the end

	// doubts is how often in a row Telegram must refuse a token: it errs, too.
	doubts = 3
	// idle is after how long without updates their numbers may begin anew; Telegram says a week.
	idle = 24 * time.Hour
)

// Run receives updates until ctx ends. It returns an error only when Telegram refuses the token. When it returns, no
// call of sink is under way, and no press that sink took is left without an answer.
func (c *Channel) Run(ctx context.Context, sink bot.Sink) error {
	c.presses.Open(ctx)
	defer c.api.client.CloseIdleConnections()
	defer c.presses.Close()
	if c.recall(ctx) {
		return c.ended(ctx, c.resume(ctx, sink))
	}
	if err := c.insist(ctx, c.greet); err != nil {
		return c.ended(ctx, err)
	}
	if c.hook != nil {
		c.remember(ctx)
		return c.ended(ctx, c.serve(ctx, sink))
	}
	if err := c.insist(ctx, c.dropWebhook); err != nil {
		return c.ended(ctx, err)
	}
	c.remember(ctx)
	return c.ended(ctx, c.poll(ctx, sink, nil))
}

// ended is nil for an end that was asked for.
func (c *Channel) ended(ctx context.Context, err error) error {
	select {
	case <-ctx.Done():
		return nil
	default:
		return err
	}
}

// greet asks who we are.
func (c *Channel) greet(ctx context.Context) error {
	var me tgbotapi.User
	if err := c.api.call(ctx, "getMe", nil, &me); err != nil {
		return err
	}
	c.hears()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.me = me
	return nil
}

// dropWebhook makes polling possible; what waits to be delivered stays.
func (c *Channel) dropWebhook(ctx context.Context) error {
	return c.api.call(ctx, "deleteWebhook", nil, nil)
}

// insist repeats a call until it succeeds, ctx ends or the token is refused, doubts times in a row.
func (c *Channel) insist(ctx context.Context, do func(context.Context) error) error {
	var s kit.Spell
	for refused := 0; ; {
		err := do(ctx)
		if err == nil {
			c.recovered(&s)
			return nil
		}
		if bot.FailureOf(err).Reason != bot.NoRights {
			refused = 0
		} else if refused++; refused >= doubts {
			return errRefused
		}
		if !c.fell(ctx, &s, err) {
			return ctx.Err()
		}
	}
}

// errRefused is for whoever set the token.
var errRefused = errors.New("the token is refused: it is mistyped or was revoked; @BotFather gives a new one")

// fell says once what is wrong and waits; false means that ctx ended.
func (c *Channel) fell(ctx context.Context, s *kit.Spell, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	if said := c.explain(err); said != s.Said {
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

// explain puts a failure into one plain line.
func (c *Channel) explain(err error) string {
	var kept *sinkError
	switch {
	case errors.As(err, &kept):
		return "an update could not be kept; it comes again"
	case codeOf(err) == http.StatusConflict && says(err, "webhook"):
		return "a webhook was set for this bot by somebody else, so polling does not work; removing it"
	case codeOf(err) == http.StatusConflict:
		return "another program polls with the same token; only one may, so stop the other"
	case codeOf(err) == http.StatusTooManyRequests:
		return "Telegram asks for a pause"
	case bot.FailureOf(err).Reason == bot.NoRights:
		return "Telegram refuses the token; asking again"
	}
	return "Telegram cannot be reached; trying again"
}

// sinkError says that it was not Telegram's fault.
type sinkError struct{ err error }

func (s *sinkError) Error() string { return s.err.Error() }
func (s *sinkError) Unwrap() error { return s.err }

// poll asks for updates and confirms them, by asking for those behind them, once the sink has taken them. asked is named's.
func (c *Channel) poll(ctx context.Context, sink bot.Sink, asked <-chan struct{}) error {
	var s kit.Spell
	var refused int
	offset, last := 0, c.now()
	defer func() { c.confirm(ctx, offset) }()
	for ctx.Err() == nil {
		raws, err := c.updates(ctx, offset)
		if err == nil {
			c.hears()
			refused = 0
			if len(raws) > 0 {
				last = c.now()
			} else if c.now().Sub(last) > idle {
				offset = 0 // nothing waits, so nothing is confirmed by mistake
			}
			c.named(ctx, asked, raws)
			var next int
			if next, err = c.deliver(ctx, sink, raws); next != 0 {
				offset = next
			} else if len(raws) > 0 && err == nil {
				err = errors.New("the updates have no numbers") // asking at once would bring the same
			}
		}
		switch {
		case err == nil:
			c.recovered(&s)
			continue
		case bot.FailureOf(err).Reason == bot.NoRights:
			if refused++; refused >= doubts {
				return errRefused
			}
		case codeOf(err) == http.StatusConflict && says(err, "webhook"):
			_ = c.dropWebhook(ctx) // if that fails, the next poll says so again
		}
		if !c.fell(ctx, &s, err) {
			break
		}
	}
	return ctx.Err()
}

// confirm tells Telegram, at the end, what the sink has taken: another program would get it again, and know it.
func (c *Channel) confirm(ctx context.Context, offset int) {
	if offset == 0 {
		return
	}
	brief, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastConfirm)
	defer cancel()
	p := tgbotapi.Params{"offset": strconv.Itoa(offset), "limit": "1", "timeout": "0"}
	if err := c.api.call(brief, "getUpdates", p, nil); err != nil {
		c.log.Debug("the last updates may come again", "err", err)
	}
}

func (c *Channel) updates(ctx context.Context, offset int) ([]jsontext.Value, error) {
	p := tgbotapi.Params{"timeout": strconv.Itoa(int(pollTime / time.Second)), "limit": strconv.Itoa(batch), "allowed_updates": kinds}
	if offset != 0 {
		p["offset"] = strconv.Itoa(offset)
	}
	var raws []jsontext.Value
	err := c.api.callWithin(ctx, pollTime+pollSlow, "getUpdates", p, &raws)
	return raws, err
}

// deliver gives a batch to the sink. next is the number of the first update that is not done, 0 when there was none.
func (c *Channel) deliver(ctx context.Context, sink bot.Sink, raws []jsontext.Value) (next int, err error) {
	list, ids := make([]bot.Update, 0, len(raws)), make([]int, 0, len(raws))
	for _, raw := range raws {
		id, u, ok := c.read(raw) //nolint:contextcheck // an answer to a press outlives its update
		if id != 0 {
			next = max(next, id+1)
		}
		if ok {
			list, ids = append(list, u), append(ids, id)
		}
	}
	done, err := bot.Deliver(ctx, c.noting(sink), list)
	if err != nil {
		return ids[done], &sinkError{err}
	}
	return next, nil
}

// read gives an update in our words, and says in the log what could not be read.
func (c *Channel) read(raw jsontext.Value) (id int, u bot.Update, ok bool) {
	id, u, ok, orphan, err := reader{me: c.self(), now: c.now()}.read(raw)
	if err != nil {
		c.log.Error("an update could not be read and is left out", "err", c.api.clean(bot.Quiet(err).Error()))
	}
	if orphan != "" {
		c.presses.Dismiss(orphan)
	}
	return id, u, ok
}

// noting is sink, with every press that it took noted: if nobody answers it, we do.
func (c *Channel) noting(sink bot.Sink) bot.Sink {
	return func(ctx context.Context, u bot.Update) error {
		if u.Kind == bot.Pressed {
			c.presses.Expect(u.Press) //nolint:contextcheck // it outlives its update
		}
		return sink(ctx, u)
	}
}
