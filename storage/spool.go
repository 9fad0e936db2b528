package storage

import (
	"encoding/json"
	"time"
)

// Outgoing is a message on its way: written in the transaction that it follows from, gone with its receipt.
type Outgoing struct {
	ID        uint64          `json:"id"`
	Rev       uint64          `json:"rev"`  // grows when the words change
	Peer      string          `json:"peer"` // "channel:chat/thread"
	Group     bool            `json:"group,omitempty"`
	Priority  uint8           `json:"priority"`
	NotBefore time.Time       `json:"not_before,omitzero"`
	Slot      uint64          `json:"slot,omitempty"`     // the slot that this message fills
	Incident  uint64          `json:"incident,omitempty"` // what it is about
	Seat      Role            `json:"seat,omitzero"`      // as whom its reader is spoken to
	Edit      string          `json:"edit,omitempty"`     // the message to change
	Body      json.RawMessage `json:"body"`
	Attempts  int             `json:"attempts,omitempty"`
	Hears     string          `json:"hears,omitempty"` // a kind of timer: it hears what became of the message
	About     string          `json:"about,omitempty"` // … and this comes along
	Created   time.Time       `json:"created"`
	Updates   []string        `json:"updates,omitempty"` // the trails of the updates that it follows from, the latest last
}

// Slot is a message that changes in place: a card of an incident, or a talk's prompt. At most one Outgoing waits for it.
type Slot struct {
	ID       uint64   `json:"id"`
	Peer     string   `json:"peer"`
	Group    bool     `json:"group,omitempty"`
	Ref      string   `json:"ref,omitempty"`   // the message, once sent
	Entry    uint64   `json:"entry,omitempty"` // the Outgoing that waits
	Sum      string   `json:"sum,omitempty"`   // of the words last written
	Incident uint64   `json:"incident,omitempty"`
	View     RoleKind `json:"view,omitempty"`   // a card: for whom
	Org      string   `json:"org,omitempty"`    // an official's card: of which organisation
	Person   uint64   `json:"person,omitempty"` // whose, in a private chat
	Talk     uint64   `json:"talk,omitempty"`   // a prompt: of which talk
}

// Pointer tells what a sent message is.
type Pointer struct {
	Slot     uint64    `json:"slot,omitempty"`
	Incident uint64    `json:"incident,omitempty"`
	Seat     Role      `json:"seat,omitzero"` // as whom its reader was spoken to
	At       time.Time `json:"at,omitzero"`   // when it was written
}

// Fate is what became of a message, as the timer that hears of it has it in its data.
type Fate struct {
	About  string `json:"about"`
	Ref    string `json:"ref,omitempty"`
	Link   string `json:"link,omitempty"`
	Failed bool   `json:"failed,omitempty"` // it was given up
}

// Report lets whoever wants to hear of a message know: by a timer that is due at once.
func (tx *Tx) Report(o *Outgoing, f Fate) error {
	if o.Hears == "" {
		return nil
	}
	f.About = o.About
	raw, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return tx.AddTimer(&Timer{Due: o.Created, Kind: o.Hears, Incident: o.Incident, Data: string(raw)})
}

// Outgoing gives a message that waits, nil if there is none.
func (tx *Tx) Outgoing(id uint64) (*Outgoing, error) {
	return get[Outgoing](tx, key(spaceOutgoing, id))
}

// PutOutgoing keeps a message; one without ID gets one.
func (tx *Tx) PutOutgoing(o *Outgoing) error {
	if o.ID == 0 {
		id, err := tx.Next("outgoing")
		if err != nil {
			return err
		}
		o.ID = id
	}
	return put(tx, key(spaceOutgoing, o.ID), o)
}

// DeleteOutgoing drops a message that was sent or will never be.
func (tx *Tx) DeleteOutgoing(id uint64) error { return tx.w.Delete(key(spaceOutgoing, id)) }

// AllOutgoing gives everything that waits, oldest first.
func (tx *Tx) AllOutgoing(fn func(*Outgoing) bool) error {
	return scan(tx, key(spaceOutgoing), false, func(_ []byte, o *Outgoing) bool { return fn(o) })
}

// Slot gives a slot, nil if there is none.
func (tx *Tx) Slot(id uint64) (*Slot, error) { return get[Slot](tx, key(spaceSlot, id)) }

// PutSlot keeps a slot; one without ID gets one, is listed with its person, and a card with its incident.
func (tx *Tx) PutSlot(s *Slot) error {
	if s.ID == 0 {
		id, err := tx.Next("slot")
		if err != nil {
			return err
		}
		s.ID = id
		if s.Person != 0 {
			if err := tx.w.Put(key(spaceSlotOf, s.Person, id), nil); err != nil {
				return err
			}
		}
		if s.View != "" {
			if err := tx.w.Put(key(spaceCard, s.Incident, id), nil); err != nil {
				return err
			}
		}
	}
	return put(tx, key(spaceSlot, s.ID), s)
}

// DropCard takes a card from its incident: it is not edited any more.
func (tx *Tx) DropCard(s *Slot) error { return tx.w.Delete(key(spaceCard, s.Incident, s.ID)) }

// Cards gives an incident's cards, oldest first.
func (tx *Tx) Cards(number uint64) (list []*Slot, err error) {
	ids, err := tx.numbers(key(spaceCard, number), 0, 1<<20, false)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		s, err := tx.Slot(id)
		if err != nil {
			return nil, err
		}
		if s != nil {
			list = append(list, s)
		}
	}
	return list, nil
}

// Point remembers what a sent message is. chat is "channel:chat", without a thread.
func (tx *Tx) Point(chat, ref string, to Pointer) error { return put(tx, key(spaceRef, chat, ref), to) }

// Pointed gives what a sent message is, nil if it is nothing to remember.
func (tx *Tx) Pointed(chat, ref string) (*Pointer, error) {
	return get[Pointer](tx, key(spaceRef, chat, ref))
}

// Media is a photo: by which name each channel knows it, and which blob holds its bytes ("" while none does).
type Media struct {
	ID   string            `json:"id"`
	Refs map[string]string `json:"refs,omitempty"`
	Blob string            `json:"blob,omitempty"`
	// Person is who sent it, until an incident has it: what is left in drafts is nobody else's.
	Person uint64 `json:"person,omitempty"`
}

// Media gives a photo, nil if there is none.
func (tx *Tx) Media(id string) (*Media, error) { return get[Media](tx, key(spaceMedia, id)) }

// PutMedia keeps a photo, listed with its person if it has one.
func (tx *Tx) PutMedia(m *Media) error {
	if m.Person != 0 {
		if err := tx.w.Put(key(spaceMediaOf, m.Person, m.ID), []byte(m.ID)); err != nil {
			return err
		}
	}
	return put(tx, key(spaceMedia, m.ID), m)
}

// adopt makes photos those of an incident: nobody takes them along.
func (tx *Tx) adopt(ids []string) error {
	for _, id := range ids {
		m, err := tx.Media(id)
		if err != nil {
			return err
		}
		if m == nil || m.Person == 0 {
			continue
		}
		if err := tx.w.Delete(key(spaceMediaOf, m.Person, id)); err != nil {
			return err
		}
		m.Person = 0
		if err := tx.PutMedia(m); err != nil {
			return err
		}
		if err := tx.want(m); err != nil {
			return err
		}
	}
	return nil
}
