package vk

import (
	"context"
	"slices"
	"strings"

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
	docs   []bot.File
	open   bot.Opener
	reply  bot.Ref

	fresh bool // upload photos, whatever their names: VK does not know one of them
	bare  bool // without photos and files: they cannot be shown
	limit int

	kept struct{ photos, docs []string } // of an edit: what stands there and stays; nil photos are attached anew

	missing string // is said where a file is left out; "" once it was
}

// noQuote are the refusals of a message that is to be quoted: it was deleted, or disappears.
var noQuote = []int{913, 921, 969}

// detour finds another way after a refusal.
func (d *delivery) detour(err error) bool {
	switch {
	case d.reply != "" && slices.Contains(noQuote, codeOf(err)):
		d.reply = ""
	case codeOf(err) != codeParam || says(err, "peer_id", "user_id", "random_id"):
		return false
	case d.reply != "":
		d.reply = ""
	case len(d.photos)+len(d.docs) > 0 && !d.fresh:
		d.fresh = true
	case len(d.photos)+len(d.docs) > 0 && !d.bare:
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

// says gives a text with the word that something had to stay behind, once.
func (d *delivery) says(text string) string {
	text = strings.TrimSpace(text + "\n\n" + d.missing)
	d.missing = ""
	return text
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

// ready names the photos and files of parts as VK wants them. A part of which nothing is left is left out, and its buttons
// stand under the one before.
func (c *Channel) ready(ctx context.Context, d *delivery, parts []part) ([]part, error) {
	parts = slices.Clone(parts)
	short := false
	for i := range parts {
		photos, err := c.attach(ctx, d, parts[i].photos, d.media)
		if err != nil {
			return nil, err
		}
		docs, err := c.attachDocs(ctx, d, parts[i].docs)
		if err != nil {
			return nil, err
		}
		parts[i].files = strings.Join(append(photos, docs...), ",")
		short = short || len(docs) < len(parts[i].docs)
	}
	if last := &parts[len(parts)-1]; short {
		last.text = d.says(last.text)
	}
	rows := parts[len(parts)-1].rows
	parts = slices.DeleteFunc(parts, func(p part) bool { return p.text == "" && p.files == "" })
	if len(parts) > 0 {
		parts[len(parts)-1].rows = rows
	}
	return parts, nil
}
