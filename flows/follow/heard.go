package follow

import (
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/personal"
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
	id := news(ev)
	if id == "" {
		return nil
	}
	if strings.HasPrefix(id, "inspect") {
		if inc.State == storage.Withdrawn { // they do not want to hear of it any more
			return nil
		}
		var err error
		if inc, err = t.Whole(inc); err != nil { // of one that was merged they hear there
			return err
		}
	}
	return everyReporter(t, inc, func(p *storage.Person) error {
		if ev.As == storage.Resident && ev.Actor == p.ID {
			return nil
		}
		if ev.Action == string(flows.Settle) && inc.Reporter(p.ID).Solved { // to them it was over before
			return nil
		}
		return t.Tell(p, notice(t.VoiceTo(p), inc, ev, id), inc.Number)
	})
}

// news names the text that tells of an event; "" where there is nothing to tell. Whoever follows was promised to hear of
// every change, and the card changes without a sound.
func news(ev *storage.Event) string {
	switch a := flows.Action(ev.Action); a {
	case flows.Create:
		if ev.Other != 0 { // split off from what they had reported
			return "split"
		}
	case flows.Note:
		if ev.Text == "" {
			return "note_photos"
		}
		return "note"
	case flows.Assign:
		return "assigned"
	case flows.Accept:
		return "accepted"
	case flows.Decline:
		return "declined"
	case flows.Answer:
		return "checking"
	case flows.Return:
		return "returned"
	case flows.Dispute:
		return "disputed_other"
	case flows.Reject:
		return "rejected"
	case flows.Retopic:
		return "retopic"
	case flows.Replace:
		return "replaced"
	case flows.Postpone, flows.Grant:
		return "postponed"
	case flows.Inquire:
		return "asks"
	case flows.Tell:
		return "told_other"
	case flows.Resume:
		return "resumed"
	case flows.Merge:
		return "merged"
	case flows.Unmerge:
		return "unmerged"
	case flows.Settle:
		return "settled"
	case flows.Finding:
		return "inspect_" + ev.Why
	case flows.Amend:
		if !ev.Public && !ev.Turned() { // to them it says what it said
			return ""
		}
		return "inspect_amend_" + ev.Why
	case flows.Inspect:
		return "inspect"
	case flows.Measures, flows.Fulfil, flows.Waive, flows.Relieve, flows.Unchecked, flows.Unmet:
		return "inspect_" + ev.Action
	case flows.Overdue, flows.Promise, flows.Lapse, flows.Silent:
		return string(a)
	}
	return ""
}

// notice tells of an event.
func notice(v *flows.Voice, inc *storage.Incident, ev *storage.Event, id string) bot.Message {
	due := ev.Due
	if due.IsZero() && inc.Promise != nil {
		due = inc.Promise.Due
	}
	date := ""
	if !due.IsZero() {
		date = v.Date(due)
	}
	text := ev.Text
	if strings.HasPrefix(id, "inspect") {
		if text = personal.Mask(text); !ev.Public {
			text = ""
		}
	}
	m := v.Say("follow."+id, "Number", inc.Number, "Org", v.Org(ev.Org), "To", v.OrgTo(ev.Org), "Text", flows.Cut(text, 3000),
		"Other", ev.Other, "Forward", v.At(inc.Forward), "First", v.At(inc.First), "Final", v.At(inc.Final), "Next", ahead(v, inc),
		"Due", v.At(ev.Due), "Date", date, "Topic", v.Topic(inc.Topic), "Place", v.Place(inc.Place), "Asker", asker(v, ev.As, ev.Org))
	key := func(verb string, n uint64) string { return flows.CardKey(name, verb, n) }
	switch flows.Action(ev.Action) {
	case flows.Note, flows.Promise: // what residents send is not for other residents
		m.Photos = flows.Photos(inc.Public(ev.Photos))
	case flows.Finding, flows.Amend:
		if ev.Public {
			m.Photos = flows.Photos(inc.Public(ev.Photos))
		}
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
