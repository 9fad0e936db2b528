package execute

import (
	"slices"
	"strconv"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

const peoplePage = 8

// colleagues gives the other people of the organisation that has the incident, by name.
func colleagues(t *flows.Turn, inc *storage.Incident) ([]*storage.Person, error) {
	if inc.Assignment == nil {
		return nil, nil
	}
	people, err := t.Tx.Staff(storage.Official, inc.Assignment.Org)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(people, func(p *storage.Person) bool { return p.ID == t.Me.ID }), nil
}

func askHand(t *flows.Turn, w *work, inc *storage.Incident) error {
	v := t.Voice()
	people, err := colleagues(t, inc)
	if err != nil {
		return err
	}
	if len(people) == 0 {
		return prompt(t, v.Say("execute.no_colleagues", "Number", inc.Number))
	}
	m := v.Say("execute.ask_hand", "Number", inc.Number)
	size := t.Room(peoplePage, 1, 1, 1)
	from, to := flows.Page(w.Page, size, len(people))
	for _, p := range people[from:to] {
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: flows.Short(p.Name, 40), Data: t.Key("h", strconv.FormatUint(p.ID, 10))}})
	}
	m.Keyboard = v.PageRow(m.Keyboard, w.Page, size, len(people), func(p string) string { return t.Key("p", p) })
	return prompt(t, m)
}

func takeHand(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	switch t.Verb {
	case "p":
		w.Page = t.PageArg()
	case "h":
		people, err := colleagues(t, inc)
		if err != nil {
			return "", err
		}
		for _, p := range people {
			if strconv.FormatUint(p.ID, 10) != t.Arg(0) {
				continue
			}
			if err := hand(t, inc, p); err != nil {
				return "", err
			}
			return "done", t.Finish(t.Voice().Say("execute.handed", "Number", inc.Number, "Name", p.Name), inc.Number)
		}
	}
	return flows.Stay, nil
}

// hand has a colleague lead the work, and calls them.
func hand(t *flows.Turn, inc *storage.Incident, p *storage.Person) error {
	org := inc.Assignment.Org
	err := t.Act(inc, flows.Hand, storage.Event{Person: p.ID}, func() { inc.Assignment.Lead = p.ID })
	if err != nil {
		return err
	}
	v := t.VoiceTo(p)
	m := v.Say("execute.handed_to_you", "Number", inc.Number, "Name", flows.ShortName(t.Me.Name))
	if err := t.TellAs(p, storage.Role{Kind: storage.Official, Org: org}, m, inc.Number); err != nil {
		return err
	}
	return t.CardTo(inc, p, storage.Official, org)
}

func handCommand(t *flows.Turn, words string) error {
	return command("execute.list_hand", flows.Hand, []storage.State{storage.Assigned, storage.Accepted},
		func(t *flows.Turn, inc *storage.Incident, _ string) error {
			return t.Begin(name, "choose_colleague", work{Incident: inc.Number})
		})(t, words)
}
