package inspect

import (
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/days"
	"otklik/storage"
)

const dayForm = "2006-01-02"

func pressOrder(t *flows.Turn, inc *storage.Incident, args []string) error {
	return of(flows.Measures, func(t *flows.Turn, inc *storage.Incident, org string, _ []string) error {
		return t.Begin(name, "order", work{Incident: inc.Number, Org: org})
	})(t, inc, args)
}

// pressDone writes down that what was ordered is done.
func pressDone(t *flows.Turn, inc *storage.Incident, args []string) error {
	return of(flows.Fulfil, func(t *flows.Turn, inc *storage.Incident, org string, rest []string) error {
		if len(rest) == 0 {
			return flows.Refuse("desk.old_button")
		}
		if err := t.Fulfil(inc, org, rest[0]); err != nil {
			return err
		}
		t.Toast(t.Voice().T("inspect.fulfilled", "Number", inc.Number))
		return nil
	})(t, inc, args)
}

// pressWaive asks whether what was ordered is taken back.
func pressWaive(t *flows.Turn, inc *storage.Incident, args []string) error {
	return of(flows.Waive, func(t *flows.Turn, inc *storage.Incident, org string, rest []string) error {
		if len(rest) == 0 {
			return flows.Refuse("desk.old_button")
		}
		if _, err := t.Measure(inc, flows.Waive, org, rest[0]); err != nil {
			return err
		}
		return t.Begin(name, "waive", work{Incident: inc.Number, Org: org, Key: rest[0]})
	})(t, inc, args)
}

func askWaive(t *flows.Turn, w *work, inc *storage.Incident) error {
	m, err := t.Measure(inc, flows.Waive, w.Org, w.Key)
	if err != nil {
		return err
	}
	v := t.Voice()
	return prompt(t, v.Say("inspect.ask_waive", "Number", inc.Number, "Text", flows.Cut(m.Text, 1000)), []bot.Button{v.Button("inspect.send_waive", t.Key("y"))})
}

func takeWaive(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	if t.Verb != "y" {
		return flows.Stay, nil
	}
	if err := t.Waive(inc, w.Org, w.Key); err != nil {
		return "", err
	}
	return "done", t.Finish(t.Voice().Say("inspect.waived", "Number", inc.Number), inc.Number)
}

func askOrder(t *flows.Turn, _ *work, inc *storage.Incident) error {
	m := t.Voice().Say("inspect.ask_order", "Number", inc.Number)
	m.WantReply = t.In.Group
	return prompt(t, m)
}

// takeOrder takes what must be done. A date in it is the day by which.
func takeOrder(t *flows.Turn, w *work, _ *storage.Incident) (string, error) {
	if t.In.Kind != bot.Written || t.In.Text == "" {
		return flows.Stay, nil
	}
	if w.Text != "" {
		w.Text += "\n"
	}
	w.Text += t.In.Text
	return w.dated(t), nil
}

// dated finds the day in the words, and gives the event that follows.
func (w *work) dated(t *flows.Turn) string {
	day, ok := days.Parse(w.Text, t.Local())
	if !ok || !t.EndOfDay(day).After(t.Now) {
		return "order_words"
	}
	w.Day = day
	return "order_ready"
}

func askUntil(t *flows.Turn, _ *work, inc *storage.Incident) error {
	v := t.Voice()
	m := v.Say("inspect.ask_until", "Number", inc.Number)
	var row []bot.Button
	for _, d := range days.Choices(t.Local(), t.Workday) {
		if row = append(row, bot.Button{Text: v.Day(d), Data: t.Key("d", d.Format(dayForm))}); len(row) == 2 {
			m.Keyboard, row = append(m.Keyboard, row), nil
		}
	}
	if row != nil {
		m.Keyboard = append(m.Keyboard, row)
	}
	return prompt(t, m)
}

func takeUntil(t *flows.Turn, w *work, _ *storage.Incident) (string, error) {
	words := t.In.Text
	if t.Verb == "d" {
		words = t.Arg(0)
	} else if t.In.Kind != bot.Written || words == "" {
		return flows.Stay, nil
	}
	day, ok := days.Parse(words, t.Local())
	if !ok || !t.EndOfDay(day).After(t.Now) {
		return flows.Quiet, t.Reply(t.Voice().Say("inspect.no_day", "Text", flows.Short(words, 60)))
	}
	w.Day = day
	return "order_ready", nil
}

func askOrdered(t *flows.Turn, w *work, inc *storage.Incident) error {
	v := t.Voice()
	return prompt(t, v.Say("inspect.preview_order", "Number", inc.Number, "Date", v.Date(w.Day), "Text", flows.Cut(w.Text, 2500)),
		[]bot.Button{v.Button("inspect.send_order", t.Key("s"))},
		[]bot.Button{v.Button("inspect.other_day", t.Key("day")), v.Button("inspect.rewrite", t.Key("w"))})
}

func takeOrdered(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	switch t.Verb {
	case "s":
		if err := t.Order(inc, w.Org, w.Text, t.EndOfDay(w.Day)); err != nil {
			return "", err
		}
		return "done", t.Finish(orders(t, inc, w.Day), inc.Number)
	case "day":
		return "order_words", nil
	case "w":
		w.Text, w.Day = "", time.Time{}
		return "order", nil
	}
	return flows.Stay, nil
}

func orders(t *flows.Turn, inc *storage.Incident, day time.Time) bot.Message {
	v := t.Voice()
	return v.Say("inspect.ordered", "Number", inc.Number, "Date", v.Date(day))
}

// measuresCommand is /measures N words; a date in them is the day by which.
func measuresCommand(t *flows.Turn, words string) error {
	if words == "" {
		return listed(t, "")
	}
	inc, rest, err := t.Number(words)
	if err != nil {
		return err
	}
	org := mine(t, inc)
	if _, err := t.Inspecting(inc, flows.Measures, org); err != nil {
		return err
	}
	t.Sit(storage.Role{Kind: storage.Official, Org: org})
	w := work{Incident: inc.Number, Org: org, Text: rest}
	if rest == "" {
		return t.Begin(name, "order", w)
	}
	return t.Begin(name, w.dated(t), w)
}
