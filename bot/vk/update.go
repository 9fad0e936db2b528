package vk

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"otklik/bot"
	"otklik/bot/kit"
)

// kinds are the events that we ask VK for.
var kinds = append([]string{"message_new", "message_edit", "message_event", "message_allow", "message_deny"}, publicKinds...)

// event is one of VK's events: what we use of it. The library's own type decodes a batch wholly or not at all.
type event struct {
	Type   string          `json:"type"`
	ID     string          `json:"event_id"`
	Group  int64           `json:"group_id"`
	Secret string          `json:"secret"`
	Object json.RawMessage `json:"object"`
}

// message is one of VK's messages: what we use of it.
type message struct {
	ID      int               `json:"id"`
	CMID    int               `json:"conversation_message_id"`
	CMID2   int               `json:"cmid"`
	Date    int64             `json:"date"`
	Updated int64             `json:"update_time"`
	Peer    int64             `json:"peer_id"`
	From    int64             `json:"from_id"`
	Out     int               `json:"out"`
	Random  int32             `json:"random_id"`
	Text    string            `json:"text"`
	Payload json.RawMessage   `json:"payload"`
	Ref     string            `json:"ref"`
	Geo     *geo              `json:"geo"`
	Action  *happening        `json:"action"`
	Reply   *message          `json:"reply_message"`
	Forward []message         `json:"fwd_messages"`
	Files   []json.RawMessage `json:"attachments"`
	Cropped bool              `json:"is_cropped"`
	// Keyboard is the inline one that stands under it.
	Keyboard json.RawMessage `json:"keyboard"`
}

func (m *message) number() int {
	if m.CMID != 0 {
		return m.CMID
	}
	return m.CMID2
}

type geo struct {
	Coordinates struct {
		Lat float64 `json:"latitude"`
		Lon float64 `json:"longitude"`
	} `json:"coordinates"`
	Place *struct {
		Title   string `json:"title"`
		Address string `json:"address"`
	} `json:"place"`
}

// happening is what a message tells of a chat instead of words.
type happening struct {
	Type   string `json:"type"`
	Member int64  `json:"member_id"`
}

// came is what an event comes to.
type came struct {
	updates []bot.Update
	orphan  string   // a press that nobody will answer
	turn    *turning // a press that only turns a page
	client  *client  // what the writer's client can show
}

// turning is a press on the row that turns the pages of a long keyboard.
type turning struct {
	to    bot.Peer
	ref   bot.Ref
	want  payload
	press string
}

// reader turns VK's events into updates. Names are filled in afterwards.
type reader struct {
	group int64
	now   time.Time
	// shown finds the message that carried a text button.
	shown func(to bot.Peer, nonce int32) bot.Ref
}

// event reads one. What cannot be read is left out with an error: it would never be readable.
func (r reader) event(raw json.RawMessage) (c came, err error) {
	defer caught(&err)
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		return came{}, fmt.Errorf("an event: %w", err)
	}
	if e.ID == "" {
		e.ID = r.nameless(e)
	}
	if c, err = r.object(e); err != nil {
		return came{}, fmt.Errorf("event %s, %s: %w", e.ID, e.Type, err)
	}
	return c, nil
}

// caught makes a fault in reading one event that event's failure, not the program's end: it would come again after every start.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}

// nameless gives an event without a name one that follows from what it says, and what can be said twice from the time, too.
func (r reader) nameless(e event) string {
	name := e.Type + string(e.Object)
	if e.Type != "message_edit" {
		name += r.now.String()
	}
	return hashed(name)
}

