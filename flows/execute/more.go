package execute

import (
	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// further are the actions behind «Ещё…», as the rows of its buttons: the event that begins each, and what must be
// allowed for it.
var further = []struct {
	event  string
	action flows.Action
}{
	{"ask_promise", flows.Promise}, {"ask_question", flows.Inquire}, {"ask_longer", flows.Extend}, {"choose_colleague", flows.Hand}, {"decline", flows.Decline},
}

func askMore(t *flows.Turn, _ *work, inc *storage.Incident) error {
	v := t.Voice()
	m := v.Say("execute.ask_more", "Number", inc.Number)
	for _, f := range further {
		if t.Can(inc, f.action) {
			m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("execute.more_"+f.event, t.Key("m", f.event))})
		}
	}
	return prompt(t, m)
}

func takeMore(t *flows.Turn, _ *work, inc *storage.Incident) (string, error) {
	for _, f := range further {
		if t.Verb == "m" && t.Arg(0) == f.event {
			return f.event, t.Check(inc, f.action)
		}
	}
	return flows.Stay, nil
}

func askQuestion(t *flows.Turn, _ *work, inc *storage.Incident) error {
	m := t.Voice().Say("execute.ask_question", "Number", inc.Number)
	m.WantReply = t.In.Group
	return prompt(t, m)
}

func takeQuestion(t *flows.Turn, _ *work, inc *storage.Incident) (string, error) {
	if t.In.Kind != bot.Written || t.In.Text == "" {
		return flows.Stay, nil
	}
	if err := t.Inquire(inc, t.In.Text); err != nil {
		return "", err
	}
	return "done", t.Finish(t.Voice().Say("execute.was_asked", "Number", inc.Number), inc.Number)
}

func pressResume(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	return t.Act(inc, flows.Resume, storage.Event{}, nil)
}

// questionCommand is /ask N words, for curators as well.
func questionCommand(t *flows.Turn, words string) error {
	if words == "" && t.Seat().Kind == storage.Curator {
		numbers, err := t.InStates(storage.New, storage.Assigned, storage.Accepted)
		if err != nil {
			return err
		}
		return t.List("execute.list_ask", numbers, "curate")
	}
	if words == "" {
		return applies(t, "execute.list_ask", storage.Assigned, storage.Accepted)
	}
	inc, text, err := t.Number(words)
	if err != nil {
		return err
	}
	if err := t.Check(inc, flows.Inquire); err != nil {
		return err
	}
	if text == "" {
		if t.Seat().Kind == storage.Curator {
			if err := t.Claim(inc); err != nil {
				return err
			}
		}
		return t.Begin(name, "ask_question", work{Incident: inc.Number})
	}
	if err := t.Inquire(inc, text); err != nil {
		return err
	}
	return t.ReplyAbout(t.Voice().Say("execute.was_asked", "Number", inc.Number), inc.Number)
}
