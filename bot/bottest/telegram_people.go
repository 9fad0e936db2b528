package bottest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"otklik/bot"
)

// User is a person, and their private chat with the bot.
type User struct {
	Seat
	id       int64
	first    string
	last     string
	username string
	language string
	bot      bool
}

// User makes a person with a Russian client, who has not written to the bot yet.
func (g *Telegram) User(first string) *User {
	g.mu.Lock()
	defer g.mu.Unlock()
	u := &User{id: g.number(), first: first, language: "ru"}
	u.Seat = Seat{g: g, user: u, chat: &chat{id: u.id, kind: "private", person: u}}
	g.chats[u.id] = u.chat
	return u
}

// ID is the person's, and the private chat's.
func (u *User) ID() int64 { return u.id }

// SetLanguage sets the language of the person's client.
func (u *User) SetLanguage(tag string) {
	u.g.mu.Lock()
	defer u.g.mu.Unlock()
	u.language = tag
}

// SetName sets the last name and the username.
func (u *User) SetName(last, username string) {
	u.g.mu.Lock()
	defer u.g.mu.Unlock()
	u.last, u.username = last, username
}

// Opens opens the private chat without a word.
func (u *User) Opens() *User {
	u.g.mu.Lock()
	defer u.g.mu.Unlock()
	u.chat.reachable = true
	return u
}

// Starts presses the start button, of a link if there is a payload.
func (u *User) Starts(payload string) {
	u.Says(strings.TrimSpace("/start " + payload))
}

// Blocks blocks the bot.
func (u *User) Blocks() { u.block(true) }

// Unblocks takes that back.
func (u *User) Unblocks() { u.block(false) }

func (u *User) block(yes bool) {
	u.g.mu.Lock()
	defer u.g.mu.Unlock()
	u.g.member(u.chat, u, func(c *chat) { c.blocked = yes })
}

// Seat is a person in a chat: the private one, a group, a topic of it.
type Seat struct {
	g         *Telegram
	user      *User
	chat      *chat
	thread    int
	anonymous bool
}

// Seat is where a person sits in the group.
func (p *Group) Seat(u *User) *Seat { return &Seat{g: p.g, user: u, chat: p.chat} }

// In moves to a topic.
func (s *Seat) In(thread int) *Seat {
	moved := *s
	moved.thread = thread
	return &moved
}

// Anonymous hides behind the group, as an administrator may.
func (s *Seat) Anonymous() *Seat {
	hidden := *s
	hidden.anonymous = true
	return &hidden
}

// Peer is the chat, with its topic.
func (s *Seat) Peer() bot.Peer {
	p := bot.Peer{Channel: "telegram", Chat: fmt.Sprint(s.chat.id)}
	if s.thread != 0 {
		p.Thread = fmt.Sprint(s.thread)
	}
	return p
}

// post sends a message to the bot.
func (s *Seat) post(m *message) {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	if s.chat.kind == "private" {
		s.chat.reachable = true
	}
	m.chat, m.from, m.thread = s.chat, s.user, s.thread
	if s.anonymous {
		m.from, m.sender = &User{id: 1087968824, first: "Group", username: "GroupAnonymousBot", bot: true}, s.chat
	}
	if m.reply == 0 && s.thread != 0 {
		m.reply = s.thread // in a topic everything replies to its first message
	}
	if m.entities == nil {
		m.entities = marksIn(m.text)
	}
	s.g.tell("message", s.g.add(m).object(true))
}

var marks = regexp.MustCompile(`(?:^|\s)([@/][A-Za-z]\w*(?:@\w+)?)`)

// marksIn finds the commands and names of a text, as Telegram does.
func marksIn(text string) (list []any) {
	for _, at := range marks.FindAllStringSubmatchIndex(text, -1) {
		word := text[at[2]:at[3]]
		kind := "mention"
		if word[0] == '/' {
			kind = "bot_command"
		}
		list = append(list, map[string]any{"type": kind, "offset": wide(text[:at[2]]), "length": wide(word)})
	}
	return list
}

func wide(s string) int { return len(utf16.Encode([]rune(s))) }

// Says writes a text.
func (s *Seat) Says(text string) { s.post(&message{text: text}) }

// SendsPhoto sends a photo with a caption, which may be empty.
func (s *Seat) SendsPhoto(jpeg []byte, caption string) {
	s.post(&message{file: s.file("Photo", "photo.jpg", jpeg), text: caption})
}

// SendsAlbum sends photos together; the caption stands with the first.
func (s *Seat) SendsAlbum(caption string, photos ...[]byte) {
	s.g.mu.Lock()
	album := fmt.Sprint(s.g.number())
	s.g.mu.Unlock()
	for _, p := range photos {
		s.post(&message{file: s.file("Photo", "photo.jpg", p), text: caption, album: album})
		caption = ""
	}
}

