// Package ingest is the channel for any other monitoring system: it posts what it has found to /ingest, with a key, one
// message or many, and is answered once they are kept. A message that comes again under its id changes nothing.
package ingest

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"otklik/bot"
	"otklik/bot/kit"
)

// Name is the channel's name in every peer.
const Name = "ingest"

// Path is where messages are posted.
const Path = "/ingest"

const (
	maxBody  = 4 << 20 // bytes of one request
	maxBatch = 1000    // messages in it
)

// Options of the channel. Key must be given.
type Options struct {
	Key    func() string    // whoever posts knows it
	Client *http.Client     // for photos; nil: one that reaches public hosts only
	Log    *slog.Logger     // nil: slog.Default
	Now    func() time.Time // nil: time.Now
}

// Channel takes what is posted while it runs.
type Channel struct {
	kit.ReadOnly

	key    func() string
	client *http.Client
	log    *slog.Logger
	now    func() time.Time

	refusals bot.Refusals

	mu   sync.Mutex
	sink bot.Sink // nil: Run does not
	busy sync.WaitGroup
}

// New makes the channel.
func New(o Options) (*Channel, error) {
	if o.Key == nil || o.Key() == "" {
		return nil, errors.New("ingest: a key must be given")
	}
	c := &Channel{ReadOnly: "nothing can be posted to another system", key: o.Key, client: o.Client, log: o.Log, now: o.Now}
	if c.client == nil {
		c.client = kit.Outside()
	}
	if c.log == nil {
		c.log = slog.Default()
	}
	if c.now == nil {
		c.now = time.Now
	}
	c.refusals.Log, c.refusals.Now = c.log, c.now
	return c, nil
}

// Name is the channel's name.
func (c *Channel) Name() string { return Name }

// Fetch gives the bytes of a photo that a message named.
func (c *Channel) Fetch(ctx context.Context, ref string) (io.ReadCloser, error) {
	return kit.FetchPublic(ctx, c.client, ref)
}

// Run takes what is posted until ctx ends. When it returns, no call of sink is under way.
func (c *Channel) Run(ctx context.Context, sink bot.Sink) error {
	c.mu.Lock()
	c.sink = sink
	c.mu.Unlock()
	<-ctx.Done()
	c.mu.Lock()
	c.sink = nil
	c.mu.Unlock()
	c.busy.Wait()
	return nil
}

// open gives where updates go; nil while nobody takes them. Whoever gets one says when it is done.
func (c *Channel) open() bot.Sink {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sink != nil {
		c.busy.Add(1)
	}
	return c.sink
}

// Routes serves Path.
func (c *Channel) Routes(mux *http.ServeMux) { mux.HandleFunc("POST "+Path, c.receive) }

// answer is what the other system reads.
type answer struct {
	Taken int    `json:"taken"`           // messages that are kept now, or were before
	Error string `json:"error,omitempty"` // what to mend
	Item  *int   `json:"item,omitempty"`  // … in which of the messages, from 0
}

func (c *Channel) receive(w http.ResponseWriter, r *http.Request) {
	say := func(code int, a answer) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		if code >= 400 && code < 500 {
			c.refusals.Say("what another system posted was refused", code, a.Error)
		}
		_ = json.NewEncoder(w).Encode(a) // who has gone away reads nothing
	}
	if !c.knows(r.Header.Get("Authorization")) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		say(http.StatusUnauthorized, answer{Error: "the key is wrong: Authorization: Bearer KEY"})
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			say(http.StatusRequestEntityTooLarge, answer{Error: "more than 4 MB at once: send fewer messages"})
			return
		}
		say(http.StatusBadRequest, answer{Error: "the request broke off"})
		return
	}
	list, bad := read(raw)
	if bad != nil {
		code := http.StatusUnprocessableEntity
		if bad.large {
			code = http.StatusRequestEntityTooLarge
		}
		say(code, answer{Error: bad.why, Item: bad.item})
		return
	}
	sink := c.open()
	if sink == nil {
		say(http.StatusServiceUnavailable, answer{Error: "not taken just now: send it again"})
		return
	}
	defer c.busy.Done()
	updates := make([]bot.Update, 0, len(list))
	for _, m := range list {
		updates = append(updates, m.update(c.now()))
	}
	// Nothing is half taken: whoever sends it again changes nothing of what is kept.
	n, err := bot.Deliver(r.Context(), sink, updates)
	if err != nil {
		c.log.Warn("what another system posted was not kept", "err", err)
		say(http.StatusServiceUnavailable, answer{Taken: n, Error: "not kept: send all of it again"})
		return
	}
	say(http.StatusAccepted, answer{Taken: len(list)})
}

// knows compares the key in a time that says nothing of it.
func (c *Channel) knows(header string) bool {
	scheme, key, _ := strings.Cut(header, " ")
	got, want := sha256.Sum256([]byte(strings.TrimSpace(key))), sha256.Sum256([]byte(c.key()))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1 && strings.EqualFold(scheme, "bearer")
}
