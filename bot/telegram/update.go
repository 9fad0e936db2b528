package telegram

import (
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
	"otklik/bot/kit"
)

// kinds are the updates that we ask Telegram for.
const kinds = `["message","edited_message","channel_post","edited_channel_post","callback_query","my_chat_member"]`

// update is one of Telegram's updates: what we use of it. The library's own type is of 2021 and decodes all or nothing.
type update struct {
	ID      int                         `json:"update_id"`
	Message *message                    `json:"message"`
	Edited  *message                    `json:"edited_message"`
	Post    *message                    `json:"channel_post"`
	Revised *message                    `json:"edited_channel_post"`
	Press   *press                      `json:"callback_query"`
	Member  *tgbotapi.ChatMemberUpdated `json:"my_chat_member"`
}

// press is a callback query.
type press struct {
	ID      string         `json:"id"`
	From    *tgbotapi.User `json:"from"`
	Message *place         `json:"message"` // what is in it is nothing to us
	Data    string         `json:"data"`
}

// place is where a message stands.
type place struct {
	ID      int            `json:"message_id"`
	Thread  int            `json:"message_thread_id"`
	InTopic bool           `json:"is_topic_message"`
	Chat    *tgbotapi.Chat `json:"chat"`
}

// message is one of Telegram's messages: what we use of it.
type message struct {
	place
	From       *tgbotapi.User           `json:"from"`
	SenderChat *tgbotapi.Chat           `json:"sender_chat"`
	Date       int64                    `json:"date"`
	EditDate   int64                    `json:"edit_date"`
	Origin     *origin                  `json:"forward_origin"`
	Automatic  bool                     `json:"is_automatic_forward"`
	ReplyTo    *replied                 `json:"reply_to_message"`
	Album      string                   `json:"media_group_id"`
	Text       string                   `json:"text"`
	Entities   []tgbotapi.MessageEntity `json:"entities"`
	Caption    string                   `json:"caption"`
	CaptionEnt []tgbotapi.MessageEntity `json:"caption_entities"`
	Photo      []tgbotapi.PhotoSize     `json:"photo"`
	Document   *tgbotapi.Document       `json:"document"`
	Location   *tgbotapi.Location       `json:"location"`
	Venue      *tgbotapi.Venue          `json:"venue"`
	MigrateTo  int64                    `json:"migrate_to_chat_id"`
	MigrateOf  int64                    `json:"migrate_from_chat_id"`
}

// replied is the message that another replies to.
type replied struct {
	ID   int            `json:"message_id"`
	From *tgbotapi.User `json:"from"`
}

// origin tells where a forwarded message stood first.
type origin struct {
	Sender    *tgbotapi.User `json:"sender_user"`
	Name      string         `json:"sender_user_name"`
	Group     *tgbotapi.Chat `json:"sender_chat"`
	Chat      *tgbotapi.Chat `json:"chat"`
	MessageID int            `json:"message_id"`
}

// reader turns Telegram's updates into ours.
type reader struct {
	me  tgbotapi.User
	now time.Time
}

// read gives the update in our words; ok is false when there is nothing in it for us. orphan is a press that nobody
// will answer as it became no update. What cannot be read is skipped with an error: it would never be readable.
func (r reader) read(raw jsontext.Value) (id int, u bot.Update, ok bool, orphan string, err error) {
	var in update
	if err := json.Unmarshal(raw, &in, lenient); err != nil {
		var only struct {
			ID int `json:"update_id"`
		}
		if json.Unmarshal(raw, &only, lenient) != nil || only.ID == 0 {
			return 0, u, false, "", fmt.Errorf("an update without an id: %w", err)
		}
		return only.ID, u, false, "", fmt.Errorf("update %d: %w", only.ID, err)
	}
	u.Channel, u.ID, u.Time = Name, strconv.Itoa(in.ID), r.now
	switch {
	case in.Message != nil:
		ok = r.message(&u, in.Message, raw, false)
	case in.Edited != nil:
		ok = r.message(&u, in.Edited, raw, true)
	case in.Post != nil:
		ok = r.message(&u, in.Post, raw, false)
	case in.Revised != nil:
		ok = r.message(&u, in.Revised, raw, true)
	case in.Press != nil:
		if ok = r.press(&u, in.Press); !ok {
			orphan = in.Press.ID
		}
	case in.Member != nil:
		ok = r.member(&u, in.Member)
	}
	return in.ID, u, ok, orphan, nil
}

func (r reader) press(u *bot.Update, p *press) bool {
	if p.ID == "" || p.Message == nil || p.Message.Chat == nil || p.From == nil || p.Data == "" || p.Message.Chat.IsChannel() {
		return false
	}
	r.place(u, p.Message)
	u.Kind, u.From, u.Press, u.Data = bot.Pressed, user(p.From), p.ID, p.Data
	return true
}

// place says where a message stands.
func (r reader) place(u *bot.Update, m *place) {
	u.Peer = bot.Peer{Channel: Name, Chat: strconv.FormatInt(m.Chat.ID, 10)}
	// The thread of a reply in an ordinary supergroup is no topic.
	if m.InTopic && m.Thread != 0 {
		u.Peer.Thread = strconv.Itoa(m.Thread)
	}
	u.Group = !m.Chat.IsPrivate()
	u.Ref = ref(m.ID)
	r.public(u, m.Chat, m.ID)
}

// public says of a group or a channel what whoever watches it must know. A channel's readers see no answers in it: those
// stand in its discussion group.
func (r reader) public(u *bot.Update, c *tgbotapi.Chat, id int) {
	if c.IsPrivate() {
		return
	}
	u.Source = bot.Peer{Channel: Name, Chat: strconv.FormatInt(c.ID, 10)}
	u.Title, u.Link, u.ReadOnly = c.Title, link(c, id), c.IsChannel()
}

func ref(id int) bot.Ref { return bot.Ref(strconv.Itoa(id)) }

func user(u *tgbotapi.User) bot.User {
	name := u.FirstName
	if u.LastName != "" {
		name += " " + u.LastName
	}
	return bot.User{ID: strconv.FormatInt(u.ID, 10), Name: name, Username: u.UserName, Language: u.LanguageCode}
}

// member tells that the bot may write to a chat from now on, or may not any more.
func (r reader) member(u *bot.Update, m *tgbotapi.ChatMemberUpdated) bool {
	before, after := present(m.OldChatMember), present(m.NewChatMember)
	if before == after {
		return false
	}
	u.Kind = bot.Gone
	if after {
		u.Kind = bot.Back
	}
	u.Time = kit.When(int64(m.Date), r.now)
	u.Peer = bot.Peer{Channel: Name, Chat: strconv.FormatInt(m.Chat.ID, 10)}
	u.Group = !m.Chat.IsPrivate()
	u.From = user(&m.From)
	r.public(u, &m.Chat, 0)
	return true
}

// present tells whether a member of this status may write.
func present(m tgbotapi.ChatMember) bool {
	switch m.Status {
	case "creator", "administrator", "member":
		return true
	case "restricted":
		return m.IsMember && m.CanSendMessages
	}
	return false
}
