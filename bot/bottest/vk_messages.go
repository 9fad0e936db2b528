package bottest

import (
	"encoding/json"
	"html"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// How long VK remembers a random_id, lets the bot change a message, and takes an answer to a press.
const (
	vkRepeats   = time.Hour
	vkEditable  = 24 * time.Hour
	vkPressable = time.Minute
)

func vkSend(g *VK, p vkParams) (any, *refused) {
	if r := p.number("random_id"); r == 0 || r > math.MaxInt32 || r < math.MinInt32 {
		g.fault("messages.send: random_id is %q, and it must be a 32-bit number that is not 0", p.text("random_id"))
		return nil, vkBad("random_id")
	}
	draft, no := g.draft(p)
	if no != nil {
		return nil, no
	}
	if !p.has("peer_ids") {
		peer := p.number("peer_id")
		if !p.has("peer_id") {
			peer = p.number("user_id")
		}
		m, no := g.sendTo(peer, draft, p)
		if no != nil {
			return nil, no
		}
		return m.told(), nil
	}
	list := []any{}
	for _, peer := range p.numbers("peer_ids") {
		m, no := g.sendTo(peer, draft, p)
		switch {
		case no != nil && no.code == 100:
			return nil, no
		case no != nil:
			list = append(list, map[string]any{"peer_id": peer, "message_id": 0, "conversation_message_id": 0,
				"error": map[string]any{"code": no.code, "description": no.text}})
		default:
			list = append(list, map[string]any{"peer_id": peer, "message_id": m.told(), "conversation_message_id": m.cmid})
		}
	}
	return list, nil
}

// sendTo posts a message, unless that has been done.
func (g *VK) sendTo(peer int64, draft vkMessage, p vkParams) (*vkMessage, *refused) {
	c, no := g.writable(peer)
	if no != nil {
		return nil, no
	}
	once := vkOnce{peer, p.number("random_id")}
	if before := g.sent[once]; before != nil && g.now().Sub(before.date) < vkRepeats {
		return before, nil
	}
	m := draft
	m.peer, m.random = c, once.random
	if m.reply, no = g.replied(c, p); no != nil {
		return nil, no
	}
	g.sent[once] = g.add(&m)
	g.tell("message_reply", g.object(&m), nil)
	return &m, nil
}

// replied reads what a message replies to.
func (g *VK) replied(c *vkPeer, p vkParams) (int64, *refused) {
	for _, name := range []string{"reply_to", "forward_messages", "lat", "long", "sticker_id", "template", "chat_id", "domain"} {
		if p.has(name) {
			g.fault("the fake VK reads no %s", name)
		}
	}
	if !p.has("forward") {
		return 0, nil
	}
	var f struct {
		Peer  int64   `json:"peer_id"`
		CMIDs []int64 `json:"conversation_message_ids"`
		Short []int64 `json:"cmids"`
		Reply bool    `json:"is_reply"`
	}
	_ = json.Unmarshal([]byte(p.text("forward")), &f) // the schema has seen it
	ids := append(f.CMIDs, f.Short...)
	if !f.Reply || len(ids) != 1 || f.Peer != c.id {
		g.fault("the fake VK knows only replies within a chat: %s", p.text("forward"))
		return 0, vkBad("forward")
	}
	if c.find(ids[0]) == nil {
		return 0, vkBad("can't forward these messages")
	}
	return ids[0], nil
}

// draft reads what a message says: for a new one, or in the place of an old one.
func (g *VK) draft(p vkParams) (m vkMessage, no *refused) {
	m.text = strings.TrimSpace(html.UnescapeString(p.text("message")))
	if n := wide(m.text); n > 4096 {
		g.fault("%s: a text of %d", p.method, n)
		return m, &refused{914, "Message is too long", nil}
	}
	attached := p.list("attachment")
	if len(attached) > 10 {
		g.fault("%s: %d attachments", p.method, len(attached))
		return m, vkBad("too many attachments")
	}
	for _, name := range attached {
		if doc := g.attachableDoc(name); doc != nil {
			m.docs = append(m.docs, doc)
			continue
		}
		photo := g.attachable(name)
		if photo == nil {
			return m, vkBad("invalid attachment")
		}
		m.photos = append(m.photos, photo)
	}
	if m.text == "" && len(attached) == 0 {
		return m, vkBad("message is empty or invalid")
	}
	m.keyboard, no = g.keyboard(p)
	return m, no
}

// keyboard reads a call's keyboard and holds it against the limits.
func (g *VK) keyboard(p vkParams) (*vkKeyboard, *refused) {
	if !p.has("keyboard") {
		return nil, nil
	}
	k := &vkKeyboard{}
	_ = json.Unmarshal([]byte(p.text("keyboard")), k) // the schema has seen it
	_ = json.Unmarshal([]byte(p.text("keyboard")), &k.whole)
	wrong := 0
	bad := func(format string, args ...any) {
		wrong++
		g.fault(p.method+": "+format, args...)
	}
	rows, all := 10, 40
	if k.Inline {
		rows, all = 6, 10
	}
	if k.Inline && k.OneTime {
		bad("an inline keyboard cannot be one_time")
	}
	if len(k.Buttons) > rows {
		bad("a keyboard of %d rows", len(k.Buttons))
	}
	if k.Inline && len(k.Buttons) == 0 {
		bad("an inline keyboard without buttons")
	}
	count := 0
	for _, row := range k.Buttons {
		count += len(row)
		if len(row) == 0 || len(row) > 5 {
			bad("a row of %d buttons", len(row))
		}
		for _, b := range row {
			n := utf8.RuneCountInString(b.Action.Label)
			if slices.Contains([]string{"text", "callback", "open_link", "open_app"}, b.Action.Type) && (n < 1 || n > 40 || strings.TrimSpace(b.Action.Label) == "") {
				bad("a label of %d characters: %q", n, b.Action.Label)
			}
			if pay := b.Action.Payload; pay != "" && (len(pay) > 255 || !json.Valid([]byte(pay))) {
				bad("a payload of %d bytes, or no JSON: %s", len(pay), pay)
			}
		}
	}
	if count > all {
		bad("a keyboard of %d buttons", count)
	}
	if wrong > 0 {
		return nil, &refused{911, "Keyboard format is invalid", nil}
	}
	return k, nil
}

func vkEdit(g *VK, p vkParams) (any, *refused) {
	c, no := g.writable(p.number("peer_id"))
	if no != nil {
		return nil, no
	}
	at := slices.IndexFunc(c.messages, func(m *vkMessage) bool {
		return p.has("cmid") && m.cmid == p.number("cmid") || !p.has("cmid") && m.told() != 0 && m.told() == p.number("message_id")
	})
	if at < 0 || c.messages[at].from != nil {
		return nil, &refused{15, "Access denied: message can not be found", nil}
	}
	m := c.messages[at]
	if g.now().Sub(m.date) > vkEditable {
		return nil, &refused{909, "Can't edit this message, because it's too old", nil}
	}
	next, no := g.draft(p)
	if no != nil {
		return nil, no
	}
	m.text, m.photos, m.docs, m.keyboard, m.edited = next.text, next.photos, next.docs, next.keyboard, g.now()
	c.version += 2
	return 1, nil
}

func vkDelete(g *VK, p vkParams) (any, *refused) {
	if !p.yes("delete_for_all") || !p.has("cmids") {
		g.fault("messages.delete: the fake VK deletes for all, by cmids")
	}
	c := g.peers[p.number("peer_id")]
	if c == nil {
		return nil, &refused{936, "Contact not found", nil}
	}
	list := []any{}
	for _, id := range p.numbers("cmids") {
		item := map[string]any{"peer_id": c.id, "conversation_message_id": id, "response": 1}
		m := c.find(id)
		if m == nil || m.from != nil || g.now().Sub(m.date) > vkEditable {
			item["response"], item["error"] = 0, map[string]any{"code": 924, "description": "Can't delete this message for everybody"}
		} else {
			c.messages = slices.DeleteFunc(c.messages, func(other *vkMessage) bool { return other == m })
		}
		list = append(list, item)
	}
	return list, nil
}

func vkAnswerPress(g *VK, p vkParams) (any, *refused) {
	var what struct{ Type, Text, Link string }
	if p.has("event_data") {
		err := json.Unmarshal([]byte(p.text("event_data")), &what)
		wrong := err != nil
		switch what.Type {
		case "show_snackbar":
			n := utf8.RuneCountInString(what.Text)
			wrong = wrong || n < 1 || n > 90
		case "open_link":
			wrong = wrong || what.Link == ""
		case "open_app":
		default:
			wrong = true
		}
		if wrong {
			g.fault("messages.sendMessageEventAnswer: event_data %s", p.text("event_data"))
			return nil, vkBad("event_data")
		}
	}
	for _, press := range g.presses {
		if press.id != p.text("event_id") || press.by.id != p.number("user_id") || press.peer.id != p.number("peer_id") {
			continue
		}
		if g.now().Sub(press.at) > vkPressable {
			press.late = true
			break
		}
		if press.answered {
			break
		}
		press.answered, press.note = true, what.Text
		return 1, nil
	}
	return nil, vkBad("event_id is invalid or expired")
}
