package storage_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"otklik/storage"
	"otklik/storage/storagetest"
)

// peopled is a store with a little of everything in it.
func peopled(t testing.TB) (*storagetest.Memory, *storage.Store) {
	kv := storagetest.NewMemory()
	s := storage.Over(kv)
	now := time.Date(2026, time.November, 23, 7, 0, 0, 0, time.UTC)
	err := s.Update(context.Background(), func(tx *storage.Tx) error {
		p := &storage.Person{Channel: "desk", User: "1", Name: "Анна", Chat: "desk:1", Created: now, Roles: []storage.Role{{Kind: storage.Official, Org: "a"}}}
		if err := tx.PutPerson(p); err != nil {
			return err
		}
		n, err := tx.Next("incident")
		if err != nil {
			return err
		}
		inc := &storage.Incident{Number: n, State: storage.New, Created: now, Changed: now, Version: 1, Topic: "t", Text: "яма", Place: storage.Place{Municipality: "kirov", Street: "ленина", Point: true, Lat: 58, Lon: 49},
			Reporters: []storage.Reporter{{Person: p.ID, Peer: "desk:1"}}}
		slot := &storage.Slot{Peer: "desk:1", Incident: n, View: storage.Curator, Person: p.ID}
		for _, err := range []error{
			tx.PutIncident(inc), tx.AddEvent(inc, &storage.Event{Incident: n, At: now, Action: "create", To: storage.New, Actor: p.ID, As: storage.Resident}), tx.Index(n, []string{"ям", "ленин"}),
			tx.PutSlot(slot), tx.Point("desk:1", "b1", storage.Pointer{Slot: slot.ID, At: now}),
			tx.AddTimer(&storage.Timer{Due: now, Kind: "x", Incident: n}), tx.PutMedia(&storage.Media{ID: "f1", Person: p.ID}), tx.PutSession("desk:1", p.ID, &storage.Session{}),
			tx.SetSetting("x", []byte("y")),
		} {
			if err != nil {
				return err
			}
		}
		o := &storage.Outgoing{Peer: "desk:1", Slot: slot.ID, Body: []byte(`{}`), Created: now}
		if err := tx.PutOutgoing(o); err != nil {
			return err
		}
		slot.Entry = o.ID
		if err := tx.PutSlot(slot); err != nil {
			return err
		}
		_, err = tx.See("desk", "1", now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return kv, s
}

// Whatever stands in a store where it does not belong, reading it tells so and no more, and verify names it; what verify
// mends stays mended.
func FuzzDamage(f *testing.F) {
	for _, k := range []string{
		"n\x00incident\x00", "p\x00\x00\x00\x00\x00\x00\x00\x00\x01", "i\x00\x00\x00\x00\x00\x00\x00\x00\x01", "e\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01", "c\x00\x00\x00\x00\x00\x00\x00\x00\x01",
		"o\x00\x00\x00\x00\x00\x00\x00\x00\x01", "wo\x00\x00\x00\x00\x00\x00\x00\x00\x01", "w\x00\x00\x00\x00\x00\x00\x00\x00\x00ям\x00", "m\x00f1\x00", "is\x00new\x00\x00\x00\x00\x00\x00\x00\x00\x02", "pb\x00desk\x001\x00", "u\x00desk\x001\x00",
		"t\x00", "iq\x00new\x00", "x\x00x\x00", "?\x00", "cr\x00desk:1\x00b1\x00",
	} {
		for _, v := range []string{"", "null", "{}", `{"id":1,"number":1,"state":"new","stems":["ям","ям"]}`, "\x00\x00\x00\x00\x00\x00\x00\x09", "\xff", `{"number":9,"reporters":[{"person":9}],"place":{"lat":1e308,"lon":-999,"point":true}}`} {
			f.Add([]byte(k), []byte(v))
		}
	}
	kv, s := peopled(f)
	whole := kv.Moment()
	ctx := context.Background()
	f.Fuzz(func(t *testing.T, k, v []byte) {
		if len(k) == 0 || len(k) > 1024 || len(v) > 1<<20 {
			return
		}
		kv.Return(whole)
		if err := kv.Update(ctx, func(w storage.Writer) error { return w.Put(k, v) }); err != nil {
			t.Fatal(err)
		}
		read := func(err error) {
			if err != nil && !errors.Is(err, storage.ErrDamaged) {
				t.Fatalf("%q: %v", k, err)
			}
		}
		err := s.View(ctx, func(tx *storage.Tx) error {
			_, err := tx.Incident(1)
			read(err)
			_, err = tx.Events(1)
			read(err)
			_, err = tx.Person(1)
			read(err)
			_, err = tx.Cards(1)
			read(err)
			_, err = tx.DueTimers(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), 10)
			read(err)
			read(tx.AllOutgoing(func(*storage.Outgoing) bool { return true }))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		faults := func(fix bool) (left []string) {
			_, err := s.Verify(ctx, storage.Check{States: storage.States, Fix: fix, Found: func(f storage.Fault) error {
				if strings.ContainsAny(f.String(), "\x00\n\x1b") {
					t.Errorf("%q steers the terminal", f)
				}
				if !f.Fixed {
					left = append(left, f.String())
				}
				return nil
			}})
			read(err)
			return left
		}
		faults(true)
		left := faults(true) // what was mended may have shown more
		if again := faults(false); len(again) > len(left) {
			t.Fatalf("%q: mended twice, there is more:\n%s\n---\n%s", k, strings.Join(left, "\n"), strings.Join(again, "\n"))
		}
	})
}

// What stands in a queue is told as it is, whatever the codes of the region are made of.
func FuzzQueue(f *testing.F) {
	f.Add("kirov", "roads", "adm-kirov", int64(1764000000))
	f.Add("a\x00b", "\x01", "\x00\x01\x02", int64(0))
	f.Fuzz(func(t *testing.T, municipality, topic, org string, at int64) {
		for _, s := range []string{municipality, topic, org} {
			if len(s) > 200 || strings.ToValidUTF8(s, "") != s {
				return // no region's codes
			}
		}
		due := time.Unix(0, at).UTC()
		s := storage.Over(storagetest.NewMemory())
		err := s.Update(context.Background(), func(tx *storage.Tx) error {
			inc := &storage.Incident{Number: 7, State: storage.Assigned, First: due, Topic: topic, Place: storage.Place{Municipality: municipality}, Assignment: &storage.Assignment{Org: org}}
			if err := tx.PutIncident(inc); err != nil {
				return err
			}
			n := 0
			err := tx.Queue(storage.QueueWork, func(q storage.Queued) bool {
				n++
				if q.Number != 7 || q.Municipality != municipality || q.Topic != topic || q.Org != org || !q.Due.Equal(due) {
					t.Errorf("%q %q %q %v is told as %+v", municipality, topic, org, due, q)
				}
				return true
			})
			if want := map[bool]int{true: 1}[org != ""]; n != want {
				t.Errorf("%d in the queue, want %d", n, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
