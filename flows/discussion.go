package flows

import (
	"otklik/bot"
	"otklik/storage"
)

// discussed gives the watched channel that a message in its discussion group belongs to: the copy of what was posted, a
// comment on it, a comment on that; nil for none. So the group need not be watched itself.
func discussed(tx *storage.Tx, u bot.Update) (*storage.Watched, error) {
	if u.Kind != bot.Written && u.Kind != bot.Edited {
		return nil, nil
	}
	if u.Copy && u.Forward != nil && u.Forward.Source.Chat != "" {
		return tx.WatchedBy(u.Forward.Source.String())
	}
	for _, ref := range []bot.Ref{u.ReplyTo, u.Ref} {
		if ref == "" {
			continue
		}
		p, err := tx.PostAt(chatOf(u.Peer), string(ref))
		if err != nil {
			return nil, err
		}
		if p != nil {
			return tx.Watched(p.Source)
		}
	}
	return nil, nil
}
