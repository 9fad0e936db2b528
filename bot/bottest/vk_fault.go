package bottest

import (
	"fmt"
	"testing"

	"otklik/bot"
)

// VKRefusal is VK's own no.
func VKRefusal(code int, text string) Fault {
	return Fault{Status: 200, JSON: true, no: &refused{code, text, nil},
		Body: fmt.Sprintf(`{"error":{"error_code":%d,"error_msg":%q,"request_params":[]}}`, code, text)}
}

// Empty502 is what VK's balancer says when there is nobody behind it.
func Empty502() Fault { return Fault{Status: 502} }

// Fail makes the next calls of a method fail, as many as times says, where it stands inside execute, too: there a
// VKRefusal is for the one call, and any other fault for all of it. "" is any method, "poll" the long poll, "upload" and
// "file" what their names say.
func (g *VK) Fail(method string, times int, f Fault) { g.plan(method, times, f) }

// World gives the server as the contract's world; open makes the channel on it.
func (g *VK) World(open func(t testing.TB) bot.Channel) World { return &vkWorld{g, open} }

type vkWorld struct {
	*VK
	open func(t testing.TB) bot.Channel
}

// Channel makes the channel.
func (w *vkWorld) Channel(t testing.TB) bot.Channel { return w.open(t) }

// Person is a new one.
func (w *vkWorld) Person(testing.TB) Person { return w.User("Житель").Opens() }

// Break makes sending calls fail.
func (w *vkWorld) Break(f Trouble, times int) {
	fault := map[Trouble]Fault{Busy: VKRefusal(9, "Flood control"), Broken: VKRefusal(10, "Internal server error"), Garbled: HTML(), Cut: Drop()}[f]
	w.Fail("messages.send", times, fault)
}

var (
	_ Person  = (*VKUser)(nil)
	_ Blocker = (*VKUser)(nil)
	_ Breaker = (*vkWorld)(nil)
)
