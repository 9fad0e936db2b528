package bottest

import (
	"fmt"
	"maps"
	"strings"
	"time"
)

// vkPeer is a private chat or a group chat, as the server has it.
type vkPeer struct {
	id       int64
	title    string
	person   *VKUser // private: the other side
	messages []*vkMessage
	last     int64       // the newest message's id in this chat
	below    *vkKeyboard // the keyboard under the chat
	version  int64

	reachable bool // private: the person wrote or allowed it; a group: the bot is in it
	blocked   bool // private: by the person
	pinned    bool // stands before all others in the community's list
}

// vkMessage is a message of a chat.
type vkMessage struct {
	id       int64 // the community's
	cmid     int64 // the chat's: everything goes by this one
	peer     *vkPeer
	from     *VKUser // nil: ours
	date     time.Time
	edited   time.Time
	text     string
	photos   []*vkPhoto
	docs     []*vkDoc // that the bot uploaded
	more     []any    // attachments that are no photos
	kind     string   // how people see them
	point    map[string]any
	forwards []any
	reply    int64 // a cmid
	keyboard *vkKeyboard
	fields   map[string]any // payload, ref, ref_source, action
	random   int64
}

// seenAs is the name that stands before a message.
func (m *vkMessage) seenAs() string {
	if m.from == nil {
		return vkName
	}
	return m.from.first
}

func (m *vkMessage) fromID() int64 {
	if m.from == nil {
		return -vkGroup
	}
	return m.from.id
}

func (p *vkPeer) find(cmid int64) *vkMessage {
	for _, m := range p.messages {
		if m.cmid == cmid {
			return m
		}
	}
	return nil
}

// add puts a message into its chat; the lock is held.
func (g *VK) add(m *vkMessage) *vkMessage {
	m.peer.last++
	m.id, m.cmid, m.date = g.number(), m.peer.last, g.now()
	m.peer.version += 2
	m.peer.messages = append(m.peer.messages, m)
	if k := m.keyboard; k != nil && !k.Inline {
		m.peer.below = k
		if len(k.Buttons) == 0 {
			m.peer.below = nil
		}
	}
	g.change()
	return m
}

// told is the id that VK gives of a message: a community sees none in a group chat.
func (m *vkMessage) told() int64 {
	if m.peer.person == nil {
		return 0
	}
	return m.id
}

// brief is the message as it stands in another one.
func (g *VK) brief(m *vkMessage) map[string]any {
	o := map[string]any{"id": m.told(), "date": m.date.Unix(), "peer_id": m.peer.id, "from_id": m.fromID(), "text": m.text,
		"conversation_message_id": m.cmid, "attachments": g.attached(m), "fwd_messages": m.passedOn()}
	if m.point != nil {
		o["geo"] = m.point
	}
	if !m.edited.IsZero() {
		o["update_time"] = m.edited.Unix()
	}
	return o
}

// object is the message as VK tells it.
func (g *VK) object(m *vkMessage) map[string]any {
	o := g.brief(m)
	o["out"], o["important"], o["is_hidden"], o["random_id"], o["version"] = 0, false, false, m.random, 10_000_000+m.peer.version
	if m.from == nil {
		o["out"] = 1
	}
	for name, v := range m.fields {
		o[name] = v
	}
	if to := m.peer.find(m.reply); to != nil {
		o["reply_message"] = g.brief(to)
	}
	if m.keyboard != nil && m.keyboard.Inline {
		o["keyboard"] = m.keyboard.object()
	}
	return o
}

func (m *vkMessage) passedOn() []any {
	if m.forwards == nil {
		return []any{}
	}
	return m.forwards
}

func (g *VK) attached(m *vkMessage) []any {
	list := []any{}
	for _, p := range m.photos {
		list = append(list, map[string]any{"type": "photo", "photo": g.photo(p)})
	}
	for _, d := range m.docs {
		list = append(list, map[string]any{"type": "doc", "doc": g.doc(d)})
	}
	return append(list, m.more...)
}

// vkKeyboard is a keyboard as the bot sent it.
type vkKeyboard struct {
	OneTime bool         `json:"one_time"`
	Inline  bool         `json:"inline"`
	Buttons [][]vkButton `json:"buttons"`

	whole map[string]any // as it came
}

type vkButton struct {
	Action struct {
		Type    string `json:"type"`
		Label   string `json:"label,omitempty"`
		Payload string `json:"payload,omitempty"`
		Link    string `json:"link,omitempty"`
	} `json:"action"`
	Color string `json:"color,omitempty"`
}

func (k *vkKeyboard) object() map[string]any {
	o := maps.Clone(k.whole)
	o["author_id"] = -vkGroup
	return o
}

// labels gives what stands on the buttons.
func (k *vkKeyboard) labels() (rows [][]string) {
	if k == nil {
		return nil
	}
	for _, row := range k.Buttons {
		var line []string
		for _, b := range row {
			label := b.Action.Label
			if b.Action.Type == "location" {
				label = "геопозиция" // VK writes it itself
			}
			line = append(line, label)
		}
		rows = append(rows, line)
	}
	return rows
}

// shown is a message as it looks.
func (m *vkMessage) shown() string {
	if m.fields["action"] != nil {
		return "" // a service message
	}
	var what []string
	for range m.photos {
		what = append(what, "[фото]")
	}
	for _, d := range m.docs {
		what = append(what, fmt.Sprintf("[файл %s, %d Б]", d.title, len(d.bytes)))
	}
	if m.kind != "" {
		what = append(what, "["+m.kind+"]")
	}
	if m.text != "" {
		what = append(what, strings.ReplaceAll(m.text, "\n", "\n  "))
	}
	line := m.seenAs() + ": " + strings.Join(what, " ") + "\n"
	if m.keyboard != nil && m.keyboard.Inline {
		line += drawn("  ", m.keyboard)
	}
	return line
}

func drawn(before string, k *vkKeyboard) (lines string) {
	for _, row := range k.labels() {
		lines += before + "[" + strings.Join(row, "] [") + "]\n"
	}
	return lines
}
