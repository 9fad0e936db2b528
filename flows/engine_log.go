package flows

import (
	"context"
	"errors"
	"log/slog"

	"otklik/bot"
)

// The log above debug level names an update by its trail, and tells nothing of whom it came from and what they wrote.

// kept lets an update be followed to the messages that it led to; the outbox says when these have left.
func (e *Engine) kept(ctx context.Context, u *bot.Update, before bool, tickets []bot.Ticket) {
	if !e.Log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	messages := make([]uint64, 0, len(tickets))
	for _, t := range tickets {
		messages = append(messages, t.ID)
	}
	e.Log.Debug("an update was kept", "update", u.Trail(), "kind", u.Kind, "peer", u.Peer.String(), "again", before, "messages", messages)
}

// refused tells of a polite no.
func (e *Engine) refused(u *bot.Update, no *Refusal) {
	e.Log.Info("refused", "update", u.Trail(), "text", no.ID, "cause", no.Cause)
	e.Log.Debug("refused", "update", u.Trail(), "peer", u.Peer.String(), "user", u.From.ID, "data", u.Data, "detail", no.Detail)
}

// failed tells of what nobody had thought of; of names it.
func (e *Engine) failed(what string, err error, of ...any) {
	loud, whole := append(of[:len(of):len(of)], "err", bot.Quiet(err)), append(of[:len(of):len(of)], "err", err)
	if p, ok := errors.AsType[*bot.Panic](err); ok {
		loud, whole = append(loud, "stack", string(p.Stack)), append(whole, "value", p.Value)
	}
	e.Log.Error(what, loud...)
	e.Log.Debug(what, whole...)
}
