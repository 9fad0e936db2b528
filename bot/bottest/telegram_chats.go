package bottest

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"
)

// chat is a private chat or a group, as the server has it.
type chat struct {
	id       int64
	kind     string // "private", "group", "supergroup", "channel"
	title    string
	username string // of a channel
	person   *User  // private: the other side
	topics   map[int]string
	messages []*message // in order; deleted ones are gone
	last     int        // the newest message's id
	movedTo  int64

	reachable bool // private: the person opened it; a group: the bot is in it
	blocked   bool // private: by the person
	muted     bool // a group: the bot may read only
}

// message is a message of a chat.
type message struct {
	id       int
	chat     *chat
	thread   int
	from     *User
	sender   *chat // whoever wrote in its name
	date     time.Time
	edited   time.Time
	text     string // or the caption
	entities []any
	file     *file
	album    string
	point    map[string]any // location
	more     map[string]any // content that the bot cannot use, or a service message
	kind     string         // how people see more
	keyboard [][]any
	markup   bool // it has one that is no inline keyboard: it cannot be edited
	reply    int
	origin   map[string]any
	copied   bool // from a channel into its discussion group, by Telegram itself
}

func (c *chat) find(id int) *message {
	for _, m := range c.messages {
		if m.id == id {
			return m
		}
	}
	return nil
}

// add puts a message into its chat; the lock is held.
func (g *Telegram) add(m *message) *message {
	m.chat.last++
	m.id, m.date = m.chat.last, g.now()
	m.chat.messages = append(m.chat.messages, m)
	g.change()
	return m
}

func (c *chat) object() map[string]any {
	o := map[string]any{"id": c.id, "type": c.kind}
	if c.person != nil {
		o["first_name"] = c.person.first
		if c.person.username != "" {
			o["username"] = c.person.username
		}
	} else {
		o["title"] = c.title
		if c.username != "" {
			o["username"] = c.username
		}
	}
	if len(c.topics) > 0 {
		o["is_forum"] = true
	}
	return o
}

func (u *User) object() map[string]any {
	o := map[string]any{"id": u.id, "is_bot": u.bot, "first_name": u.first}
	for name, v := range map[string]string{"last_name": u.last, "username": u.username, "language_code": u.language} {
		if v != "" {
			o[name] = v
		}
	}
	return o
}

// object is the message as Telegram tells it; a message that is replied to is told without its own.
func (m *message) object(deep bool) map[string]any {
	o := map[string]any{"message_id": m.id, "date": m.date.Unix(), "chat": m.chat.object()}
	if m.from != nil { // in a channel nobody says who writes
		o["from"] = m.from.object()
	}
	if m.copied {
		o["is_automatic_forward"] = true
	}
	if m.sender != nil {
		o["sender_chat"] = m.sender.object()
	}
	if m.thread != 0 {
		o["message_thread_id"] = m.thread
		if m.chat.topics[m.thread] != "" {
			o["is_topic_message"] = true
		}
	}
	if m.thread == 0 && m.reply != 0 && m.chat.kind == "supergroup" {
		o["message_thread_id"] = m.reply // replies are threads, too, and no topics
	}
	if !m.edited.IsZero() {
		o["edit_date"] = m.edited.Unix()
	}
	m.content(o)
	if m.album != "" {
		o["media_group_id"] = m.album
	}
	if m.origin != nil {
		o["forward_origin"] = m.origin
	}
	if len(m.keyboard) > 0 {
		o["reply_markup"] = map[string]any{"inline_keyboard": m.keyboard}
	}
	if to := m.chat.find(m.reply); to != nil && deep {
		o["reply_to_message"] = to.object(false)
	}
	return o
}

func (m *message) content(o map[string]any) {
	text, entities := "text", "entities"
	if m.file != nil || m.more != nil {
		text, entities = "caption", "caption_entities"
	}
	if m.text != "" {
		o[text] = m.text
	}
	if len(m.entities) > 0 {
		o[entities] = m.entities
	}
	switch {
	case m.file == nil:
	case m.file.kind == "Photo":
		o["photo"] = m.file.sizes()
	default:
		o["document"] = map[string]any{"file_id": m.file.id, "file_unique_id": "u" + m.file.id, "file_name": m.file.name,
			"mime_type": m.file.mime, "file_size": m.file.size}
	}
	if m.point != nil {
		o["location"] = m.point
	}
	maps.Copy(o, m.more)
}

