package bottest

import (
	"slices"
	"strconv"
	"strings"
)

// Broadcast is a channel. What is posted there Telegram copies into its discussion group, where people comment on it.
type Broadcast struct {
	g    *Telegram
	chat *chat
	talk *chat // nil: nobody can comment
	// Late makes the copy come before the post, as updates of two chats may.
	Late bool
	// Mixed makes each copy come beside its photo, where an album is posted; otherwise all copies come together.
	Mixed bool
}

// copier is in whose name Telegram copies a post into the discussion group.
var copier = User{id: 777000, first: "Telegram"}

// Broadcast opens a channel that the bot is not in yet. username is that of its public address, "" for none; talk is its
// discussion group, nil for none.
func (g *Telegram) Broadcast(title, username string, talk *Group) *Broadcast {
	c := &chat{kind: "channel", title: title, username: username}
	g.group(c)
	b := &Broadcast{g: g, chat: c}
	g.mu.Lock()
	defer g.mu.Unlock()
	c.reachable = false
	if talk != nil {
		b.talk = talk.chat
	}
	return b
}

// Adds makes the bot one of the channel's administrators.
func (b *Broadcast) Adds(by *User) {
	b.g.mu.Lock()
	defer b.g.mu.Unlock()
	b.g.member(b.chat, by, func(c *chat) { c.reachable = true })
}

// Posts posts a text, and Telegram copies it.
func (b *Broadcast) Posts(text string) {
	b.g.mu.Lock()
	defer b.g.mu.Unlock()
	b.post([]message{{text: text, entities: marksIn(text)}})
}

// PostsAlbum posts photos together, and Telegram copies them as another album; the caption stands with the photo of that
// number, from 0 on.
func (b *Broadcast) PostsAlbum(caption string, worded int, photos ...[]byte) {
	b.g.mu.Lock()
	defer b.g.mu.Unlock()
	list := make([]message, len(photos))
	for i, p := range photos {
		list[i].file = b.g.keep("Photo", &file{name: "photo.jpg", bytes: p, size: int64(len(p))})
	}
	list[worded].text, list[worded].entities = caption, marksIn(caption)
	b.post(list)
}

// post posts messages, of an album where they are several; the lock is held.
func (b *Broadcast) post(list []message) {
	album, copied := "", ""
	if len(list) > 1 {
		album, copied = strconv.FormatInt(b.g.number(), 10), strconv.FormatInt(b.g.number(), 10)
	}
	var posts, copies []func()
	for _, it := range list {
		it.chat, it.sender, it.album = b.chat, b.chat, album
		m := b.g.add(&it)
		posts = append(posts, func() { b.g.tell("channel_post", m.object(true)) })
		if b.talk == nil {
			continue
		}
		c := *m
		c.chat, c.from, c.album, c.copied = b.talk, &copier, copied, true
		c.origin = map[string]any{"type": "channel", "date": m.date.Unix(), "chat": b.chat.object(), "message_id": m.id}
		b.g.add(&c)
		copies = append(copies, func() { b.g.tell("message", c.object(true)) })
	}
	if b.Late {
		posts, copies = copies, posts
	}
	tell := slices.Concat(posts, copies)
	if b.Mixed && len(copies) > 0 {
		tell = nil
		for i := range posts {
			tell = append(tell, posts[i], copies[i])
		}
	}
	for _, say := range tell {
		say()
	}
}

// Edits changes the newest post in which these words stand, and its copy.
func (b *Broadcast) Edits(words, text string) {
	b.g.mu.Lock()
	defer b.g.mu.Unlock()
	change := func(c *chat, kind string) {
		for _, m := range slices.Backward(c.messages) {
			if m.sender == b.chat && strings.Contains(m.text, words) {
				m.text, m.entities, m.edited = text, marksIn(text), b.g.now()
				b.g.tell(kind, m.object(true))
				return
			}
		}
		b.g.fault("nothing with %q was posted in %s", words, c.title)
	}
	change(b.chat, "edited_channel_post")
	if b.talk != nil {
		change(b.talk, "edited_message")
	}
}

// Over gives the message of the group that the bot's newest one with these words replies to, "" if it replies to none.
func (p *Group) Over(words string) string {
	p.g.mu.Lock()
	defer p.g.mu.Unlock()
	return p.over(words)
}

func (p *Group) over(words string) string {
	for _, m := range slices.Backward(p.chat.messages) {
		if to := p.chat.find(m.reply); m.from == p.g.bot && strings.Contains(m.text, words) && to != nil {
			return to.text
		}
	}
	return ""
}

// Awaits waits until the bot has said words in reply to a message of the group in which others stand.
func (p *Group) Awaits(over, words string) {
	p.g.t.Helper()
	p.g.wait("words in reply to "+over, func() bool { return strings.Contains(p.over(words), over) })
}
