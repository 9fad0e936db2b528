package bottest

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// fake is what every fake messenger has: a server, a clock, the calls so far, faults to come, people who wait.
type fake struct {
	t       testing.TB
	server  func() *httptest.Server // starts at the first call
	patient string                  // the method that waits for news
	stop    func()                  // ends what the server does on its own; the lock is held
	screens func() string           // what people see, for who waits in vain

	mu      sync.Mutex
	changed chan struct{} // closed at every change, and replaced
	over    bool          // the test has ended
	now     func() time.Time
	token   string
	faults  []*planned
	calls   []Call
	numbers int64 // what IDs are made of
}

// Call is a call that the bot made.
type Call struct {
	Method string
	Params map[string]string
	Files  []string // the names of the fields that carried a file
	Inside bool     // it stood in another call: VK's execute
}

func (g *fake) begin(t testing.TB, h http.Handler, token string) {
	g.t, g.changed, g.now, g.token, g.numbers = t, make(chan struct{}), time.Now, token, 1000
	g.server = sync.OnceValue(func() *httptest.Server {
		s := httptest.NewServer(h)
		t.Cleanup(func() {
			g.end()
			s.CloseClientConnections()
			s.Close()
		})
		return s
	})
}

// end lets go of whoever still waits for an answer.
func (g *fake) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.over = true
	g.stop()
	g.change()
}

// Token is the bot's token.
func (g *fake) Token() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.token
}

// Revoke makes the token one that the server refuses.
func (g *fake) Revoke() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.token = "revoked:" + g.token
	g.change()
}

// Clock sets what the server takes for the time.
func (g *fake) Clock(now func() time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now = now
}

// Calls gives the calls of a method so far, in order; "" for all.
func (g *fake) Calls(method string) []Call {
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

// number gives a new one; ids are never used twice.
func (g *fake) number() int64 {
	g.numbers++
	return g.numbers
}

// change wakes everybody who waits; the lock is held.
func (g *fake) change() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// fault fails the test, unless it is over; the lock may be held.
func (g *fake) fault(format string, args ...any) {
	if !g.over {
		g.t.Errorf(format, args...)
	}
}

// patienceOf bounds how long people wait for the bot.
const patienceOf = 20 * time.Second

// wait waits until ok, asked under the lock, or fails the test with what it says then.
func (g *fake) wait(what string, ok func() bool) {
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
			g.t.Fatalf("waited in vain for %s\n%s", what, g.screens())
		}
	}
}
