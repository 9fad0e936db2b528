package bottest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Telegram is a fake Bot API server with people. It holds every call against Telegram's own schema and against the
// limits that the schema does not tell, and fails the test for what Telegram would refuse as malformed; at the test's
// end it asks whether every press was answered. It is safe for use by several goroutines.
type Telegram struct {
	t      testing.TB
	schema *schema
	server func() *httptest.Server // starts at the first call

	mu       sync.Mutex
	changed  chan struct{} // closed at every change, and replaced
	over     bool          // the test has ended
	now      func() time.Time
	token    string
	bot      *User
	chats    map[int64]*chat
	files    map[string]*file
	presses  map[string]*press
	order    []*press
	commands map[string]string // scope and language → commands
	faults   []*planned
	calls    []Call
	numbers  int64 // what IDs are made of

	queue   []queued
	allowed []string
	polling func() // ends the poll that is under way
	hook    *webhook
	brings  http.RoundTripper // nil: the network
	pushers sync.WaitGroup
}

// Call is a call that the bot made.
type Call struct {
	Method string
	Params map[string]string
	Files  []string // the names of the fields that carried a file
}

// file is what Telegram keeps of a photo or document.
type file struct {
	id    string
	kind  string // "Photo", "Document"
	name  string
	mime  string
	bytes []byte
	size  int64 // what Telegram says it is
}

// press is a callback query.
type press struct {
	id       string
	by       *User
	given    bool // the bot has it
	answered bool
	note     string
	alert    bool
}

// NewTelegram starts a server for the time of the test. Without ../shared/schemas/telegram_api.json the test is skipped:
// nothing could be checked.
func NewTelegram(t testing.TB) *Telegram {
	t.Helper()
	s, err := loadSchema()
	if errors.Is(err, errNoSchema) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	g := &Telegram{
		t: t, schema: s, changed: make(chan struct{}), now: time.Now, token: "424242:fake-TOKEN-of_the_tests-0123456789",
		chats: map[int64]*chat{}, files: map[string]*file{}, presses: map[string]*press{},
		commands: map[string]string{}, numbers: 1000,
	}
	g.bot = &User{id: 424242, first: "Отклик", username: "OtklikTestBot", bot: true}
	g.server = sync.OnceValue(func() *httptest.Server {
		s := httptest.NewServer(g)
		t.Cleanup(func() {
			g.end()
			s.CloseClientConnections()
			s.Close()
		})
		return s
	})
	t.Cleanup(g.close)
	return g
}

// end lets go of whoever still waits for an answer.
func (g *Telegram) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.over = true
	g.stopHook()
	g.change()
}

// close asks what is left undone.
func (g *Telegram) close() {
	g.end()
	g.pushers.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.order {
		if p.given && !p.answered {
			g.t.Errorf("press %s of %s was never answered", p.id, p.by.first)
		}
	}
}

// Forgive asks no answer to the presses so far: the program that had them was killed.
func (g *Telegram) Forgive() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.order {
		p.given = false
	}
}

// URL is the server's base address on loopback, for OTKLIK_TELEGRAM_API.
func (g *Telegram) URL() string { return g.server().URL }

// Token is the bot's token.
func (g *Telegram) Token() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.token
}

// Revoke makes the token one that the server refuses.
func (g *Telegram) Revoke() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.token = "revoked:" + g.token
	g.change()
}

// Username is the bot's.
func (g *Telegram) Username() string { return g.bot.username }

// Clock sets what the server takes for the time.
func (g *Telegram) Clock(now func() time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now = now
}

// Calls gives the calls of a method so far, in order; "" for all.
func (g *Telegram) Calls(method string) []Call {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []Call
	for _, c := range g.calls {
		if method == "" || c.Method == method {
			list = append(list, c)
		}
	}
	return list
}

// Commands gives the commands that a chat (0: everybody's private chat) shows in a language ("": any other), as
// "/name description" lines.
func (g *Telegram) Commands(chat int64, language string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	scope := "all_private_chats"
	if chat != 0 {
		scope = fmt.Sprintf("chat %d", chat)
	}
	var list []struct{ Command, Description string }
	_ = json.Unmarshal([]byte(g.commands[scope+" "+language]), &list) // "" is none
	var lines []string
	for _, c := range list {
		lines = append(lines, "/"+c.Command+" "+c.Description)
	}
	return lines
}

// number gives a new one; ids are never used twice.
func (g *Telegram) number() int64 {
	g.numbers++
	return g.numbers
}

