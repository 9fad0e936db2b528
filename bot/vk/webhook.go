package vk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
	"otklik/bot/kit"
)

const (
	maxEvent = 4 << 20 // bytes of one event
	// watch is how often we ask whether VK still sends events here.
	watch = 5 * time.Minute
	// serverTitle names our server in the community's settings; VK allows 14 signs.
	serverTitle = "Otklik"
)

// hook is where VK brings events to.
type hook struct {
	address string // public
	path    string
	secret  string

	mu   sync.Mutex
	code string          // what VK wants to read before it sends events
	ctx  context.Context // Run's; nil while it does not run
	sink bot.Sink
	wg   sync.WaitGroup
}

// newHook makes the callback server of a public address. Its secret follows from the token, so that it outlasts a restart.
func newHook(address, token string) (*hook, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.RawQuery != "" || strings.ContainsAny(u.Path, "{} ") {
		return nil, errors.New("the webhook must be a public address such as https://desk.example.org/vk")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/" + Name
	}
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("webhook"))
	const most = 50 // signs of a secret
	return &hook{address: u.String(), path: u.Path, secret: hex.EncodeToString(mac.Sum(nil))[:most]}, nil
}

// Routes puts the callback server on the listen address, at the path of its public address; "/vk" if that has none.
func (c *Channel) Routes(mux *http.ServeMux) {
	if c.hook != nil {
		mux.HandleFunc("POST "+c.hook.path, c.receive)
	}
}

// receive takes one event from VK and answers «ok» once it is durable; anything else makes VK bring it again.
func (c *Channel) receive(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	if err != nil {
		http.Error(w, "the event did not arrive", http.StatusBadRequest)
		return
	}
	raw = kit.Bounded(raw)
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		http.Error(w, "no event", http.StatusBadRequest)
		return
	}
	if e.Type == "confirmation" {
		if code := c.hook.confirmation(); code != "" && e.Group == c.self().ID {
			_, _ = io.WriteString(w, code) // whoever hung up does not hear it
			return
		}
		http.Error(w, "nothing to confirm", http.StatusServiceUnavailable)
		return
	}
	if subtle.ConstantTimeCompare([]byte(e.Secret), []byte(c.hook.secret)) != 1 {
		http.Error(w, "not from VK", http.StatusForbidden)
		return
	}
	ctx, sink, leave := c.hook.enter()
	if leave == nil {
		http.Error(w, "not running", http.StatusServiceUnavailable)
		return
	}
	defer leave()
	c.hears()
	if err := c.deliver(ctx, sink, []json.RawMessage{raw}); err != nil { //nolint:contextcheck // see enter
		c.log.Warn("an update could not be kept; it comes again", "err", c.api.clean(err.Error()))
		http.Error(w, "not kept", http.StatusInternalServerError)
		return
	}
	_, _ = io.WriteString(w, "ok") // whoever hung up brings it again
}

func (h *hook) confirmation() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.code
}

// enter begins a delivery. Its context is Run's, not the request's: when VK hangs up, the work still ends well.
func (h *hook) enter() (ctx context.Context, sink bot.Sink, leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx == nil || h.ctx.Err() != nil {
		return nil, nil, nil
	}
	h.wg.Add(1)
	return h.ctx, h.sink, h.wg.Done
}

func (h *hook) open(ctx context.Context, sink bot.Sink) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ctx, h.sink = ctx, sink
}

func (h *hook) close() {
	h.mu.Lock()
	h.ctx, h.sink = nil, nil
	h.mu.Unlock()
	h.wg.Wait()
}

