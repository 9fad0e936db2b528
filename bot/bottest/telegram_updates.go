package bottest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// queued is an update that the bot has not confirmed.
type queued struct {
	id    int64
	kind  string
	body  map[string]any
	press *press
}

// tell queues an update; the lock is held.
func (g *Telegram) tell(kind string, body any) *queued {
	q := queued{id: g.number() + g.apart, kind: kind, body: map[string]any{kind: body}}
	q.body["update_id"] = q.id
	if faults := g.schema.tell(q.body, "Update"); len(faults) > 0 {
		g.fault("the fake's own update: %v", faults)
	}
	if g.allowed != nil && !slices.Contains(g.allowed, kind) {
		return &q // as Telegram does: it is dropped
	}
	g.queue = append(g.queue, q)
	g.change()
	return &g.queue[len(g.queue)-1]
}

// Raw queues an update as it stands, whatever it is; its update_id is set.
func (g *Telegram) Raw(body map[string]any) (id int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	q := queued{id: g.number() + g.apart, body: body}
	body["update_id"] = q.id
	g.queue = append(g.queue, q)
	g.change()
	return q.id
}

// Jump makes the next update's number this one, and those behind it follow: as Telegram does at random when there was
// nothing new for a week.
func (g *Telegram) Jump(to int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.apart = to - g.numbers - 1
}

// Waiting gives how many updates the bot has not confirmed.
func (g *Telegram) Waiting() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.queue)
}

// Settled waits until the bot has confirmed every update.
func (g *Telegram) Settled() {
	g.t.Helper()
	g.wait("the bot to confirm every update", func() bool { return len(g.queue) == 0 })
}

// getUpdates answers a poll: at once if something waits, otherwise when something comes or the time is over.
func (g *Telegram) getUpdates(r *http.Request, params map[string]string) (any, *refused) {
	offset, _ := strconv.ParseInt(params["offset"], 10, 64)
	limit, err := strconv.Atoi(params["limit"])
	if err != nil {
		limit = 100
	}
	seconds, _ := strconv.Atoi(params["timeout"])
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()

	g.mu.Lock()
	if g.hook != nil {
		g.mu.Unlock()
		return nil, &refused{409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first", nil}
	}
	if g.polling != nil {
		g.polling()
	}
	g.polling = cancel
	g.allow(params)
	g.confirm(offset)
	g.change()
	g.mu.Unlock()

	late := time.NewTimer(time.Duration(seconds) * time.Second)
	defer late.Stop()
	for over := false; ; {
		g.mu.Lock()
		list, changed := g.give(limit, offset), g.changed
		stop := len(list) > 0 || over || g.over
		g.mu.Unlock()
		if stop {
			return list, nil
		}
		select {
		case <-changed:
		case <-late.C:
			over = true
		case <-ctx.Done():
			return nil, &refused{409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running", nil}
		}
	}
}

// give gives the oldest updates whose numbers are from offset on; they stay until they are confirmed. The lock is held.
func (g *Telegram) give(limit int, offset int64) []map[string]any {
	list := []map[string]any{}
	for i := range g.queue {
		if len(list) == limit {
			break
		}
		if g.queue[i].id < offset {
			continue
		}
		list = append(list, g.queue[i].body)
		if p := g.queue[i].press; p != nil {
			p.given = true
		}
	}
	return list
}

// confirm forgets the updates before offset; the lock is held.
func (g *Telegram) confirm(offset int64) {
	before := len(g.queue)
	g.queue = slices.DeleteFunc(g.queue, func(q queued) bool { return q.id < offset })
	if len(g.queue) != before {
		g.change()
	}
}

// allow notes which updates the bot wants; the lock is held.
func (g *Telegram) allow(params map[string]string) {
	if raw, ok := params["allowed_updates"]; ok {
		g.allowed = nil
		_ = json.Unmarshal([]byte(raw), &g.allowed) // the schema has seen it
	}
}

// webhook is where updates go instead.
type webhook struct {
	url, secret string
	cancel      context.CancelFunc
	failed      time.Time
	failure     string
}

func setWebhook(g *Telegram, params map[string]string, _ map[string]*file) (any, *refused) {
	g.stopHook()
	g.allow(params)
	if params["url"] == "" {
		return true, nil
	}
	if g.polling != nil {
		g.polling()
		g.polling = nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	g.hook = &webhook{url: params["url"], secret: params["secret_token"], cancel: cancel}
	h := g.hook
	g.pushers.Go(func() { g.push(ctx, h) })
	return true, nil
}

func deleteWebhook(g *Telegram, params map[string]string, _ map[string]*file) (any, *refused) {
	g.stopHook()
	if params["drop_pending_updates"] == "true" {
		g.queue = nil
	}
	return true, nil
}

func getWebhookInfo(g *Telegram, _ map[string]string, _ map[string]*file) (any, *refused) {
	info := map[string]any{"url": "", "has_custom_certificate": false, "pending_update_count": len(g.queue)}
	if g.hook != nil {
		info["url"] = g.hook.url
		if g.hook.failure != "" {
			info["last_error_date"], info["last_error_message"] = g.hook.failed.Unix(), g.hook.failure
		}
	}
	return info, nil
}

// SetWebhook sets a webhook as somebody else with the same token would; nothing is brought there. "" takes it away.
func (g *Telegram) SetWebhook(url string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stopHook()
	if url != "" {
		g.hook = &webhook{url: url, cancel: func() {}}
	}
	if g.polling != nil {
		g.polling()
		g.polling = nil
	}
	g.change()
}

// Brings makes the server bring webhook updates to a handler, without a network.
func (g *Telegram) Brings(to http.Handler) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.brings = near{to}
}

// Webhook gives the address that updates go to; "" while the bot polls.
func (g *Telegram) Webhook() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hook == nil {
		return ""
	}
	return g.hook.url
}

// stopHook ends the deliveries; the lock is held. The one under way ends on its own.
func (g *Telegram) stopHook() {
	if g.hook != nil {
		g.hook.cancel()
		g.hook = nil
	}
}

// push brings updates to a webhook, one after the other, and each again until it is taken.
func (g *Telegram) push(ctx context.Context, h *webhook) {
	g.mu.Lock()
	client := &http.Client{Transport: g.brings, Timeout: patienceOf}
	g.mu.Unlock()
	if client.Transport == nil {
		client.Transport = &http.Transport{DisableKeepAlives: true}
	}
	for {
		g.mu.Lock()
		list, changed := g.give(1, 0), g.changed
		g.mu.Unlock()
		if len(list) == 0 {
			select {
			case <-ctx.Done():
				return
			case <-changed:
			}
			continue
		}
		err := bring(ctx, client, h, list[0])
		g.mu.Lock()
		if err == "" {
			g.confirm(list[0]["update_id"].(int64) + 1)
		} else {
			h.failed, h.failure = g.now(), err
		}
		g.mu.Unlock()
		wait := time.Duration(0)
		if err != "" {
			wait = 50 * time.Millisecond
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// bring makes one delivery; "" if it was taken.
func bring(ctx context.Context, client *http.Client, h *webhook, update map[string]any) string {
	raw, err := json.Marshal(update)
	if err != nil {
		return err.Error()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(raw))
	if err != nil {
		return err.Error()
	}
	r.Header.Set("Content-Type", "application/json")
	if h.secret != "" {
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", h.secret)
	}
	resp, err := client.Do(r)
	if err != nil {
		return "Connection failed"
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "Wrong response from the webhook: " + strings.TrimSpace(resp.Status)
	}
	return ""
}