func (r reader) object(e event) (came, error) {
	switch e.Type {
	case "message_new":
		var o struct {
			Message *message `json:"message"`
			Client  *struct {
				Actions []string `json:"button_actions"`
				Inline  *bool    `json:"inline_keyboard"`
				Lang    int      `json:"lang_id"`
			} `json:"client_info"`
		}
		if err := json.Unmarshal(e.Object, &o); err != nil {
			return came{}, err
		}
		if o.Message == nil { // the form of years ago
			o.Message = new(message)
			if err := json.Unmarshal(e.Object, o.Message); err != nil {
				return came{}, err
			}
		}
		c, err := r.message(o.Message)
		if o.Client != nil && o.Client.Inline != nil && o.Message.Peer < firstChat {
			c.client = &client{inline: *o.Client.Inline, callback: strings.Contains(" "+strings.Join(o.Client.Actions, " ")+" ", " callback ")}
			for i := range c.updates {
				c.updates[i].From.Language = languages[o.Client.Lang]
			}
		}
		return c, err
	case "message_edit":
		var m message
		if err := json.Unmarshal(e.Object, &m); err != nil {
			return came{}, err
		}
		return r.edited(&m, e)
	case "message_event":
		return r.pressed(e)
	case "message_allow", "message_deny":
		var o struct {
			User int64 `json:"user_id"`
		}
		if err := json.Unmarshal(e.Object, &o); err != nil {
			return came{}, err
		}
		if o.User <= 0 {
			return came{}, errors.New("nobody")
		}
		u := bot.Update{Channel: Name, ID: "e" + e.ID, Kind: bot.Back, Time: r.now, Peer: peerOf(o.User), From: person(o.User)}
		if e.Type == "message_deny" {
			u.Kind = bot.Gone
		}
		return came{updates: []bot.Update{u}}, nil
	}
	if slices.Contains(publicKinds, e.Type) {
		return r.public(e)
	}
	return came{}, nil
}

// languages are those of VK's clients that people may want us to speak.
var languages = map[int]string{0: "ru", 1: "uk", 2: "be", 3: "en"}

func peerOf(id int64) bot.Peer { return bot.Peer{Channel: Name, Chat: strconv.FormatInt(id, 10)} }

func person(id int64) bot.User { return bot.User{ID: strconv.FormatInt(id, 10)} }

// pressed reads the press of a callback button.
func (r reader) pressed(e event) (came, error) {
	var o struct {
		User    int64           `json:"user_id"`
		Peer    int64           `json:"peer_id"`
		ID      string          `json:"event_id"`
		Payload json.RawMessage `json:"payload"`
		CMID    int             `json:"conversation_message_id"`
		CMID2   int             `json:"cmid"`
	}
	if err := json.Unmarshal(e.Object, &o); err != nil {
		return came{}, err
	}
	if o.User <= 0 || o.Peer <= 0 || o.ID == "" {
		return came{}, errors.New("a press of nobody")
	}
	if o.CMID == 0 {
		o.CMID = o.CMID2
	}
	who, to := person(o.User), peerOf(o.Peer)
	press := pressOf(o.ID, who.ID, to.Chat)
	p := payloadOf(o.Payload)
	switch {
	case p.Page > 0:
		return came{turn: &turning{to, refOf(o.CMID), p, press}}, nil
	case p.Data == "" || !isData(p.Data):
		return came{orphan: press}, nil
	}
	return came{updates: []bot.Update{{Channel: Name, ID: "p" + o.ID, Kind: bot.Pressed, Time: r.now, Peer: to, Group: o.Peer >= firstChat,
		From: who, Ref: refOf(o.CMID), Press: press, Data: p.Data}}}, nil
}

func isData(s string) bool { return len(s) <= maxData && bot.Clean(s) == s }

// payloadOf reads what a button carried.
func payloadOf(raw json.RawMessage) (p payload) {
	if json.Unmarshal(bare(raw), &p) != nil {
		return payload{}
	}
	return p
}

// bare gives what a button carried as JSON: VK gives it so or as a text of JSON.
func bare(raw json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return json.RawMessage(text)
	}
	return raw
}

