package meter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"otklik/bot"
)

const (
	// answerWithin bounds how long an asker waits, whatever the disk does.
	answerWithin = 2 * time.Second
	// probeEvery is how often the store is written to for it, however many ask.
	probeEvery = 5 * time.Second
	// silence is after how long without a word a messenger counts as lost: polls are answered twice a minute, webhooks
	// are asked after every five.
	silence = 7 * time.Minute
)

// Writable tries whether the store can be written to.
type Writable func(ctx context.Context) error

// probe is the last try, shared by all who ask.
type probe struct {
	mu      sync.Mutex
	at      time.Time
	err     error
	running chan struct{} // nil: none is
}

var errStuck = errors.New("it does not answer")

// store tells whether the store can be written to, and when that was last tried.
func (m *Meter) store(ctx context.Context) (time.Time, error) {
	p := &m.try
	p.mu.Lock()
	if p.running == nil && (p.at.IsZero() || m.opt.Now().Sub(p.at) >= probeEvery) {
		done := make(chan struct{})
		p.running = done
		go func() {
			defer close(done)
			// Not the asker's context: another may wait for the same try.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*answerWithin)
			defer cancel()
			err := m.opt.Store(ctx)
			p.mu.Lock()
			defer p.mu.Unlock()
			p.at, p.err, p.running = m.opt.Now(), err, nil
		}()
	}
	running := p.running
	p.mu.Unlock()
	if running != nil {
		select {
		case <-running:
		case <-ctx.Done():
			return time.Time{}, errStuck
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at, p.err
}

// condition is what /healthz says. Times are RFC 3339, zero ones are left out.
type condition struct {
	Status   string                  `json:"status"` // "ok" or "failing"
	Reasons  []string                `json:"reasons,omitempty"`
	Store    storeState              `json:"store"`
	Channels map[string]channelState `json:"channels"`
}

// fails notes why not all is well.
func (c *condition) fails(why string, args ...any) {
	c.Status = "failing"
	c.Reasons = append(c.Reasons, fmt.Sprintf(why, args...))
}

type storeState struct {
	Writable bool      `json:"writable"`
	Tried    time.Time `json:"tried,omitzero"`
	Error    string    `json:"error,omitempty"`
}

type channelState struct {
	Heard   time.Time  `json:"heard,omitzero"` // it answered a poll, or brought an update
	Sent    time.Time  `json:"sent,omitzero"`  // it took a message, or said why not
	Failing time.Time  `json:"failing_since,omitzero"`
	Reason  bot.Reason `json:"reason,omitempty"`
	Waiting int        `json:"waiting"`
	Ended   string     `json:"ended,omitempty"` // why it takes nothing in any more, until the program is started anew
}

func (m *Meter) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), answerWithin)
	defer cancel()
	c := condition{Status: "ok", Channels: map[string]channelState{}}
	at, err := m.store(ctx)
	c.Store = storeState{Writable: err == nil, Tried: at}
	if err != nil {
		c.Store.Error = err.Error()
		c.fails("the store cannot be written to: %s", c.Store.Error)
	}
	waiting := m.opt.Waiting()
	m.mu.Lock()
	for _, ch := range m.opt.Channels {
		name := ch.Name()
		s := channelState{Sent: m.sent[name], Waiting: waiting[name]}
		if f, is := m.fail[name]; is {
			s.Failing, s.Reason = f.Since, f.Reason
			if m.opt.Now().Sub(f.Since) > silence {
				c.fails("%s has taken no message since %s: %s", name, stamp(f.Since), f.Reason)
			}
		}
		if r, ok := ch.(bot.Reporter); ok {
			s.Heard = r.LastHeard()
			switch {
			case s.Heard.IsZero():
				c.fails("%s was not heard of since the program started", name)
			case m.opt.Now().Sub(s.Heard) > silence:
				c.fails("%s was not heard of since %s", name, stamp(s.Heard))
			}
		}
		if s.Ended = m.ended[name]; s.Ended != "" {
			c.fails("%s takes nothing in any more: %s", name, s.Ended)
		}
		c.Channels[name] = s
	}
	m.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if c.Status != "ok" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(c) // whoever hung up does not hear it
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }
