package vk

import (
	"bytes"
	"context"
	"encoding/json"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
)

// uncropped gives an event with the whole of its message: VK cuts long ones, and what is forwarded in them, and says so. The
// error is the network's. Where VK does not give the whole, what it gave counts.
func (c *Channel) uncropped(ctx context.Context, raw json.RawMessage) (json.RawMessage, error) {
	if !bytes.Contains(raw, []byte(`"is_cropped"`)) {
		return raw, nil
	}
	var e, object map[string]json.RawMessage
	if json.Unmarshal(raw, &e) != nil || json.Unmarshal(e["object"], &object) != nil {
		return raw, nil //nolint:nilerr // who reads it says so
	}
	at, inside := e["object"], object["message"]
	if inside != nil {
		at = inside
	}
	var m message
	if json.Unmarshal(at, &m) != nil || !m.Cropped {
		return raw, nil //nolint:nilerr // as above
	}
	var list struct{ Items []json.RawMessage }
	p := vkapi.Params{"peer_id": m.Peer, "conversation_message_ids": m.number()}
	err := c.api.patient(ctx, "messages.getByConversationMessageId", p, &list)
	switch {
	case err != nil && codeOf(err) == 0:
		return nil, err
	case err != nil || len(list.Items) == 0:
		c.log.Warn("a message was cut by VK, and the whole of it cannot be had", "chat", m.Peer, "err", bot.Quiet(err))
		return raw, nil
	}
	if e["object"] = list.Items[0]; inside != nil {
		object["message"] = list.Items[0]
		if e["object"], err = json.Marshal(object); err != nil {
			return nil, err
		}
	}
	return json.Marshal(e)
}
