package journal_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"otklik/flows/flowtest"
	"otklik/flows/journal"
	"otklik/storage"
)

// TestNothingMovesTheTerminal what people wrote neither steers the terminal nor looks like a line of the journal.
func TestNothingMovesTheTerminal(t *testing.T) {
	const evil = "a\x1b[2J\r\u009b31m\x7f\u202eb\u2066c\u2028d\n  9  forged"
	s := flowtest.New(t)
	err := s.Store.Update(context.Background(), func(tx *storage.Tx) error {
		who := &storage.Person{Channel: "desk", User: "evil", Name: evil, Created: s.Now}
		if err := tx.PutPerson(who); err != nil {
			return err
		}
		inc := &storage.Incident{Number: 1, State: storage.New, Created: s.Now, Place: storage.Place{Label: evil},
			Reporters: []storage.Reporter{{Person: who.ID}}}
		if err := tx.PutIncident(inc); err != nil {
			return err
		}
		ev := &storage.Event{Incident: 1, At: s.Now, Action: "create", To: storage.New, Actor: who.ID, As: storage.Curator, Text: evil}
		if err := tx.AddEvent(inc, ev); err != nil {
			return err
		}
		return tx.Log(&storage.Entry{At: s.Now, Action: "mute", Actor: who.ID, Person: who.ID + 1, Text: evil})
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, asJSON := range map[string]bool{"plain": false, "json": true} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			err := s.Store.View(context.Background(), func(tx *storage.Tx) error {
				out.Reset()
				p := &journal.Printer{Out: &out, Zone: time.UTC, Names: true, JSON: asJSON}
				if err := p.Incident(tx, 1); err != nil {
					return err
				}
				return p.Staff(tx, 0)
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, bad := range []string{"\x1b", "\r", "\u009b", "\x7f", "\u202e", "\u2066", "\u2028"} {
				if strings.Contains(out.String(), bad) {
					t.Errorf("%q reaches the terminal:\n%q", bad, out.String())
				}
			}
			for line := range strings.Lines(out.String()) {
				if strings.HasPrefix(line, "  9  forged") {
					t.Errorf("a text looks like a line of the journal:\n%s", out.String())
				}
				if asJSON && !json.Valid([]byte(line)) {
					t.Errorf("no JSON: %s", line)
				}
			}
			if asJSON {
				var inc storage.Incident
				first, _, _ := strings.Cut(out.String(), "\n")
				if err := json.Unmarshal([]byte(first), &inc); err != nil || inc.Place.Label != evil {
					t.Errorf("the record is not what was kept: %q, %v", inc.Place.Label, err)
				}
			}
		})
	}
}
