package storage_test

import (
	"errors"
	"testing"

	"otklik/storage"
)

func TestPersonIsFoundByMessengerAndID(t *testing.T) {
	s := newStage(t)
	a := &storage.Person{Channel: "telegram", User: "1", Name: "Анна", Created: at(0)}
	b := &storage.Person{Channel: "desk", User: "1", Name: "Борис", Created: at(1)}
	s.update(func(tx *storage.Tx) error {
		a.ID, b.ID = 0, 0
		return errors.Join(tx.PutPerson(a), tx.PutPerson(b))
	})
	if a.ID != 1 || b.ID != 2 {
		t.Errorf("the persons are %d and %d", a.ID, b.ID)
	}
	s.same("by messenger", read(s, func(tx *storage.Tx) (*storage.Person, error) { return tx.PersonBy("desk", "1") }), b)
	a.Name, a.Unreachable = "Анна Петровна", true
	s.update(func(tx *storage.Tx) error { return tx.PutPerson(a) })
	s.same("changed", read(s, func(tx *storage.Tx) (*storage.Person, error) { return tx.PersonBy("telegram", "1") }), a)
	s.same("by ID", read(s, func(tx *storage.Tx) (*storage.Person, error) { return tx.Person(1) }), a)
	for _, c := range [][2]string{{"telegram", "2"}, {"telegram", ""}, {"tele", "gram1"}} {
		if p := read(s, func(tx *storage.Tx) (*storage.Person, error) { return tx.PersonBy(c[0], c[1]) }); p != nil {
			t.Errorf("%q is nobody, got %v", c, p)
		}
	}
}

func TestStaffFollowsTheRoles(t *testing.T) {
	s := newStage(t)
	staff := func(kind storage.RoleKind, org string) (names string) {
		for _, p := range read(s, func(tx *storage.Tx) ([]*storage.Person, error) { return tx.Staff(kind, org) }) {
			names += p.Name
		}
		return names
	}
	a, b := &storage.Person{Channel: "c", User: "a", Name: "A"}, &storage.Person{Channel: "c", User: "b", Name: "B"}
	set := func(p *storage.Person, roles ...storage.Role) {
		p.Roles = roles
		id := p.ID
		s.update(func(tx *storage.Tx) error { p.ID = id; return tx.PutPerson(p) })
	}
	curator, roads, roads2 := storage.Role{Kind: storage.Curator}, storage.Role{Kind: storage.Official, Org: "roads"}, storage.Role{Kind: storage.Official, Org: "roads2"}
	for _, c := range []struct {
		a, b                     []storage.Role
		curators, roads2, roads1 string
	}{
		{nil, nil, "", "", ""},
		{[]storage.Role{curator}, []storage.Role{roads}, "A", "", "B"},
		{[]storage.Role{curator, roads2}, []storage.Role{roads, curator}, "AB", "A", "B"},
		{[]storage.Role{roads2}, []storage.Role{roads2}, "", "AB", ""},
		{nil, []storage.Role{curator}, "B", "", ""},
	} {
		set(a, c.a...)
		set(b, c.b...)
		if got := [3]string{staff(storage.Curator, ""), staff(storage.Official, "roads2"), staff(storage.Official, "roads")}; got != [3]string{c.curators, c.roads2, c.roads1} {
			t.Errorf("%+v: got %q", c, got)
		}
		if got := staff(storage.Official, ""); got != "" {
			t.Errorf("officials of nothing: %q", got)
		}
	}
	b.Roles = append(b.Roles, roads)
	if !b.Is(storage.Official, "") || !b.Is(storage.Official, "roads") || b.Is(storage.Official, "roads2") || b.Is(storage.Admin, "") {
		t.Error("Is does not follow the roles")
	}
	s.same("orgs", b.Orgs(), []string{"roads"})
}

func TestInvitation(t *testing.T) {
	s := newStage(t)
	want := &storage.Invitation{Role: storage.Role{Kind: storage.Official, Org: "roads"}, Expires: at(60)}
	s.update(func(tx *storage.Tx) error { return tx.PutInvitation("hash", want) })
	s.same("kept", read(s, func(tx *storage.Tx) (*storage.Invitation, error) { return tx.Invitation("hash") }), want)
	want.UsedBy, want.UsedAt = 4, at(2)
	s.update(func(tx *storage.Tx) error { return tx.PutInvitation("hash", want) })
	s.same("used", read(s, func(tx *storage.Tx) (*storage.Invitation, error) { return tx.Invitation("hash") }), want)
	if got := read(s, func(tx *storage.Tx) (*storage.Invitation, error) { return tx.Invitation("has") }); got != nil {
		t.Errorf("nobody gave it: %v", got)
	}
}

func TestSessionOfEachPersonInEachChat(t *testing.T) {
	s := newStage(t)
	session := func(peer string, person uint64) int {
		got := read(s, func(tx *storage.Tx) (*storage.Session, error) { return tx.Session(peer, person) })
		return len(got.Talks)
	}
	put := func(peer string, person uint64, talks ...storage.Talk) {
		s.update(func(tx *storage.Tx) error { return tx.PutSession(peer, person, &storage.Session{Talks: talks}) })
	}
	put("telegram:1", 1, storage.Talk{ID: 1, Flow: "report"}, storage.Talk{ID: 2, Flow: "place"})
	put("telegram:1", 2, storage.Talk{ID: 3, Flow: "report"})
	for _, c := range []struct {
		peer   string
		person uint64
		want   int
	}{{"telegram:1", 1, 2}, {"telegram:1", 2, 1}, {"telegram:2", 1, 0}, {"telegram:", 1, 0}} {
		if got := session(c.peer, c.person); got != c.want {
			t.Errorf("%s of %d has %d talks, want %d", c.peer, c.person, got, c.want)
		}
	}
	put("telegram:1", 1)
	if session("telegram:1", 1) != 0 || session("telegram:1", 2) != 1 || len(s.raw("s\x00")) != 1 {
		t.Error("a session without talks is not gone, or another is")
	}
}
