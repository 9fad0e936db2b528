package curate

import (
	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// further is an action behind «Ещё…»: the event that begins its question, and what must be allowed for it.
type further struct {
	event  string
	action flows.Action
}

// menu lists what stands behind «Ещё…», as the rows of its buttons.
var menu = [][]further{
	{{"choose_merge", flows.Merge}, {"ask_split", flows.Split}},
	{{"ask_question", flows.Inquire}, {"ask_remark", flows.Remark}},
	{{"choose_day", flows.Postpone}, {"choose_photos", flows.Hide}},
	{{"choose_mute", ""}},
}

func askMore(t *flows.Turn, _ *choice, inc *storage.Incident) error {
	v := t.Voice()
	m := v.Say("curate.ask_more", "Number", inc.Number)
	for _, row := range menu {
		var buttons []bot.Button
		for _, f := range row {
			offered, err := offers(t, inc, f)
			if err != nil {
				return err
			}
			if offered {
				buttons = append(buttons, v.Button("curate."+f.event, t.Key("m", f.event)))
			}
		}
		if buttons != nil {
			m.Keyboard = append(m.Keyboard, buttons)
		}
	}
	m.Keyboard = append(m.Keyboard, cancelRow(t))
	return t.Prompt(m)
}

func offers(t *flows.Turn, inc *storage.Incident, f further) (bool, error) {
	switch f.event {
	case "choose_photos":
		if list, err := pictures(t, inc); err != nil || len(list) == 0 {
			return false, err
		}
	case "choose_mute":
		list, err := mutable(t, inc)
		return len(list) > 0, err
	}
	return t.Can(inc, f.action), nil
}

func takeMore(t *flows.Turn, _ *choice, inc *storage.Incident) (string, error) {
	if t.Verb != "m" {
		return flows.Stay, nil
	}
	for _, row := range menu {
		for _, f := range row {
			if f.event != t.Arg(0) {
				continue
			}
			if f.action != "" {
				if err := t.Check(inc, f.action); err != nil {
					return "", err
				}
				if err := t.Claim(inc); err != nil {
					return "", err
				}
			}
			return f.event, nil
		}
	}
	return flows.Stay, nil
}

// askWords asks for words by a text of its own.
func askWords(id string) func(*flows.Turn, *choice, *storage.Incident) error {
	return func(t *flows.Turn, _ *choice, inc *storage.Incident) error {
		m := t.Voice().Say(id, "Number", inc.Number)
		m.Keyboard = [][]bot.Button{cancelRow(t)}
		m.WantReply = t.In.Group
		return t.Prompt(m)
	}
}

// takeWords takes words and does something with them.
func takeWords(said string, do func(*flows.Turn, *storage.Incident, string) error) func(*flows.Turn, *choice, *storage.Incident) (string, error) {
	return func(t *flows.Turn, _ *choice, inc *storage.Incident) (string, error) {
		if t.In.Kind != bot.Written || t.In.Text == "" {
			return flows.Stay, nil
		}
		if err := do(t, inc, t.In.Text); err != nil {
			return "", err
		}
		return done(t, inc, said)
	}
}

func remark(t *flows.Turn, inc *storage.Incident, text string) error {
	return t.Act(inc, flows.Remark, storage.Event{Text: text}, nil)
}

func inquire(t *flows.Turn, inc *storage.Incident, text string) error { return t.Inquire(inc, text) }

// split makes an incident of the words; its topic is judged from them.
func split(t *flows.Turn, inc *storage.Incident, text string) error {
	topic := inc.Topic
	if likely := t.Topics(text, inc.Place, 1); len(likely) > 0 {
		topic = likely[0].Code
	}
	ids, err := t.Keep(t.In.Media)
	if err != nil {
		return err
	}
	_, err = t.Split(inc, text, topic, ids)
	return err
}

// pressUrgent makes an incident urgent, or not any more.
func pressUrgent(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	word := "on"
	if inc.Raised {
		word = "off"
	}
	err := t.Act(inc, flows.Urgent, storage.Event{Text: word}, func() {
		inc.Raised = !inc.Raised
		t.Clock(inc, inc.Started)
	})
	if err != nil {
		return err
	}
	t.Toast(t.Voice().T("curate.urgent_"+word, "Number", inc.Number, "First", t.Voice().At(inc.First)))
	return nil
}

func pressResume(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	return t.Act(inc, flows.Resume, storage.Event{}, nil)
}
