package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"otklik/storage"
	"otklik/storage/bolt"
)

// TestMain lets the test binary be one of the small bots, as the tool itself can.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == botWord {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestPeopleTalkWithTheNullBot(t *testing.T) {
	b := &bench{dir: t.TempDir(), log: t.Output()}
	s, err := b.set(setup{bot: "null", people: 4})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.launch(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	s.crowd.begin()
	if err := s.replies(); err != nil {
		t.Fatal(err)
	}
	f, err := s.measure(t.Context(), time.Second)
	if err != nil || f.rate <= 0 || f.p50 <= 0 || f.p99 < f.p50 || f.calls < 8 || f.rss <= 0 || f.start <= 0 {
		t.Errorf("%v, %v", f, err)
	}
	if stuck := s.crowd.rest(t.Context(), patience); len(stuck) > 0 {
		t.Error(stuck)
	}
	if err := s.end(); err != nil {
		t.Error(err)
	}
}

func TestFaultsAreDrawnEachByItself(t *testing.T) {
	const draws, share = 200_000, 0.005
	d := newTrouble(cut, share, 1)
	var hits []int
	for i := range draws {
		if d.draw("7") == cut {
			hits = append(hits, i)
		}
	}
	beside := 0
	for i := 1; i < len(hits); i++ {
		if hits[i] == hits[i-1]+1 {
			beside++
		}
	}
	if n := len(hits); n < 850 || n > 1150 || d.dealt.Load() != int64(n) {
		t.Errorf("%d faults of %d calls, %d counted", n, draws, d.dealt.Load())
	}
	if beside > 25 {
		t.Errorf("%d faults of %d follow another: they come in bunches", beside, len(hits))
	}
	other := newTrouble(cut, share, 2)
	if same := slices.IndexFunc(hits, func(i int) bool { return i > 2000 }); same > 0 {
		var theirs []int
		for i := range 2000 {
			if other.draw("7") != "" {
				theirs = append(theirs, i)
			}
		}
		if slices.Equal(theirs, hits[:same]) {
			t.Error("another seed draws the same")
		}
	}
}

func TestFaultsOfOneChatAreItsOwn(t *testing.T) {
	d := newTrouble(too, 1, 1)
	d.chat = "1"
	if d.draw("1") != too || d.draw("2") != "" || (*trouble)(nil).draw("1") != "" {
		t.Error("the wrong chats have trouble")
	}
}

func TestTheMessengerBearsSoManyASecond(t *testing.T) {
	b, at := newBound(3, 2), time.Now()
	for i, c := range []struct {
		after time.Duration
		chat  string
		want  bool
	}{{0, "1", true}, {0, "1", true}, {0, "1", false}, {0, "2", true}, {0, "3", false}, {999 * time.Millisecond, "3", false}, {time.Second, "3", true}} {
		if got := b.bears(c.chat, at.Add(c.after)); got != c.want {
			t.Errorf("%d: %v", i, got)
		}
	}
	if n := b.refusals(); n != 3 || len(b.since(at.Add(time.Millisecond))) != 1 {
		t.Errorf("%d refused, taken since then: %v", n, b.since(at.Add(time.Millisecond)))
	}
}

func TestBurstsAreCountedWhole(t *testing.T) {
	var list []time.Time
	at := time.Now()
	for burst := range 5 {
		for i := range 30 {
			list = append(list, at.Add(time.Duration(burst)*time.Second+time.Duration(i)*time.Millisecond))
		}
	}
	for cut := range 25 {
		if got := steady(list[cut : len(list)-cut/2]); got < 29.99 || got > 30.01 {
			t.Errorf("without the first %d: %v", cut, got)
		}
	}
	if got := steady(list[:30]); got < 990 || got > 1010 {
		t.Errorf("one burst: %v", got)
	}
}

func TestOrderIsLookedAt(t *testing.T) {
	draft := func(order ...int) []storage.Talk {
		var d struct{ Parts []struct{ Text string } }
		for _, k := range order {
			d.Parts = append(d.Parts, struct{ Text string }{remark(k)})
		}
		raw, _ := json.Marshal(d)
		return []storage.Talk{{Data: raw}}
	}
	var all []int
	for k := range writtenEach {
		all = append(all, k+1)
	}
	if !inOrder(draft(all...)) {
		t.Error("what is in order is not taken for it")
	}
	swapped := slices.Clone(all)
	swapped[3], swapped[4] = swapped[4], swapped[3]
	for what, order := range map[string][]int{"swapped": swapped, "one lost": all[1:], "one twice": append(slices.Clone(all), 3), "nothing": nil} {
		if inOrder(draft(order...)) {
			t.Errorf("%s: taken for in order", what)
		}
	}
	if inOrder(nil) || inOrder(append(draft(all...), draft(all...)...)) {
		t.Error("no draft, or two, are taken for in order")
	}
}

type mute struct{}

func (mute) write(*person, string)        {}
func (mute) press(*person, int64, string) {}

func TestARepeatIsSeenInAConversation(t *testing.T) {
	c := newCrowd(1, 1, true, 0)
	p := c.people[0]
	p.line = mute{}
	p.next()
	asks := message{ref: 1, text: "Расскажите, что случилось.", board: "a", anew: true}
	p.reads(asks)
	if c.repeats.Load() != 0 || len(c.taken(nil)) != 1 {
		t.Fatalf("%d repeats, %d replies", c.repeats.Load(), len(c.taken(nil)))
	}
	p.reads(asks)
	edited := asks
	edited.anew = false
	p.reads(edited)
	if c.repeats.Load() != 1 || len(c.taken(nil)) != 1 {
		t.Errorf("%d repeats, %d replies", c.repeats.Load(), len(c.taken(nil)))
	}
}

