package storage_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"otklik/storage"
)

// hush hides «tel» in every text, or where something was said only the tels said.
func hush(text string, said []string) string {
	if said != nil && !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, "tel") }) {
		return text
	}
	return strings.ReplaceAll(text, "tel", "***")
}

// TestEraseLeavesNothing: a store in which one of two people was erased is the store in which only the other had been,
// but for the incidents.
func TestEraseLeavesNothing(t *testing.T) {
	s := newStage(t)
	person := func(user string) *storage.Person {
		p := &storage.Person{Channel: "c", User: user, Name: user, Chat: "c:" + user, Created: at(0)}
		s.update(func(tx *storage.Tx) error { p.ID = 0; return tx.PutPerson(p) })
		return p
	}
	// leaves has a person leave a trace of every kind.
	leaves := func(p *storage.Person) {
		s.update(func(tx *storage.Tx) error {
			slot := &storage.Slot{Peer: p.Chat, Ref: "r" + p.User, Person: p.ID, View: storage.Resident, Incident: 1}
			prompt := &storage.Slot{Peer: "c:group/3", Group: true, Ref: "q" + p.User, Person: p.ID, Talk: 5}
			timer := &storage.Timer{Due: at(int(p.ID)), Kind: "k", Person: p.ID, Data: p.Chat}
			taken := &storage.Timer{Due: at(0), Kind: "k", Person: p.ID}
			talk := &storage.Session{Talks: []storage.Talk{{ID: 5, Flow: "f"}}}
			waits := &storage.Outgoing{Peer: "c:group/3", Group: true, Body: []byte(`"prompt"`)}
			err := errors.Join(
				tx.PutSession(p.Chat, p.ID, talk), tx.PutSession("c:group/3", p.ID, talk), tx.PutSession("c:over", p.ID, talk),
				tx.PutSession("c:over", p.ID, &storage.Session{}), tx.AddTimer(timer), tx.AddTimer(taken), tx.PutOutgoing(waits),
				tx.PutOutgoing(&storage.Outgoing{Peer: p.Chat, Body: []byte(`"hello"`)}),
				tx.PutSlot(slot), tx.PutSlot(prompt), tx.Point(p.Chat, "r"+p.User, storage.Pointer{Slot: slot.ID}),
				tx.Point(p.Chat, "notice", storage.Pointer{Incident: 1}), tx.Point("c:group", "q"+p.User, storage.Pointer{Slot: prompt.ID}),
				tx.PutMedia(&storage.Media{ID: "draft" + p.User, Person: p.ID}), tx.PutMedia(&storage.Media{ID: "sent" + p.User, Person: p.ID}),
				tx.SetSetting("failed/c:"+p.User, []byte(`{"channel":"c","from":{"id":"`+p.User+`"}}`)),
				tx.SetSetting("failed/c:broken"+p.User, []byte(`{`)),
			)
			prompt.Entry = waits.ID
			_, taking := tx.TakeTimer(taken)
			return errors.Join(err, taking, tx.PutSlot(prompt))
		})
	}
	anna, boris := person("anna"), person("boris")
	leaves(anna)
	leaves(boris)
	s.update(func(tx *storage.Tx) error {
		one := &storage.Incident{Number: 1, State: storage.Closed, Text: "pit, tel", Reason: "tel", Place: storage.Place{Label: "Kirov, tel"},
			Reporters: []storage.Reporter{{Person: anna.ID, Peer: anna.Chat}, {Person: boris.ID, Peer: boris.Chat, Follows: true}},
			Source:    storage.Source{Kind: "chat", Name: "a friend"}, Answer: &storage.Answer{Text: "called tel", By: 9},
			Wait: &storage.Wait{Text: "is it tel?"}, Promise: &storage.Promise{Text: "tel"}, Extension: &storage.Extension{Reason: "tel"}}
		two := &storage.Incident{Number: 2, State: storage.New, Text: "lamp, phone", Reporters: []storage.Reporter{{Person: boris.ID, Peer: boris.Chat}},
			Place: storage.Place{Label: "tel"}, Source: storage.Source{Name: "a neighbour"}}
		return errors.Join(
			tx.PutIncident(one),
			tx.AddEvent(one, &storage.Event{Incident: 1, Action: "create", Actor: anna.ID, As: storage.Resident, Text: "pit, tel", Photos: []string{"sentanna", "sentboris"}}),
			tx.AddEvent(one, &storage.Event{Incident: 1, Action: "note", Actor: anna.ID, As: storage.Official, Text: "called tel"}),
			tx.AddEvent(one, &storage.Event{Incident: 1, Action: "add", Actor: boris.ID, As: storage.Resident, Text: "mine too"}),
			// Followed once, and left.
			tx.PutIncident(two),
			tx.AddEvent(two, &storage.Event{Incident: 2, Action: "leave", Actor: anna.ID, As: storage.Resident}),
			// A stranger's.
			tx.PutIncident(&storage.Incident{Number: 3, State: storage.New, Text: "tel", Reporters: []storage.Reporter{{Person: boris.ID, Peer: boris.Chat}}}),
		)
	})
	s.same("touched", read(s, func(tx *storage.Tx) ([]uint64, error) { return tx.Touched(anna.ID) }), []uint64{1, 2})
	theirs := len(s.raw(""))
	s.update(func(tx *storage.Tx) error { return tx.Erase(anna, hush) })
	for _, entry := range s.raw("") {
		if strings.Contains(entry, "anna") && !strings.HasPrefix(entry, "m\x00sentanna") && !strings.HasPrefix(entry, "e\x00") && !strings.Contains(entry, "broken") {
			t.Errorf("a trace: %q", entry)
		}
	}
	// Of the two everything but the incidents came in pairs: their persons, sessions, timers, slots and so on.
	bs := 0
	for _, entry := range s.raw("") {
		if strings.Contains(entry, "boris") && !strings.Contains(entry, "sent") {
			bs++
		}
	}
	if gone := theirs - len(s.raw("")); gone < 20 || bs < 12 {
		t.Errorf("%d entries are gone, %d of the other's are there", gone, bs)
	}
	inc := read(s, func(tx *storage.Tx) (*storage.Incident, error) { return tx.Incident(1) })
	s.same("reporters", inc.Reporters, []storage.Reporter{{Person: boris.ID, Peer: boris.Chat, Follows: true}})
	s.same("texts", []string{inc.Text, inc.Reason, inc.Place.Label, inc.Source.Name, inc.Answer.Text, inc.Wait.Text, inc.Promise.Text, inc.Extension.Reason},
		[]string{"pit, ***", "***", "Kirov, ***", "", "called ***", "is it ***?", "***", "***"})
	var story []any
	for n := range uint64(2) {
		for _, ev := range read(s, func(tx *storage.Tx) ([]storage.Event, error) { return tx.Events(n + 1) }) {
			story = append(story, ev.Action, ev.Actor, ev.Text)
		}
	}
	s.same("events", story, []any{"create", uint64(0), "pit, ***", "note", anna.ID, "called ***", "add", boris.ID, "mine too", "leave", uint64(0), ""})
	left := read(s, func(tx *storage.Tx) (*storage.Incident, error) { return tx.Incident(2) })
	s.same("one that she left", []string{left.Text, left.Source.Name}, []string{"lamp, phone", "a neighbour"})
	if other := read(s, func(tx *storage.Tx) (*storage.Incident, error) { return tx.Incident(3) }); other.Text != "tel" {
		t.Errorf("a stranger's report reads %q", other.Text)
	}
	s.same("of whom", read(s, func(tx *storage.Tx) ([]uint64, error) { return tx.ByPerson(anna.ID, 0, 9) }), []uint64(nil))
	s.same("the other's", read(s, func(tx *storage.Tx) ([]uint64, error) { return tx.ByPerson(boris.ID, 0, 9) }), []uint64{3, 2, 1})
	for _, id := range []string{"draftboris", "sentboris", "sentanna"} {
		if m := read(s, func(tx *storage.Tx) (*storage.Media, error) { return tx.Media(id) }); m == nil {
			t.Errorf("the photo %s is gone", id)
		}
	}
	s.update(func(tx *storage.Tx) error { return tx.Erase(anna, hush) }) // there is nobody any more
	// The other one's turn: nothing that is about a person stays.
	s.update(func(tx *storage.Tx) error { return tx.Erase(boris, hush) })
	for _, space := range []string{"p", "pb", "s", "sp", "tp", "t", "o", "c", "cp", "ci", "cr", "mp", "ea", "ip"} {
		if list := s.raw(space + "\x00"); len(list) > 0 {
			t.Errorf("left in %q: %q", space, list)
		}
	}
}
