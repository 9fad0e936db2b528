package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const vkToken = "vk1.a.load-TOKEN-of_the_measurement"

// community is the number of the simulated community.
const community = 77001

// vk is a VK that checks nothing. It knows a message that comes again by its random_id and shows it once, as VK does.
type vk struct {
	crowd   *crowd
	server  *httptest.Server
	came    arrivals
	numbers atomic.Int64
	repeats atomic.Int64 // that came again

	mu      sync.Mutex
	events  []json.RawMessage
	arrived chan struct{} // closed when something happened
	known   map[string]placed
	enabled bool
}

// placed is where a message stands.
type placed struct {
	Peer int64 `json:"peer_id"`
	ID   int64 `json:"message_id"`
	CMID int64 `json:"conversation_message_id"`
}

func newVK(c *crowd) *vk {
	v := &vk{crowd: c, arrived: make(chan struct{}), known: map[string]placed{}}
	for _, p := range c.people {
		p.line = v
	}
	v.server = httptest.NewServer(v)
	return v
}

func (v *vk) address() string     { return v.server.URL }
func (v *vk) arrivals() *arrivals { return &v.came }
func (v *vk) people() *crowd      { return v.crowd }

func (v *vk) env() []string {
	return []string{"OTKLIK_VK_TOKEN=" + vkToken, "OTKLIK_VK_API=" + v.address() + "/method/"}
}

func (v *vk) close() {
	v.server.CloseClientConnections()
	v.server.Close()
}

func (v *vk) write(p *person, text string) {
	n := v.numbers.Add(1)
	v.tell("message_new", map[string]any{
		"message": map[string]any{"id": n, "conversation_message_id": n, "date": time.Now().Unix(), "peer_id": p.id, "from_id": p.id, "out": 0, "text": text,
			"attachments": []any{}, "fwd_messages": []any{}},
		"client_info": map[string]any{"button_actions": []string{"text", "callback", "open_link"}, "keyboard": true, "inline_keyboard": true, "lang_id": 0},
	})
}

func (v *vk) press(p *person, ref int64, data string) {
	v.tell("message_event", map[string]any{"user_id": p.id, "peer_id": p.id, "event_id": fmt.Sprint("e", v.numbers.Add(1)), "payload": json.RawMessage(data),
		"conversation_message_id": ref})
}

// tell adds an event to the stream.
func (v *vk) tell(kind string, object any) {
	raw, _ := json.Marshal(map[string]any{"type": kind, "object": object, "group_id": community, "event_id": fmt.Sprint("v", v.numbers.Add(1)), "v": "5.199"}) // maps: it cannot fail
	v.mu.Lock()
	defer v.mu.Unlock()
	v.events = append(v.events, raw)
	close(v.arrived)
	v.arrived = make(chan struct{})
}

// ServeHTTP is the methods and the long poll.
func (v *vk) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/poll" {
		v.poll(rw, r)
		return
	}
	p, err := params(r)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	method := strings.TrimPrefix(r.URL.Path, "/method/")
	var result any
	if method == "execute" {
		result, err = v.execute(p.Get("code"))
	} else {
		result, err = v.does(method, p)
	}
	if err != nil {
		respond(rw, map[string]any{"error": map[string]any{"error_code": 100, "error_msg": err.Error(), "request_params": []any{}}})
		return
	}
	respond(rw, map[string]any{"response": result})
}

func respond(rw http.ResponseWriter, body any) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(rw).Encode(body) // whoever was killed does not hear it
}

// does does a call.
func (v *vk) does(method string, p url.Values) (any, error) {
	switch method {
	case "groups.getById":
		return map[string]any{"groups": []any{map[string]any{"id": community, "name": "Отклик", "screen_name": "otklik_load"}}, "profiles": []any{}}, nil
	case "groups.getTokenPermissions":
		var list []any
		for _, name := range []string{"messages", "manage", "photos"} {
			list = append(list, map[string]any{"name": name, "setting": 1})
		}
		return map[string]any{"mask": 1, "permissions": list}, nil
	case "groups.getLongPollSettings":
		return v.settings(), nil
	case "groups.setLongPollSettings":
		v.mu.Lock()
		defer v.mu.Unlock()
		v.enabled = true
		return 1, nil
	case "groups.getLongPollServer":
		v.mu.Lock()
		defer v.mu.Unlock()
		return map[string]any{"key": "key", "server": v.address() + "/poll", "ts": strconv.Itoa(len(v.events))}, nil
	case "users.get":
		return users(p.Get("user_ids")), nil
	case "messages.getConversations", "messages.getHistory":
		return map[string]any{"count": 0, "items": []any{}}, nil // the stream has forgotten nothing
	case "messages.send":
		return v.sends(p), nil
	case "messages.edit":
		v.shown(p, number(p.Get("peer_id")), number(p.Get("cmid")), false)
		return 1, nil
	case "messages.sendMessageEventAnswer", "messages.delete":
		return 1, nil
	}
	return nil, fmt.Errorf("the simulated VK does not know %s", method)
}

