package bottest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Telegram is a fake Bot API server with people. It holds every call against Telegram's own schema and against the
// limits that the schema does not tell, and fails the test for what Telegram would refuse as malformed; at the test's
// end it asks whether every press was answered. It is safe for use by several goroutines.
type Telegram struct {
	fake
	schema *schema

	bot      *User
	chats    map[int64]*chat
	files    map[string]*file
	presses  map[string]*press
	order    []*press
	commands map[string]string // scope and language → commands

	queue   []queued
	apart   int64 // by how much the updates' numbers differ from the others
	allowed []string
	polling func() // ends the poll that is under way
	hook    *webhook
	brings  http.RoundTripper // nil: the network
	pushers sync.WaitGroup
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
		schema: s, chats: map[int64]*chat{}, files: map[string]*file{}, presses: map[string]*press{}, commands: map[string]string{},
	}
	g.begin(t, g, "424242:fake-TOKEN-of_the_tests-0123456789")
	g.patient, g.stop, g.screens = "getUpdates", g.stopHook, g.Screens
	g.bot = &User{id: 424242, first: "Отклик", username: "OtklikTestBot", bot: true}
	t.Cleanup(g.close)
	return g
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

// Username is the bot's.
func (g *Telegram) Username() string { return g.bot.username }

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
