package kit

import (
	"context"
	"errors"

	"otklik/bot"
)

// ReadOnly is the half of a channel to which nothing can be posted; it says why.
type ReadOnly string

// Limits bear nothing.
func (ReadOnly) Limits() bot.Limits { return bot.Limits{} }

// Send refuses.
func (r ReadOnly) Send(context.Context, bot.Peer, bot.Message, string, bot.Opener) (bot.Receipt, error) {
	return bot.Receipt{}, &bot.Failure{Reason: bot.Never, Err: errors.New(string(r))}
}

// Edit refuses, as Send does.
func (r ReadOnly) Edit(ctx context.Context, to bot.Peer, _ bot.Ref, m bot.Message, key string, open bot.Opener) (bot.Receipt, error) {
	return r.Send(ctx, to, m, key, open)
}
