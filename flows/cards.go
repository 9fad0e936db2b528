package flows

import (
	"fmt"
	"slices"

	"otklik/bot"
	"otklik/storage"
)

// Triage is the view of what was found in public and nobody has judged yet.
const Triage storage.RoleKind = "triage"

// keepCards is how many cards of one incident in one chat are kept up to date; the older ones lose their buttons and stay
// as they are.
const keepCards = 3

// Card posts an incident's card in a chat: it is edited there whenever the incident changes.
func (t *Turn) Card(inc *storage.Incident, s storage.Slot, priority bot.Priority) error {
	s.Incident = inc.Number
	cards, err := t.Tx.Cards(inc.Number)
	if err != nil {
		return err
	}
	old := slices.DeleteFunc(cards, func(o *storage.Slot) bool { return o.Peer != s.Peer || o.View != s.View })
	for _, o := range old[:max(len(old)-keepCards+1, 0)] {
		if err := t.last(inc, o, ""); err != nil {
			return err
		}
	}
	m, err := t.draw(inc, &s)
	if err != nil {
		return err
	}
	return t.fill(&s, m, priority)
}

// Turn makes an incident's card of another view, which stands in the same chat, the card of a slot; where none does, the
// slot's own is posted.
func (t *Turn) Turn(inc *storage.Incident, from storage.RoleKind, to storage.Slot) error {
	cards, err := t.Tx.Cards(inc.Number)
	if err != nil {
		return err
	}
	for _, s := range slices.Backward(cards) {
		if s.View == from && s.Peer == to.Peer {
			s.View = to.View
			return t.Tx.PutSlot(s) // it is drawn with the others
		}
	}
	return t.Card(inc, to, bot.Notice)
}

// Retire draws an incident's cards of one view for the last time, as the incident is now: what comes next is not for
// them.
func (t *Turn) Retire(inc *storage.Incident, view storage.RoleKind) error {
	cards, err := t.Tx.Cards(inc.Number)
	if err != nil {
		return err
	}
	for _, s := range cards {
		if s.View != view {
			continue
		}
		m, err := t.draw(inc, s)
		if err != nil {
			return err
		}
		if err := t.fill(s, m, bot.Notice); err != nil {
			return err
		}
		if err := t.Tx.DropCard(s); err != nil {
			return err
		}
	}
	return nil
}

// CardTo posts an incident's card to a person privately, if they can be reached.
func (t *Turn) CardTo(inc *storage.Incident, p *storage.Person, view storage.RoleKind, org string) error {
	if p.Chat == "" || p.Unreachable {
		return nil
	}
	priority := bot.Notice
	if t.In.Peer.String() == p.Chat {
		priority = bot.Reply
	}
	return t.Card(inc, storage.Slot{Peer: p.Chat, Person: p.ID, View: view, Org: org}, priority)
}

// ShowCard posts the card of an incident to whoever acts, where they act, as their role sees it.
func (t *Turn) ShowCard(inc *storage.Incident) error {
	view, org := t.View(inc)
	if view == "" {
		return &Refusal{ID: "desk.not_yours", Args: []any{"Number", inc.Number},
			Cause: "somebody else's card", Detail: fmt.Sprintf("card of %d for person %d", inc.Number, t.Me.ID)}
	}
	s := storage.Slot{Peer: t.Peer(), Group: t.In.Group, View: view, Org: org}
	if !t.In.Group {
		s.Person = t.Me.ID
	}
	return t.Card(inc, s, bot.Reply)
}

// View gives as what whoever acts sees an incident; "" if they may not see it.
func (t *Turn) View(inc *storage.Incident) (view storage.RoleKind, org string) {
	seat := t.Seat()
	switch {
	case (inc.State == storage.Found || inc.State == storage.Passed) && (t.Me.Is(storage.Curator, "") || t.Me.Is(storage.Admin, "")):
		return Triage, ""
	case seat.Kind == storage.Resident && inc.Reporter(t.Me.ID) != nil:
		return storage.Resident, ""
	case seat.Kind == storage.Official && inc.Assignment != nil && (seat.Org == "" || inc.Assignment.Org == seat.Org) &&
		t.Me.Is(storage.Official, inc.Assignment.Org):
		return storage.Official, inc.Assignment.Org
	case seat.Kind == storage.Official && seat.Org != "" && Inspects(t.Me, inc, seat.Org):
		return storage.Inspector, seat.Org
	case t.Me.Is(storage.Curator, "") || t.Me.Is(storage.Admin, ""):
		return storage.Curator, ""
	case inc.Assignment != nil && t.Me.Is(storage.Official, inc.Assignment.Org):
		return storage.Official, inc.Assignment.Org
	}
	for _, in := range inc.Inspections {
		if Inspects(t.Me, inc, in.Org) {
			return storage.Inspector, in.Org
		}
	}
	if inc.Reporter(t.Me.ID) != nil {
		return storage.Resident, ""
	}
	return "", ""
}

// Refresh draws all cards of an incident anew; those that read the same are not sent.
func (t *Turn) Refresh(inc *storage.Incident) error {
	cards, err := t.Tx.Cards(inc.Number)
	if err != nil {
		return err
	}
	for _, s := range cards {
		if err := t.redraw(inc, s); err != nil {
			return err
		}
	}
	return nil
}

func (t *Turn) redraw(inc *storage.Incident, s *storage.Slot) error {
	m, err := t.draw(inc, s)
	if err != nil {
		return err
	}
	priority := bot.Notice
	if s.Peer == t.In.Peer.String() {
		priority = bot.Reply
	}
	return t.fill(s, m, priority)
}

