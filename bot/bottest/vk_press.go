package bottest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// RepliesTo replies to the newest message in which these words stand.
func (s *VKSeat) RepliesTo(words, text string) {
	s.g.t.Helper()
	s.post(&vkMessage{text: text, reply: s.awaited(words).cmid})
}

// RepliesWithPhoto replies with a photo.
func (s *VKSeat) RepliesWithPhoto(words string, jpeg []byte, caption string) {
	s.g.t.Helper()
	to := s.awaited(words).cmid
	s.post(&vkMessage{text: caption, photos: s.album([][]byte{jpeg}), reply: to})
}

// Edits changes the newest own message in which these words stand.
func (s *VKSeat) Edits(words, text string) {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	for _, m := range slices.Backward(s.peer.messages) {
		if m.from == s.user && strings.Contains(m.text, words) {
			m.text, m.edited = text, s.g.now()
			s.peer.version += 2
			s.g.tell("message_edit", s.g.object(m), nil)
			s.g.change()
			return
		}
	}
	s.g.fault("%s wrote nothing with %q", s.user.first, words)
}

// Presses presses the button with this label, as soon as there is one: of the newest message that has one, or of the
// keyboard below. A callback button makes an event, a text button a message.
func (s *VKSeat) Presses(label string) {
	s.g.t.Helper()
	s.g.wait(fmt.Sprintf("a button %q for %s", label, s.user.first), func() bool {
		at, b := s.button(label, "callback", "text")
		if b == nil {
			return false
		}
		if b.Action.Type == "callback" {
			s.press(at, json.RawMessage(b.Action.Payload))
			return true
		}
		m := &vkMessage{text: label, fields: map[string]any{}}
		if s.peer.person == nil {
			m.text = vkMention + label
		}
		if b.Action.Payload != "" {
			m.fields["payload"] = b.Action.Payload
		}
		if k := s.peer.below; at == nil && k != nil && k.OneTime {
			s.peer.below = nil
		}
		s.say(m)
		return true
	})
}

// Forges presses a button that nobody gave, at the newest message of the bot: its payload is {"d":data}.
func (s *VKSeat) Forges(data string) {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	for _, m := range slices.Backward(s.peer.messages) {
		if m.from == nil {
			raw, _ := json.Marshal(map[string]string{"d": data}) // strings: it cannot fail
			s.press(m, raw)
			return
		}
	}
	s.g.fault("the bot wrote nothing to %s", s.user.first)
}

// button finds a button of one of these kinds, and the message that it stands in; no message for the keyboard below.
func (s *VKSeat) button(label string, of ...string) (*vkMessage, *vkButton) {
	find := func(k *vkKeyboard) *vkButton {
		if k == nil {
			return nil
		}
		for _, row := range k.Buttons {
			for i, b := range row {
				if b.Action.Label == label && slices.Contains(of, b.Action.Type) {
					return &row[i]
				}
			}
		}
		return nil
	}
	for _, m := range slices.Backward(s.peer.messages) {
		if m.keyboard != nil && m.keyboard.Inline {
			if b := find(m.keyboard); b != nil {
				return m, b
			}
		}
	}
	return nil, find(s.peer.below)
}

// press tells the bot of a press; the lock is held.
func (s *VKSeat) press(at *vkMessage, payload json.RawMessage) {
	if len(payload) == 0 {
		payload = json.RawMessage("{}")
	}
	p := &vkPress{id: fmt.Sprintf("%012x", s.g.number()), by: s.user, peer: s.peer, at: s.g.now()}
	s.g.presses = append(s.g.presses, p)
	what := map[string]any{"user_id": s.user.id, "peer_id": s.peer.id, "event_id": p.id, "payload": payload}
	if at != nil { // below the chat it stands in no message
		what["conversation_message_id"] = at.cmid
	}
	s.g.tell("message_event", what, p)
}

// Noted gives what the person's presses were answered with, oldest first; "" for an answer without a note.
func (s *VKSeat) Noted() (notes []string) {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	for _, p := range s.g.presses {
		if p.by == s.user && p.answered {
			notes = append(notes, p.note)
		}
	}
	return notes
}

// AwaitsNote waits until the person's newest press is answered, and gives the note.
func (s *VKSeat) AwaitsNote() (note string) {
	s.g.t.Helper()
	s.g.wait("an answer to the press of "+s.user.first, func() bool {
		for _, p := range slices.Backward(s.g.presses) {
			if p.by == s.user {
				note = p.note
				return p.answered
			}
		}
		return false
	})
	return note
}

// Link waits for a button that opens an address, and gives the address.
func (s *VKSeat) Link(label string) (address string) {
	s.g.t.Helper()
	s.g.wait(fmt.Sprintf("a link %q for %s", label, s.user.first), func() bool {
		_, b := s.button(label, "open_link")
		if b != nil {
			address = b.Action.Link
		}
		return b != nil
	})
	return address
}
