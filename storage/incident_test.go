package storage_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/storage"
)

func TestIncidentIsKeptWhole(t *testing.T) {
	s := newStage(t)
	want := &storage.Incident{
		Number: 12, State: storage.Assigned, Version: 3, Created: at(0), Changed: at(5), Topic: "roads.pothole", Urgent: true,
		Text: "Яма & <лужа>\u2028", Photos: []string{"p1"}, Place: storage.Place{Municipality: "kirov", Lat: 58.6, Lon: 49.66, Point: true},
		Reporters: []storage.Reporter{{Person: math.MaxUint64, Peer: "telegram:1"}}, Source: storage.Source{Kind: "chat", Channel: "telegram"},
		Forward: at(60).Add(time.Nanosecond), Assignment: &storage.Assignment{Org: "roads", By: 2, At: at(3)},
	}
	s.update(func(tx *storage.Tx) error { return tx.PutIncident(want) })
	s.same("incident", read(s, func(tx *storage.Tx) (*storage.Incident, error) { return tx.Incident(12) }), want)
	none := read(s, func(tx *storage.Tx) (*storage.Incident, error) { return tx.Incident(13) })
	if none != nil {
		t.Errorf("there is no incident 13, got %v", none)
	}
}

// TestIndexesFollowTheIncident changes incidents at random and asks the indexes, which a plain walk over all answers too.
func TestIndexesFollowTheIncident(t *testing.T) {
	s := newStage(t)
	have := map[uint64]*storage.Incident{}
	orgs := []string{"", "roads", "roads2", "water"}
	rapid.Check(t, func(t *rapid.T) {
		for range 5 {
			inc := &storage.Incident{
				Number: rapid.Uint64Range(250, 262).Draw(t, "number"),
				State:  rapid.SampledFrom(storage.States[:3]).Draw(t, "state"),
			}
			if org := rapid.SampledFrom(orgs).Draw(t, "org"); org != "" {
				inc.Assignment = &storage.Assignment{Org: org}
			}
			for range rapid.IntRange(0, 3).Draw(t, "reporters") {
				inc.Reporters = append(inc.Reporters, storage.Reporter{Person: rapid.Uint64Range(1, 3).Draw(t, "person")})
			}
			s.update(func(tx *storage.Tx) error { return tx.PutIncident(inc) })
			have[inc.Number] = inc
		}
		skip, limit := rapid.IntRange(0, 3).Draw(t, "skip"), rapid.IntRange(1, 20).Draw(t, "limit")
		want := func(newest bool, is func(*storage.Incident) bool) (list []uint64) {
			for n, inc := range have {
				if is(inc) {
					list = append(list, n)
				}
			}
			slices.Sort(list)
			if newest {
				slices.Reverse(list)
			}
			list = list[min(skip, len(list)):]
			return list[:min(limit, len(list))]
		}
		check := func(what string, got []uint64, err error, want []uint64) {
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("%s, skip %d limit %d: %v, want %v (%v)", what, skip, limit, got, want, err)
			}
		}
		s.view(func(tx *storage.Tx) error {
			for _, state := range storage.States[:4] {
				got, err := tx.ByState(state, skip, limit)
				check(string(state), got, err, want(false, func(inc *storage.Incident) bool { return inc.State == state }))
				for _, org := range orgs[1:] {
					got, err := tx.ByOrg(org, state, skip, limit)
					check(org, got, err, want(false, func(inc *storage.Incident) bool {
						return inc.State == state && inc.Assignment != nil && inc.Assignment.Org == org
					}))
				}
			}
			for person := range uint64(4) {
				got, err := tx.ByPerson(person, skip, limit)
				check(fmt.Sprint("person ", person), got, err, want(true, func(inc *storage.Incident) bool {
					return slices.ContainsFunc(inc.Reporters, func(r storage.Reporter) bool { return r.Person == person })
				}))
			}
			return nil
		})
	})
}

func TestEventsAreNumberedFromOneAndKeptInOrder(t *testing.T) {
	s := newStage(t)
	for i := range 300 { // past one byte
		s.update(func(tx *storage.Tx) error {
			for number := range uint64(2) {
				ev := &storage.Event{Incident: number + 255, At: at(i), Action: fmt.Sprint("a", i), To: storage.New}
				if err := tx.AddEvent(&storage.Incident{Number: ev.Incident}, ev); err != nil {
					return err
				}
				if ev.Seq != uint64(i)+1 {
					t.Errorf("event %d has number %d", i, ev.Seq)
				}
			}
			return nil
		})
	}
	list := read(s, func(tx *storage.Tx) ([]storage.Event, error) { return tx.Events(255) })
	if len(list) != 300 {
		t.Fatalf("%d events", len(list))
	}
	for i, ev := range list {
		if ev.Seq != uint64(i)+1 || ev.Incident != 255 || ev.Action != fmt.Sprint("a", i) || !ev.At.Equal(at(i)) {
			t.Fatalf("event %d is %+v", i, ev)
		}
	}
}
