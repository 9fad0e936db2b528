package bottest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"otklik/bot"
)

// Screen gives the chat as the person sees it now: a line for each line, the writer's name before the first, buttons
// in brackets, a row a line; last the keyboard below the chat, if there is one.
//
//	Анна: Яма у дома 12
//	Отклик: Где это?
//	  [Выбрать район] [Отмена]
//	⌨ [Меню]
func (s *VKSeat) Screen() string {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	return s.peer.screen()
}

func (p *vkPeer) screen() string {
	var b strings.Builder
	for _, m := range p.messages {
		b.WriteString(m.shown())
	}
	return b.String() + drawn("⌨ ", p.below)
}

// Screens gives every chat's screen, to be read when a test fails.
func (g *VK) Screens() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(g.peers)) {
		if p := g.peers[id]; len(p.messages) > 0 {
			fmt.Fprintf(&b, "--- chat %d %s\n%s", id, p.title, p.screen())
		}
	}
	return b.String()
}

// Awaits waits until a message of the bot reads so that all these words stand in it, or on its buttons, and gives its
// text.
func (s *VKSeat) Awaits(words ...string) (text string) {
	s.g.t.Helper()
	s.g.wait(fmt.Sprintf("%q for %s", words, s.user.first), func() bool {
		for _, m := range slices.Backward(s.peer.messages) {
			if m.from == nil && containsAll(m.text+"\n"+fmt.Sprint(m.keyboard.labels()), words) {
				text = m.text
				return true
			}
		}
		return false
	})
	return text
}

// awaited waits for a message in which these words stand.
func (s *VKSeat) awaited(words string) (found *vkMessage) {
	s.g.t.Helper()
	s.g.wait(fmt.Sprintf("a message with %q for %s", words, s.user.first), func() bool {
		for _, m := range slices.Backward(s.peer.messages) {
			if strings.Contains(m.text, words) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// Sees gives the chat message by message; a Ref is a conversation_message_id. VK has nothing bold.
func (s *VKSeat) Sees() (list []Seen) {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	for _, m := range s.peer.messages {
		if m.shown() == "" {
			continue
		}
		seen := Seen{Ref: bot.Ref(fmt.Sprint(m.cmid)), Mine: m.from == s.user, Text: m.text}
		if m.keyboard != nil && m.keyboard.Inline {
			seen.Buttons = m.keyboard.labels()
		}
		for _, p := range m.photos {
			seen.Photos = append(seen.Photos, p.bytes)
		}
		for _, d := range m.docs {
			seen.Files = append(seen.Files, SeenFile{d.title, d.bytes})
		}
		if m.reply != 0 {
			seen.ReplyTo = bot.Ref(fmt.Sprint(m.reply))
		}
		list = append(list, seen)
	}
	return list
}
