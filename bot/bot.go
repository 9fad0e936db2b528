// Package bot holds the messenger-neutral words of Otklik: what comes in (Update), what goes out (Message), where to
// (Peer), and the contract that every messenger's adapter keeps (Channel). The inbox keeps the order of each peer's
// updates; the outbox decides what leaves first, how fast, and what happens when a messenger refuses.
//
// It imports nothing of the project.
package bot

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Peer is a place that messages go to: a private chat, a group, or a forum topic of a group.
type Peer struct {
	Channel string `json:"c"`           // the messenger: "telegram", "vk", "desk"
	Chat    string `json:"p"`           // the chat, as the messenger writes it
	Thread  string `json:"t,omitempty"` // a forum topic of a group; "" for none
}

// String gives "channel:chat" or "channel:chat/thread".
func (p Peer) String() string {
	if p.Thread == "" {
		return p.Channel + ":" + p.Chat
	}
	return p.Channel + ":" + p.Chat + "/" + p.Thread
}

// IsZero tells a peer that is not set.
func (p Peer) IsZero() bool { return p == Peer{} }

// ParsePeer reads what String writes.
func ParsePeer(s string) (Peer, error) {
	channel, chat, ok := strings.Cut(s, ":")
	if !ok || channel == "" || chat == "" {
		return Peer{}, fmt.Errorf("peer %q: want channel:chat, such as telegram:123456", s)
	}
	chat, thread, _ := strings.Cut(chat, "/")
	if chat == "" {
		return Peer{}, fmt.Errorf("peer %q: want channel:chat, such as telegram:123456", s)
	}
	return Peer{Channel: channel, Chat: chat, Thread: thread}, nil
}

// User is who acts in a messenger.
type User struct {
	ID       string `json:"id"`             // the messenger's own, never reused
	Name     string `json:"name,omitempty"` // as people see it
	Username string `json:"username,omitempty"`
	Language string `json:"lang,omitempty"` // IETF tag of the client's interface, "" if unknown
}

// Ref names one message inside its chat, as the messenger writes it.
type Ref string

// Kind says what happened.
type Kind string

// The kinds of updates.
const (
	Written Kind = "written" // a message
	Edited  Kind = "edited"  // its author changed a message
	Pressed Kind = "pressed" // an inline button
	Gone    Kind = "gone"    // the person blocked the bot, or the group removed it
	Back    Kind = "back"    // unblocked, or added to a group
	Moved   Kind = "moved"   // the group goes on under another id (MovedTo)

	// Of what is watched: see Source.
	Deleted Kind = "deleted" // the message Ref stands there no longer
	Lost    Kind = "lost"    // the source cannot be read any more: Text says why, for whoever must mend it
	Found   Kind = "found"   // the source can be read, for the first time or again; MovedTo is its lasting name where that differs
)

// Update is one thing that happened in a messenger.
type Update struct {
	Channel  string    `json:"channel"`
	ID       string    `json:"id"` // the same update delivered again has the same ID; unique in its channel
	Kind     Kind      `json:"kind"`
	Time     time.Time `json:"time"` // when it happened, by the messenger's clock
	Peer     Peer      `json:"peer"`
	Group    bool      `json:"group,omitempty"` // more than one person reads Peer
	From     User      `json:"from"`
	Ref      Ref       `json:"ref,omitempty"`  // Written, Edited: the message; Pressed: the message with the button
	Text     string    `json:"text,omitempty"` // valid UTF-8; the caption where there is a photo
	Media    []Media   `json:"media,omitempty"`
	Location *Location `json:"location,omitempty"`
	Album    string    `json:"album,omitempty"`    // the same for all photos sent together
	ReplyTo  Ref       `json:"reply_to,omitempty"` // the message that this one replies to
	ToUs     bool      `json:"to_us,omitempty"`    // in a group: replies to the bot or names it
	Forward  *Forward  `json:"forward,omitempty"`
	Press    string    `json:"press,omitempty"` // Pressed: what the messenger wants answered
	Data     string    `json:"data,omitempty"`  // Pressed: the button's data; may be forged
	Other    string    `json:"other,omitempty"` // Written: a kind that cannot be used: "sticker", "voice", "video", "file", "contact", "other"
	MovedTo  string    `json:"moved_to,omitempty"`

	// Of a message that stands in public, whoever it was meant for. Peer is then its thread: a group, or the comments
	// under one post. ReplyTo may name another message of it.
	Source   Peer   `json:"source,omitzero"`     // the group, channel, community or feed that it stands in
	Title    string `json:"title,omitempty"`     // how that is called
	Link     string `json:"link,omitempty"`      // its own address, for a browser; "" where it has none
	ReadOnly bool   `json:"read_only,omitempty"` // nothing can be posted where it stands
	Vouched  bool   `json:"vouched,omitempty"`   // whoever brought it is trusted to name its source: it is watched from now on
	Copy     bool   `json:"copy,omitempty"`      // it is what Forward names, where people may talk about it
}

