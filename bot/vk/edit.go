package vk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
)

// Edit changes a message where it stands. What VK does not change in place (one that has grown into several, one older
// than a day) is posted anew: an old one that cannot be taken away any more is pointed back to.
func (c *Channel) Edit(ctx context.Context, to bot.Peer, at bot.Ref, m bot.Message, key string, open bot.Opener) (bot.Receipt, error) {
	peer, err := known(to)
	if err != nil {
		return bot.Receipt{}, err
	}
	number, ok := numberOf(at)
	if !ok {
		return bot.Receipt{}, &bot.Failure{Reason: bot.NoRef, Err: fmt.Errorf("%q is no message of VK's", at)}
	}
	m.WantReply, m.ReplyTo = false, "" // only a new message can
	parts, err := plan(m)
	if err != nil {
		return bot.Receipt{}, err
	}
	was := c.made(ctx, to, at)
	now := shapeOf(m, parts, was.more)
	switch {
	case was.face == now.face:
		return bot.Receipt{Ref: at, More: was.more}, nil
	case was.head != now.head || was.face != "" && was.made != now.made || !c.client(ctx, to).inline && len(m.Keyboard) > 0:
		return c.anew(ctx, to, at, was.more, m, key, open)
	}
	d := &delivery{to: to, peer: peer, key: key, photos: m.Photos, docs: m.Files, missing: m.Missing, open: open, limit: maxText}
	if now.made != "" {
		if err := c.keepMade(ctx, d, at, was.face != "" && was.photos == now.photos); err != nil {
			return bot.Receipt{}, err
		}
	}
	for {
		r, err := c.editPart(ctx, d, number, parts[len(parts)-1])
		switch {
		case err == nil:
			r.Ref, r.More = at, was.more
			c.sends.Put(shapeKey(to, at), now)
			return r, nil
		case codeOf(err) == codeEditExpired:
			m.ReplyTo = at
			return c.Send(ctx, to, m, "late "+key, open)
		case codeOf(err) == codeEditKind, codeOf(err) == codeTooLong:
			return c.anew(ctx, to, at, was.more, m, key, open)
		case missing(err):
			return r, &bot.Failure{Reason: bot.NoRef, Err: err}
		case !d.detour(err):
			return r, err
		}
	}
}

// made gives what a message was made of, as far as it is known: after a restart only that it had several parts.
func (c *Channel) made(ctx context.Context, to bot.Peer, at bot.Ref) shape {
	was, known := c.sends.Get(shapeKey(to, at)).(shape)
	if known {
		return was
	}
	several, err := c.several.get(ctx, shapeKey(to, at), &was.more)
	if err != nil {
		c.log.Debug("nobody knows whether a message has further parts", "err", err)
	}
	if several {
		was.head = "not remembered"
	}
	return was
}

// missing tells that the message to change is not there.
func missing(err error) bool {
	return codeOf(err) == codeAccess && bot.FailureOf(err).Reason != bot.NoRights || codeOf(err) == codeParam && says(err, "message_id", "cmid", "message not found")
}

func (c *Channel) editPart(ctx context.Context, d *delivery, number int, p part) (r bot.Receipt, err error) {
	if len(d.photos) > 0 {
		r.Media = make([]string, len(d.photos))
	}
	photos := d.kept.photos
	if photos == nil {
		if photos, err = c.attach(ctx, d, p.photos, r.Media); err != nil {
			return r, err
		}
	}
	text := p.text
	if len(d.kept.docs) < len(p.docs) {
		text = strings.TrimSpace(text + "\n\n" + d.missing)
	}
	files := strings.Join(append(slices.Clone(photos), d.kept.docs...), ",")
	board, err := c.board(ctx, d.to, &text, p.rows, randomID(d.key, 0))
	if err != nil {
		return r, err
	}
	params := vkapi.Params{"peer_id": d.peer, "cmid": number, "disable_mentions": 1, "dont_parse_links": 1}
	put(params, text, files, board)
	leave, err := c.pages.turn(ctx, d.to, refOf(number))
	if err != nil {
		return r, c.api.failure("messages.edit", err)
	}
	defer leave()
	if err = c.post.edit(ctx, params); err == nil {
		c.pages.shows(d.to, refOf(number), board)
	}
	return r, err
}

// anew posts a message again and takes the old one away; one that VK does not take away any more is pointed back to.
func (c *Channel) anew(ctx context.Context, to bot.Peer, at bot.Ref, more []bot.Ref, m bot.Message, key string, open bot.Opener) (bot.Receipt, error) {
	stays, err := c.stays(ctx, to, at)
	if err != nil {
		return bot.Receipt{}, err
	}
	if stays {
		m.ReplyTo = at
	}
	r, err := c.Send(ctx, to, m, "anew "+key, open)
	if err != nil || stays {
		return r, err
	}
	var old []int
	for _, ref := range append([]bot.Ref{at}, more...) {
		if n, ok := numberOf(ref); ok && ref != r.Ref {
			old = append(old, n)
		}
	}
	p := vkapi.Params{"peer_id": to.Chat, "cmids": old, "delete_for_all": 1}
	if err := c.api.patient(ctx, "messages.delete", p, nil); err != nil {
		c.log.Debug("an old message stays", "err", err)
	}
	return r, nil
}

// deletable is how long VK lets a message be taken away, less what clocks differ and a call takes.
const deletable = 24*time.Hour - 10*time.Minute

// stays tells whether a message is there and too old to be taken away.
func (c *Channel) stays(ctx context.Context, to bot.Peer, at bot.Ref) (bool, error) {
	m, err := c.standing(ctx, to, at)
	switch {
	case err != nil && bot.FailureOf(err).Reason == bot.Later:
		return false, err
	case err != nil || m == nil:
		return false, nil //nolint:nilerr // whatever is wrong, sending will tell
	}
	return c.now().Sub(time.Unix(m.Date, 0)) > deletable, nil
}
