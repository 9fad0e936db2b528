package telegram

import (
	"context"
	"fmt"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
	"otklik/bot/kit"
)

// sendFile uploads a file, with what is written under it. Its bytes go on as they are read. Of one that has none, only what
// is written arrives.
func (c *Channel) sendFile(ctx context.Context, d *delivery, p part) (sent, error) {
	if d.bare {
		return c.sendWords(ctx, d, p)
	}
	r, err := kit.Open(ctx, p.file.Media(), d.open)
	if err != nil {
		if err := c.gone("a file", err); err != nil {
			return sent{}, err
		}
		return c.sendWords(ctx, d, p)
	}
	defer r.Close()
	params := d.params()
	if err := p.text.put(params, "caption", "caption_entities"); err != nil {
		return sent{}, err
	}
	params.AddNonEmpty("reply_markup", p.markup)
	up := tgbotapi.RequestFile{Name: "document", Data: tgbotapi.FileReader{Name: kit.FileName(p.file.Name), Reader: r}}
	var m posted
	if err := c.api.call(ctx, "sendDocument", params, &m, up); err != nil {
		return sent{}, err
	}
	return sent{refs: []bot.Ref{ref(m.ID)}, link: m.link()}, nil
}

// gone judges why the bytes of something are not to be had: nil where they never will be, and the message goes without them.
func (c *Channel) gone(what string, err error) error {
	f := bot.FailureOf(err)
	if f.Reason != bot.Never {
		return &bot.Failure{Reason: bot.Later, After: f.After, Err: fmt.Errorf("%s: %w", what, c.api.scrub(err))}
	}
	c.log.Warn("something is gone; the message goes without it", "what", what, "err", c.api.clean(err.Error()))
	return nil
}
