package curate

import (
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/days"
	"otklik/storage"
)

const dayForm = "2006-01-02"

// askDay asks for another deadline.
func askDay(t *flows.Turn, _ *choice, inc *storage.Incident) error {
	v := t.Voice()
	m := v.Say("curate.ask_day", "Number", inc.Number, "Final", v.Due(inc.Final))
	var row []bot.Button
	for _, d := range days.Choices(t.Local(), t.Workday) {
		row = append(row, bot.Button{Text: v.Day(d), Data: t.Key("d", d.Format(dayForm))})
		if len(row) == 2 {
			m.Keyboard, row = append(m.Keyboard, row), nil
		}
	}
	if row != nil {
		m.Keyboard = append(m.Keyboard, row)
	}
	m.Keyboard = append(m.Keyboard, cancelRow(t))
	return t.Prompt(m)
}

func takeDay(t *flows.Turn, c *choice, _ *storage.Incident) (string, error) {
	words := t.In.Text
	if t.Verb == "d" {
		words = t.Arg(0)
	} else if t.In.Kind != bot.Written || words == "" {
		return flows.Stay, nil
	}
	day, ok := days.Parse(words, t.Local())
	if !ok && day.IsZero() {
		return flows.Quiet, t.Reply(t.Voice().Say("curate.no_day", "Text", flows.Short(words, 60)))
	}
	if no := unfit(t, day); no != nil {
		return flows.Quiet, t.Reply(t.Voice().Say(no.ID, no.Args...))
	}
	c.Day = day
	return "ask_day_why", nil
}

// unfit gives why a day can be no deadline; nil where it can.
func unfit(t *flows.Turn, day time.Time) *flows.Refusal {
	switch {
	case !t.EndOfDay(day).After(t.Now):
		return &flows.Refusal{ID: "desk.date_passed"}
	case days.Far(day, t.Local()):
		return &flows.Refusal{ID: "desk.date_far", Args: []any{"Date", t.Voice().Date(day)}}
	}
	return nil
}

func askDayWhy(t *flows.Turn, c *choice, inc *storage.Incident) error {
	v := t.Voice()
	m := v.Say("curate.ask_day_why", "Number", inc.Number, "Day", v.Due(t.EndOfDay(c.Day)))
	m.Keyboard = [][]bot.Button{cancelRow(t)}
	m.WantReply = t.In.Group
	return t.Prompt(m)
}

func takeDayWhy(t *flows.Turn, c *choice, inc *storage.Incident) (string, error) {
	if t.In.Kind != bot.Written || t.In.Text == "" {
		return flows.Stay, nil
	}
	if no := unfit(t, c.Day); no != nil { // it may have passed since it was chosen
		return "", no
	}
	due := t.EndOfDay(c.Day)
	if err := t.Act(inc, flows.Postpone, storage.Event{Text: t.In.Text, Due: due, Public: true}, func() { move(inc, due) }); err != nil {
		return "", err
	}
	return done(t, inc, "curate.postponed", "Final", t.Voice().At(due))
}

// move sets a final deadline by a curator's word.
func move(inc *storage.Incident, due time.Time) {
	inc.Final, inc.Moved, inc.Extension = due, true, nil
}

// pressGrant gives the body the time that it asks for.
func pressGrant(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil || inc.Extension == nil {
		return flows.Refuse("desk.old_button")
	}
	x := *inc.Extension
	if no := unfit(t, x.Due); no != nil {
		return no
	}
	if err := t.Act(inc, flows.Grant, storage.Event{Text: x.Reason, Due: x.Due, Public: true}, func() { move(inc, x.Due) }); err != nil {
		return err
	}
	t.Toast(t.Voice().T("curate.granted", "Number", inc.Number, "Final", t.Voice().At(x.Due)))
	return nil
}

func askDeny(t *flows.Turn, _ *choice, inc *storage.Incident) error {
	v := t.Voice()
	m := v.Say("curate.ask_deny", "Number", inc.Number)
	m.Keyboard = [][]bot.Button{{v.Button("curate.deny_plain", t.Key("plain"))}, cancelRow(t)}
	return t.Prompt(m)
}

func takeDeny(t *flows.Turn, _ *choice, inc *storage.Incident) (string, error) {
	if t.Verb != "plain" && (t.In.Kind != bot.Written || t.In.Text == "") {
		return flows.Stay, nil
	}
	why := ""
	if t.Verb == "" {
		why = t.In.Text
	}
	if err := t.Act(inc, flows.Deny, storage.Event{Text: why}, func() { inc.Extension = nil }); err != nil {
		return "", err
	}
	return done(t, inc, "curate.denied")
}
