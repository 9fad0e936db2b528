package follow

import (
	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// heard tells every reporter what they are waiting for, and sets the timers that look after an incident. Whoever did it
// knows.
func heard(t *flows.Turn, inc *storage.Incident, ev *storage.Event) error {
	switch flows.Action(ev.Action) {
	case flows.Inquire:
		if err := t.After(silentTimer, inc, inc.Wait.Until, stamp(inc.Wait.At)); err != nil {
			return err
		}
	case flows.Approve:
		if err := published(t, inc); err != nil {
			return err
		}
		return everyReporter(t, inc, func(p *storage.Person) error { return t.CardTo(inc, p, answer, "") })
	case flows.Gather:
		return askAlso(t, inc, ev.Other)
	case flows.Dispute:
		for _, view := range []storage.RoleKind{answer, reminder} {
			if err := t.Retire(inc, view); err != nil {
				return err
			}
		}
	}
	id, err := news(t, inc, ev)
	if err != nil || id == "" {
		return err
	}
	return everyReporter(t, inc, func(p *storage.Person) error {
		if ev.As == storage.Resident && ev.Actor == p.ID {
			return nil
		}
		return t.Tell(p, notice(t.VoiceTo(p), inc, ev, id), inc.Number)
	})
}

// news names the text that tells of an event; "" where there is nothing to tell.
func news(t *flows.Turn, inc *storage.Incident, ev *storage.Event) (string, error) {
	switch flows.Action(ev.Action) {
	case flows.Create:
		if ev.Other != 0 { // split off from what they had reported
			return "split", nil
		}
	case flows.Assign:
		return "assigned", nil
	case flows.Accept:
		return "accepted", nil
	case flows.Note:
		if ev.Text == "" {
			return "note_photos", nil
		}
		return "note", nil
	case flows.Promise:
		return "promise", nil
	case flows.Lapse:
		return "lapse", nil
	case flows.Answer:
		promised, err := promised(t, inc)
		if err == nil && promised {
			return "checking", nil
		}
		return "", err
	case flows.Dispute:
		return "disputed_other", nil
	case flows.Reject:
		return "rejected", nil
	case flows.Postpone, flows.Grant:
		return "postponed", nil
	case flows.Inquire:
		return "asks", nil
	case flows.Tell:
		return "told_other", nil
	case flows.Silent:
		return "silent", nil
	case flows.Resume:
		return "resumed", nil
	case flows.Merge:
		return "merged", nil
	case flows.Unmerge:
		return "unmerged", nil
	}
	return "", nil
}

// promised tells whether an interim answer had said what would be done, since the last answer was published: whoever
// waits for that is told that it has come so far.
func promised(t *flows.Turn, inc *storage.Incident) (is bool, err error) {
	events, err := t.Tx.Events(inc.Number)
	for _, ev := range events {
		switch flows.Action(ev.Action) {
		case flows.Promise:
			is = true
		case flows.Approve, flows.Decline:
			is = false
		}
	}
	return is, err
}

func notice(v *flows.Voice, inc *storage.Incident, ev *storage.Event, id string) bot.Message {
	due := ev.Due
	if due.IsZero() && inc.Promise != nil {
		due = inc.Promise.Due
	}
	date := ""
	if !due.IsZero() {
		date = v.Date(due)
	}
	m := v.Say("follow."+id, "Number", inc.Number, "Org", v.Org(ev.Org), "To", v.OrgTo(ev.Org), "Text", flows.Cut(ev.Text, 3000),
		"Other", ev.Other, "Forward", v.At(inc.Forward), "First", v.At(inc.First), "Final", v.At(inc.Final), "Next", ahead(v, inc),
		"Due", v.At(ev.Due), "Date", date, "Asker", asker(v, ev.As, ev.Org))
	key := func(verb string, n uint64) string { return flows.CardKey(name, verb, n) }
	switch flows.Action(ev.Action) {
	case flows.Note, flows.Promise: // what residents send is not for other residents
		m.Photos = flows.Photos(inc.Public(ev.Photos))
	case flows.Inquire:
		m.Keyboard = [][]bot.Button{{v.Button("follow.reply", key("add", inc.Number))}}
	case flows.Merge:
		m.Keyboard = [][]bot.Button{{v.Button("follow.show_other", key("whole", inc.Number), "Other", ev.Other)}}
	case flows.Create, flows.Unmerge:
		m.Keyboard = [][]bot.Button{{v.Button("follow.show_other", key("show", inc.Number), "Other", inc.Number)}}
	}
	return m
}

// askAlso puts the question that waits to those who came by merging, too.
func askAlso(t *flows.Turn, inc *storage.Incident, from uint64) error {
	if !waits(inc, nil) {
		return nil
	}
	w := inc.Wait
	ev := &storage.Event{Action: string(flows.Inquire), As: w.As, Org: w.Org, Text: w.Text, Due: w.Until}
	return everyReporter(t, inc, func(p *storage.Person) error {
		if inc.Reporter(p.ID).From != from {
			return nil
		}
		return t.Tell(p, notice(t.VoiceTo(p), inc, ev, "asks"), inc.Number)
	})
}

func everyReporter(t *flows.Turn, inc *storage.Incident, fn func(*storage.Person) error) error {
	for _, r := range inc.Reporters {
		p, err := t.Tx.Person(r.Person)
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		if err := fn(p); err != nil {
			return err
		}
	}
	return nil
}
