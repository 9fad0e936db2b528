package telegram

import (
	"log/slog"
	"net/http"
	"testing"

	"otklik/bot"
	"otklik/bot/bottest"
)

// open gives a channel on a fake server, with a client of its own that leaves nothing behind.
func open(t testing.TB, g *bottest.Telegram, log *slog.Logger) *Channel {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := New(Options{Token: g.Token, API: g.URL(), Client: &http.Client{Transport: transport}, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestContract(t *testing.T) {
	bottest.Contract(t, func(t testing.TB) bottest.World {
		g, keeper := bottest.NewTelegram(t), &drawer{}
		return g.World(func(t testing.TB) bot.Channel {
			c := open(t, g, slog.New(slog.DiscardHandler))
			c.keep = keeper
			return c
		})
	})
}
