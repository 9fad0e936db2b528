package follow

import (
	"slices"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// alone tells whether nobody else has reported an incident or follows it.
func alone(inc *storage.Incident, person uint64) bool {
	return !slices.ContainsFunc(inc.Reporters, func(r storage.Reporter) bool { return r.Person != person })
}

// out ends one's part in an incident. A guest just leaves. Whoever reported it is asked: alone, why it is withdrawn; with
// others there, whether they want to hear no more, as it goes on for the others.
func out(t *flows.Turn, inc *storage.Incident) error {
	a, r := flows.Withdraw, inc.Reporter(t.Me.ID)
	if r == nil || guest(r) || !alone(inc, t.Me.ID) {
		a = flows.Leave
	}
	if err := t.Check(inc, a); err != nil {
		return err
	}
	if guest(r) {
		if err := leave(t, inc); err != nil {
			return err
		}
		return t.Reply(t.Voice().Say("follow.left_guest", "Number", inc.Number))
	}
	return t.Begin(name, "leave", complaint{Incident: inc.Number})
}

func leave(t *flows.Turn, inc *storage.Incident) error {
	return t.Act(inc, flows.Leave, storage.Event{}, func() {
		inc.Reporters = slices.DeleteFunc(inc.Reporters, func(r storage.Reporter) bool { return r.Person == t.Me.ID })
	})
}

// load gives what a conversation is about.
func load(t *flows.Turn) (c complaint, inc *storage.Incident, err error) {
	if err = t.Load(&c); err != nil {
		return c, nil, err
	}
	inc, err = t.Tx.Incident(c.Incident)
	if err == nil && inc == nil {
		err = flows.Refuse("desk.no_incident", "Number", c.Incident)
	}
	return c, inc, err
}

func askLeave(t *flows.Turn) error {
	_, inc, err := load(t)
	if err != nil {
		return err
	}
	v := t.Voice()
	m := v.Say("follow.ask_leave", "Number", inc.Number)
	if alone(inc, t.Me.ID) {
		m.Keyboard = [][]bot.Button{
			{v.Button("follow.leave_gone", t.Key("w", "leave_gone"))},
			{v.Button("follow.leave_mistake", t.Key("w", "leave_mistake"))},
			{v.Button("follow.keep", t.Key("x"))},
		}
		return t.Prompt(m)
	}
	m = v.Say("follow.ask_leave_others", "Number", inc.Number)
	m.Keyboard = [][]bot.Button{{v.Button("follow.leave", t.Key("l"))}, {v.Button("follow.stay", t.Key("x"))}}
	return t.Prompt(m)
}

func takeLeave(t *flows.Turn) (string, error) {
	_, inc, err := load(t)
	if err != nil {
		return "", err
	}
	v := t.Voice()
	if !alone(inc, t.Me.ID) { // also where somebody joined meanwhile
		if t.Verb != "l" && t.Verb != "w" {
			return flows.Stay, nil
		}
		if err := leave(t, inc); err != nil {
			return "", err
		}
		return "left", t.Finish(v.Say("follow.left_others", "Number", inc.Number), 0)
	}
	why := ""
	switch id := "follow." + t.Arg(0); {
	case t.Verb == "w" && v.Has(id):
		why = v.T(id)
	case t.In.Kind == bot.Written:
		why = t.In.Text
	}
	if why == "" {
		return flows.Stay, nil
	}
	if err := t.Act(inc, flows.Withdraw, storage.Event{Text: why, Public: true}, func() { inc.Reason = why }); err != nil {
		return "", err
	}
	return "left", t.Finish(v.Say("follow.left", "Number", inc.Number), inc.Number)
}

// follow is one tap: whoever is no reporter yet hears of an open incident from now on. Of a merged one they follow the
// whole.
func follow(t *flows.Turn, inc *storage.Incident) error {
	inc, err := t.Whole(inc)
	if err != nil {
		return err
	}
	if inc.Reporter(t.Me.ID) != nil {
		return cardFor(t, inc)
	}
	v := t.Voice()
	if !flows.Possible(flows.Follow, inc.State) {
		text := v.T("follow.join_late", "Number", inc.Number, "State", v.Standing(inc))
		if inc.Answer != nil && (inc.State == storage.Closed || inc.State == storage.Settled) {
			text += "\n" + v.T("follow.answer", "Number", inc.Number, "Org", v.Org(inc.Answer.Org), "Text", flows.Short(inc.Answer.Text, 600))
		}
		return tellPrivately(t, flows.Words(text), 0)
	}
	if err := t.Follow(inc); err != nil {
		return err
	}
	if err := tellPrivately(t, v.Say("follow.joined", "Number", inc.Number), inc.Number); err != nil {
		return err
	}
	return cardFor(t, inc)
}

// tellPrivately answers a press where others may be listening, too.
func tellPrivately(t *flows.Turn, m bot.Message, number uint64) error {
	if t.In.Group {
		t.Toast(flows.Short(m.Text, 180)) // messengers bear no more there
		return t.Tell(t.Me, m, number)
	}
	return t.ReplyAbout(m, number)
}

func cardFor(t *flows.Turn, inc *storage.Incident) error {
	if t.In.Group {
		return t.CardTo(inc, t.Me, storage.Resident, "")
	}
	return t.Card(inc, storage.Slot{Peer: t.Peer(), Person: t.Me.ID, View: storage.Resident}, bot.Reply)
}