// change wakes everybody who waits; the lock is held.
func (g *Telegram) change() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// fault fails the test, unless it is over; the lock may be held.
func (g *Telegram) fault(format string, args ...any) {
	if !g.over {
		g.t.Errorf(format, args...)
	}
}

// patienceOf bounds how long people wait for the bot.
const patienceOf = 20 * time.Second

// wait waits until ok, asked under the lock, or fails the test with what it says then.
func (g *Telegram) wait(what string, ok func() bool) {
	g.t.Helper()
	late := time.After(patienceOf)
	for {
		g.mu.Lock()
		done, changed := ok(), g.changed
		g.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-late:
			g.t.Fatalf("waited in vain for %s\n%s", what, g.Screens())
		}
	}
}

// ServeHTTP is the Bot API.
func (g *Telegram) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path, ok := strings.CutPrefix(r.URL.Path, "/file/bot"); ok {
		g.serveFile(w, r, path)
		return
	}
	path, _ := strings.CutPrefix(r.URL.Path, "/bot")
	token, method, ok := strings.Cut(path, "/")
	if !ok || token != g.Token() {
		reply(w, nil, &refused{401, "Unauthorized", nil})
		return
	}
	c, files, err := parse(r)
	if err != nil {
		reply(w, nil, &refused{400, "Bad Request: " + err.Error(), nil})
		return
	}
	c.Method = method
	before := g.trouble(method)
	if before != nil && !before.Heard {
		before.play(w, r)
		return
	}
	result, no := g.take(r, c, files)
	if before != nil {
		before.play(w, r)
		return
	}
	reply(w, result, no)
}

// take checks a call and does it.
func (g *Telegram) take(r *http.Request, c Call, files map[string]*file) (any, *refused) {
	named := map[string]bool{}
	for name := range files {
		named[name] = true
	}
	faults := g.schema.call(c.Method, c.Params, named)
	g.mu.Lock()
	g.calls = append(g.calls, c)
	if len(faults) > 0 {
		g.fault("%s: %s\n%v", c.Method, strings.Join(faults, "; "), c.Params)
		g.mu.Unlock()
		return nil, &refused{400, "Bad Request: " + strings.Join(faults, "; "), nil}
	}
	g.mu.Unlock()
	if c.Method == "getUpdates" {
		return g.getUpdates(r, c.Params)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	defer g.change()
	do := methods[c.Method]
	if do == nil {
		g.fault("the fake Telegram does not know %s yet", c.Method)
		return nil, &refused{404, "Not Found", nil}
	}
	result, no := do(g, c.Params, files)
	if no == nil {
		g.honest(c.Method, result)
	}
	return result, no
}

// honest holds what the fake answers against the schema, too.
func (g *Telegram) honest(method string, result any) {
	var faults []string
	for _, kind := range g.schema.Methods[method].Returns {
		if faults = g.schema.tell(result, kind); len(faults) == 0 {
			return
		}
	}
	g.fault("the fake's own answer to %s: %v", method, faults)
}

// refused is an answer that says no.
type refused struct {
	code       int
	text       string
	parameters map[string]any
}

func reply(w http.ResponseWriter, result any, no *refused) {
	w.Header().Set("Content-Type", "application/json")
	answer := map[string]any{"ok": no == nil}
	if no != nil {
		answer["error_code"], answer["description"] = no.code, no.text
		if no.parameters != nil {
			answer["parameters"] = no.parameters
		}
		w.WriteHeader(no.code)
	} else {
		answer["result"] = result
	}
	_ = json.NewEncoder(w).Encode(answer) // whoever hung up does not hear it
}

// parse reads a call's parameters and files.
func parse(r *http.Request) (Call, map[string]*file, error) {
	c, files := Call{Params: map[string]string{}}, map[string]*file{}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		m, err := r.MultipartReader()
		if err != nil {
			return c, nil, err
		}
		for {
			p, err := m.NextPart()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return c, nil, err
			}
			data, err := io.ReadAll(p)
			if err != nil {
				return c, nil, err
			}
			if p.FileName() == "" {
				c.Params[p.FormName()] = string(data)
				continue
			}
			files[p.FormName()] = &file{name: p.FileName(), bytes: data, size: int64(len(data))}
			c.Files = append(c.Files, p.FormName())
		}
		slices.Sort(c.Files)
		return c, files, nil
	}
	if err := r.ParseForm(); err != nil {
		return c, nil, err
	}
	for name, values := range r.Form {
		c.Params[name] = values[0]
	}
	return c, files, nil
}