// Public tells whether the update comes from something that may be watched.
func (u Update) Public() bool { return !u.Source.IsZero() }

// Command gives a command's name (lower case, without slash and bot name) and the words behind it.
func (u Update) Command() (name, words string, ok bool) {
	if u.Kind != Written || !strings.HasPrefix(u.Text, "/") {
		return "", "", false
	}
	head, rest := u.Text, ""
	if i := strings.IndexAny(u.Text, " \n\t"); i >= 0 {
		head, rest = u.Text[:i], u.Text[i+1:]
	}
	head, _, _ = strings.Cut(strings.ToLower(head[1:]), "@")
	if head == "" {
		return "", "", false
	}
	return head, strings.TrimSpace(rest), true
}

// Location is a point on the map, degrees in WGS 84, with the name or address that a venue carries.
type Location struct {
	Lat     float64 `json:"lat"`
	Lon     float64 `json:"lon"`
	Title   string  `json:"title,omitempty"`
	Address string  `json:"address,omitempty"`
}

// Forward tells where a forwarded message stood first.
type Forward struct {
	Name   string `json:"name,omitempty"`
	Link   string `json:"link,omitempty"`
	Source Peer   `json:"source,omitzero"` // the channel that it was posted in
}

// Media is a photo: Refs say by which name each channel knows it. What came in has one ref, that of its channel.
// Blob names its bytes in the project's own keeping, where they are kept. A picture that the program draws has Make and
// nothing else: it is drawn when the message leaves, and no name of it is kept.
type Media struct {
	ID   string            `json:"id,omitempty"` // ours, once kept
	Refs map[string]string `json:"refs,omitempty"`
	Blob string            `json:"blob,omitempty"`
	Make string            `json:"make,omitempty"` // who makes it, and of what: "chart/trend?from=2026-11-01"
}

// File is a document that the program makes when the message leaves.
type File struct {
	Name string `json:"name"` // as people see it, with what tells its kind: «обращения 2026-11.xlsx»
	Make string `json:"make"` // as Media's
}

// Media is by what an Opener gives a file's bytes.
func (f File) Media() Media { return Media{Make: f.Make} }

// Span is a stretch of a text in bytes, [Start, End).
type Span struct {
	Start int `json:"s"`
	End   int `json:"e"`
}

// Message is what goes out. Text is plain: nothing in it is markup, so nothing that a person wrote can break it; Bold
// says what stands out.
type Message struct {
	Text      string     `json:"text"`
	Bold      []Span     `json:"bold,omitempty"`
	Photos    []Media    `json:"photos,omitempty"`
	Files     []File     `json:"files,omitempty"`      // below the photos
	Missing   string     `json:"missing,omitempty"`    // is said below the text where a file or a made picture has to stay behind
	Keyboard  [][]Button `json:"keyboard,omitempty"`   // inline, rows of buttons
	ReplyTo   Ref        `json:"reply_to,omitempty"`   // stands as a reply to this message, if it still exists
	WantReply bool       `json:"want_reply,omitempty"` // in a group: the client opens a reply to it
}

// Makes tells whether anything of the message is made when it leaves.
func (m Message) Makes() bool {
	return len(m.Files) > 0 || slices.ContainsFunc(m.Photos, func(p Media) bool { return p.Make != "" })
}

// Button is an inline button: Data comes back with the press (at most 64 bytes), or a URL opens.
type Button struct {
	Text string `json:"text"`
	Data string `json:"data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// Marks for Rich: what stands between them is bold. They are private-use characters, so no person types them, and
// Clean takes them out of what a person wrote.
const (
	BoldOn  = "\ue000"
	BoldOff = "\ue001"
)

// Rich turns a text with bold marks into plain text and its bold spans.
func Rich(marked string) (text string, bold []Span) {
	if !strings.ContainsAny(marked, BoldOn+BoldOff) {
		return marked, nil
	}
	var b strings.Builder
	start := -1
	for _, r := range marked {
		switch string(r) {
		case BoldOn:
			if start < 0 {
				start = b.Len()
			}
		case BoldOff:
			if start >= 0 && start < b.Len() {
				bold = append(bold, Span{start, b.Len()})
			}
			start = -1
		default:
			b.WriteRune(r)
		}
	}
	if start >= 0 && start < b.Len() {
		bold = append(bold, Span{start, b.Len()})
	}
	return b.String(), bold
}

// Clean makes what a person wrote safe to keep and to show: valid UTF-8, no control characters but line ends and tabs,
// no bold marks.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < 0x20 || r == 0x7f || r == 0xe000 || r == 0xe001:
			return -1
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // direction overrides reach over what follows
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
