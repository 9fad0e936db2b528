package telegram

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-json-experiment/json/jsontext"
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
	"otklik/bot/kit"
)

// maxFetch is the largest file that the Bot API hands out, in bytes.
const maxFetch = 20 << 20

// asDocument marks the ref of an image that came as a file: Telegram shows it as a photo only once it is uploaded as one.
const asDocument = "file:"

// message gives a message, new or edited, of the update raw in our words. ok is false for what is no message to us: a service
// message, another bot's.
func (r reader) message(u *bot.Update, m *message, raw jsontext.Value, edited bool) (ok bool) {
	if m.Chat == nil {
		return false
	}
	r.place(u, &m.place)
	u.Kind, u.Time = bot.Written, kit.When(m.Date, r.now)
	if edited {
		u.Kind, u.Time = bot.Edited, kit.When(max(m.EditDate, m.Date), r.now)
	}
	if r.moved(u, m) {
		return true
	}
	if !r.from(u, m) {
		return false
	}
	u.Text, u.Album = m.Text, m.Album
	marks := m.Entities
	if m.Text == "" {
		u.Text, marks = m.Caption, m.CaptionEnt
	}
	if forOther := r.address(u, m, marks); forOther {
		return false
	}
	u.Forward, u.Copy = forward(m.Origin), m.Automatic
	r.content(u, m)
	if m.Text == "" && u.Media == nil && u.Location == nil {
		if u.Other = other(raw); u.Other == "" {
			return false
		}
	}
	// A live location moves every few seconds; a point on the map cannot be edited otherwise.
	return !edited || u.Location == nil
}

// moved tells that a group goes on as a supergroup. Both chats say so; what counts is the old one.
func (r reader) moved(u *bot.Update, m *message) bool {
	from, to := m.Chat.ID, m.MigrateTo
	if m.MigrateOf != 0 {
		from, to = m.MigrateOf, m.Chat.ID
	}
	if to == 0 {
		return false
	}
	u.Kind, u.Ref = bot.Moved, ""
	u.Peer = bot.Peer{Channel: Name, Chat: strconv.FormatInt(from, 10)}
	u.MovedTo = strconv.FormatInt(to, 10)
	if m.From != nil {
		u.From = user(m.From)
	}
	return true
}

// from says who wrote. Whoever writes in the name of a chat is that chat: behind Telegram's stand-in may be anybody.
func (r reader) from(u *bot.Update, m *message) bool {
	switch {
	case m.SenderChat != nil && u.Group:
		u.From = bot.User{ID: strconv.FormatInt(m.SenderChat.ID, 10), Name: m.SenderChat.Title, Username: m.SenderChat.UserName}
	case m.From == nil || m.From.IsBot:
		return false
	default:
		u.From = user(m.From)
	}
	return true
}

// address says what a message replies to and whether it is meant for us; forOther that it is a command to another bot.
func (r reader) address(u *bot.Update, m *message, marks []tgbotapi.MessageEntity) (forOther bool) {
	// In a topic, what replies to nothing replies to the topic's first message.
	if p := m.ReplyTo; p != nil && (!m.InTopic || p.ID != m.Thread) {
		u.ReplyTo = ref(p.ID)
		u.ToUs = u.Group && p.From != nil && p.From.ID == r.me.ID
	}
	if !u.Group {
		return false
	}
	for _, e := range marks {
		start, end := span16(u.Text, e.Offset, e.Length)
		word := u.Text[start:end]
		switch e.Type {
		case "mention":
			if !r.names(word[min(1, len(word)):]) {
				continue
			}
			u.ToUs = true
			if strings.TrimSpace(u.Text[:start]) == "" { // what stands before the words is the address, not the words
				u.Text = strings.TrimLeft(u.Text[end:], " ,:\n\t")
				return false
			}
		case "text_mention":
			u.ToUs = u.ToUs || e.User != nil && e.User.ID == r.me.ID
		case "bot_command":
			_, name, ok := strings.Cut(word, "@")
			if start == 0 && ok && !r.names(name) {
				return true
			}
			u.ToUs = u.ToUs || start == 0 && ok
		}
	}
	return false
}

func (r reader) names(name string) bool { return name != "" && strings.EqualFold(name, r.me.UserName) }

// span16 turns a stretch of UTF-16 code units into one of bytes.
func span16(s string, offset, length int) (start, end int) {
	start, end = -1, len(s)
	n := 0
	for i, c := range s {
		if n >= offset && start < 0 {
			start = i
		}
		if n >= offset+length {
			end = i
			break
		}
		n += utf16.RuneLen(c)
	}
	if start < 0 || end < start {
		return len(s), len(s)
	}
	return start, end
}

// content takes photos and places.
func (r reader) content(u *bot.Update, m *message) {
	switch {
	case len(m.Photo) > 0:
		u.Media = []bot.Media{{Refs: map[string]string{Name: largest(m.Photo)}}}
	case m.Document != nil && m.Document.FileSize <= maxFetch && isPhoto(m.Document.MimeType):
		u.Media = []bot.Media{{Refs: map[string]string{Name: asDocument + m.Document.FileID}}}
	}
	switch {
	case m.Venue != nil:
		u.Location = &bot.Location{Lat: m.Venue.Location.Latitude, Lon: m.Venue.Location.Longitude,
			Title: m.Venue.Title, Address: m.Venue.Address}
	case m.Location != nil:
		u.Location = &bot.Location{Lat: m.Location.Latitude, Lon: m.Location.Longitude}
	}
}

// largest gives the best size of a photo that can be fetched again.
func largest(sizes []tgbotapi.PhotoSize) string {
	best := sizes[0]
	for _, s := range sizes[1:] {
		if s.FileSize <= maxFetch && s.Width*s.Height >= best.Width*best.Height {
			best = s
		}
	}
	return best.FileID
}

func isPhoto(mime string) bool {
	return slices.Contains([]string{"image/jpeg", "image/png", "image/webp"}, strings.ToLower(mime))
}

// forward tells where a forwarded message stood first, with its address where it has one.
func forward(o *origin) *bot.Forward {
	switch {
	case o == nil:
		return nil
	case o.Sender != nil:
		return &bot.Forward{Name: user(o.Sender).Name}
	case o.Group != nil:
		return &bot.Forward{Name: o.Group.Title, Link: link(o.Group, 0)}
	case o.Chat != nil:
		return &bot.Forward{Name: o.Chat.Title, Link: link(o.Chat, o.MessageID), Source: bot.Peer{Channel: Name, Chat: strconv.FormatInt(o.Chat.ID, 10)}}
	}
	return &bot.Forward{Name: o.Name}
}

// link gives the address of a chat, or of a message in it; "" if there is none.
func link(c *tgbotapi.Chat, id int) string {
	const private = "-100" // what Telegram puts before the id of a supergroup or channel
	whole := strconv.FormatInt(c.ID, 10)
	switch {
	case c.UserName != "" && id != 0:
		return "https://t.me/" + c.UserName + "/" + strconv.Itoa(id)
	case c.UserName != "":
		return "https://t.me/" + c.UserName
	case id != 0 && strings.HasPrefix(whole, private):
		return "https://t.me/c/" + strings.TrimPrefix(whole, private) + "/" + strconv.Itoa(id)
	}
	return ""
}
