package bot

import (
	"context"
	"log/slog"
	"strings"
)

// trail names the updates that a message follows from, for the log; "" for one that follows from none.
func (e *Entry) trail() string { return strings.Join(e.Updates, ",") }

// say tells what became of a message. Above debug level nobody learns whom it was for, and nothing that the messenger may
// have quoted of it; the whole is beside it at debug level.
func (c *carrier) say(ctx context.Context, level slog.Level, what string, e *Entry, f *Failure) {
	c.log.Log(ctx, level, what, "update", e.trail(), "id", e.ID, "reason", f.Reason, "err", Quiet(f.Err))
	c.log.DebugContext(ctx, what, "update", e.trail(), "id", e.ID, "peer", e.Peer.String(), "to", f.To, "err", f.Err)
}

// fell tells that the adapter fell over a message, and where.
func (c *carrier) fell(e *Entry, p *Panic) {
	c.log.Error("a message was too much for its messenger's adapter", "update", e.trail(), "id", e.ID, "err", p, "stack", string(p.Stack))
	c.log.Debug("what the adapter fell over", "update", e.trail(), "id", e.ID, "peer", e.Peer.String(), "value", p.Value)
}
