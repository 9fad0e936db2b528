package telegram

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
)

// noPreview keeps the pages that a text links to out of the chat.
const noPreview = `{"is_disabled":true}`

// sent is what one part became.
type sent struct {
	refs  []bot.Ref
	media map[int]string // by index of the photo
	link  string
}

// progress remembers which parts of a message are sent, so that another attempt goes on behind them. Telegram itself
// does not know a message that comes twice.
type progress struct {
	print [sha256.Size]byte
	turn  sync.Mutex // two attempts at once are one after the other
	parts []sent
}

// shape remembers what a message was made of, for its edit: Telegram does not tell.
type shape struct {
	face   [sha256.Size]byte // of all that a person sees of it
	photos string            // what says which they are, and the files
	texts  int               // how many messages its text takes; 0 is a caption
	more   []bot.Ref
}

func shapeOf(m bot.Message, parts []part, more []bot.Ref) shape {
	photos := photoIDs(m)
	return shape{face: faceOf(m, photos), photos: photos, texts: texts(parts), more: more}
}

func faceOf(m bot.Message, photos string) [sha256.Size]byte {
	raw := make([]byte, 0, 1024)
	add := func(s string) {
		raw = append(binary.AppendUvarint(raw, uint64(len(s))), s...)
	}
	add(m.Text)
	add(photos)
	for _, s := range m.Bold {
		raw = binary.AppendUvarint(binary.AppendUvarint(raw, uint64(s.Start)), uint64(s.End))
	}
	for _, row := range m.Keyboard {
		add("row")
		for _, b := range row {
			add(b.Text)
			add(b.Data)
			add(b.URL)
		}
	}
	return sha256.Sum256(raw)
}

// Send posts a message: one call where Telegram has one message for it, otherwise the photos, then the text with the
// buttons. A call that ended without an answer may have been heard: then the message stands twice.
func (c *Channel) Send(ctx context.Context, to bot.Peer, m bot.Message, key string, open bot.Opener) (bot.Receipt, error) {
	r, err := c.send(ctx, to, m, "send "+key, open)
	return r, c.crowd.judge(to, err, c.now())
}

func (c *Channel) send(ctx context.Context, to bot.Peer, m bot.Message, key string, open bot.Opener) (bot.Receipt, error) {
	if err := known(to); err != nil {
		return bot.Receipt{}, err
	}
	parts, err := plan(m)
	if err != nil {
		return bot.Receipt{}, err
	}
	so := c.progress(to.String()+" "+key, m)
	so.turn.Lock()
	defer so.turn.Unlock()
	for i := len(so.parts); i < len(parts); i++ {
		reply := m.ReplyTo
		if i > 0 {
			reply = ""
		}
		one, err := c.sendPart(ctx, delivery{to: to, reply: reply, photos: m.Photos, open: open}, parts[i])
		if err != nil {
			return bot.Receipt{}, err
		}
		so.parts = append(so.parts, one)
	}
	r, err := receipt(so.parts, len(m.Photos))
	if err == nil {
		c.sends.Put(shapeKey(to, r.Ref), shapeOf(m, parts, r.More))
	}
	return r, err
}

// progress finds what an earlier attempt at the same message did.
func (c *Channel) progress(key string, m bot.Message) *progress {
	raw, _ := json.Marshal(m) // strings and numbers: it cannot fail
	now := &progress{print: sha256.Sum256(raw)}
	if old, ok := c.sends.Get(key).(*progress); ok && old.print == now.print {
		return old
	}
	c.sends.Put(key, now)
	return now
}

func known(to bot.Peer) error {
	_, err := strconv.ParseInt(to.Chat, 10, 64)
	if err == nil && to.Thread != "" {
		_, err = strconv.Atoi(to.Thread)
	}
	if err != nil || to.Channel != Name {
		return &bot.Failure{Reason: bot.NoPeer, Err: fmt.Errorf("%s is no chat of Telegram's", to)}
	}
	return nil
}

func receipt(parts []sent, photos int) (bot.Receipt, error) {
	var r bot.Receipt
	main := parts[len(parts)-1]
	if len(main.refs) == 0 {
		return r, &bot.Failure{Reason: bot.Never, Err: errors.New("nothing of the message could be sent")}
	}
	r.Ref, r.Link = main.refs[0], main.link
	for _, p := range parts[:len(parts)-1] {
		r.More = append(r.More, p.refs...)
	}
	r.More = append(r.More, main.refs[1:]...)
	if photos > 0 {
		r.Media = make([]string, photos)
	}
	for _, p := range parts {
		for i, id := range p.media {
			r.Media[i] = id
		}
	}
	return r, nil
}

func shapeKey(to bot.Peer, ref bot.Ref) string { return to.Chat + "#" + string(ref) }

// photoIDs names a message's photos and files, so that two messages can be compared.
func photoIDs(m bot.Message) string {
	var ids []string
	for _, p := range m.Photos {
		ids = append(ids, p.ID, p.Refs[Name])
		if p.ID != "" {
			ids[len(ids)-1] = "" // ours outlasts Telegram's
		}
		if p.Make != "" {
			ids[len(ids)-1] = p.Make
		}
	}
	for _, f := range m.Files {
		ids = append(ids, f.Name, f.Make)
	}
	return fmt.Sprintf("%q", ids)
}

