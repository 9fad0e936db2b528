package bottest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// vkServer is a callback server: an address that events are posted to.
type vkServer struct {
	id                         int64
	url, title, secret, status string
	version                    string
	on                         map[string]bool
	queue                      []*vkEvent
	cancel                     context.CancelFunc
}

func vkConfirmation(g *VK, p vkParams) (any, *refused) {
	return map[string]any{"code": g.code}, p.ours()
}

func vkServers(g *VK, p vkParams) (any, *refused) {
	if no := p.ours(); no != nil {
		return nil, no
	}
	items := []any{}
	for _, id := range slices.Sorted(maps.Keys(g.servers)) {
		if s := g.servers[id]; !p.has("server_ids") || slices.Contains(p.numbers("server_ids"), id) {
			items = append(items, map[string]any{"id": s.id, "title": s.title, "creator_id": 1, "url": s.url, "secret_key": s.secret, "status": s.status})
		}
	}
	return map[string]any{"count": len(items), "items": items}, nil
}

func vkAddServer(g *VK, p vkParams) (any, *refused) {
	if no := p.ours(); no != nil {
		return nil, no
	}
	if len(g.servers) >= 10 {
		return nil, &refused{2000, "Servers number limit is reached", nil}
	}
	s := &vkServer{id: g.number(), version: "5.131", on: map[string]bool{}, cancel: func() {}}
	g.servers[s.id] = s
	g.open(s, p)
	return map[string]any{"server_id": s.id}, nil
}

func vkEditServer(g *VK, p vkParams) (any, *refused) {
	s, no := g.callbackServer(p)
	if no != nil {
		return nil, no
	}
	g.open(s, p)
	return 1, nil
}

func vkDeleteServer(g *VK, p vkParams) (any, *refused) {
	s, no := g.callbackServer(p)
	if no != nil {
		return nil, no
	}
	s.cancel()
	delete(g.servers, s.id)
	return 1, nil
}

func vkSetCallback(g *VK, p vkParams) (any, *refused) {
	s, no := g.callbackServer(p)
	if no != nil {
		return nil, no
	}
	for name, v := range p.all {
		switch name {
		case "group_id", "server_id", "v", "access_token", "lang":
		case "api_version":
			s.version = v
		default:
			s.on[name] = v == "1"
		}
	}
	return 1, nil
}

func vkCallbackSettings(g *VK, p vkParams) (any, *refused) {
	s, no := g.callbackServer(p)
	if no != nil {
		return nil, no
	}
	return map[string]any{"api_version": s.version, "events": g.switched(s.on)}, nil
}

func (g *VK) callbackServer(p vkParams) (*vkServer, *refused) {
	if no := p.ours(); no != nil {
		return nil, no
	}
	s := g.servers[p.number("server_id")]
	if s == nil {
		return nil, &refused{104, "Not found", nil}
	}
	return s, nil
}

// open gives a server its address, and asks there for the confirmation, as VK does at every change.
func (g *VK) open(s *vkServer, p vkParams) {
	s.cancel()
	s.url, s.title, s.secret, s.status = p.text("url"), p.text("title"), p.text("secret_key"), "wait"
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	if g.over {
		cancel()
		return
	}
	now := *s // what the deliveries go by, though the server be changed meanwhile
	g.pushers.Go(func() { g.push(ctx, s, now.url, now.secret) })
}

// stopServers ends the deliveries; the lock is held.
func (g *VK) stopServers() {
	for _, s := range g.servers {
		s.cancel()
	}
}

// Brings makes the server bring callback events to a handler, without a network.
func (g *VK) Brings(to http.Handler) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.brings = near{to}
}

// Callback gives the address that events go to, of the newest server that is confirmed; "" if there is none.
func (g *VK) Callback() (url string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(g.servers)) {
		if g.servers[id].status == "ok" {
			url = g.servers[id].url
		}
	}
	return url
}

// GivesUp forgets the events that no callback server has taken, as VK does after a while.
func (g *VK) GivesUp() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.servers {
		s.queue = nil
	}
	g.change()
}

// Doubts puts every callback server into a state: "ok", "wait", "failed" or "unconfigured".
func (g *VK) Doubts(status string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.servers {
		s.status = status
	}
	g.change()
}

// Again posts the newest event once more, although it was taken.
func (g *VK) Again() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.newest == nil {
		return
	}
	for _, s := range g.servers {
		if s.status == "ok" && (g.newest.raw != nil || s.on[g.newest.kind]) {
			s.queue = append(s.queue, g.newest)
		}
	}
	g.change()
}

// push has a server confirmed, and brings it events, one after the other, and each again until it is taken.
func (g *VK) push(ctx context.Context, s *vkServer, url, secret string) {
	client := &http.Client{Transport: courier{g, &http.Transport{DisableKeepAlives: true}}, Timeout: patienceOf}
	g.mu.Lock()
	code := g.code
	g.mu.Unlock()
	ask := map[string]any{"type": "confirmation", "group_id": vkGroup, "event_id": "confirmation", "v": vkVersion}
	answer := vkPost(ctx, client, url, secret, ask, 0)
	g.mu.Lock()
	if ctx.Err() == nil {
		s.status = "ok"
		if answer != code {
			s.status, s.queue = "failed", nil
		}
		g.change()
	}
	ok := s.status == "ok"
	g.mu.Unlock()
	if !ok {
		return
	}
	for tries := 0; ; {
		g.mu.Lock()
		var body any
		var now *vkEvent
		if len(s.queue) > 0 {
			now = s.queue[0]
			body = now.body(s.version)
			if p := s.queue[0].press; p != nil {
				p.given = true
			}
		}
		changed := g.changed
		g.mu.Unlock()
		if body == nil {
			select {
			case <-ctx.Done():
				return
			case <-changed:
			}
			continue
		}
		wait := 100 * time.Millisecond
		if vkPost(ctx, client, url, secret, body, tries) == "ok" {
			g.mu.Lock()
			if ctx.Err() == nil {
				s.taken(now)
				tries, wait = 0, 0
			}
			g.change()
			g.mu.Unlock()
		} else {
			tries++
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// taken takes an event off the queue, unless VK has given it up meanwhile.
func (s *vkServer) taken(e *vkEvent) {
	if len(s.queue) > 0 && s.queue[0] == e {
		s.queue = s.queue[1:]
	}
}

// courier brings events to whatever stands behind the public address now.
type courier struct {
	g       *VK
	network http.RoundTripper
}

// RoundTrip makes one delivery.
func (c courier) RoundTrip(r *http.Request) (*http.Response, error) {
	c.g.mu.Lock()
	to := c.g.brings
	c.g.mu.Unlock()
	if to == nil {
		to = c.network
	}
	return to.RoundTrip(r)
}

// vkPost makes one delivery and gives the body of the answer; "" if its status is not 200.
func vkPost(ctx context.Context, client *http.Client, url, secret string, event any, tries int) string {
	if o, ok := event.(map[string]any); ok && secret != "" {
		o = maps.Clone(o)
		o["secret"] = secret
		event = o
	}
	raw, err := json.Marshal(event)
	if err != nil {
		return ""
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(raw))
	if err != nil {
		return ""
	}
	r.Header.Set("Content-Type", "application/json")
	if tries > 0 {
		r.Header.Set("X-Retry-Counter", fmt.Sprint(tries))
	}
	resp, err := client.Do(r)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1000))
	if err != nil || resp.StatusCode != http.StatusOK {
		return ""
	}
	return strings.TrimSuffix(string(body), "\n")
}
