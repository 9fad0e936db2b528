package vk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
)

const (
	maxExecute = 25       // calls that one execute carries
	maxCode    = 48 << 10 // bytes of its program; VK tells no limit
	// carriers is how many calls that send are under way at once: further messages gather meanwhile and share a call.
	carriers = 8

	sending   = "messages.send"
	changing  = "messages.edit"
	answering = "messages.sendMessageEventAnswer"
)

// post sends messages, changes them and answers presses. While calls are under way, or the pace holds them up, what comes meanwhile gathers
// and leaves together; a message that nobody else waits with leaves alone and at once.
type post struct {
	api *api

	mu    sync.Mutex
	queue []*letter
	busy  int  // carriers
	next  bool // one of them waits for the pace; never two, or all other calls would stand behind them
}

// letter is a message on its way.
type letter struct {
	ctx    context.Context
	method string
	params vkapi.Params
	code   string // the same as a call in a program
	done   chan struct{}
	at     placed
	err    error
}

// placed is where a message stands.
type placed struct {
	Peer  int64 `json:"peer_id"`
	ID    int   `json:"message_id"`
	CMID  int   `json:"conversation_message_id"`
	CMID2 int   `json:"cmid"`
	Error *struct {
		Code        int    `json:"code"`
		Description string `json:"description"`
	} `json:"error"`
}

// send posts one message; its number in the conversation comes back.
func (p *post) send(ctx context.Context, params vkapi.Params) (placed, error) {
	return p.hand(ctx, sending, params)
}

// edit changes one.
func (p *post) edit(ctx context.Context, params vkapi.Params) error {
	_, err := p.hand(ctx, changing, params)
	return err
}

// answer stops the clock that turns on a button. After a start many have pressed: a call for each would hold up the replies.
func (p *post) answer(ctx context.Context, params vkapi.Params) error {
	_, err := p.hand(ctx, answering, params)
	return err
}

func (p *post) hand(ctx context.Context, method string, params vkapi.Params) (placed, error) {
	code, err := callCode(method, params)
	if err != nil {
		return placed{}, &bot.Failure{Reason: bot.Never, Err: err}
	}
	l := &letter{ctx: ctx, method: method, params: params, code: code, done: make(chan struct{})}
	p.mu.Lock()
	p.queue = append(p.queue, l)
	p.start() //nolint:contextcheck // a carrier carries the letters of others, too
	p.mu.Unlock()
	select {
	case <-l.done:
		return l.at, l.err
	case <-ctx.Done():
		return placed{}, p.api.failure(method, ctx.Err())
	}
}

// start sends a carrier to the pace, unless one stands there; the lock is held.
func (p *post) start() {
	if len(p.queue) > 0 && !p.next && p.busy < carriers {
		p.next = true
		p.busy++
		go p.carry()
	}
}

// carry makes one call as soon as the pace lets it, with all that waits by then.
func (p *post) carry() {
	for {
		ctx, cancel, ok := p.someone()
		if !ok {
			return
		}
		err := p.api.pace.Wait(ctx)
		cancel()
		if err == nil {
			break // otherwise nobody of those waits any more
		}
	}
	batch, all, end := p.take()
	if len(batch) > 0 {
		p.deliver(all, batch)
	}
	end()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy--
	p.start()
}

// someone gives a context that lasts as long as anybody waits; false when nobody does, and then this carrier is gone.
func (p *post) someone() (context.Context, context.CancelFunc, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = slices.DeleteFunc(p.queue, func(l *letter) bool { return l.ctx.Err() != nil })
	if len(p.queue) == 0 {
		p.next = false
		p.busy--
		return nil, nil, false
	}
	ctx, cancel := shared(p.queue)
	return ctx, cancel, true
}

// take gives what leaves with the next call, and a context that ends when nobody waits for it any more.
func (p *post) take() (batch []*letter, ctx context.Context, end context.CancelFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = slices.DeleteFunc(p.queue, func(l *letter) bool { return l.ctx.Err() != nil })
	size := 0
	for len(p.queue) > 0 && len(batch) < maxExecute && (len(batch) == 0 || size+len(p.queue[0].code) <= maxCode) {
		size += len(p.queue[0].code)
		batch = append(batch, p.queue[0])
		p.queue = p.queue[1:]
	}
	p.next = false
	p.start()
	ctx, end = shared(batch)
	return batch, ctx, end
}

// shared gives a context that ends when those of all letters have.
func shared(letters []*letter) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	var left atomic.Int64
	left.Store(int64(len(letters)))
	var stops []func() bool
	for _, l := range letters {
		stops = append(stops, context.AfterFunc(l.ctx, func() {
			if left.Add(-1) == 0 {
				cancel()
			}
		}))
	}
	return ctx, func() {
		for _, stop := range stops {
			stop()
		}
		cancel()
	}
}

func finish(batch []*letter, err error) {
	for _, l := range batch {
		l.err = err
		close(l.done)
	}
}

// deliver makes the call; the pace was waited for.
func (p *post) deliver(ctx context.Context, batch []*letter) {
	if len(batch) == 1 {
		p.single(ctx, batch[0])
		return
	}
	var calls []string
	for _, l := range batch {
		calls = append(calls, l.code)
	}
	list, refused, err := p.api.execute(ctx, "return ["+strings.Join(calls, ",")+"];")
	if err != nil {
		p.api.count(sending, err)
	}
	if code := codeOf(err); code == codeCompile || code == codeRuntime || err == nil && len(list) != len(batch) {
		// The program was not understood: then each by itself, so that one message does not hold up the others.
		for _, l := range batch {
			if werr := p.api.pace.Wait(ctx); werr != nil {
				finish([]*letter{l}, p.api.failure(l.method, waited(ctx, werr)))
				continue
			}
			p.single(ctx, l)
		}
		return
	}
	if err != nil {
		finish(batch, err)
		return
	}
	for i, l := range batch {
		if string(bytes.TrimSpace(list[i])) == "false" {
			l.err = &bot.Failure{Reason: bot.Later, Err: errors.New(l.method + ": refused without a word")}
			if len(refused) > 0 {
				l.err, refused = refused[0], refused[1:]
			}
		} else {
			l.at, l.err = p.read(l.method, list[i])
		}
		p.api.count(l.method, l.err)
		close(l.done)
	}
}

func (p *post) single(ctx context.Context, l *letter) {
	var raw json.RawMessage
	if l.err = p.api.callNow(ctx, l.method, l.params, &raw); l.err == nil {
		l.at, l.err = p.read(l.method, raw)
	}
	p.api.count(l.method, l.err)
	close(l.done)
}

// read reads what VK says of a message that it took, or of a person that it did not take it for.
func (p *post) read(method string, raw json.RawMessage) (placed, error) {
	if method != sending {
		return placed{}, nil
	}
	var list []placed
	if err := json.Unmarshal(raw, &list); err != nil || len(list) == 0 {
		return placed{}, p.api.failure(method, &broken{fmt.Errorf("the response is not what was due: %w", err)})
	}
	at := list[0]
	if at.Error != nil && at.Error.Code != 0 {
		return placed{}, p.api.judged(method, &refusal{at.Error.Code, p.api.clean(at.Error.Description)})
	}
	if at.CMID == 0 {
		at.CMID = at.CMID2
	}
	return at, nil
}

// callCode writes a call in VK's language for programs. Its objects are JSON.
func callCode(method string, params vkapi.Params) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(map[string]any(params)); err != nil {
		return "", err
	}
	return "API." + method + "(" + strings.TrimSpace(b.String()) + ")", nil
}
