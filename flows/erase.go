package flows

import (
	"encoding/json"
	"slices"

	"otklik/bot"
	"otklik/storage"
)

// Erase erases whoever acts, and says a last word in the place of the pressed message that leaves no trace itself. Each
// of their incidents hears of it as an event, and every card shows its words as they are then. After it nobody acts in
// this turn any more.
func (t *Turn) Erase(mask storage.Mask, last bot.Message) error {
	numbers, err := t.Tx.Touched(t.Me.ID)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		inc, err := t.Tx.Incident(n)
		if err != nil {
			return err
		}
		if inc == nil || !t.Can(inc, Forget) { // one that they left
			continue
		}
		if err := t.Act(inc, Forget, storage.Event{}, nil); err != nil {
			return err
		}
	}
	if err := t.Tx.Erase(t.Me, mask); err != nil {
		return err
	}
	t.Me = &storage.Person{Channel: t.Me.Channel, Language: t.Me.Language} // nobody
	t.sess, t.dirty, t.pressed, t.menu = &storage.Session{}, false, nil, false
	t.tickets = slices.DeleteFunc(t.tickets, func(k bot.Ticket) bool { return k.Peer == t.In.Peer })
	for _, n := range numbers {
		inc, err := t.Tx.Incident(n)
		if err != nil {
			return err
		}
		if inc == nil {
			continue
		}
		if err := t.reindex(inc); err != nil {
			return err
		}
		if err := t.Refresh(inc); err != nil {
			return err
		}
	}
	return t.Instead(last)
}

// Instead says something in the place of the message whose button was pressed, otherwise as a new message. Nothing is
// kept of it once it is sent.
func (t *Turn) Instead(m bot.Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	o := &storage.Outgoing{Peer: t.Peer(), Group: t.In.Group, Priority: uint8(bot.Reply), Body: body, Created: t.Now}
	if t.In.Kind == bot.Pressed {
		o.Edit = string(t.In.Ref)
	}
	return t.queue(o)
}
