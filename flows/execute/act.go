package execute

import (
	"otklik/flows"
	"otklik/storage"
)

func accept(t *flows.Turn, inc *storage.Incident) error {
	return takes(t, inc, flows.Accept, storage.Event{Public: true}, func() {})
}

// takes is Act for what takes the incident in hand: a note or an answer does as well as the button. Whoever does it leads
// it from then on, where nobody does, or whoever did has left.
func takes(t *flows.Turn, inc *storage.Incident, a flows.Action, ev storage.Event, change func()) error {
	lead, err := flows.Lead(t.Tx, inc)
	if err != nil {
		return err
	}
	return t.Act(inc, a, ev, func() {
		if inc.Assignment.AcceptedBy == 0 {
			inc.Assignment.AcceptedBy, inc.Assignment.AcceptedAt = t.Me.ID, t.Now
		}
		if lead == nil {
			inc.Assignment.Lead = t.Me.ID
		}
		change()
	})
}

func pressAccept(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	if err := accept(t, inc); err != nil {
		return err
	}
	t.Toast(t.Voice().T("execute.accepted", "Number", inc.Number))
	return nil
}

func pressShow(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	return t.ShowCard(inc)
}

// decline gives the incident back to the curators; the norms run on.
func decline(t *flows.Turn, inc *storage.Incident, why, org string) error {
	if o := t.Pack().Organisation(org); o != nil {
		v := t.Voice()
		v.Lang = flows.Languages[0]
		why += "\n" + v.T("execute.maybe", "Org", v.Org(org))
	}
	events, err := t.Tx.Events(inc.Number)
	if err != nil {
		return err
	}
	ev := storage.Event{Text: why, Org: inc.Assignment.Org}
	return t.Act(inc, flows.Decline, ev, func() {
		inc.Assignment, inc.Promise, inc.Extension = nil, nil, nil
		t.Refer(inc, append(flows.Refused(events), ev.Org), org, why)
	})
}

// progress tells the resident how the work goes.
func progress(t *flows.Turn, inc *storage.Incident, text string, photos []string) error {
	return takes(t, inc, flows.Note, storage.Event{Text: text, Photos: photos, Public: true}, func() {
		if inc.Answering.IsZero() {
			inc.Answering = t.Now
		}
	})
}

// conclude gives the final answer under control.
func conclude(t *flows.Turn, inc *storage.Incident, text string, photos []string) error {
	return takes(t, inc, flows.Answer, storage.Event{Text: text, Photos: photos}, func() {
		if inc.Answering.IsZero() {
			inc.Answering = t.Now
		}
		inc.Answer = &storage.Answer{Org: inc.Assignment.Org, Text: text, Photos: photos, By: t.Me.ID, At: t.Now}
		inc.Promise, inc.Extension = nil, nil
	})
}

// revise puts another answer in the place of one that nobody has approved yet.
func revise(t *flows.Turn, inc *storage.Incident, text string, photos []string) error {
	return t.Act(inc, flows.Revise, storage.Event{Text: text, Photos: photos}, func() {
		inc.Answer = &storage.Answer{Org: inc.Assignment.Org, Text: text, Photos: photos, By: t.Me.ID, At: t.Now}
	})
}

// seen tells whether whoever changes an answer has read it as it is now; if a colleague changed it meanwhile, they read it
// first.
func (w *work) seen(t *flows.Turn, inc *storage.Incident) (bool, error) {
	a := inc.Answer
	if a == nil || inc.State != storage.Answered || a.At.Equal(w.Was) {
		return true, nil
	}
	who, err := t.Tx.Person(a.By)
	if err != nil {
		return false, err
	}
	v := t.Voice()
	by := v.T("desk.the_desk")
	if who != nil {
		by = flows.ShortName(who.Name)
	}
	w.Was = a.At
	return false, t.ReplyAbout(v.Say("execute.revised_by", "Number", inc.Number, "Who", by, "Text", flows.Cut(a.Text, 2500)), inc.Number)
}

// pressRevise shows the answer as it is, to be changed.
func pressRevise(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil || inc.Answer == nil {
		return flows.Refuse("desk.old_button")
	}
	if err := t.Check(inc, flows.Revise); err != nil {
		return err
	}
	return t.Begin(name, "written", work{Incident: inc.Number, Text: inc.Answer.Text, Photos: inc.Answer.Photos, Revises: true, Was: inc.Answer.At})
}

