package telegram

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

const (
	// answerBound is how long the client's clock may turn on a button before we stop it ourselves.
	answerBound = 5 * time.Second
	// lastAnswers bounds how long the end of the program waits for answers to presses.
	lastAnswers = 3 * time.Second
	maxNote     = 200
)

// Answer tells the person that the press arrived. One that Telegram has forgotten already is no error.
func (c *Channel) Answer(ctx context.Context, press, note string, alert bool) error {
	c.presses.done(press)
	p := tgbotapi.Params{"callback_query_id": press}
	p.AddNonEmpty("text", shorten(note, maxNote))
	p.AddBool("show_alert", alert && note != "")
	err := c.api.call(ctx, "answerCallbackQuery", p, nil)
	if says(err, "query is too old", "QUERY_ID_INVALID", "query ID is invalid") {
		return nil
	}
	return err
}

func (c *Channel) answerQuietly(ctx context.Context, press string) {
	if err := c.Answer(ctx, press, "", false); err != nil && ctx.Err() == nil {
		c.log.Debug("a press stays without an answer", "err", err)
	}
}

// shorten cuts a text to a length, with an ellipsis.
func shorten(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if units(s) <= limit {
		return s
	}
	return strings.TrimRightFunc(s[:cut(s, limit-1)], unicode.IsSpace) + "…"
}

// presses are those that wait for an answer. Each gets one: the engine's, or an empty one when its time is over.
type presses struct {
	bound  time.Duration
	answer func(ctx context.Context, press string)

	mu     sync.Mutex
	ctx    context.Context // nil: Run does not
	cancel context.CancelFunc
	timer  map[string]*time.Timer
	wg     sync.WaitGroup
}

func (p *presses) open(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ctx, p.cancel = context.WithCancel(context.WithoutCancel(ctx))
	p.timer = map[string]*time.Timer{}
}

// expect gives a press a time to be answered in.
func (p *presses) expect(press string, within time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx == nil || p.timer[press] != nil {
		return
	}
	p.wg.Add(1)
	ctx := p.ctx
	p.timer[press] = time.AfterFunc(within, func() {
		defer p.wg.Done()
		if p.take(press) != nil {
			p.answer(ctx, press)
		}
	})
}

// take removes a press from those that wait; nil if somebody took it before.
func (p *presses) take(press string) *time.Timer {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.timer[press]
	delete(p.timer, press)
	return t
}

// done notes that somebody answers.
func (p *presses) done(press string) {
	if t := p.take(press); t != nil && t.Stop() {
		p.wg.Done()
	}
}

// close answers what is left, at once and not for long.
func (p *presses) close() {
	p.mu.Lock()
	end := time.AfterFunc(lastAnswers, p.cancel)
	p.ctx = nil
	for _, t := range p.timer {
		t.Reset(0)
	}
	p.mu.Unlock()
	p.wg.Wait()
	end.Stop()
	p.cancel()
}
