package vk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"html"
	"regexp"
	"strconv"
	"strings"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
	"otklik/bot/kit"
)

// What a message bears. Lengths are in UTF-16 code units.
const (
	maxText   = 4096
	maxPhotos = 10 // and files, together
)

// firstChat is where the numbers of chats with several people begin; below stand people, by their own numbers.
const firstChat = 2_000_000_000

// part is one message's worth of a message.
type part struct {
	n      int // it is known to VK by this number
	text   string
	photos []int  // into the message's photos
	docs   []int  // into the message's files
	files  string // both as VK wants them named, once they are ready
	rows   [][]bot.Button
}

// plan says what a message becomes: usually one, with its photos and buttons. The last part carries the buttons.
func plan(m bot.Message) ([]part, error) {
	rows, err := checked(m.Keyboard)
	if err != nil {
		return nil, &bot.Failure{Reason: bot.Never, Err: err}
	}
	texts := kit.Pieces(m.Text, nil, maxText)
	if len(texts) == 0 && len(m.Photos) == 0 && len(m.Files) == 0 {
		return nil, &bot.Failure{Reason: bot.Never, Err: errors.New("the message is empty")}
	}
	last := part{rows: rows}
	var parts []part
	for i := range m.Photos {
		if len(last.photos) == maxPhotos {
			parts = append(parts, part{photos: last.photos})
			last.photos = nil
		}
		last.photos = append(last.photos, i)
	}
	for i := range m.Files {
		if len(last.photos)+len(last.docs) == maxPhotos {
			parts = append(parts, part{photos: last.photos, docs: last.docs})
			last.photos, last.docs = nil, nil
		}
		last.docs = append(last.docs, i)
	}
	for i, t := range texts {
		if i == len(texts)-1 {
			last.text = t.Text
		} else {
			parts = append(parts, part{text: t.Text})
		}
	}
	return numbered(append(parts, last), 0), nil
}

func numbered(parts []part, from int) []part {
	for i := range parts {
		parts[i].n = from + i
	}
	return parts
}

// shape remembers what a message was made of, for its edit.
type shape struct {
	face   string // all that a person sees of it
	made   string // what was made for it
	photos string
	head   string // the parts before the last
	more   []bot.Ref
}

func shapeOf(m bot.Message, parts []part, more []bot.Ref) shape {
	var ids []string
	for _, p := range m.Photos {
		ids = append(ids, photoKey(p))
	}
	head := ""
	for _, p := range parts[:len(parts)-1] {
		head += fmt.Sprintf("%q %v %v ", p.text, p.photos, p.docs)
	}
	if head != "" {
		head += fmt.Sprint(ids)
	}
	made := madeFor(m)
	return shape{face: fmt.Sprintf("%q %q %q %s", m.Text, m.Keyboard, ids, made), made: made, photos: fmt.Sprint(ids), head: head, more: more}
}

func shapeKey(to bot.Peer, ref bot.Ref) string { return to.Chat + "#" + string(ref) }

// Send posts a message. The same key posts it once, whatever became of earlier attempts in the last hour.
func (c *Channel) Send(ctx context.Context, to bot.Peer, m bot.Message, key string, open bot.Opener) (bot.Receipt, error) {
	if t, ok := threadOf(to.Chat); ok {
		return c.comment(ctx, t, m, key)
	}
	peer, err := known(to)
	if err != nil {
		return bot.Receipt{}, err
	}
	parts, err := plan(m)
	if err != nil {
		return bot.Receipt{}, err
	}
	d := &delivery{to: to, peer: peer, key: key, photos: m.Photos, docs: m.Files, missing: m.Missing, open: open, reply: m.ReplyTo, limit: maxText}
	if len(m.Photos) > 0 {
		d.media = make([]string, len(m.Photos))
	}
	refs, err := c.sendAll(ctx, d, parts)
	if err != nil {
		return bot.Receipt{}, err
	}
	r := bot.Receipt{Ref: refs[len(refs)-1], More: refs[:len(refs)-1], Media: d.media}
	was := shapeOf(m, parts, r.More)
	if d.limit != maxText {
		was.head += "cut otherwise"
	}
	c.sends.Put(shapeKey(to, r.Ref), was)
	if len(r.More) > 0 {
		if err := c.several.put(ctx, shapeKey(to, r.Ref), r.More); err != nil {
			c.log.Warn("the parts of a long message were not kept; after a restart some may stay when it changes", "err", err)
		}
	}
	return r, nil
}

