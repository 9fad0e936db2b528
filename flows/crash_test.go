package flows_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// TestHistoriesWithCrashesAreTheModels lets people act side by side, at random, on a store that fails before or after its
// commits and is closed and opened again: what is recorded then is accepted by the model of the lifecycle, every number is
// there once, nothing that belongs together is apart, and whoever reported hears each answer once.
func TestHistoriesWithCrashesAreTheModels(t *testing.T) {
	rounds := 24
	if testing.Short() {
		rounds = 6
	}
	few(t, "4", "1")
	if err := flag.Set("rapid.shrinktime", "15s"); err != nil {
		t.Fatal(err)
	}
	ground := flowtest.Region(t)
	done := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		p := &play{Stage: flowtest.On(both{t, r}, ground), r: r, d: r, seen: map[uint64]*storage.Incident{}}
		p.Play(before)
		p.News()
		for range rounds {
			p.together()
			p.accepted()
		}
		p.verify()
		p.count(done)
	})
	t.Log(done)
}

// few sets how many plays there are, unless somebody asked for a number.
func few(t *testing.T, checks, short string) {
	t.Helper()
	asked := flag.Lookup("rapid.checks").Value
	if asked.String() != "100" {
		return
	}
	if testing.Short() {
		checks = short
	}
	if err := asked.Set(checks); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = asked.Set("100") })
}

// together is what several people do at once, with what may befall the store meanwhile.
func (p *play) together() {
	switch rapid.IntRange(0, 6).Draw(p.d, "befalls") {
	case 0:
		p.r.Log("the next commit fails")
		p.Fail.Next()
	case 1:
		p.r.Log("the next commit is kept, and nobody hears of it")
		p.Fail.After()
	case 2:
		p.r.Log("the program begins anew")
		p.Reopen()
	case 3:
		p.wait()
	}
	p.Together(func() {
		for range rapid.IntRange(1, 8).Draw(p.d, "deeds") {
			p.deed(rapid.IntRange(0, 96).Draw(p.d, "what"))
		}
	})
}

// accepted holds all that is recorded against the model, and what people were told against what happened.
func (p *play) accepted() {
	if strings.Contains(p.Log.String(), "level=ERROR") {
		p.r.Fatalf("something failed:\n%s", p.Log.String())
	}
	news := p.News()
	err := p.Store.View(context.Background(), func(tx *storage.Tx) error {
		if err := histories(tx); err != nil {
			return err
		}
		for n := uint64(1); ; n++ {
			inc, err := tx.Incident(n)
			if err != nil || inc == nil {
				return err
			}
			was := p.seen[n]
			p.seen[n] = inc
			if was == nil {
				continue
			}
			events, err := tx.Events(n)
			if err != nil {
				return err
			}
			if err := stayersHear(tx, was, inc, events[was.Version:], news); err != nil {
				return err
			}
		}
	})
	if err != nil {
		p.r.Fatal(err)
	}
}

// stayersHear holds that whoever was a reporter before and after, and did not go meanwhile, heard each answer once.
func stayersHear(tx *storage.Tx, was, inc *storage.Incident, events []storage.Event, news []flowtest.News) error {
	answers := 0
	for _, ev := range events {
		if ev.Action == string(flows.Approve) {
			answers++
		}
		if ev.Action == string(flows.Scatter) || ev.Action == string(flows.Gather) {
			return nil // people came and went
		}
	}
	for _, r := range inc.Reporters {
		left := slices.ContainsFunc(events, func(ev storage.Event) bool { return ev.Action == string(flows.Leave) && ev.Actor == r.Person })
		person, err := tx.Person(r.Person)
		if err != nil {
			return err
		}
		if person == nil || left || was.Reporter(r.Person) == nil {
			continue
		}
		heard := 0
		for _, m := range news {
			if m.Peer == person.Chat && !m.Edited && (strings.Contains(m.Text, fmt.Sprintf("Ответ на № %d ·", inc.Number)) || strings.Contains(m.Text, fmt.Sprintf("Answer to No. %d ·", inc.Number))) {
				heard++
			}
		}
		if heard != answers {
			return fmt.Errorf("№ %d: person %d heard the answer %d times, want %d", inc.Number, r.Person, heard, answers)
		}
	}
	return nil
}
