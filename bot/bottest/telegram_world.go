package bottest

import (
	"testing"

	"otklik/bot"
)

// World gives the server as the contract's world; open makes the channel on it.
func (g *Telegram) World(open func(t testing.TB) bot.Channel) World {
	return &telegramWorld{g, open}
}

type telegramWorld struct {
	*Telegram
	open func(t testing.TB) bot.Channel
}

// Channel makes the channel.
func (w *telegramWorld) Channel(t testing.TB) bot.Channel { return w.open(t) }

// Person is a new one.
func (w *telegramWorld) Person(testing.TB) Person {
	return w.User("Житель").Opens()
}

// Break makes sending calls fail.
func (w *telegramWorld) Break(f Trouble, times int) {
	fault := map[Trouble]Fault{Busy: TooMany(7), Broken: ServerError(), Garbled: HTML(), Cut: Drop()}[f]
	w.Fail("sendMessage", times, fault)
}

var (
	_ Person  = (*User)(nil)
	_ Blocker = (*User)(nil)
	_ Breaker = (*telegramWorld)(nil)
)
