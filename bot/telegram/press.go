package telegram

import (
	"context"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot/kit"
)

const maxNote = 200

// Answer tells the person that the press arrived. One that Telegram has forgotten already is no error.
func (c *Channel) Answer(ctx context.Context, press, note string, alert bool) error {
	c.presses.Done(press)
	p := tgbotapi.Params{"callback_query_id": press}
	p.AddNonEmpty("text", kit.Shorten(note, maxNote))
	p.AddBool("show_alert", alert && note != "")
	err := c.api.call(ctx, "answerCallbackQuery", p, nil)
	if says(err, "query is too old", "QUERY_ID_INVALID", "query ID is invalid") {
		return nil
	}
	return err
}

func (c *Channel) answerQuietly(ctx context.Context, press string) {
	if err := c.Answer(ctx, press, "", false); err != nil && ctx.Err() == nil {
		c.log.Debug("a press stays without an answer", "err", err)
	}
}
