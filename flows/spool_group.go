package flows

import (
	"context"
	"time"

	"otklik/bot"
	"otklik/storage"
)

// GroupWatch looks after the groups that the settings name. Nobody of them can be told that the bot was put out of theirs,
// and what is sent there goes to nobody.
type GroupWatch struct {
	Groups []bot.Peer
	// Heard is told, in the same transaction, that a message came to a group at a time (lost is false), or that there is no
	// way there.
	Heard func(tx *storage.Tx, group bot.Peer, at time.Time, lost bool) error
}

// heard tells of a message to a peer, if that is one of the groups; named is the group as the settings name it, without a
// topic.
func (w GroupWatch) heard(tx *storage.Tx, o *storage.Outgoing, peer bot.Peer, lost bool) (named bot.Peer, err error) {
	if w.Heard == nil || !o.Group {
		return bot.Peer{}, nil
	}
	for _, g := range w.Groups {
		now, err := movedTo(tx, g)
		if err != nil {
			return bot.Peer{}, err
		}
		if peer.Channel == now.Channel && peer.Chat == now.Chat {
			g.Thread = ""
			return g, w.Heard(tx, g, o.Created, lost)
		}
	}
	return bot.Peer{}, nil
}

// lost tells of what was dropped because there is no way to its group.
func (s *Spool) lost(ctx context.Context, e bot.Entry, group bot.Peer) {
	if s.Log != nil && !group.IsZero() {
		s.Log.WarnContext(ctx, "a message was dropped: a group that the settings name cannot be reached; add the bot to it again", "group", group.String(), "id", e.ID)
	}
}
