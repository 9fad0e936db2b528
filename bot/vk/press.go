package vk

import (
	"context"
	"encoding/json"
	"strings"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
	"otklik/bot/kit"
)

const maxNote = 90

// A press of a callback button is named by its event, its person and its chat; one of a text button, which is a message,
// by its chat alone.
func pressOf(event, person, chat string) string { return event + " " + person + " " + chat }

func pressOfText(chat string) string { return "text " + chat }

// Answer shows a note to whoever pressed, for some seconds at the screen's edge. One that VK has forgotten already is no
// error. Who pressed a text button gets the note as a message.
func (c *Channel) Answer(ctx context.Context, press, note string, _ bool) error {
	c.presses.Done(press)
	parts := strings.Split(press, " ")
	if len(parts) == 2 && note != "" {
		_, err := c.Send(ctx, bot.Peer{Channel: Name, Chat: parts[1]}, bot.Message{Text: note}, "note "+c.now().String(), nil)
		return err
	}
	if len(parts) != 3 {
		return nil
	}
	p := vkapi.Params{"event_id": parts[0], "user_id": parts[1], "peer_id": parts[2]}
	if note != "" {
		raw, err := json.Marshal(map[string]string{"type": "show_snackbar", "text": kit.Shorten(note, maxNote)})
		if err != nil {
			return err
		}
		p["event_data"] = string(raw)
	}
	err := c.post.answer(ctx, p)
	if err != nil && codeOf(err) == 0 {
		err = c.post.answer(ctx, p) // what broke may be the messages with which it shared its call
	}
	if codeOf(err) == codeParam {
		return nil
	}
	return err
}

func (c *Channel) answerQuietly(ctx context.Context, press string) {
	if err := c.Answer(ctx, press, "", false); err != nil && ctx.Err() == nil {
		c.log.Debug("a press stays without an answer", "err", err)
	}
}