// replied takes a reply to what was said to somebody as an official: a progress note.
func replied(t *flows.Turn, c *flows.Case) (bool, error) {
	inc := c.Incident
	if c.Seat.Kind != storage.Official {
		return false, nil
	}
	if inc.Assignment != nil && inc.Assignment.Org != c.Seat.Org { // who serves two bodies answers as the one that was spoken to
		return true, flows.Refuse("desk.other_body", "Number", inc.Number)
	}
	if t.In.Other != "" {
		return true, t.Reply(t.Voice().Say("execute.words_please"))
	}
	if err := t.Check(inc, flows.Note); err != nil {
		return true, err
	}
	ids, err := t.Keep(t.In.Media)
	if err != nil {
		return true, err
	}
	if t.In.Album != "" { // more photos are coming: the resident gets them in one message
		return true, t.Begin(name, "report", work{Incident: inc.Number, Text: t.In.Text, Photos: ids, Album: t.In.Album})
	}
	if t.In.Text == "" && len(ids) == 0 {
		return true, t.Reply(t.Voice().Say("execute.words_please"))
	}
	if err := progress(t, inc, t.In.Text, ids); err != nil {
		return true, err
	}
	return true, t.ReplyAbout(t.Voice().Say("execute.noted", "Number", inc.Number), inc.Number)
}

// applies lists what a command could apply to.
func applies(t *flows.Turn, id string, states ...storage.State) error {
	var numbers []uint64
	for _, org := range t.Orgs() {
		for _, s := range states {
			more, err := t.Tx.ByOrg(org, s, 0, flows.Most)
			if err != nil {
				return err
			}
			numbers = append(numbers, more...)
		}
	}
	return t.List(id, numbers, name)
}

// command makes a command about an incident: alone it lists, with a number it is checked and done.
func command(list string, a flows.Action, states []storage.State, do func(*flows.Turn, *storage.Incident, string) error) func(*flows.Turn, string) error {
	return func(t *flows.Turn, words string) error {
		if words == "" {
			return applies(t, list, states...)
		}
		inc, rest, err := t.Number(words)
		if err != nil {
			return err
		}
		if err := t.Check(inc, a); err != nil {
			return err
		}
		t.Sit(storage.Role{Kind: storage.Official, Org: inc.Assignment.Org})
		return do(t, inc, rest)
	}
}

func acceptCommand(t *flows.Turn, words string) error {
	return command("execute.list_accept", flows.Accept, []storage.State{storage.Assigned},
		func(t *flows.Turn, inc *storage.Incident, _ string) error {
			if err := accept(t, inc); err != nil {
				return err
			}
			return t.ReplyAbout(t.Voice().Say("execute.accepted", "Number", inc.Number), inc.Number)
		})(t, words)
}

func declineCommand(t *flows.Turn, words string) error {
	return command("execute.list_decline", flows.Decline, []storage.State{storage.Assigned, storage.Accepted},
		func(t *flows.Turn, inc *storage.Incident, why string) error {
			if why == "" {
				return t.Begin(name, "decline", work{Incident: inc.Number})
			}
			if err := decline(t, inc, why, ""); err != nil {
				return err
			}
			return t.ReplyAbout(t.Voice().Say("execute.declined", "Number", inc.Number), inc.Number)
		})(t, words)
}

func statusCommand(t *flows.Turn, words string) error {
	return command("execute.list_status", flows.Note, []storage.State{storage.Assigned, storage.Accepted},
		func(t *flows.Turn, inc *storage.Incident, text string) error {
			ids, err := t.Keep(t.In.Media)
			if err != nil {
				return err
			}
			if t.In.Album != "" || (text == "" && len(ids) == 0) {
				return t.Begin(name, "report", work{Incident: inc.Number, Text: text, Photos: ids, Album: t.In.Album})
			}
			if err := progress(t, inc, text, ids); err != nil {
				return err
			}
			return t.ReplyAbout(t.Voice().Say("execute.noted", "Number", inc.Number), inc.Number)
		})(t, words)
}

func closeCommand(t *flows.Turn, words string) error {
	return command("execute.list_close", flows.Answer, []storage.State{storage.Assigned, storage.Accepted},
		func(t *flows.Turn, inc *storage.Incident, text string) error {
			ids, err := t.Keep(t.In.Media)
			if err != nil {
				return err
			}
			w := work{Incident: inc.Number, Text: text, Photos: ids, Album: t.In.Album}
			left := flows.Blanks(text)
			switch {
			case len(left) > 0:
				if err := t.Reply(unfilled(t.Voice(), left)); err != nil {
					return err
				}
				w.Text = ""
				return t.Begin(name, "answer", w)
			case text == "":
				return t.Begin(name, "answer", w)
			case w.Album != "":
				return t.Begin(name, "written", w)
			}
			if err := conclude(t, inc, text, ids); err != nil {
				return err
			}
			return t.ReplyAbout(t.Voice().Say("execute.answered", "Number", inc.Number), inc.Number)
		})(t, words)
}