func (v *vk) settings() any {
	v.mu.Lock()
	defer v.mu.Unlock()
	on := 0
	if v.enabled {
		on = 1
	}
	events := map[string]any{}
	for _, kind := range []string{"message_new", "message_edit", "message_event", "message_allow", "message_deny",
		"wall_post_new", "wall_reply_new", "wall_reply_edit", "wall_reply_delete", "board_post_new", "board_post_edit", "board_post_delete", "photo_comment_new", "photo_comment_edit", "photo_comment_delete", "video_comment_new", "video_comment_edit", "video_comment_delete"} {
		events[kind] = on
	}
	return map[string]any{"is_enabled": v.enabled, "api_version": "5.199", "events": events}
}

func users(ids string) any {
	list := []any{}
	for id := range strings.SplitSeq(ids, ",") {
		list = append(list, map[string]any{"id": number(id), "first_name": "Житель", "last_name": id})
	}
	return list
}

// sends shows a message, unless it has been shown.
func (v *vk) sends(p url.Values) any {
	peer := number(p.Get("peer_ids"))
	once := p.Get("peer_ids") + " " + p.Get("random_id")
	v.mu.Lock()
	at, again := v.known[once]
	if !again {
		n := v.numbers.Add(1)
		at = placed{peer, n, n}
		v.known[once] = at
	}
	v.mu.Unlock()
	if again {
		v.repeats.Add(1)
	} else {
		v.shown(p, peer, at.CMID, true)
	}
	return []placed{at}
}

// shown gives a message to whom it is for.
func (v *vk) shown(p url.Values, peer, cmid int64, anew bool) {
	if someone := v.crowd.by(peer); someone != nil {
		v.came.shows()
		board := p.Get("keyboard")
		someone.reads(message{ref: cmid, text: p.Get("message"), buttons: callbacks(board), board: board, anew: anew})
	}
}

// callbacks gives the buttons of a keyboard of VK's.
func callbacks(board string) map[string]string {
	buttons := map[string]string{}
	var keyboard struct {
		Buttons [][]struct {
			Action struct{ Label, Payload string }
		}
	}
	if json.Unmarshal([]byte(board), &keyboard) == nil {
		for _, row := range keyboard.Buttons {
			for _, b := range row {
				buttons[b.Action.Label] = b.Action.Payload
			}
		}
	}
	return buttons
}

// execute does the calls of the one form of program that ours writes: return [API.method({…}),…];
func (v *vk) execute(code string) (any, error) {
	rest, is := strings.CutPrefix(code, "return [")
	results := []any{}
	for is {
		var head string
		if head, rest, is = strings.Cut(rest, "("); !is || !strings.HasPrefix(head, "API.") {
			break
		}
		d := json.NewDecoder(strings.NewReader(rest))
		d.UseNumber()
		var object map[string]any
		if err := d.Decode(&object); err != nil {
			return nil, err
		}
		p := url.Values{}
		for name, value := range object {
			p.Set(name, fmt.Sprint(value))
		}
		result, err := v.does(strings.TrimPrefix(head, "API."), p)
		if err != nil {
			return nil, err
		}
		results = append(results, result)
		rest = rest[d.InputOffset():]
		if rest == ")];" {
			return results, nil
		}
		rest, is = strings.CutPrefix(rest, "),")
	}
	return nil, errors.New("the program cannot be read")
}

// poll is the long poll.
func (v *vk) poll(rw http.ResponseWriter, r *http.Request) {
	v.came.polls()
	ts := int(number(r.URL.Query().Get("ts")))
	seconds, _ := strconv.Atoi(r.URL.Query().Get("wait"))
	late := time.After(time.Duration(seconds) * time.Second)
	for over := false; ; {
		v.mu.Lock()
		ts = min(max(ts, 0), len(v.events))
		list, end, arrived := v.events[ts:], len(v.events), v.arrived
		v.mu.Unlock()
		if len(list) > 0 || over {
			respond(rw, map[string]any{"ts": strconv.Itoa(end), "updates": append([]json.RawMessage{}, list...)})
			return
		}
		select {
		case <-arrived:
		case <-late:
			over = true
		case <-r.Context().Done():
			return
		}
	}
}
