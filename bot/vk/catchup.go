package vk

import (
	"context"
	"slices"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
)

const (
	// overlap is by how much more than what was missed is looked through: clocks differ. What was taken is known by its ID.
	overlap = 2 * time.Minute
	// pageOf is how many conversations or messages VK gives at once.
	pageOf = 200
)

// catchUp takes the messages that people wrote since a time, from the conversations themselves: a messenger's stream of
// events is short, and a server may be down for longer.
func (c *Channel) catchUp(ctx context.Context, sink bot.Sink, since time.Time) error {
	since = since.Add(-overlap)
	peers, err := c.spokenIn(ctx, since)
	switch {
	case codeOf(err) == codeAccess: // events come without this right
		c.log.Error("the token may not read the conversations: what was missed stays unread", "err", err)
		return nil
	case err != nil:
		return err
	}
	var list []bot.Update
	for _, peer := range peers {
		missed, err := c.history(ctx, peer, since)
		switch {
		case codeOf(err) != 0 && bot.FailureOf(err).Reason == bot.NoPeer: // a chat that we were put out of
			c.log.Debug("a conversation cannot be read any more", "peer", peer, "err", err)
			continue
		case err != nil:
			return err
		}
		list = append(list, missed...)
	}
	slices.SortStableFunc(list, func(a, b bot.Update) int { return a.Time.Compare(b.Time) })
	if err := c.hand(ctx, sink, list); err != nil {
		return err
	}
	c.log.Info("messages were looked for in the conversations", "conversations", len(peers), "messages", len(list))
	return nil
}

// spokenIn gives the conversations with a message since a time.
func (c *Channel) spokenIn(ctx context.Context, since time.Time) (peers []int64, err error) {
	for offset := 0; ; offset += pageOf {
		var list struct {
			Items []struct {
				Conversation struct {
					Peer struct{ ID int64 }
				}
				Last message `json:"last_message"`
			}
		}
		p := vkapi.Params{"count": pageOf, "offset": offset}
		if err := c.api.call(ctx, "messages.getConversations", p, &list); err != nil {
			return nil, err
		}
		for _, i := range list.Items {
			if i.Last.Date < since.Unix() {
				return peers, nil
			}
			peers = append(peers, i.Conversation.Peer.ID)
		}
		if len(list.Items) < pageOf {
			return peers, nil
		}
	}
}

// history gives what people wrote in a conversation since a time, oldest first.
func (c *Channel) history(ctx context.Context, peer int64, since time.Time) (list []bot.Update, err error) {
	for offset := 0; ; offset += pageOf {
		var page struct{ Items []message }
		p := vkapi.Params{"peer_id": peer, "count": pageOf, "offset": offset}
		if err := c.api.call(ctx, "messages.getHistory", p, &page); err != nil {
			return nil, err
		}
		for i := range page.Items {
			m := &page.Items[i]
			if m.Date < since.Unix() {
				slices.Reverse(list)
				return list, nil
			}
			got, err := c.reader(ctx).message(m)
			if err != nil {
				c.log.Error("a message could not be read and is left out", "err", bot.Quiet(err))
				continue
			}
			slices.Reverse(got.updates)
			list = append(list, got.updates...)
		}
		if len(page.Items) < pageOf {
			slices.Reverse(list)
			return list, nil
		}
	}
}

// carried finds the message that carried a text button: what is not remembered is looked for in the conversation.
func (c *Channel) carried(ctx context.Context, to bot.Peer, nonce int32) bot.Ref {
	if ref, ok := c.sends.Get(boardKey(to, nonce)).(bot.Ref); ok {
		return ref
	}
	var page struct{ Items []message }
	if err := c.api.call(ctx, "messages.getHistory", vkapi.Params{"peer_id": to.Chat, "count": pageOf}, &page); err != nil {
		c.log.Debug("the message of a button was not found", "err", err)
		return ""
	}
	for i := range page.Items {
		if m := &page.Items[i]; m.Random == nonce {
			return refOf(m.number())
		}
	}
	return ""
}
