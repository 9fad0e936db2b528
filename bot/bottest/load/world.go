package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const token = "424242:load-TOKEN-of_the_measurement-01234567"

// server is a simulated messenger. It outlives the program that talks with it.
type server interface {
	address() string
	env() []string // that has the program talk with it
	arrivals() *arrivals
	people() *crowd
	close()
}

// world is a Bot API server that checks nothing and is as quick as it can.
type world struct {
	crowd   *crowd
	trip    time.Duration
	trouble *trouble     // nil: it never fails
	bound   *bound       // nil: it bears everything
	sent    func(string) // hears of every chat that something was sent to; nil: nobody
	photo   []byte       // that it hands out
	server  *httptest.Server
	came    arrivals

	mu      sync.Mutex
	queue   []json.RawMessage // not confirmed yet; the first has the number base
	base    int64
	arrived chan struct{} // closed when something is queued

	other atomic.Pointer[person] // one who is not of the crowd

	calls, numbers atomic.Int64
}

func newWorld(c *crowd, more ...func(*world)) *world {
	w := &world{crowd: c, arrived: make(chan struct{}), base: time.Now().UnixMilli() << 8}
	w.numbers.Store(w.base) // a store may remember the messages and updates of another run: more than one a millisecond
	for _, p := range c.people {
		p.line = w
	}
	for _, fn := range more { // before anybody can call: a port may be known to a bot of another world
		fn(w)
	}
	w.server = httptest.NewServer(w)
	return w
}

func (w *world) address() string     { return w.server.URL }
func (w *world) arrivals() *arrivals { return &w.came }
func (w *world) people() *crowd      { return w.crowd }

func (w *world) env() []string {
	return []string{"OTKLIK_TELEGRAM_TOKEN=" + token, "OTKLIK_TELEGRAM_API=" + w.address()}
}

func (w *world) close() {
	w.server.CloseClientConnections()
	w.server.Close()
}

// besides lets one more person talk, who does not count.
func (w *world) besides(p *person) { w.other.Store(p) }

func (w *world) number() int64 { return w.numbers.Add(1) }

// tell queues an update. Nobody waits while it is put into words: one of a megabyte takes long.
func (w *world) tell(kind string, body any) {
	raw, _ := json.Marshal(body) // maps: it cannot fail
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = append(w.queue, fmt.Appendf(nil, `{"update_id":%d,%q:%s}`, w.base+int64(len(w.queue)), kind, raw))
	close(w.arrived)
	w.arrived = make(chan struct{})
}

// end gives the number of the next update.
func (w *world) end() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.base + int64(len(w.queue))
}

// confirmed tells whether all updates before a number are.
func (w *world) confirmed(end int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.base >= end
}

func sender(id int64) map[string]any {
	return map[string]any{"id": id, "is_bot": false, "first_name": "Житель", "language_code": "ru"}
}

func private(id int64) map[string]any {
	return map[string]any{"id": id, "type": "private", "first_name": "Житель"}
}

// writes queues a message in a chat.
func (w *world) writes(chat map[string]any, from int64, at time.Time, more map[string]any) {
	m := map[string]any{"message_id": w.number(), "date": at.Unix(), "chat": chat, "from": sender(from)}
	for name, value := range more {
		m[name] = value
	}
	w.tell("message", m)
}

func (w *world) write(p *person, text string) {
	more := map[string]any{"text": text}
	if name := command.FindString(text); name != "" {
		more["entities"] = []any{map[string]any{"type": "bot_command", "offset": 0, "length": len(name)}}
	}
	if caption, is := strings.CutPrefix(text, photoWord); is {
		size := map[string]any{"file_id": fmt.Sprint("photo", w.number()), "file_unique_id": "u", "width": 4000, "height": 3000, "file_size": len(w.photo)}
		more = map[string]any{"caption": caption, "photo": []any{size}}
	}
	w.writes(private(p.id), p.id, time.Now(), more)
}

// command is how a text begins that the messenger marks as one.
var command = regexp.MustCompile(`^/[a-z0-9_]+`)

func (w *world) press(p *person, ref int64, data string) {
	w.tell("callback_query", map[string]any{"id": fmt.Sprint(w.number()), "from": sender(p.id), "chat_instance": "1", "data": data,
		"message": map[string]any{"message_id": ref, "date": time.Now().Unix(), "chat": private(p.id), "text": "x"}})
}

// photoWord begins the text of a message that is a photo, and the rest its caption.
const photoWord = "[photo]"

