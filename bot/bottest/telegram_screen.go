package bottest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"

	"otklik/bot"
)

// Screen gives the chat as the person sees it now: a line for each line, the writer's name before the first, buttons
// in brackets, a row a line.
//
//	Анна: Яма у дома 12
//	Отклик: Где это?
//	  [Выбрать район] [Отмена]
func (s *Seat) Screen() string {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	return s.screen()
}

func (s *Seat) screen() string {
	var b strings.Builder
	for _, m := range s.chat.messages {
		if m.thread != s.thread {
			continue
		}
		b.WriteString(m.shown())
	}
	return b.String()
}

// shown is a message as it looks.
func (m *message) shown() string {
	var what []string
	if m.file != nil {
		what = append(what, m.file.shown())
	}
	switch {
	case m.kind != "":
		what = append(what, "["+m.kind+"]")
	case m.point != nil:
		what = append(what, fmt.Sprintf("[точка %v, %v]", m.point["latitude"], m.point["longitude"]))
	case m.more != nil:
		return "" // a service message
	}
	if m.text != "" {
		what = append(what, strings.ReplaceAll(m.text, "\n", "\n  "))
	}
	name := ""
	switch {
	case m.sender != nil:
		name = m.sender.title
	case m.from != nil:
		name = m.from.first
	}
	line := name + ": " + strings.Join(what, " ") + "\n"
	for _, row := range labels(m.keyboard) {
		line += "  [" + strings.Join(row, "] [") + "]\n"
	}
	return line
}

// isDocument tells a document from a photo, which may be one that was sent as a file.
func (f *file) isDocument() bool {
	return f.kind == "Document" && !looksLikePhoto(f.bytes) && !strings.HasPrefix(f.name, "photo.")
}

// shown is a file as it looks: a document by its name and size.
func (f *file) shown() string {
	switch {
	case f.kind == "Photo":
		return "[фото]"
	case f.isDocument():
		return fmt.Sprintf("[файл %s, %d Б]", f.name, f.size)
	}
	return "[файл]"
}

func labels(keyboard [][]any) (rows [][]string) {
	for _, row := range keyboard {
		var line []string
		for _, b := range row {
			button, _ := b.(map[string]any)
			line = append(line, fmt.Sprint(button["text"]))
		}
		rows = append(rows, line)
	}
	return rows
}

// Screens gives every chat's screen, to be read when a test fails.
func (g *Telegram) Screens() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(g.chats)) {
		c := g.chats[id]
		if len(c.messages) == 0 {
			continue
		}
		fmt.Fprintf(&b, "--- chat %d %s\n", id, c.title)
		for _, m := range c.messages {
			b.WriteString(m.shown())
		}
	}
	return b.String()
}

// Awaits waits until a message of the bot reads so that all these words stand in it, and gives its text.
func (s *Seat) Awaits(words ...string) string {
	s.g.t.Helper()
	var text string
	s.g.wait(fmt.Sprintf("%q for %s", words, s.user.first), func() bool {
		for _, m := range slices.Backward(s.chat.messages) {
			if m.from == s.g.bot && m.thread == s.thread && containsAll(m.text+"\n"+fmt.Sprint(labels(m.keyboard)), words) {
				text = m.text
				return true
			}
		}
		return false
	})
	return text
}

func containsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// awaited waits for a message in which these words stand.
func (s *Seat) awaited(words string) (found *message) {
	s.g.t.Helper()
	s.g.wait(fmt.Sprintf("a message with %q for %s", words, s.user.first), func() bool {
		for _, m := range slices.Backward(s.chat.messages) {
			if m.thread == s.thread && strings.Contains(m.text, words) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// Link waits for a message of the bot with a button that opens an address, and gives the address.
func (s *Seat) Link(label string) (address string) {
	s.g.t.Helper()
	s.g.wait(fmt.Sprintf("a link %q for %s", label, s.user.first), func() bool {
		for _, m := range slices.Backward(s.chat.messages) {
			for _, row := range m.keyboard {
				for _, b := range row {
					button, _ := b.(map[string]any)
					if url, ok := button["url"].(string); ok && button["text"] == label {
						address = url
						return true
					}
				}
			}
		}
		return false
	})
	return address
}

// Noted gives what the person's presses were answered with, oldest first; "" for an answer without a note.
func (s *Seat) Noted() (notes []string) {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	for _, p := range s.g.order {
		if p.by == s.user && p.answered {
			notes = append(notes, p.note)
		}
	}
	return notes
}

// AwaitsNote waits until the person's newest press is answered, and gives the note.
func (s *Seat) AwaitsNote() (note string) {
	s.g.t.Helper()
	s.g.wait("an answer to the press of "+s.user.first, func() bool {
		for _, p := range slices.Backward(s.g.order) {
			if p.by == s.user {
				note = p.note
				return p.answered
			}
		}
		return false
	})
	return note
}

// Sees gives the chat message by message.
func (s *Seat) Sees() (list []Seen) {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	for _, m := range s.chat.messages {
		if m.thread != s.thread || m.shown() == "" {
			continue
		}
		seen := Seen{Ref: bot.Ref(fmt.Sprint(m.id)), Mine: m.from == s.user, Text: m.text, Bold: m.bold(), Buttons: labels(m.keyboard)}
		switch {
		case m.file == nil:
		case m.file.isDocument():
			seen.Files = []SeenFile{{m.file.name, m.file.bytes}}
		default:
			seen.Photos = [][]byte{m.file.bytes}
		}
		if m.reply != 0 && m.reply != m.thread {
			seen.ReplyTo = bot.Ref(fmt.Sprint(m.reply))
		}
		list = append(list, seen)
	}
	return list
}

// bold gives the stretches of a message that stand out.
func (m *message) bold() (list []string) {
	raw, _ := json.Marshal(m.entities) // it came as JSON
	var marks []struct {
		Type           string
		Offset, Length int
	}
	_ = json.Unmarshal(raw, &marks)
	units := utf16.Encode([]rune(m.text))
	for _, e := range marks {
		if e.Type == "bold" && e.Offset >= 0 && e.Offset+e.Length <= len(units) {
			list = append(list, string(utf16.Decode(units[e.Offset:e.Offset+e.Length])))
		}
	}
	return list
}
