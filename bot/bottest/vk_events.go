package bottest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const vkPollPath = "/longpoll/wh77001"

// vkEvent is something that happened in the community.
type vkEvent struct {
	kind  string
	id    string
	what  any
	raw   any // stands for all of it
	press *vkPress
	given bool // by the long poll
}

// vkPoll is the long poll: its settings, and the events that it still has.
type vkPoll struct {
	enabled bool
	version string
	on      map[string]bool // by the event's type

	key    string
	stale  string // a key whose history is lost
	log    []*vkEvent
	before int64 // how many events came before log
	asked  int64 // the newest ts that the bot asked with: it is done with what came before
	lost   int64 // a ts that is not later stands for a lost history
	polled []string
}

func (p *vkPoll) ts() int64 { return p.before + int64(len(p.log)) }

// body is the event as VK sends it, but for a callback's secret.
func (e *vkEvent) body(version string) any {
	if e.raw != nil {
		return e.raw
	}
	return map[string]any{"type": e.kind, "object": e.what, "group_id": vkGroup, "event_id": e.id, "v": version}
}

// tell brings an event to wherever it is enabled; the lock is held.
func (g *VK) tell(kind string, what any, press *vkPress) {
	e := &vkEvent{kind: kind, id: fmt.Sprintf("%040x", g.number()), what: what, press: press}
	shapes := map[string]string{"message_new": "message_new", "message_edit": "message", "message_reply": "message", "wall_reply_delete": "wall_comment_delete"}
	name := shapes[kind]
	if name == "" {
		name = kind
	}
	faults := g.schema.tell(what, &vkShape{Ref: "../callback/objects.json#/definitions/callback_" + name})
	faults = append(faults, g.schema.tell(e.body(vkVersion), &vkShape{Type: kinds{"object"}, open: true,
		Properties: g.schema.shape("callback/objects.json#/definitions/callback_base").Properties})...)
	if len(faults) > 0 {
		g.fault("the fake's own %s: %v", kind, faults)
	}
	g.bringOut(e)
}

// bringOut hands an event to the long poll and the callback servers; one that is raw goes wherever anything goes.
func (g *VK) bringOut(e *vkEvent) {
	if g.poll.enabled && (e.raw != nil || g.poll.on[e.kind]) {
		g.poll.log = append(g.poll.log, e)
	}
	for _, id := range slices.Sorted(maps.Keys(g.servers)) {
		s := g.servers[id]
		if s.status != "failed" && (e.raw != nil || s.on[e.kind]) {
			s.queue = append(s.queue, e)
		}
	}
	g.newest = e
	g.change()
}

// Raw queues any JSON as an event.
func (g *VK) Raw(event any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.bringOut(&vkEvent{raw: event})
}

// Waiting gives how many events the bot has not been given.
func (g *VK) Waiting() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waiting()
}

func (g *VK) waiting() (n int) {
	for _, e := range g.poll.log {
		if !e.given {
			n++
		}
	}
	for _, s := range g.servers {
		n += len(s.queue)
	}
	return n
}

// Settled waits until the bot has taken every event: it was given it, and asked for what comes after.
func (g *VK) Settled() {
	g.t.Helper()
	g.wait("the bot to take every event", func() bool {
		return g.waiting() == 0 && (len(g.poll.log) == 0 || g.poll.asked >= g.poll.ts())
	})
}

// Outdate forgets the events so far.
func (g *VK) Outdate() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.poll.before, g.poll.log = g.poll.ts(), nil
	g.change()
}

// ExpireKey makes the long poll's key one that is not taken any more.
func (g *VK) ExpireKey() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.poll.key = ""
	g.change()
}

// LoseHistory makes the long poll's key and ts useless.
func (g *VK) LoseHistory() {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := &g.poll
	p.stale, p.key, p.lost = p.key, "", p.ts()
	p.before, p.log = p.ts()+1000, nil
	g.change()
}

// Polled gives the places in the stream that the bot has asked from, in order.
func (g *VK) Polled() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.poll.polled)
}