// message reads a new message.
func (r reader) message(m *message) (_ came, err error) {
	defer caught(&err)
	u, ok, err := r.envelope(m)
	if !ok || err != nil {
		return came{}, err
	}
	u.ID, u.Time = "m"+u.Peer.Chat+"."+string(u.Ref), kit.When(m.Date, r.now)
	if m.Action != nil {
		if m.Action.Member != -r.group {
			return came{}, nil
		}
		switch m.Action.Type {
		case "chat_invite_user", "chat_invite_user_by_link":
			u.Kind, u.Ref = bot.Back, ""
		case "chat_kick_user":
			u.Kind, u.Ref = bot.Gone, ""
		default:
			return came{}, nil
		}
		return came{updates: []bot.Update{u}}, nil
	}
	start, pressed := r.button(m, u)
	if pressed != nil {
		return *pressed, nil
	}
	if !r.content(&u, m) {
		return came{}, nil
	}
	if !u.Group && (start || m.Payload == nil && isStarting(u.Text)) && u.Media == nil {
		u.Text = strings.TrimSpace("/start " + word(m.Ref))
	} else if ref := word(m.Ref); ref != "" && !u.Group {
		// Who followed a link and wrote at once said two things.
		first := bot.Update{Channel: Name, ID: "r" + u.ID, Kind: bot.Written, Time: u.Time, Peer: u.Peer, From: u.From, Ref: u.Ref, Text: "/start " + ref}
		return came{updates: []bot.Update{first, u}}, nil
	}
	return came{updates: []bot.Update{u}}, nil
}

func word(ref string) string {
	if isStart(ref) {
		return ref
	}
	return ""
}

// isStarting tells the words of the button that begins a conversation.
func isStarting(text string) bool {
	switch strings.ToLower(text) {
	case "начать", "start", "старт":
		return true
	}
	return false
}

// button reads a message that is the press of a text button. start is the button that begins a conversation.
func (r reader) button(m *message, u bot.Update) (start bool, c *came) {
	if m.Payload == nil {
		return false, nil
	}
	var special struct {
		Command string          `json:"command"`
		Payload json.RawMessage `json:"payload"`
	}
	// A client that cannot press says so, with what it should have pressed, at times wrapped more than once.
	for range 4 {
		special.Command, special.Payload = "", nil
		if json.Unmarshal(bare(m.Payload), &special) != nil || special.Command == "" {
			break
		}
		if special.Command != "not_supported_button" {
			return special.Command == "start", nil
		}
		m.Payload = special.Payload
	}
	p := payloadOf(m.Payload)
	ref := bot.Ref("")
	if p.Nonce != 0 && r.shown != nil {
		ref = r.shown(u.Peer, p.Nonce)
	}
	switch {
	case p.Page > 0:
		return false, &came{turn: &turning{u.Peer, ref, p, ""}}
	case p.Data == "" || !isData(p.Data):
		return false, nil
	}
	u.Kind, u.Ref, u.Data, u.Press = bot.Pressed, ref, p.Data, pressOfText(u.Peer.Chat)
	return false, &came{updates: []bot.Update{u}}
}

// edited reads a message that its author changed.
func (r reader) edited(m *message, e event) (came, error) {
	u, ok, err := r.envelope(m)
	if !ok || err != nil || m.Action != nil {
		return came{}, err
	}
	u.Kind, u.ID, u.Time = bot.Edited, "e"+e.ID, kit.When(max(m.Updated, m.Date), r.now)
	if !r.content(&u, m) {
		return came{}, nil
	}
	return came{updates: []bot.Update{u}}, nil
}

// envelope says who wrote where; ok is false for what is not from a person.
func (r reader) envelope(m *message) (u bot.Update, ok bool, err error) {
	if m.From <= 0 || m.Out != 0 {
		return u, false, nil
	}
	if m.Peer <= 0 || m.number() == 0 {
		return u, false, errors.New("a message without a place")
	}
	u = bot.Update{Channel: Name, Kind: bot.Written, Peer: peerOf(m.Peer), Group: m.Peer >= firstChat, From: person(m.From), Ref: refOf(m.number())}
	return u, true, nil
}

var mention = regexp.MustCompile(`\[(id|club|public|event)(\d+)\|([^\]]*)\]`)

// address takes our own name off the head of a text, and shows others' as they are read.
func (r reader) address(u *bot.Update) {
	if at := mention.FindStringSubmatchIndex(u.Text); at != nil && at[0] == 0 && u.Text[at[2]:at[3]] != "id" && u.Text[at[4]:at[5]] == strconv.FormatInt(r.group, 10) {
		u.Text = strings.TrimLeft(u.Text[at[1]:], " ,:\n")
		u.ToUs = u.Group
	}
	u.Text = mention.ReplaceAllString(u.Text, "$3")
}
