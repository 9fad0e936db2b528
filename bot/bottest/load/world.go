package main

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const token = "424242:load-TOKEN-of_the_measurement-01234567"

// world is a Bot API server that checks nothing and is as quick as it can, and the people behind it.
type world struct {
	opt    options
	server *httptest.Server
	people []*person
	first  chan struct{} // closed at the first reply
	once   sync.Once

	mu      sync.Mutex
	queue   []json.RawMessage // not confirmed yet; the first has the number base
	base    int64
	arrived chan struct{} // closed when something is queued
	waits   []time.Duration

	done, calls, numbers, sends atomic.Int64
}

func newWorld(n int, ours bool, o options) *world {
	w := &world{opt: o, first: make(chan struct{}), base: 1, arrived: make(chan struct{})}
	for i := range n {
		w.people = append(w.people, &person{w: w, id: int64(i + 1), ours: ours})
	}
	w.server = httptest.NewServer(w)
	return w
}

func (w *world) address() string { return w.server.URL }

func (w *world) close() {
	w.server.CloseClientConnections()
	w.server.Close()
}

// begin lets everybody start talking.
func (w *world) begin() {
	for _, p := range w.people {
		p.next()
	}
}

func (w *world) reset() {
	w.done.Store(0)
	w.calls.Store(0)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waits = nil
}

func (w *world) taken() (done, calls int64, waits []time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.done.Load(), w.calls.Load(), w.waits
}

// stuck tells of somebody who has waited too long: a rate with people who hear nothing is no rate.
func (w *world) stuck() string {
	for _, p := range w.people {
		p.mu.Lock()
		late, step, said := time.Since(p.asked), p.step, p.said
		p.mu.Unlock()
		if late > 5*time.Second {
			return fmt.Sprintf("person %d has waited for %v at step %d; the last they read: %q", p.id, late.Round(time.Millisecond), step, said)
		}
	}
	return ""
}

func (w *world) number() int64 { return w.numbers.Add(1) }

// tell queues an update.
func (w *world) tell(kind string, body any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	raw, _ := json.Marshal(map[string]any{"update_id": w.base + int64(len(w.queue)), kind: body}) // maps: it cannot fail
	w.queue = append(w.queue, raw)
	close(w.arrived)
	w.arrived = make(chan struct{})
}

// ServeHTTP is the Bot API.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
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
	if w.opt.trip > 0 {
		time.Sleep(w.opt.trip)
	}
	sends := method == "sendMessage" || method == "editMessageText"
	heard := func() {
		if sends {
			w.shown(method, p, rw)
			return
		}
		answer(rw, "true")
	}
	if sends && w.opt.faults > 0 {
		if n := w.sends.Add(1); float64(n%1000) < w.opt.faults*10 {
			trouble(rw, n, heard)
			return
		}
	}
	switch method {
	case "getMe":
		answer(rw, `{"id":424242,"is_bot":true,"first_name":"Load","username":"LoadBot"}`)
	default:
		heard()
	}
}

// trouble is what a messenger does besides answering, one kind after the other.
func trouble(rw http.ResponseWriter, n int64, heard func()) {
	switch n % 4 {
	case 0:
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(rw, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}`)
	case 1:
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(rw, `{"ok":false,"error_code":500,"description":"Internal Server Error"}`)
	case 2:
		panic(http.ErrAbortHandler)
	default:
		heard()
		panic(http.ErrAbortHandler)
	}
}

func answer(rw http.ResponseWriter, result string) {
	rw.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(rw, `{"ok":true,"result":`+result+`}`)
}

// shown gives a message to whom it is for.
func (w *world) shown(method string, p url.Values, rw http.ResponseWriter) {
	chat, _ := strconv.ParseInt(p.Get("chat_id"), 10, 64)
	id, _ := strconv.ParseInt(p.Get("message_id"), 10, 64)
	if method == "sendMessage" {
		id = w.number()
	}
	answer(rw, fmt.Sprintf(`{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"}}`, id, time.Now().Unix(), chat))
	w.once.Do(func() { close(w.first) })
	if chat > 0 && chat <= int64(len(w.people)) {
		w.people[chat-1].reads(id, p.Get("text"), p.Get("reply_markup"))
	}
}

// updates is the long poll.
func (w *world) updates(rw http.ResponseWriter, r *http.Request, p url.Values) {
	offset, _ := strconv.ParseInt(p.Get("offset"), 10, 64)
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
			raw, _ := json.Marshal(list) // raw JSON: it cannot fail
			if list == nil {
				raw = []byte("[]")
			}
			answer(rw, string(raw))
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

func params(r *http.Request) (url.Values, error) {
	kind, extra, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		form, err := multipart.NewReader(r.Body, extra["boundary"]).ReadForm(1 << 20)
		if err != nil {
			return nil, err
		}
		return url.Values(form.Value), nil
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	return url.ParseQuery(string(raw))
}