// ServeHTTP is the Bot API.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/file/") {
		_, _ = rw.Write(w.photo) // whoever hangs up does not get it
		return
	}
	method := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	p, err := params(r)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	if method == "getUpdates" {
		w.updates(rw, r, p)
		return
	}
	w.calls.Add(1)
	if w.trip > 0 {
		time.Sleep(w.trip)
	}
	switch method {
	case "getMe":
		answer(rw, `{"id":424242,"is_bot":true,"first_name":"Load","username":"LoadBot"}`)
	case "getFile":
		answer(rw, `{"file_id":"f","file_unique_id":"u","file_path":"photos/file.jpg"}`)
	case "sendMessage", "editMessageText", "sendPhoto":
		w.send(rw, method, p)
	default:
		answer(rw, "true")
	}
}

// send is a call that a person sees something of, unless the server fails or has had too much.
func (w *world) send(rw http.ResponseWriter, method string, p url.Values) {
	chat := p.Get("chat_id")
	if w.bound != nil && !w.bound.bears(chat, time.Now()) {
		tooMany(rw, 1)
		return
	}
	kind := w.trouble.draw(chat)
	if kind != "" {
		if someone := w.crowd.by(number(chat)); someone != nil {
			someone.touch()
		}
	}
	switch kind {
	case "":
		w.shown(rw, method, p)
	case too:
		tooMany(rw, w.trouble.pause)
	case broken:
		refuse(rw, http.StatusInternalServerError, "Internal Server Error", "")
	case cut:
		panic(http.ErrAbortHandler)
	case heard:
		w.shown(nil, method, p)
		panic(http.ErrAbortHandler)
	}
}

// shown gives a message to whom it is for; rw is nil where nobody hears the answer.
func (w *world) shown(rw http.ResponseWriter, method string, p url.Values) {
	chat, id, photo := number(p.Get("chat_id")), number(p.Get("message_id")), ""
	if method == "sendPhoto" {
		if p.Get("photo") != "" { // by its name; it knows none, so that the program has to bring the bytes
			refuse(rw, http.StatusBadRequest, "Bad Request: wrong file identifier/HTTP URL specified", "")
			return
		}
		photo = `,"photo":[{"file_id":"here","file_unique_id":"u","width":4000,"height":3000}]`
	}
	if method != "editMessageText" {
		id = w.number()
	}
	if rw != nil {
		answer(rw, fmt.Sprintf(`{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"}%s}`, id, time.Now().Unix(), chat, photo))
	}
	if w.sent != nil {
		w.sent(p.Get("chat_id"))
	}
	someone := w.crowd.by(chat)
	if someone == nil {
		if someone = w.other.Load(); someone == nil || someone.id != chat {
			w.crowd.heard()
			return
		}
	}
	w.came.shows()
	markup := p.Get("reply_markup")
	someone.reads(message{ref: id, text: p.Get("text"), buttons: inline(markup), board: markup, anew: method != "editMessageText"})
}

// batch is the answer to a poll. The updates are JSON already.
func batch(list []json.RawMessage) []byte {
	const begin, end = `{"ok":true,"result":[`, `]}`
	size := len(begin) + len(end)
	for _, raw := range list {
		size += len(raw) + len(",")
	}
	answer := append(make([]byte, 0, size), begin...)
	for i, raw := range list {
		if i > 0 {
			answer = append(answer, ',')
		}
		answer = append(answer, raw...)
	}
	return append(answer, end...)
}

// updates is the long poll.
func (w *world) updates(rw http.ResponseWriter, r *http.Request, p url.Values) {
	w.came.polls()
	offset := number(p.Get("offset"))
	seconds, _ := strconv.Atoi(p.Get("timeout"))
	late := time.After(time.Duration(seconds) * time.Second)
	for {
		w.mu.Lock()
		if n := offset - w.base; n > 0 {
			n = min(n, int64(len(w.queue)))
			w.queue, w.base = w.queue[n:], w.base+n
		}
		list, arrived := w.queue[:min(len(w.queue), 100)], w.arrived
		w.mu.Unlock()
		if len(list) > 0 || seconds == 0 {
			rw.Header().Set("Content-Type", "application/json")
			_, _ = rw.Write(batch(list)) // whoever hangs up does not get it
			return
		}
		select {
		case <-arrived:
		case <-late:
			answer(rw, "[]")
			return
		case <-r.Context().Done():
			return
		}
	}
}
