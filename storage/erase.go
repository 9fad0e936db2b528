package storage

import (
	"slices"
	"strings"
)

// Mask hides telephone numbers and the like in a text: those that one of the texts said holds too, or all of them if
// said is nil.
type Mask func(text string, said []string) string

// Erased stands for a person who was erased where it must be seen that somebody was there: an invitation that was used.
const Erased = ^uint64(0)

// Erase takes out everything that is known of a person: who they are, their conversations, drafts and photos that no
// incident has, the timers that would visit them, the messages to their private chat and what those were, and the
// updates of theirs that were put aside. Their incidents stay: nobody stands as their reporter or in their events
// any more, and mask hides telephone numbers and the like that they gave, wherever they stand in those.
//
// What somebody did as a member of staff is the desk's record and stays. Whatever else PutPerson keeps of a person must
// go in eraseRecord.
func (tx *Tx) Erase(p *Person, mask Mask) error {
	numbers, err := tx.Touched(p.ID)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return tx.eraseFromIncidents(p.ID, numbers, mask) },
		func() error { return tx.eraseSessions(p.ID) },
		func() error { return tx.eraseTimers(p.ID) },
		func() error { return tx.eraseSlots(p.ID) },
		func() error { return tx.eraseChat(p.Chat) },
		func() error { return tx.eraseMedia(p.ID) },
		func() error { return tx.eraseFailed(p) },
		func() error { return tx.erasePosts(p, mask) },
		func() error { return tx.eraseFromStaff(p.ID, mask) },
		func() error { return tx.eraseRecord(p) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// Touched gives the numbers of the incidents that a person reported or follows, or did something to as a resident.
func (tx *Tx) Touched(person uint64) (list []uint64, err error) {
	for _, prefix := range [][]byte{key(spaceByPerson, person), key(spaceByActor, person)} {
		numbers, err := tx.numbers(prefix, 0, 1<<30, false)
		if err != nil {
			return nil, err
		}
		list = append(list, numbers...)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// trace remembers that a resident did something to an incident: they may leave it later.
func (tx *Tx) trace(ev *Event) error {
	if err := tx.adopt(ev.Photos); err != nil {
		return err
	}
	if !ev.traced() {
		return nil
	}
	return tx.w.Put(key(spaceByActor, ev.Actor, ev.Incident), nil)
}

// traced tells whether somebody did it as a resident.
func (ev *Event) traced() bool { return ev.As == Resident && ev.Actor != 0 }

// eraseRecord takes out what PutPerson keeps.
func (tx *Tx) eraseRecord(p *Person) error {
	old, err := tx.Person(p.ID)
	if err != nil {
		return err
	}
	if old == nil {
		old = p
	}
	for _, r := range old.Roles {
		if err := tx.w.Delete(key(spaceStaff, string(r.Kind), r.Org, p.ID)); err != nil {
			return err
		}
	}
	for _, w := range nameWords(old) {
		if err := tx.w.Delete(key(spaceName, w, p.ID)); err != nil {
			return err
		}
	}
	if err := tx.w.Delete(key(spacePersonBy, old.Channel, old.User)); err != nil {
		return err
	}
	return tx.w.Delete(key(spacePerson, p.ID))
}

func (tx *Tx) eraseSessions(person uint64) error {
	return tx.clear(key(spaceSessionOf, person), func(_, peer []byte) error {
		return tx.w.Delete(key(spaceSession, string(peer), person))
	})
}

func (tx *Tx) eraseTimers(person uint64) error {
	prefix := key(spaceTimerOf, person)
	return tx.clear(prefix, func(k, _ []byte) error {
		return tx.w.Delete(append(key(spaceTimer), k[len(prefix):]...))
	})
}

func (tx *Tx) eraseMedia(person uint64) error {
	return tx.clear(key(spaceMediaOf, person), func(_, id []byte) error {
		return tx.w.Delete(key(spaceMedia, string(id)))
	})
}

// eraseSlots takes out the person's cards and prompts, wherever they stand, and what waits for them.
func (tx *Tx) eraseSlots(person uint64) error {
	return tx.clear(key(spaceSlotOf, person), func(k, _ []byte) error {
		s, err := tx.Slot(last(k))
		if err != nil || s == nil {
			return err
		}
		if err := tx.DropCard(s); err != nil {
			return err
		}
		if s.Entry != 0 {
			if err := tx.DeleteOutgoing(s.Entry); err != nil {
				return err
			}
		}
		if s.Ref != "" {
			if err := tx.w.Delete(key(spaceRef, chatOf(s.Peer), s.Ref)); err != nil {
				return err
			}
		}
		return tx.w.Delete(key(spaceSlot, s.ID))
	})
}

// eraseChat takes out what waits for a private chat, and what its messages were. It reads all that waits: a message has
// no index by its chat, and people do this seldom.
func (tx *Tx) eraseChat(peer string) error {
	if peer == "" {
		return nil
	}
	chat := chatOf(peer)
	var ids []uint64
	err := tx.AllOutgoing(func(o *Outgoing) bool {
		if chatOf(o.Peer) == chat {
			ids = append(ids, o.ID)
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := tx.DeleteOutgoing(id); err != nil {
			return err
		}
	}
	return tx.clear(key(spaceRef, chat), nil)
}

// chatOf gives a peer without its thread.
func chatOf(peer string) string {
	chat, _, _ := strings.Cut(peer, "/")
	return chat
}

// failedPrefix is where the engine puts updates aside that it could not work off.
const failedPrefix = "failed/"

func (tx *Tx) eraseFailed(p *Person) error {
	k := key(spaceSetting, failedPrefix)
	k = k[:len(k)-1]
	type failed struct {
		Channel string `json:"channel"`
		From    struct {
			ID string `json:"id"`
		} `json:"from"`
	}
	var theirs [][]byte
	err := tx.r.Scan(k, After(k), false, func(k, v []byte) bool {
		var u failed
		if Decode(v, &u) == nil && u.Channel == p.Channel && u.From.ID == p.User {
			theirs = append(theirs, k)
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, k := range theirs {
		if err := tx.w.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// eraseFromStaff takes a person out of the invitations, where it stays to be seen that they are used, and out of what
// the staff's log tells of residents.
func (tx *Tx) eraseFromStaff(person uint64, mask Mask) error {
	invitations := map[string]*Invitation{}
	prefix := key(spaceInvitation)
	err := scan(tx, prefix, false, func(k []byte, inv *Invitation) bool {
		if inv.UsedBy == person || inv.By == person {
			invitations[string(k)] = inv
		}
		return true
	})
	if err != nil {
		return err
	}
	for k, inv := range invitations {
		for _, who := range []*uint64{&inv.UsedBy, &inv.By} {
			if *who == person {
				*who = Erased
			}
		}
		if err := put(tx, []byte(k), inv); err != nil {
			return err
		}
	}
	var entries []*Entry
	err = tx.Logged(func(e *Entry) bool {
		if e.Person == person && e.Role == (Role{}) {
			entries = append(entries, e)
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, e := range entries {
		e.Person, e.Text = Erased, mask(e.Text, nil)
		if err := put(tx, key(spaceLog, e.Seq), e); err != nil {
			return err
		}
	}
	return nil
}

// clear deletes the keys under a prefix, each after fn; nil for none.
func (tx *Tx) clear(prefix []byte, fn func(k, v []byte) error) error {
	var keys, values [][]byte
	err := tx.r.Scan(prefix, After(prefix), false, func(k, v []byte) bool {
		keys, values = append(keys, k), append(values, v)
		return true
	})
	if err != nil {
		return err
	}
	for i, k := range keys {
		if fn != nil {
			if err := fn(k, values[i]); err != nil {
				return err
			}
		}
		if err := tx.w.Delete(k); err != nil {
			return err
		}
	}
	return nil
}