// sizes tells a photo as Telegram does: small to large, each with a name of its own.
func (f *file) sizes() []any {
	return []any{
		map[string]any{"file_id": f.id + "-s", "file_unique_id": "us" + f.id, "width": 90, "height": 67, "file_size": 1200},
		map[string]any{"file_id": f.id, "file_unique_id": "u" + f.id, "width": 1280, "height": 960, "file_size": f.size},
	}
}

// Group is a group chat with the bot and people in it.
type Group struct {
	g    *Telegram
	chat *chat
}

// Group opens a group that the bot is in; nobody tells the bot.
func (g *Telegram) Group(title string) *Group {
	return g.group(&chat{kind: "group", title: title})
}

// Forum opens a supergroup with topics.
func (g *Telegram) Forum(title string) *Group {
	return g.group(&chat{kind: "supergroup", title: title})
}

func (g *Telegram) group(c *chat) *Group {
	g.mu.Lock()
	defer g.mu.Unlock()
	c.id = -g.number()
	if c.kind == "supergroup" {
		c.id -= 1_000_000_000_000
	}
	c.reachable, c.topics = true, map[int]string{}
	g.chats[c.id] = c
	return &Group{g, c}
}

// ID is the chat's.
func (p *Group) ID() int64 { return p.chat.id }

// Topic opens a topic of a forum and gives its thread.
func (p *Group) Topic(name string, by *User) int {
	p.g.mu.Lock()
	defer p.g.mu.Unlock()
	m := p.g.add(&message{chat: p.chat, from: by, more: map[string]any{"forum_topic_created": map[string]any{"name": name, "icon_color": 7322096}}})
	m.thread, p.chat.topics[m.id] = m.id, name
	p.g.tell("message", m.object(true))
	return m.id
}

// CloseTopic takes a topic away.
func (p *Group) CloseTopic(thread int) {
	p.g.mu.Lock()
	defer p.g.mu.Unlock()
	delete(p.chat.topics, thread)
}

// Upgrades makes the group a supergroup, under another id.
func (p *Group) Upgrades(by *User) *Group {
	next := p.g.group(&chat{kind: "supergroup", title: p.chat.title})
	p.g.mu.Lock()
	defer p.g.mu.Unlock()
	p.chat.movedTo = next.chat.id
	old := p.g.add(&message{chat: p.chat, from: by, more: map[string]any{"migrate_to_chat_id": next.chat.id}})
	p.g.tell("message", old.object(true))
	first := p.g.add(&message{chat: next.chat, from: by, more: map[string]any{"migrate_from_chat_id": p.chat.id}})
	p.g.tell("message", first.object(true))
	return next
}

// Removes takes the bot out of the group.
func (p *Group) Removes(by *User) { p.member(by, func(c *chat) { c.reachable = false }) }

// Adds takes the bot into the group.
func (p *Group) Adds(by *User) { p.member(by, func(c *chat) { c.reachable, c.muted = true, false }) }

// Mutes lets the bot read only.
func (p *Group) Mutes(by *User) { p.member(by, func(c *chat) { c.muted = true }) }

func (p *Group) member(by *User, do func(*chat)) {
	p.g.mu.Lock()
	defer p.g.mu.Unlock()
	p.g.member(p.chat, by, do)
}

// member tells that what the bot may in a chat has changed; the lock is held.
func (g *Telegram) member(c *chat, by *User, do func(*chat)) {
	before := g.status(c)
	do(c)
	after := g.status(c)
	g.tell("my_chat_member", map[string]any{"chat": c.object(), "from": by.object(), "date": g.now().Unix(),
		"old_chat_member": before, "new_chat_member": after})
}

func (g *Telegram) status(c *chat) map[string]any {
	m := map[string]any{"user": g.bot.object(), "status": "member"}
	switch {
	case c.blocked, !c.reachable && c.kind != "private":
		m["status"], m["until_date"] = "kicked", 0
	case c.muted:
		m["status"], m["is_member"], m["until_date"] = "restricted", true, 0
		for _, right := range strings.Fields(`can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos
			can_send_video_notes can_send_voice_notes can_send_polls can_send_other_messages can_add_web_page_previews
			can_react_to_messages can_edit_tag can_change_info can_invite_users can_pin_messages can_manage_topics`) {
			m[right] = false
		}
	}
	return m
}

// normal puts JSON into one form, so that two of the same content are equal.
func normal(raw string) string {
	var v any
	if json.Unmarshal([]byte(raw), &v) != nil {
		return raw
	}
	out, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(out)
}