// sendAll posts the parts of a message, in order. What arrived stays, whatever becomes of the rest.
func (c *Channel) sendAll(ctx context.Context, d *delivery, parts []part) (refs []bot.Ref, err error) {
	rest, err := c.ready(ctx, d, parts)
	for err == nil && len(rest) > 0 {
		ref, refused := c.sendPart(ctx, d, rest[0])
		switch {
		case refused == nil:
			refs, rest = append(refs, ref), rest[1:]
		case d.shorter(refused, rest[0].text):
			rest = recut(rest, d.limit)
		case d.detour(refused):
			rest, err = c.ready(ctx, d, rest)
		default:
			return nil, refused
		}
	}
	if err == nil && len(refs) == 0 {
		err = &bot.Failure{Reason: bot.Never, Err: errors.New("nothing of the message could be sent")}
	}
	return refs, err
}

func (c *Channel) sendPart(ctx context.Context, d *delivery, p part) (bot.Ref, error) {
	id := randomID(d.key, p.n)
	params := vkapi.Params{"peer_ids": strconv.FormatInt(d.peer, 10), "random_id": id, "disable_mentions": 1, "dont_parse_links": 1}
	text := p.text
	board, err := c.board(ctx, d.to, &text, p.rows, id)
	if err != nil {
		return "", err
	}
	put(params, text, p.files, board)
	if d.reply != "" && p.n == 0 {
		if forward := replyTo(d.peer, d.reply); forward != "" {
			params["forward"] = forward
		}
	}
	at, err := c.post.send(ctx, params)
	if err != nil {
		return "", err
	}
	ref, err := c.placedAt(ctx, d.to, at, id)
	if err != nil {
		return "", err
	}
	c.sends.Put(boardKey(d.to, id), ref)
	c.pages.shows(d.to, ref, board)
	return ref, nil
}

// put writes what a person sees of a message into a call's parameters.
func put(params vkapi.Params, text, files, board string) {
	for name, value := range map[string]string{"message": escape(text), "attachment": files, "keyboard": board} {
		if value != "" {
			params[name] = value
		}
	}
}

// placedAt names a message that VK took. VK does not always tell its number in the conversation, and of one that came again
// it may tell nothing: then it is looked for.
func (c *Channel) placedAt(ctx context.Context, to bot.Peer, at placed, nonce int32) (bot.Ref, error) {
	if at.CMID != 0 {
		return refOf(at.CMID), nil
	}
	var list struct{ Items []message }
	if at.ID != 0 {
		if err := c.api.call(ctx, "messages.getById", vkapi.Params{"message_ids": at.ID}, &list); err != nil {
			return "", err
		}
	}
	if len(list.Items) > 0 && list.Items[0].number() != 0 {
		return refOf(list.Items[0].number()), nil
	}
	if ref := c.carried(ctx, to, nonce); ref != "" {
		return ref, nil
	}
	return "", &bot.Failure{Reason: bot.Later, Err: errors.New("messages.send: VK does not know the message that it took")}
}

// known gives the number of a chat.
func known(to bot.Peer) (int64, error) {
	n, err := strconv.ParseInt(to.Chat, 10, 64)
	if err != nil || n <= 0 || to.Channel != Name {
		return 0, &bot.Failure{Reason: bot.NoPeer, Err: fmt.Errorf("%s is no chat of VK's", to)}
	}
	return n, nil
}

func refOf(cmid int) bot.Ref { return bot.Ref(strconv.Itoa(cmid)) }

func numberOf(ref bot.Ref) (int, bool) {
	n, err := strconv.Atoi(string(ref))
	return n, err == nil && n > 0
}

func replyTo(peer int64, ref bot.Ref) string {
	n, ok := numberOf(ref)
	if !ok {
		return ""
	}
	raw, _ := json.Marshal(map[string]any{"peer_id": peer, "conversation_message_ids": []int{n}, "is_reply": true}) // numbers: it cannot fail
	return string(raw)
}

// randomID is by what VK knows a message that comes again: never zero, the same for the same part of the same message.
func randomID(key string, part int) int32 {
	h := fnv.New64a()
	h.Write([]byte(key + "#" + strconv.Itoa(part)))
	if id := int32(h.Sum64() >> 33); id != 0 {
		return id
	}
	return 1
}

var entity = regexp.MustCompile(`&#?[0-9A-Za-z]+;?`)

// escape keeps what a person wrote from being read as a character reference: VK resolves those, and nothing else of HTML.
func escape(text string) string {
	if !strings.Contains(text, "&") {
		return text
	}
	return entity.ReplaceAllStringFunc(text, func(s string) string {
		if html.UnescapeString(s) == s {
			return s
		}
		return "&amp;" + s[1:]
	})
}
