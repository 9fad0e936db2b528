package vk

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

// open gives a channel on a fake server, with a client of its own that leaves nothing behind.
func open(t testing.TB, g *bottest.VK, keeper Keeper) *Channel {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := New(Options{Token: g.Token, API: g.URL(), Keeper: keeper, Client: &http.Client{Transport: transport}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// install runs a channel for the first time ever, so that VK sends events from then on.
func install(t testing.TB, g *bottest.VK, keeper *drawer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	end := make(chan error, 1)
	c := open(t, g, keeper)
	go func() { end <- c.Run(ctx, func(context.Context, bot.Update) error { return nil }) }()
	for p := (position{}); p.TS == "" && ctx.Err() == nil; time.Sleep(time.Millisecond) {
		p, _ = c.position(ctx) // it is memory: it cannot fail
	}
	cancel()
	if err := <-end; err != nil {
		t.Fatal(err)
	}
}

func TestContract(t *testing.T) {
	bottest.Contract(t, func(t testing.TB) bottest.World {
		g, keeper := bottest.NewVK(t), &drawer{}
		install(t, g, keeper)
		return g.World(func(t testing.TB) bot.Channel { return open(t, g, keeper) })
	})
}
