package curate

import (
	"strings"

	"otklik/flows"
	"otklik/storage"
)

// applies lists the incidents in some states, each a tap away.
func applies(t *flows.Turn, id string, states ...storage.State) error {
	numbers, err := t.InStates(states...)
	if err != nil {
		return err
	}
	return t.List(id, numbers, name)
}

// incidentCommand is /incident N; alone it lists what the person works on.
func incidentCommand(t *flows.Turn, words string) error {
	if words != "" {
		inc, _, err := t.Number(words)
		if err != nil {
			return err
		}
		return t.ShowCard(inc)
	}
	if t.May(staff) {
		return applies(t, "curate.list_open", storage.Answered, storage.New, storage.Assigned, storage.Accepted)
	}
	var numbers []uint64
	for _, org := range t.Me.Orgs() {
		for _, s := range []storage.State{storage.Assigned, storage.Accepted, storage.Answered} {
			more, err := t.Tx.ByOrg(org, s, 0, flows.Most)
			if err != nil {
				return err
			}
			numbers = append(numbers, more...)
		}
	}
	return t.List("curate.list_open", numbers, name)
}

func assignCommand(t *flows.Turn, words string) error {
	if words == "" {
		return applies(t, "curate.list_assign", storage.New, storage.Assigned)
	}
	inc, rest, err := t.Number(words)
	if err != nil {
		return err
	}
	if err := t.Check(inc, flows.Assign); err != nil {
		return err
	}
	c := about(inc)
	c.Words = flows.Short(rest, 100)
	if rest != "" {
		switch list := orgs(t, &c, inc); {
		case len(list) == 1, t.Pack().Organisation(strings.ToLower(rest)) != nil:
			code := strings.ToLower(rest)
			if len(list) == 1 {
				code = list[0]
			}
			if err := assign(t, inc, code); err != nil {
				return err
			}
			v := t.Voice()
			return t.ReplyAbout(v.Say("curate.assigned", "Number", inc.Number, "To", v.OrgTo(code)), inc.Number)
		case len(list) == 0:
			return flows.Refuse("curate.no_org", "Code", flows.Short(rest, 40))
		}
	}
	if err := t.Claim(inc); err != nil {
		return err
	}
	return t.Begin(name, "choose_org", c)
}

func approveCommand(t *flows.Turn, words string) error {
	if words == "" {
		return applies(t, "curate.list_control", storage.Answered)
	}
	inc, _, err := t.Number(words)
	if err != nil {
		return err
	}
	if err := approve(t, inc); err != nil {
		return err
	}
	return t.ReplyAbout(t.Voice().Say("curate.approved", "Number", inc.Number), inc.Number)
}

// with makes a command that needs a reason: with words it is done at once, without them it is asked for.
func with(list func(*flows.Turn) error, a flows.Action, event, said string, do func(*flows.Turn, *storage.Incident, string) error) func(*flows.Turn, string) error {
	return func(t *flows.Turn, words string) error {
		if words == "" {
			return list(t)
		}
		inc, why, err := t.Number(words)
		if err != nil {
			return err
		}
		if err := t.Check(inc, a); err != nil {
			return err
		}
		if why == "" {
			return begin(t, event, inc)
		}
		if err := do(t, inc, why); err != nil {
			return err
		}
		return t.ReplyAbout(t.Voice().Say(said, "Number", inc.Number), inc.Number)
	}
}

func returnCommand(t *flows.Turn, words string) error {
	return with(func(t *flows.Turn) error { return applies(t, "curate.list_control", storage.Answered) },
		flows.Return, "ask_return", "curate.returned", sendBack)(t, words)
}

func rejectCommand(t *flows.Turn, words string) error {
	return with(func(t *flows.Turn) error { return applies(t, "curate.list_reject", storage.New, storage.Assigned) },
		flows.Reject, "ask_reason", "curate.rejected",
		func(t *flows.Turn, inc *storage.Incident, why string) error { return reject(t, inc, why, "") })(t, words)
}

func remarkCommand(t *flows.Turn, words string) error {
	return with(func(t *flows.Turn) error {
		return applies(t, "curate.list_note", storage.New, storage.Assigned, storage.Accepted)
	},
		flows.Remark, "ask_remark", "curate.remarked", remark)(t, words)
}

func pressList(t *flows.Turn, _ *storage.Incident, _ []string) error {
	return incidentCommand(t, "")
}