func TestWhoHearsNothingIsNamed(t *testing.T) {
	c := newCrowd(2, 1, true, 0)
	for _, p := range c.people {
		p.line = mute{}
	}
	c.people[0].next()
	if stuck := c.rest(t.Context(), 50*time.Millisecond); len(stuck) != 1 || !strings.Contains(stuck[0], "person 1 ") {
		t.Error(stuck)
	}
}

// TestAnAuditFindsWhatIsWrong: each way in which a store may disagree with what people were told.
func TestAnAuditFindsWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		told    map[int64][]uint64 // person → numbers
		without uint64             // this incident is not there
		want    func(account) int
	}{
		"nothing":        {told: map[int64][]uint64{1: {1, 3}, 2: {2}}, want: func(a account) int { return 1 - a.doubled - a.lost - a.missing - a.orphans - a.unheard }},
		"never recorded": {told: map[int64][]uint64{1: {1, 3, 4}, 2: {2}}, want: func(a account) int { return a.lost }},
		"another's":      {told: map[int64][]uint64{1: {1, 2}, 2: {3}}, want: func(a account) int { return a.lost / 2 }},
		"told twice":     {told: map[int64][]uint64{1: {1, 3}, 2: {2, 3}}, want: func(a account) int { return a.doubled }},
		"not told":       {told: map[int64][]uint64{1: {1}, 2: {2}}, want: func(a account) int { return a.unheard }},
		"missing":        {told: map[int64][]uint64{1: {1}, 2: {2}}, without: 3, want: func(a account) int { return a.missing }},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "otklik.db")
			db, err := bolt.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			err = storage.Over(db).Update(t.Context(), func(tx *storage.Tx) error {
				for i := range uint64(2) {
					user := fmt.Sprint(i + 1)
					if err := tx.PutPerson(&storage.Person{Channel: "telegram", User: user, Chat: "telegram:" + user}); err != nil {
						return err
					}
				}
				for n := range uint64(3) {
					number, err := tx.Next("incident")
					if err != nil || number == c.without {
						return err
					}
					who := n%2 + 1
					inc := &storage.Incident{Number: number, State: storage.New, Reporters: []storage.Reporter{{Person: who, Peer: fmt.Sprint("telegram:", who)}}}
					if err := tx.PutIncident(inc); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			db.Close()
			people := newCrowd(2, 1, true, 0)
			for who, numbers := range c.told {
				people.people[who-1].numbers = numbers
			}
			a, err := audit(context.Background(), path, "telegram", people, 0)
			if err != nil || c.want(a) != 1 || a.incidents != 3 {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}

func TestVKShowsAMessageOnce(t *testing.T) {
	c := newCrowd(1, 1, true, 0)
	v := newVK(c)
	defer v.close()
	send := func() any {
		at, err := v.does("messages.send", url.Values{"peer_ids": {"1"}, "random_id": {"17"}, "message": {"Здравствуйте"}})
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	if first, again := send(), send(); fmt.Sprint(first) != fmt.Sprint(again) || v.repeats.Load() != 1 || c.repeats.Load() != 0 {
		t.Errorf("%v and %v, %d repeats, of which people saw %d", first, again, v.repeats.Load(), c.repeats.Load())
	}
	got, err := v.execute(`return [API.messages.send({"peer_ids":"1","random_id":17,"message":"a),(b"}),API.messages.send({"peer_ids":"1","random_id":18})];`)
	if list, is := got.([]any); err != nil || !is || len(list) != 2 || v.repeats.Load() != 2 {
		t.Errorf("%v, %v, %d repeats", got, err, v.repeats.Load())
	}
}

// TestAHistoryIsWhole: the store that is made for measuring is one that the program could have made.
func TestAHistoryIsWhole(t *testing.T) {
	const n = 500
	path := filepath.Join(t.TempDir(), "otklik.db")
	told := 0
	if err := history(t.Context(), path, n, func(done int) { told = done }); err != nil || told != n {
		t.Fatalf("%d, %v", told, err)
	}
	db, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	v, err := storage.Over(db).Verify(t.Context(), storage.Check{States: storage.States, Found: func(f storage.Fault) error { t.Error(f); return nil }})
	if err != nil || v.Keys < 15*n {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestScenariosAreChosenByName(t *testing.T) {
	if all, err := choose(""); err != nil || len(all) != len(scenarios()) {
		t.Errorf("%d, %v", len(all), err)
	}
	if two, err := choose("kill, talk"); err != nil || len(two) != 2 || two[0].name != "kill" {
		t.Errorf("%v, %v", two, err)
	}
	if _, err := choose("sing"); err == nil {
		t.Error("a scenario that there is not")
	}
}

func TestAFigureThatIsShortSaysSo(t *testing.T) {
	var out strings.Builder
	tb := table{scenario: "talk"}
	tb.least("rate", 10, 9, "%.0f/s")
	tb.most("p99", 10, 9, "%.0f ms")
	tb.print(&out)
	if text := out.String(); !strings.Contains(text, "≥ 9/s   ok") || !strings.Contains(text, "≤ 9 ms  SHORT") {
		t.Error(text)
	}
}