// delivery is where a part goes, and how; each way that Telegram refuses for a cause that can be avoided is left.
type delivery struct {
	to     bot.Peer
	reply  bot.Ref
	photos []bot.Media
	open   bot.Opener

	fresh bool // upload photos, whatever their names: Telegram does not know one of them
	files bool // as files: Telegram does not take one of them for a photo
	bare  bool // without photos and files: they may not be sent there
}

// detour finds another way after a refusal.
func (d *delivery) detour(err error) bool {
	switch {
	case d.to.Thread != "" && says(err, "message thread not found", "TOPIC_DELETED", "TOPIC_CLOSED", "TOPIC_ID_INVALID"):
		d.to.Thread = "" // better beside its topic than nowhere
	case d.reply != "" && says(err, "replied not found", "replied message not found", "reply message not found", "message to reply not found", "MESSAGE_ID_INVALID"):
		d.reply = ""
	case !d.fresh && says(err, "wrong file identifier", "wrong remote file", "can't use file of type", "FILE_REFERENCE", "wrong file_id",
		"invalid file_id", "temporarily unavailable"):
		d.fresh = true
	case !d.files && (codeOf(err) == http.StatusRequestEntityTooLarge || says(err, "PHOTO_INVALID_DIMENSIONS", "IMAGE_PROCESS_FAILED", "PHOTO_SAVE_FILE_INVALID",
		"PHOTO_EXT_INVALID", "PHOTO_CONTENT", "too big for a photo", "file is too big")):
		d.fresh, d.files = true, true
	case !d.bare && says(err, "rights to send photos", "rights to send documents", "CHAT_SEND_PHOTOS_FORBIDDEN", "CHAT_SEND_DOCS_FORBIDDEN",
		"CHAT_SEND_MEDIA_FORBIDDEN"):
		d.bare = true
	default:
		return false
	}
	return true
}

func (d *delivery) params() tgbotapi.Params {
	p := tgbotapi.Params{"chat_id": d.to.Chat}
	p.AddNonEmpty("message_thread_id", d.to.Thread)
	if id, err := strconv.Atoi(string(d.reply)); err == nil && id > 0 {
		p["reply_parameters"] = fmt.Sprintf(`{"message_id":%d,"allow_sending_without_reply":true}`, id)
	}
	return p
}

func (c *Channel) sendPart(ctx context.Context, d delivery, p part) (s sent, err error) {
	for {
		switch {
		case p.file != nil:
			s, err = c.sendFile(ctx, &d, p)
		case len(p.photos) > 0:
			s, err = c.sendPhotos(ctx, &d, p)
		default:
			s, err = c.sendText(ctx, &d, p)
		}
		if err == nil || !d.detour(err) {
			return s, err
		}
	}
}

// sendWords sends what is written under photos or a file that stay out.
func (c *Channel) sendWords(ctx context.Context, d *delivery, p part) (sent, error) {
	if p.text.text == "" && p.markup == "" {
		return sent{}, nil
	}
	if p.text.text == "" {
		p.text.text = above
	}
	return c.sendText(ctx, d, p)
}

func (c *Channel) sendText(ctx context.Context, d *delivery, p part) (sent, error) {
	params := d.params()
	if err := p.text.put(params, "text", "entities"); err != nil {
		return sent{}, err
	}
	params["link_preview_options"] = noPreview
	params.AddNonEmpty("reply_markup", p.markup)
	var m posted
	if err := c.api.call(ctx, "sendMessage", params, &m); err != nil {
		return sent{}, err
	}
	return sent{refs: []bot.Ref{ref(m.ID)}, link: m.link()}, nil
}

// put writes a text and its bold stretches into a call's parameters.
func (r rich) put(p tgbotapi.Params, text, marks string) error {
	p.AddNonEmpty(text, r.text)
	if len(r.bold) == 0 {
		return nil
	}
	return p.AddInterface(marks, r.bold)
}

// posted is a message of ours, as Telegram gives it back.
type posted struct {
	ID       int                  `json:"message_id"`
	Chat     *tgbotapi.Chat       `json:"chat"`
	Photo    []tgbotapi.PhotoSize `json:"photo"`
	Document *tgbotapi.Document   `json:"document"`
}

// link is the message's address, where others than one person read it.
func (m posted) link() string {
	if m.Chat == nil || m.Chat.IsPrivate() {
		return ""
	}
	return link(m.Chat, m.ID)
}

// file names the message's photo from now on; "" if it has none.
func (m posted) file() string {
	switch {
	case len(m.Photo) > 0:
		return largest(m.Photo)
	case m.Document != nil:
		return asDocument + m.Document.FileID
	}
	return ""
}

// crowd tells a chat that is written to too often from a bot that writes too much: Telegram says the same of both.
type crowd struct {
	mu     sync.Mutex
	chats  []string // refused since anybody was last written to
	forget time.Time
}

// many is how many chats are refused in a row, with nothing sent between, before it is the bot that writes too much.
const many = 3

// judge makes it the whole channel's pause when one chat after the other is refused while the first still waits.
func (c *crowd) judge(to bot.Peer, err error, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok := errors.AsType[*bot.Failure](err)
	switch {
	case err == nil:
		c.chats = nil
		return nil
	case !ok || f.After == 0:
		return err
	case now.After(c.forget):
		c.chats = nil
	}
	if !slices.Contains(c.chats, to.Chat) {
		c.chats = append(c.chats, to.Chat)
	}
	if until := now.Add(f.After); until.After(c.forget) {
		c.forget = until
	}
	f.Whole = f.Whole || len(c.chats) >= many
	return err
}
