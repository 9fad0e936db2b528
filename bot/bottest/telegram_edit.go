package bottest

import (
	"encoding/json"
	"strconv"
	"time"
)

// mine finds the message that a call changes.
func (g *Telegram) mine(params map[string]string, gone string) (*message, *refused) {
	c, no := g.writable(params)
	if no != nil {
		return nil, no
	}
	id, _ := strconv.Atoi(params["message_id"])
	m := c.find(id)
	switch {
	case m == nil:
		return nil, bad("%s", gone)
	case m.from != g.bot || m.markup:
		return nil, bad("message can't be edited")
	}
	return m, nil
}

// edit changes a message, or says that nothing would change.
func (g *Telegram) edit(m *message, params map[string]string, change func(next *message) *refused) (any, *refused) {
	next := *m
	if no := change(&next); no != nil {
		return nil, no
	}
	if no := g.dress(&next, params); no != nil {
		return nil, no
	}
	if same(m, &next) {
		return nil, bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	next.edited = g.now()
	*m = next
	return m.object(true), nil
}

func same(a, b *message) bool {
	face := func(m *message) string {
		raw, _ := json.Marshal([]any{m.text, m.entities, m.keyboard}) // plain values: it cannot fail
		return normal(string(raw))
	}
	return a.file == b.file && face(a) == face(b)
}

func editMessageText(g *Telegram, params map[string]string, _ map[string]*file) (any, *refused) {
	m, no := g.mine(params, "message to edit not found")
	if no != nil {
		return nil, no
	}
	return g.edit(m, params, func(next *message) *refused {
		if m.file != nil {
			return bad("there is no text in the message to edit")
		}
		if params["text"] == "" {
			return bad("message text is empty")
		}
		return g.write(next, params["text"], params["entities"], params["parse_mode"], 4096)
	})
}

func editMessageCaption(g *Telegram, params map[string]string, _ map[string]*file) (any, *refused) {
	m, no := g.mine(params, "message to edit not found")
	if no != nil {
		return nil, no
	}
	return g.edit(m, params, func(next *message) *refused {
		if m.file == nil {
			return bad("there is no caption in the message to edit")
		}
		return g.write(next, params["caption"], params["caption_entities"], params["parse_mode"], 1024)
	})
}

func editMessageMedia(g *Telegram, params map[string]string, files map[string]*file) (any, *refused) {
	m, no := g.mine(params, "message to edit not found")
	if no != nil {
		return nil, no
	}
	var in media
	_ = json.Unmarshal([]byte(params["media"]), &in) // the schema has seen it
	return g.edit(m, params, func(next *message) *refused { return g.fill(next, in, files) })
}

func editMessageReplyMarkup(g *Telegram, params map[string]string, _ map[string]*file) (any, *refused) {
	m, no := g.mine(params, "message to edit not found")
	if no != nil {
		return nil, no
	}
	return g.edit(m, params, func(*message) *refused { return nil })
}

// deletable is how long the bot may delete its messages.
const deletable = 48 * time.Hour

func deleteMessage(g *Telegram, params map[string]string, _ map[string]*file) (any, *refused) {
	m, no := g.mine(params, "message to delete not found")
	if no != nil {
		return nil, no
	}
	if g.now().Sub(m.date) > deletable {
		return nil, bad("message can't be deleted for everyone")
	}
	for i, other := range m.chat.messages {
		if other == m {
			m.chat.messages = append(m.chat.messages[:i:i], m.chat.messages[i+1:]...)
		}
	}
	return true, nil
}