func vkPollServer(g *VK, p vkParams) (any, *refused) {
	if no := p.ours(); no != nil {
		return nil, no
	}
	if !g.poll.enabled {
		return nil, vkBad("longpoll for this group is not enabled")
	}
	if g.poll.key == "" {
		g.poll.key = fmt.Sprintf("%032x", g.number())
	}
	return map[string]any{"key": g.poll.key, "server": g.base() + vkPollPath, "ts": fmt.Sprint(g.poll.ts())}, nil
}

func vkPollSettings(g *VK, p vkParams) (any, *refused) {
	if no := p.ours(); no != nil {
		return nil, no
	}
	return map[string]any{"is_enabled": g.poll.enabled, "api_version": g.poll.version, "events": g.switched(g.poll.on)}, nil
}

// switched tells of every kind of event whether it is on.
func (g *VK) switched(on map[string]bool) map[string]any {
	events := map[string]any{}
	for name := range g.schema.shape("groups/objects.json#/definitions/groups_long_poll_events").Properties {
		if name != "enabled" {
			events[name] = 0
		}
		if on[name] {
			events[name] = 1
		}
	}
	return events
}

func vkSetPoll(g *VK, p vkParams) (any, *refused) {
	if no := p.ours(); no != nil {
		return nil, no
	}
	for name, v := range p.all {
		switch name {
		case "group_id", "v", "access_token", "lang":
		case "enabled":
			g.poll.enabled = v == "1"
		case "api_version":
			g.poll.version = v
		default:
			g.poll.on[name] = v == "1"
		}
	}
	return 1, nil
}

// servePoll answers at once if something waits, otherwise when something comes or the time is over.
func (g *VK) servePoll(w http.ResponseWriter, r *http.Request) {
	fault := g.trip("poll")
	if fault != nil && !fault.Heard {
		fault.play(w, r)
		return
	}
	q := r.URL.Query()
	ts, err := strconv.ParseInt(q.Get("ts"), 10, 64)
	seconds, bad := strconv.Atoi(q.Get("wait"))
	if q.Get("act") != "a_check" || err != nil || bad != nil || seconds < 1 || seconds > 90 {
		g.mu.Lock()
		g.fault("a poll with %s: VK wants act=a_check, key, a ts that is a number, and to wait 1-90 seconds", r.URL.RawQuery)
		g.mu.Unlock()
	}
	g.mu.Lock()
	g.poll.polled = append(g.poll.polled, q.Get("ts"))
	g.mu.Unlock()
	late := time.NewTimer(time.Duration(seconds) * time.Second)
	defer late.Stop()
	for over := false; ; {
		g.mu.Lock()
		answer, changed := g.look(q.Get("key"), ts, over || g.over, fault != nil), g.changed
		g.mu.Unlock()
		if answer != nil {
			if fault != nil {
				fault.play(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_ = json.NewEncoder(w).Encode(answer) // whoever hung up does not hear it
			return
		}
		select {
		case <-changed:
		case <-late.C:
			over = true
		case <-r.Context().Done():
			return
		}
	}
}

// look gives what a poll is answered with; nil if it shall wait. The lock is held.
func (g *VK) look(key string, ts int64, over, lost bool) map[string]any {
	p := &g.poll
	switch {
	case key != "" && key == p.stale, ts <= p.lost:
		return map[string]any{"failed": 3}
	case key == "" || key != p.key:
		return map[string]any{"failed": 2}
	case ts < p.before || ts > p.ts():
		return map[string]any{"failed": 1, "ts": p.ts()}
	}
	if ts > p.asked {
		p.asked = ts
		g.change()
	}
	if ts == p.ts() && !over {
		return nil
	}
	updates := []any{}
	for _, e := range p.log[ts-p.before:] {
		updates = append(updates, e.body(p.version))
		if lost {
			continue
		}
		e.given = true
		if e.press != nil {
			e.press.given = true
		}
	}
	if len(updates) > 0 && !lost {
		g.change()
	}
	return map[string]any{"ts": fmt.Sprint(p.ts()), "updates": updates}
}