// Close draws a card for the last time, for somebody who left the staff: nothing of the incident is on it any more.
func (t *Turn) Close(s *storage.Slot) error {
	reader, err := t.Tx.Person(s.Person)
	if err != nil {
		return err
	}
	if err := t.fill(s, t.VoiceTo(reader).Say("desk.card_gone", "Number", s.Incident), bot.Notice); err != nil {
		return err
	}
	return t.Tx.DropCard(s)
}

// Away draws a card for the last time: it goes on in another topic of the same group.
func (t *Turn) Away(inc *storage.Incident, s *storage.Slot) error {
	return t.last(inc, s, "\n"+t.VoiceTo(nil).T("desk.card_moved"))
}

// last draws a card for the last time, with a word but no buttons.
func (t *Turn) last(inc *storage.Incident, s *storage.Slot, word string) error {
	m, err := t.draw(inc, s)
	if err != nil {
		return err
	}
	m.Keyboard = nil
	m.Text += word
	if err := t.fill(s, m, bot.Notice); err != nil {
		return err
	}
	return t.Tx.DropCard(s)
}

func (t *Turn) draw(inc *storage.Incident, s *storage.Slot) (bot.Message, error) {
	var reader *storage.Person
	if s.Person != 0 {
		var err error
		if reader, err = t.Tx.Person(s.Person); err != nil {
			return bot.Message{}, err
		}
	}
	if left(s, reader) {
		return t.VoiceTo(reader).Say("desk.card_gone", "Number", inc.Number), nil
	}
	for i := range t.e.Flows {
		if render := t.e.Flows[i].Cards[s.View]; render != nil {
			return render(t.VoiceTo(reader), t.Tx, inc, s)
		}
	}
	return bot.Message{}, fmt.Errorf("no flow draws the card of a %s", s.View)
}

// Nudge says something of an incident to whoever must act: under each of its cards of one view, org "" means any, and
// where the staff's slots are that have no card of it, which they get then, while it is open: they came later. The card
// itself changes in place without a sound.
func (t *Turn) Nudge(inc *storage.Incident, view storage.RoleKind, org string, staff []storage.Slot, say func(*Voice) bot.Message) error {
	cards, err := t.Tx.Cards(inc.Number)
	if err != nil {
		return err
	}
	called := map[string]bool{}
	for _, s := range slices.Backward(cards) {
		if s.View != view || (org != "" && s.Org != org) {
			continue
		}
		chat, err := t.chat(s)
		if err != nil {
			return err
		}
		if called[chat] {
			continue
		}
		called[chat] = true
		if err := t.call(inc, s, say); err != nil {
			return err
		}
	}
	if !inc.State.Open() {
		return nil
	}
	for i := range staff {
		s := &staff[i]
		chat, err := t.chat(s)
		if err != nil {
			return err
		}
		if called[chat] || (t.Me != nil && t.Me.ID != 0 && s.Person == t.Me.ID) {
			continue
		}
		called[chat] = true
		if err := t.call(inc, s, say); err != nil {
			return err
		}
		if err := t.Card(inc, *s, bot.Notice); err != nil {
			return err
		}
	}
	return nil
}

// call says something of an incident where a card of it is, or will be.
func (t *Turn) call(inc *storage.Incident, s *storage.Slot, say func(*Voice) bot.Message) error {
	var reader *storage.Person
	var err error
	if s.Person != 0 {
		if reader, err = t.Tx.Person(s.Person); err != nil {
			return err
		}
		if reader == nil || reader.Unreachable || left(s, reader) || (t.Me != nil && reader.ID == t.Me.ID) {
			return nil // whoever did it knows
		}
	}
	peer, err := bot.ParsePeer(s.Peer)
	if err != nil {
		return err
	}
	m := say(t.VoiceTo(reader))
	if !s.Group {
		m = t.titled(m, reader, seatOf(s))
	}
	m.ReplyTo = bot.Ref(s.Ref)
	return t.send(peer, s.Group, bot.Notice, m, inc.Number, seatOf(s))
}

// chat gives in which chat a slot is, whatever its topic there, and where that chat is now.
func (t *Turn) chat(s *storage.Slot) (string, error) {
	peer, err := bot.ParsePeer(s.Peer)
	if err != nil {
		return "", err
	}
	peer, err = t.moved(peer)
	return chatOf(peer), err
}

// Additions gives what the author added to a report since, the last three.
func (v *Voice) Additions(events []storage.Event) (lines []string) {
	for _, ev := range events {
		if ev.Action == string(Forget) {
			lines = append(lines, v.T("desk.forgot", "At", v.Stamp(ev.At)))
		}
		id := map[string]string{string(Add): "desk.added", string(Tell): "desk.told"}[ev.Action]
		if id == "" {
			continue
		}
		line := v.T(id, "At", v.Stamp(ev.At))
		if ev.Text != "" {
			line += " «" + Short(ev.Text, 300) + "»"
		}
		if n := len(ev.Photos); n > 0 {
			line += " " + v.T("desk.photos", "N", n)
		}
		lines = append(lines, line)
	}
	return lines[max(0, len(lines)-3):]
}

// Join tells the flows that whoever acts has taken a role.
func (t *Turn) Join(role storage.Role) error {
	t.Menu()
	for i := range t.e.Flows {
		if f := &t.e.Flows[i]; f.Joined != nil {
			if err := f.Joined(t, role); err != nil {
				return err
			}
		}
	}
	return nil
}

// Staffed tells whether the update came from a group of curators.
func (t *Turn) Staffed() bool {
	return slices.ContainsFunc(append(slices.Clone(t.e.Curators), t.e.Triage...), func(p bot.Peer) bool {
		if now, err := t.moved(p); err == nil {
			p = now
		}
		return p.Channel == t.In.Peer.Channel && p.Chat == t.In.Peer.Chat
	})
}