// SendsFile sends a document.
func (s *Seat) SendsFile(name, mime string, data []byte, caption string) {
	f := s.file("Document", name, data)
	f.mime = mime
	s.post(&message{file: f, text: caption})
}

// SendsHuge sends an image as a document of a size that the bot cannot fetch.
func (s *Seat) SendsHuge(name string) {
	f := s.file("Document", name, JPEG(1))
	f.size = fetchable + 1
	s.post(&message{file: f})
}

func (s *Seat) file(kind, name string, data []byte) *file {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	return s.g.keep(kind, &file{name: name, bytes: data, size: int64(len(data))})
}

// SendsLocation shares a point.
func (s *Seat) SendsLocation(lat, lon float64) {
	s.post(&message{point: map[string]any{"latitude": lat, "longitude": lon}})
}

// SendsVenue shares a place that has a name.
func (s *Seat) SendsVenue(lat, lon float64, title, address string) {
	point := map[string]any{"latitude": lat, "longitude": lon}
	s.post(&message{point: point, kind: "место: " + title, more: map[string]any{
		"venue": map[string]any{"location": point, "title": title, "address": address}}})
}

// Sends sends what has a field of its own in Telegram's message, such as "dice".
func (s *Seat) Sends(kind string, content any, caption string) {
	s.post(&message{kind: kind, text: caption, more: map[string]any{kind: content}})
}

// SendsSticker sends one.
func (s *Seat) SendsSticker() {
	s.Sends("sticker", map[string]any{"file_id": "sticker1", "file_unique_id": "us1", "type": "regular", "width": 512, "height": 512,
		"is_animated": false, "is_video": false, "emoji": "👍"}, "")
}

// SendsVoice sends a voice message.
func (s *Seat) SendsVoice() {
	s.Sends("voice", map[string]any{"file_id": "voice1", "file_unique_id": "uv1", "duration": 3}, "")
}

// Forwards forwards a text of somebody: origin is Telegram's MessageOrigin without its date.
func (s *Seat) Forwards(origin map[string]any, text string) {
	origin["date"] = 1_700_000_000
	s.post(&message{text: text, origin: origin})
}

// RepliesTo replies to the newest message in which these words stand.
func (s *Seat) RepliesTo(words, text string) {
	s.g.t.Helper()
	s.post(&message{text: text, reply: s.awaited(words).id})
}

// RepliesWithPhoto replies with a photo.
func (s *Seat) RepliesWithPhoto(words string, jpeg []byte, caption string) {
	s.g.t.Helper()
	s.post(&message{file: s.file("Photo", "photo.jpg", jpeg), text: caption, reply: s.awaited(words).id})
}

// Edits changes the newest own message in which these words stand.
func (s *Seat) Edits(words, text string) {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	for _, m := range slices.Backward(s.chat.messages) {
		if m.from == s.user && strings.Contains(m.text, words) {
			m.text, m.entities, m.edited = text, marksIn(text), s.g.now()
			s.g.tell("edited_message", m.object(true))
			return
		}
	}
	s.g.fault("%s wrote nothing with %q", s.user.first, words)
}

// Presses presses the button with this label, of the newest message that has one, as soon as there is one.
func (s *Seat) Presses(label string) {
	s.g.t.Helper()
	s.g.wait(fmt.Sprintf("a button %q for %s", label, s.user.first), func() bool {
		at, data := s.button(label)
		if at != nil {
			s.press(data, at.object(true))
		}
		return at != nil
	})
}

// PressesOld presses a button of a message that is too old for Telegram to tell what stands in it.
func (s *Seat) PressesOld(label string) {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	at, data := s.button(label)
	if at == nil {
		s.g.fault("no button %q for %s", label, s.user.first)
		return
	}
	s.press(data, map[string]any{"chat": s.chat.object(), "message_id": at.id, "date": 0})
}

// Forges presses a button that nobody gave, at the newest message of the bot.
func (s *Seat) Forges(data string) {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	for _, m := range slices.Backward(s.chat.messages) {
		if m.from == s.g.bot {
			s.press(data, m.object(true))
			return
		}
	}
	s.g.fault("the bot wrote nothing to %s", s.user.first)
}

// button finds a button; the lock is held.
func (s *Seat) button(label string) (*message, string) {
	for _, m := range slices.Backward(s.chat.messages) {
		for _, row := range m.keyboard {
			for _, b := range row {
				button, _ := b.(map[string]any)
				if data, ok := button["callback_data"].(string); ok && button["text"] == label && m.thread == s.thread {
					return m, data
				}
			}
		}
	}
	return nil, ""
}

// press tells the bot of a press; the lock is held.
func (s *Seat) press(data string, shown map[string]any) {
	p := &press{id: fmt.Sprint(s.g.number()), by: s.user}
	s.g.presses[p.id], s.g.order = p, append(s.g.order, p)
	s.g.tell("callback_query", map[string]any{"id": p.id, "from": s.user.object(), "chat_instance": "1", "data": data, "message": shown}).press = p
}
