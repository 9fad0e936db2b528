package storage_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"otklik/storage"
	"otklik/storage/bolt"
)

// pair is a key and its value.
type pair struct{ key, value string }

// raw is a store that can be damaged.
type raw struct {
	t  *testing.T
	kv storage.KV
}

func (r *raw) all() (list []pair) {
	r.t.Helper()
	err := r.kv.View(context.Background(), func(x storage.Reader) error {
		list = nil
		return x.Scan([]byte{0}, nil, false, func(k, v []byte) bool {
			list = append(list, pair{string(k), string(v)})
			return true
		})
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

func (r *raw) put(k, v string) {
	r.t.Helper()
	if err := r.kv.Update(context.Background(), func(w storage.Writer) error { return w.Put([]byte(k), []byte(v)) }); err != nil {
		r.t.Fatal(err)
	}
}

func (r *raw) drop(k string) {
	r.t.Helper()
	if err := r.kv.Update(context.Background(), func(w storage.Writer) error { return w.Delete([]byte(k)) }); err != nil {
		r.t.Fatal(err)
	}
}

// get gives the value of the only key with this prefix.
func (r *raw) get(prefix string) pair {
	r.t.Helper()
	for _, p := range r.all() {
		if strings.HasPrefix(p.key, prefix) {
			return p
		}
	}
	r.t.Fatalf("no key %q", prefix)
	return pair{}
}

func (r *raw) verify(fix bool) (list []storage.Fault, v storage.Verified) {
	r.t.Helper()
	v, err := storage.Over(r.kv).Verify(context.Background(), storage.Check{
		States: storage.States, Fix: fix,
		Photo: func(blob string) (bool, error) { return blob == "there", nil },
		Found: func(f storage.Fault) error { list = append(list, f); return nil },
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return list, v
}

func space(k string) string {
	s, _, _ := strings.Cut(k, "\x00")
	return s
}

// indexSpaces are the spaces of entries that follow from records, but for the cards, of which a record may have none.
var indexSpaces = []string{"is", "io", "ip", "iw", "ig", "ia", "iq", "ea", "pb", "ps", "pn", "sp", "ut", "tp", "cp", "mp", "w", "fp", "gr", "gi", "ga"}

// healthy is a store that has something of everything.
func healthy(t *testing.T) *raw {
	t.Helper()
	kv, err := bolt.Open(filepath.Join(t.TempDir(), "otklik.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kv.Close() })
	now := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	err = storage.Over(kv).Update(context.Background(), func(tx *storage.Tx) error { return furnish(tx, now) })
	if err != nil {
		t.Fatal(err)
	}
	return &raw{t, kv}
}

func furnish(tx *storage.Tx, now time.Time) error {
	var steps []error
	do := func(err error) { steps = append(steps, err) }
	for i := range 2 {
		p := &storage.Person{Channel: "desk", User: fmt.Sprint(i), Name: fmt.Sprint("Анна Ветрова ", i), Created: now}
		if i == 1 {
			p.Roles = []storage.Role{{Kind: storage.Curator}, {Kind: storage.Official, Org: "adm-kirov"}}
		}
		do(tx.PutPerson(p))
	}
	photo := &storage.Media{ID: "f1", Blob: "there", Person: 1}
	do(tx.PutMedia(photo))
	do(tx.PutMedia(&storage.Media{ID: "f2", Person: 1}))
	do(tx.Want(&storage.Wanted{Photo: "f2", Due: now}))
	states := []storage.State{storage.New, storage.Accepted, storage.Closed, storage.Waiting}
	for i, state := range states {
		n, err := tx.Next("incident")
		do(err)
		inc := &storage.Incident{Number: n, State: state, Version: uint64(i + 1), Created: now, Topic: "holes", Late: "first", Final: now,
			Place:     storage.Place{Municipality: "kirov", Settlement: "33701000001", Street: "Ленина", House: "12", Lat: 58.6, Lon: 49.6, Point: true},
			Reporters: []storage.Reporter{{Person: 1, Peer: "desk:0"}}}
		if state != storage.New {
			inc.Assignment = &storage.Assignment{Org: "adm-kirov"}
			inc.Photos = []string{"f1"}
			inc.Inspections = []storage.Inspection{{Org: "housing", Due: now.Add(time.Hour)}}
		}
		do(tx.PutIncident(inc))
		for j := range i + 1 {
			ev := &storage.Event{Incident: n, At: now, Action: "x", To: states[j], Actor: 1, As: storage.Resident, Photos: inc.Photos}
			if j > 0 {
				ev.From = states[j-1]
			}
			do(tx.AddEvent(inc, ev))
		}
		do(tx.Index(n, []string{"яма", fmt.Sprint("слово", n)}))
		slot := &storage.Slot{Peer: "desk:0", Person: 1, View: storage.Resident, Incident: n}
		do(tx.PutSlot(slot))
		out := &storage.Outgoing{Peer: "desk:0", Slot: slot.ID, Incident: n, Body: json.RawMessage("{}"), Created: now}
		do(tx.PutOutgoing(out))
		slot.Entry = out.ID
		do(tx.PutSlot(slot))
		do(tx.Point("desk:0", fmt.Sprint("b", n), storage.Pointer{Slot: slot.ID, Incident: n, At: now}))
	}
	do(tx.AddTimer(&storage.Timer{Due: now, Kind: "a.b", Incident: 1, Person: 1}))
	do(tx.AddTimer(&storage.Timer{Due: now, Kind: "a.b", Incident: 1}))
	do(tx.PutSession("desk:0/7", 1, &storage.Session{Talks: []storage.Talk{{ID: 1, Flow: "report"}}}))
	_, err := tx.See("desk", "u1", now)
	do(err)
	do(tx.Claim(2, storage.Claim{Person: 2, Until: now}))
	for range 3 {
		do(tx.Log(&storage.Entry{At: now, Action: "invite"}))
	}
	do(tx.PutWatched(&storage.Watched{Peer: "desk:group1", Since: now}))
	do(tx.PutPost(&storage.Post{Source: 1, Incident: 1, Thread: "desk:group1/7", Ref: "u9", Author: storage.Author{User: "0"}, Came: now, Print: 9}))
	do(tx.Count("kirov", "holes", now))
	do(tx.PutLesson(&storage.Lesson{Incident: 1, Labels: storage.Labels{Theme: "holes"}}))
	do(tx.PutInvitation("hash", &storage.Invitation{Expires: now}))
	do(tx.SetSetting("a", []byte("b")))
	for _, err := range steps {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestVerifyKnowsEverySpace: whoever adds a space says how it is verified, or here why not.
func TestVerifyKnowsEverySpace(t *testing.T) {
	free := map[string]string{"spaceDrawer": "whoever owns the drawer knows what is in it", "spaceSetting": "bytes by name"}
	f, err := parser.ParseFile(token.NewFileSet(), "store.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := healthy(t)
	n := 0
	ast.Inspect(f, func(node ast.Node) bool {
		s, ok := node.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(s.Names[0].Name, "space") || free[s.Names[0].Name] != "" {
			return true
		}
		n++
		name, err := strconv.Unquote(s.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		k := name + "\x00\xff"
		r.put(k, "")
		if list, _ := r.verify(false); len(list) != 1 || list[0].What != "nothing is kept under such a key" {
			t.Errorf("%s is not looked at: %v", s.Names[0].Name, list)
		}
		r.drop(k)
		if !slices.ContainsFunc(r.all(), func(p pair) bool { return space(p.key) == name }) {
			t.Errorf("the healthy store has nothing in %s", s.Names[0].Name)
		}
		return true
	})
	if n < 30 {
		t.Errorf("only %d spaces were found", n)
	}
}

// TestVerifyNamesEveryDamageOfAnIndex damages every entry of every index in every way; rebuilding makes it as it was.
func TestVerifyNamesEveryDamageOfAnIndex(t *testing.T) {
	r := healthy(t)
	before := r.all()
	if list, v := r.verify(false); len(list) > 0 || int(v.Keys) < len(before)-1 {
		t.Fatalf("%d keys of %d, %v", v.Keys, len(before), list)
	}
	damages := map[string]func(p pair) (want string){
		"taken away": func(p pair) string { r.drop(p.key); return "record without entry" },
		"another value": func(p pair) string {
			r.put(p.key, p.value+"\x00\x01")
			if p.key[0] == 'w' {
				return "entry without record"
			}
			return "wrong value"
		},
		"of nobody": func(p pair) string {
			k := []byte(p.key)
			switch space(p.key) {
			case "pb", "sp", "mp", "w", "fp", "gr": // no number at the end
				k = append(k[:len(k)-1], []byte("x\x00")...)
			case "ut":
				k = append(k[:len(k)-1], []byte("x\x00")...)
				p.value = "u\x00desk\x00u1x\x00"
			default:
				binary.BigEndian.PutUint64(k[len(k)-8:], 77)
			}
			r.put(string(k), p.value)
			return "entry without record"
		},
		"of a record that is otherwise": func(p pair) string {
			k := []byte(p.key)
			switch s := space(p.key); s {
			case "ut", "tp":
				k[len(s)+9]++ // another time or person
			case "ea", "ip", "iw", "cp", "ps", "pn", "is", "io", "ig", "ia", "iq", "ga", "gi":
				i := len(s) + 1
				switch k[i] {
				case '@':
					i++
				case 0: // all topics
					i += 8
				}
				k[i]++
			default:
				k = append(k[:len(k)-1], []byte("x\x00")...)
			}
			r.put(string(k), p.value)
			return "entry without record"
		},
	}
	damaged := map[string]int{}
	for name, damage := range damages {
		for _, p := range before {
			if !slices.Contains(indexSpaces, space(p.key)) {
				continue
			}
			if name == "another value" && space(p.key) == "ea" {
				continue // nothing reads it
			}
			damaged[space(p.key)]++
			want := damage(p)
			list, _ := r.verify(false)
			if !slices.ContainsFunc(list, func(f storage.Fault) bool { return strings.HasPrefix(f.What, want) }) {
				t.Errorf("%q %s: want %q, got %v", p.key, name, want, list)
			}
			for _, f := range list {
				if strings.Contains(f.String(), "makes no sense") || strings.Contains(strings.ToLower(f.String()), "ветрова") {
					t.Errorf("%q %s: told as %s", p.key, name, f)
				}
			}
			if list, v := r.verify(true); v.Fixed != v.Faults || v.Faults == 0 {
				t.Errorf("%q %s: not mended: %v", p.key, name, list)
			}
			if after := r.all(); !slices.Equal(after, before) {
				t.Fatalf("%q %s: mending left something else", p.key, name)
			}
		}
	}
	for _, s := range indexSpaces {
		if damaged[s] < 3 {
			t.Errorf("%s was damaged %d times only", s, damaged[s])
		}
	}
}

// TestVerifyNamesWhatRecordsSayWrongly: each damage of a record is named, in words.
func TestVerifyNamesWhatRecordsSayWrongly(t *testing.T) {
	number := func(space string, n ...uint64) string {
		k := []byte(space + "\x00")
		for _, n := range n {
			k = binary.BigEndian.AppendUint64(k, n)
		}
		return string(k)
	}
	replace := func(k, old, now string) func(r *raw) {
		return func(r *raw) {
			p := r.get(k)
			v := bytes.Replace([]byte(p.value), []byte(old), []byte(now), 1)
			if string(v) == p.value {
				r.t.Fatalf("%q has no %q: %s", k, old, p.value)
			}
			r.put(p.key, string(v))
		}
	}
	drop := func(k string) func(r *raw) { return func(r *raw) { r.drop(r.get(k).key) } }
	counter := func(name string, n uint64) func(r *raw) {
		return func(r *raw) { r.put("n\x00"+name+"\x00", string(binary.BigEndian.AppendUint64(nil, n))) }
	}
	tests := []struct {
		name   string
		damage func(r *raw)
		want   string
		mended bool
	}{
		{"an incident is gone", drop(number("i", 2)), "incidents: incident 3: number 2 is missing", false},
		{"the last incident is gone", drop(number("i", 4)), "incidents: incident 3: number 4 is missing", false},
		{"the counter is ahead", counter("incident", 6), "incidents: incident 4: numbers 5 to 6 are missing", false},
		{"the counter is behind", counter("incident", 2), `incidents: incident 3: the counter "incident" is at 2 only`, true},
		{"a lesson of no incident", replace(number("k", 1), `"incident":1`, `"incident":8`), "lessons: lesson 1: it names incident 8, which is not there", false},
		{"a number twice", replace(number("i", 2), `"number":2`, `"number":1`), "incidents: incident 2: it says that it is incident 1", false},
		{"no such state", replace(number("i", 2), `"state":"accepted"`, `"state":"lost"`), `incident 2: the lifecycle has no state "lost"`, false},
		{"another state than its history", replace(number("i", 2), `"state":"accepted"`, `"state":"assigned"`), "incident 2: it is assigned, its history ends with accepted", false},
		{"another version", replace(number("i", 3), `"version":3`, `"version":9`), "incident 3: it has version 9 after 3 events", false},
		{"no history", drop(number("e", 1, 1)), "incident 1: it has no history", false},
		{"a hole in the history", drop(number("e", 3, 2)), "events: incident 3, event 3: number 2 is missing", false},
		{"the history's first state", replace(number("e", 3, 2), `"from":"new"`, `"from":"lost"`), `events: incident 3, event 2: the lifecycle has no state "lost"`, false},
		{"a history of nothing", func(r *raw) { r.put(number("e", 8, 1), `{"incident":8,"seq":1,"to":"new"}`) }, "events: incident 8, event 1: it names incident 8, which is not there", false},
		{"an event that is another", replace(number("e", 3, 2), `"seq":2`, `"seq":3`), "events: incident 3, event 2: it says that it is event 3 of incident 3", false},
		{"a photo is gone", drop("m\x00f1\x00"), "incidents: incident 2: it names photo f1, which is not there", false},
		{"a photo's file is gone", replace("m\x00f1\x00", `"there"`, `"gone"`), `photos: photo "f1": its file gone is not there`, false},
		{"a photo to fetch is gone", drop("m\x00f2\x00"), `photos to fetch: due 2026-11-23T07:00:00Z, photo "f2": entry without record`, true},
		{"a photo to fetch that is another", replace("mw\x00", `"f2"`, `"f1"`), `photos to fetch: due 2026-11-23T07:00:00Z, photo "f2": it says that it is another`, true},
		{"what waits for a slot is gone", drop(number("o", 2)), "slots: slot 2: message 2, which it waits for, is not there", true},
		{"a message that its slot does not know", replace(number("c", 2), `"entry":2`, `"entry":0`), "messages that wait: message 2: slot 2, which it is for, waits for message 0", false},
		{"a slot of nobody", drop(number("c", 2)), "cards: incident 2, slot 2: entry without record", true},
		{"a card of another incident", func(r *raw) { r.put(number("ci", 1, 3), "") }, "cards: incident 1, slot 3: entry without record: the record is no longer so", true},
		{"a claim of nothing", func(r *raw) { r.put(number("ik", 9), `{"person":1}`) }, "incidents held by a curator: incident 9: it names incident 9", false},
		{"a message about nothing", replace("cr\x00desk:0\x00b1\x00", `"incident":1`, `"incident":9`), `sent messages: in desk, message "b1": it names incident 9`, false},
		{"a hole in the log", drop(number("l", 2)), "the staff's log: entry 3: number 2 is missing", false},
		{"a person of another number", replace(number("p", 1), `"id":1`, `"id":3`), "persons: person 1: it says that it is number 3", false},
		{"a number to be given again", counter("person", 1), `persons: person 2: the counter "person" is at 1 only`, true},
		{"a timer that is another", replace("t\x00", `"id":1`, `"id":3`), "timers: due 2026-11-23T07:00:00Z, timer 1: it says that it is another", false},
		{"a counter without a number", func(r *raw) { r.put("n\x00talk\x00", "x") }, `counters: "talk": it cannot be read`, false},
		{"a word listed twice", func(r *raw) { p := r.get("w\x00"); r.put(p.key, p.value+p.value) }, "words: block 0, a word: entry without record: it lists", true},
		{"a word listed for nobody", func(r *raw) { p := r.get("w\x00"); r.put(p.key, "") }, "words: block 0, a word: entry without record: it lists 0", true},
		{"words of nothing", func(r *raw) { r.put(number("wo", 9), `{"stems":[]}`) }, "words by incident: incident 9: there is no such incident", false},
	}
	for _, s := range []string{"i", "p", "s", "t", "c", "m", "e", "wo", "o", "ik", "cr", "l", "iv"} {
		tests = append(tests, struct {
			name   string
			damage func(r *raw)
			want   string
			mended bool
		}{"an unreadable record in " + s, func(r *raw) { r.put(r.get(s+"\x00").key, "{") }, ": it cannot be read", false})
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			r := healthy(t)
			tc.damage(r)
			list, _ := r.verify(false)
			named := func(f storage.Fault) bool { return strings.Contains(f.String(), tc.want) }
			if !slices.ContainsFunc(list, named) {
				t.Fatalf("not named: %s; got\n%v", tc.want, list)
			}
			r.verify(true)
			if list, _ = r.verify(false); slices.ContainsFunc(list, named) == tc.mended {
				t.Errorf("after mending: %v", list)
			}
		})
	}
}

// TestVerifyInSteps: a store of many batches is looked at to the end, once.
func TestVerifyInSteps(t *testing.T) {
	r := healthy(t)
	_, v := r.verify(false)
	before := v.Keys
	const more = 2000
	err := storage.Over(r.kv).Update(context.Background(), func(tx *storage.Tx) error {
		for range more {
			if err := tx.Log(&storage.Entry{Action: "mute"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if list, v := r.verify(false); len(list) > 0 || v.Keys != before+more {
		t.Errorf("%d keys, want %d: %v", v.Keys, before+more, list)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := storage.Over(r.kv).Verify(ctx, storage.Check{}); err == nil {
		t.Error("it goes on when nobody waits")
	}
}