// serve has VK bring its events until ctx ends, and sees to it that it goes on doing so. VK gives up on events after a
// while and tells nobody: so the conversations are looked through again and again for what was missed since the last time.
// What was missed before a place stays noted with the place until all of it is kept.
func (c *Channel) serve(ctx context.Context, sink bot.Sink) error {
	began := c.now()
	defer c.hook.close()
	var at position
	err := c.insist(ctx, func(ctx context.Context) (err error) { at, err = c.position(ctx); return err })
	if err != nil {
		return err
	}
	if at.At.IsZero() {
		at.At = began // the first time ever: what people wrote long before is not for us
	}
	for stands := false; ; stands = c.callbackStands(ctx) {
		if !stands {
			if err := c.insist(ctx, c.callback); err != nil {
				return err
			}
		}
		if c.missing().IsZero() { // otherwise the last time is not over
			since := at.At
			if !at.Missed.IsZero() {
				since = at.Missed // an earlier program did not end with it
			}
			at = position{At: c.now(), Missed: since}
			c.catchUpFrom(ctx, sink, at, false)
			at.Missed = time.Time{}
		}
		c.hook.open(ctx, sink) // not before: what is new must not overtake what was missed. VK brings it again
		if !c.pause(ctx, watch) {
			return ctx.Err()
		}
	}
}

// callbackServer is one of the community's, as VK tells it.
type callbackServer struct {
	ID     int    `json:"id"`
	URL    string `json:"url"`
	Secret string `json:"secret_key"`
	Status string `json:"status"`
}

func (c *Channel) callbackServer(ctx context.Context) (callbackServer, error) {
	var list struct{ Items []callbackServer }
	if err := c.api.call(ctx, "groups.getCallbackServers", vkapi.Params{"group_id": c.self().ID}, &list); err != nil {
		return callbackServer{}, err
	}
	for _, s := range list.Items {
		if s.URL == c.hook.address {
			return s, nil
		}
	}
	return callbackServer{}, nil
}

// callback makes ours the server that VK sends events to.
func (c *Channel) callback(ctx context.Context) error {
	id := c.self().ID
	var confirm struct{ Code string }
	if err := c.api.call(ctx, "groups.getCallbackConfirmationCode", vkapi.Params{"group_id": id}, &confirm); err != nil {
		return err
	}
	c.hook.mu.Lock()
	c.hook.code = confirm.Code
	c.hook.mu.Unlock()
	s, err := c.callbackServer(ctx)
	if err != nil {
		return err
	}
	p := vkapi.Params{"group_id": id, "url": c.hook.address, "title": serverTitle, "secret_key": c.hook.secret}
	switch {
	case s.ID == 0:
		var added struct {
			ID int `json:"server_id"`
		}
		if err := c.api.call(ctx, "groups.addCallbackServer", p, &added); err != nil {
			return later(err)
		}
		s.ID = added.ID
	case s.Status != "ok" || s.Secret != c.hook.secret:
		p["server_id"] = s.ID
		if err := c.api.call(ctx, "groups.editCallbackServer", p, nil); err != nil {
			return later(err)
		}
	}
	set := vkapi.Params{"group_id": id, "server_id": s.ID, "api_version": version}
	for _, kind := range kinds {
		set[kind] = 1
	}
	return c.api.call(ctx, "groups.setCallbackSettings", set, nil)
}

// later: the address may become good, a name or a certificate, and there may be room for one more server.
func later(err error) error {
	if f := bot.FailureOf(err); f.Reason == bot.Never {
		return &bot.Failure{Reason: bot.Later, Err: f.Err}
	}
	return err
}

// callbackStands asks whether VK still brings events here, and all that we need.
func (c *Channel) callbackStands(ctx context.Context) bool {
	s, err := c.callbackServer(ctx)
	switch {
	case err != nil:
		return true // nobody knows
	case s.ID == 0:
		c.log.Warn("the callback server was removed by somebody else; adding it again")
		return false
	case s.Status != "ok":
		c.log.Warn("VK does not bring events to the callback server; confirming it again", "address", c.hook.address, "status", s.Status)
		return false
	}
	var set struct {
		Version string                     `json:"api_version"`
		Events  map[string]json.RawMessage `json:"events"`
	}
	p := vkapi.Params{"group_id": c.self().ID, "server_id": s.ID}
	switch err := c.api.call(ctx, "groups.getCallbackSettings", p, &set); {
	case err != nil:
		return true
	case set.Version != version || !allOn(set.Events):
		c.log.Warn("events were switched off on the callback server; switching them on again")
		return false
	}
	c.hears()
	return true
}
