package vk

import (
	"context"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
)

// pageOf is how many conversations or messages VK gives at once.
const pageOf = 200

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
