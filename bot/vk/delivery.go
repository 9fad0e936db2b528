package vk

import (
	"context"
	"slices"

	"otklik/bot"
	"otklik/bot/kit"
)

// delivery is where a message goes, and how; each way that VK refuses for a cause that can be avoided is left.
type delivery struct {
	to     bot.Peer
	peer   int64
	key    string
	photos []bot.Media
	media  []string // by which name VK knows each of them, "" for one that is left out
	open   bot.Opener
	reply  bot.Ref

	fresh bool // upload photos, whatever their names: VK does not know one of them
	bare  bool // without photos: they cannot be shown
	limit int
}

// detour finds another way after a refusal.
func (d *delivery) detour(err error) bool {
	switch {
	case codeOf(err) != codeParam || says(err, "peer_id", "user_id", "random_id"):
		return false
	case d.reply != "":
		d.reply = ""
	case len(d.photos) > 0 && !d.fresh:
		d.fresh = true
	case len(d.photos) > 0 && !d.bare:
		d.bare = true
	default:
		return false
	}
	return true
}

// shorter says that texts must be cut shorter than the one that was refused: VK counts some signs for several.
func (d *delivery) shorter(err error, text string) bool {
	const least = 500
	limit := min(d.limit, kit.Units(text)) * 2 / 3
	if codeOf(err) != codeTooLong || limit < least {
		return false
	}
	d.limit = limit
	return true
}

// recut divides the texts of parts that are not sent yet; the last piece of each keeps what else it has.
func recut(parts []part, limit int) (out []part) {
	for _, p := range parts {
		texts := kit.Pieces(p.text, nil, limit)
		for i, t := range texts {
			if i < len(texts)-1 {
				out = append(out, part{text: t.Text})
			} else {
				p.text = t.Text
			}
		}
		out = append(out, p)
	}
	return numbered(out, parts[0].n)
}

// ready names the photos of parts as VK wants them. A part of which nothing is left is left out, and its buttons stand
// under the one before.
func (c *Channel) ready(ctx context.Context, d *delivery, parts []part) ([]part, error) {
	parts = slices.Clone(parts)
	for i := range parts {
		var err error
		if parts[i].files, err = c.attach(ctx, d, parts[i].photos, d.media); err != nil {
			return nil, err
		}
	}
	rows := parts[len(parts)-1].rows
	parts = slices.DeleteFunc(parts, func(p part) bool { return p.text == "" && p.files == "" })
	if len(parts) > 0 {
		parts[len(parts)-1].rows = rows
	}
	return parts, nil
}
