package telegram

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
)

// Edit changes a message where it stands. What Telegram cannot change in place (a photo cannot become a text, an album
// takes no further photo, a text does not grow over its limit) is posted anew, and the old message is taken away.
func (c *Channel) Edit(ctx context.Context, to bot.Peer, at bot.Ref, m bot.Message, key string, open bot.Opener) (bot.Receipt, error) {
	r, err := c.edit(ctx, to, at, m, key, open)
	return r, c.crowd.judge(to, err, c.now())
}

func (c *Channel) edit(ctx context.Context, to bot.Peer, at bot.Ref, m bot.Message, key string, open bot.Opener) (bot.Receipt, error) {
	if err := known(to); err != nil {
		return bot.Receipt{}, err
	}
	if id, err := strconv.Atoi(string(at)); err != nil || id <= 0 {
		return bot.Receipt{}, &bot.Failure{Reason: bot.NoRef, Err: fmt.Errorf("%q is no message of Telegram's", at)}
	}
	m.WantReply, m.ReplyTo = false, "" // only a new message can
	parts, err := plan(m)
	if err != nil {
		return bot.Receipt{}, err
	}
	was, remembered := c.sends.Get(shapeKey(to, at)).(shape)
	now := shapeOf(m, parts, was.more)
	same := !remembered || was.photos == now.photos
	main := parts[len(parts)-1]
	r := bot.Receipt{Ref: at, More: was.more}
	switch {
	case now.texts > 1 || was.texts > 1:
		err = errAnew
	case main.file != nil && same && was.texts == 0:
		var text bool
		if text, err = c.editCaption(ctx, to, at, main); text { // it was longer
			now.texts, err = 1, c.editWords(ctx, to, at, main)
		}
	case remembered && same && was.texts == 0 && now.texts == 0 && len(m.Photos) == 1 && m.Photos[0].Make != "":
		_, err = c.editCaption(ctx, to, at, main) // the picture stays as it was made
	case len(m.Photos) == 1 && len(m.Files) == 0 && now.texts == 0 && !(remembered && was.texts == 1 && was.photos == now.photos):
		r.Media, err = c.editPhoto(ctx, to, at, m, main, open)
	case !same || main.text.text == "":
		err = errAnew
	default:
		err = c.editWords(ctx, to, at, main)
		if was.texts == 1 {
			now.texts = 1 // a text stays one, though it would fit under the photo now
		}
	}
	if errors.Is(err, errAnew) {
		if was.face == now.face {
			return r, nil
		}
		return c.anew(ctx, to, at, was.more, m, key, open)
	}
	if err == nil {
		c.sends.Put(shapeKey(to, at), now)
	}
	return r, err
}

// errAnew says that a message cannot be changed in place.
var errAnew = errors.New("not in place")

// texts counts the parts that are texts.
func texts(parts []part) (n int) {
	for _, p := range parts {
		if !p.carries() {
			n++
		}
	}
	return n
}

// editWords changes a text, or what is written under photos.
func (c *Channel) editWords(ctx context.Context, to bot.Peer, at bot.Ref, p part) error {
	params := editParams(to, at, p.markup)
	if err := p.text.put(params, "text", "entities"); err != nil {
		return err
	}
	params["link_preview_options"] = noPreview
	err := c.api.call(ctx, "editMessageText", params, nil)
	switch {
	case unchanged(err):
		return nil
	case !says(err, "no text in the message"):
		return err
	case len(p.photos) < 2: // it is a photo, and there shall be none
		return errAnew
	}
	p.markup = ""
	_, err = c.editCaption(ctx, to, at, p)
	return err
}

// editCaption changes what is written under photos or a file. text says that the message is a text.
func (c *Channel) editCaption(ctx context.Context, to bot.Peer, at bot.Ref, p part) (text bool, err error) {
	params := editParams(to, at, p.markup)
	if err := p.text.put(params, "caption", "caption_entities"); err != nil {
		return false, err
	}
	if err = c.api.call(ctx, "editMessageCaption", params, nil); unchanged(err) {
		return false, nil
	}
	return says(err, "no caption in the message"), err
}

// editPhoto changes a photo and what is written under it; a text becomes a photo.
func (c *Channel) editPhoto(ctx context.Context, to bot.Peer, at bot.Ref, m bot.Message, p part, open bot.Opener) ([]string, error) {
	d := delivery{to: to, photos: m.Photos, open: open}
	for {
		list, err := c.items(ctx, &d, p.photos)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			return nil, c.editWords(ctx, to, at, p)
		}
		in, files := d.media(list[0])
		in.Caption, in.Entities = p.text.text, p.text.bold
		params := editParams(to, at, p.markup)
		if err := params.AddInterface("media", in); err != nil {
			return nil, err
		}
		var now posted
		err = c.api.call(ctx, "editMessageMedia", params, &now, files...)
		switch {
		case err == nil:
			return []string{now.file()}, nil
		case unchanged(err):
			return []string{m.Photos[0].Refs[Name]}, nil
		case !d.detour(err):
			return nil, err
		}
	}
}

// anew posts a message again and takes the old one away; if that is not possible, at least its buttons.
func (c *Channel) anew(ctx context.Context, to bot.Peer, at bot.Ref, more []bot.Ref, m bot.Message, key string, open bot.Opener) (bot.Receipt, error) {
	r, err := c.send(ctx, to, m, "anew "+key, open)
	if err != nil {
		return r, err
	}
	for _, old := range append([]bot.Ref{at}, more...) {
		err := c.api.call(ctx, "deleteMessage", tgbotapi.Params{"chat_id": to.Chat, "message_id": string(old)}, nil)
		if err != nil && old == at {
			err = c.api.call(ctx, "editMessageReplyMarkup", editParams(to, at, ""), nil)
		}
		if err != nil {
			c.log.Debug("an old message stays", "err", err)
		}
	}
	return r, nil
}

func editParams(to bot.Peer, at bot.Ref, markup string) tgbotapi.Params {
	p := tgbotapi.Params{"chat_id": to.Chat, "message_id": string(at)}
	p.AddNonEmpty("reply_markup", markup)
	return p
}

func unchanged(err error) bool { return says(err, "message is not modified") }
