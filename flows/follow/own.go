package follow

import (
	"strconv"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// begins makes the press that begins a conversation about one's own incident.
func begins(event string, a flows.Action) flows.Press {
	return func(t *flows.Turn, inc *storage.Incident, _ []string) error {
		if inc == nil {
			return flows.Refuse("desk.old_button")
		}
		if err := t.Check(inc, a); err != nil {
			return err
		}
		return t.Begin(name, event, complaint{Incident: inc.Number})
	}
}

func cancelRow(t *flows.Turn) []bot.Button {
	return []bot.Button{t.Voice().Button("follow.cancel", t.Key("x"))}
}

// askMore asks what to add to a report; what has come already waits for a tap, as the rest of an album may follow.
func askMore(t *flows.Turn) error {
	var c complaint
	if err := t.Load(&c); err != nil {
		return err
	}
	v := t.Voice()
	m := v.Say("follow.ask_more", "Number", c.Incident)
	if c.Text != "" || len(c.Photos) > 0 {
		text := v.T("follow.more_preview", "Number", c.Incident)
		if c.Text != "" {
			text += "\n«" + flows.Short(c.Text, 600) + "»"
		}
		if n := len(c.Photos); n > 0 {
			text += "\n" + v.T("desk.photos", "N", n)
		}
		m = flows.Words(text)
		m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("follow.send_more", t.Key("s"))})
	}
	m.Keyboard = append(m.Keyboard, cancelRow(t))
	return t.Prompt(m)
}

func takeMore(t *flows.Turn) (string, error) {
	var c complaint
	if err := t.Load(&c); err != nil {
		return "", err
	}
	if t.Verb != "s" {
		first := c.Text == "" && len(c.Photos) == 0
		if err := c.take(t); err != nil {
			return "", err
		}
		if !first || c.Album != "" || (c.Text == "" && len(c.Photos) == 0) {
			return flows.Stay, t.Save(c)
		}
	}
	inc, err := t.Tx.Incident(c.Incident)
	if err != nil {
		return "", err
	}
	if inc == nil {
		return "", flows.Refuse("desk.no_incident", "Number", c.Incident)
	}
	if err := add(t, inc, c.Text, c.Photos); err != nil {
		return "", err
	}
	return "added", t.Finish(t.Voice().Say("follow.added", "Number", inc.Number), inc.Number)
}

func add(t *flows.Turn, inc *storage.Incident, text string, photos []string) error {
	return t.Act(inc, flows.Add, storage.Event{Text: text, Photos: photos, Public: true}, nil)
}

// replied takes a reply to anything that belongs to one's own incident: an addition while it is open, a complaint
// about the answer once there is one. To what is over, it begins something new.
func replied(t *flows.Turn, c *flows.Case) (bool, error) {
	inc := c.Incident
	if _, mine := flows.Allowed(t.Me, flows.Add, inc); !mine || t.In.Group || (c.Slot != nil && c.Slot.View != storage.Resident && c.Slot.View != answer && c.Slot.View != "") {
		return false, nil
	}
	said := complaint{Incident: inc.Number, Text: t.In.Text, Album: t.In.Album}
	open := flows.Possible(flows.Add, inc.State)
	unhappy := flows.Asks(inc, t.Me.ID)
	if !open && !unhappy {
		return false, nil
	}
	if t.In.Text == "" && len(t.In.Media) == 0 {
		return true, t.Reply(t.Voice().Say("follow.words_please"))
	}
	var err error
	if said.Photos, err = t.Keep(t.In.Media); err != nil {
		return true, err
	}
	switch {
	case unhappy:
		return true, t.Begin(name, "told", said)
	case t.In.Album != "":
		return true, t.Begin(name, "add", said)
	}
	if err := add(t, inc, said.Text, said.Photos); err != nil {
		return true, err
	}
	return true, t.ReplyAbout(t.Voice().Say("follow.added", "Number", inc.Number), inc.Number)
}

// AskAgain is how often an author may ask «when?».
const AskAgain = 24 * time.Hour

// when asks the body and the curators when it will be done.
func when(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	if err := t.Check(inc, flows.When); err != nil {
		return err
	}
	v := t.Voice()
	due := inc.Final
	if inc.State == storage.New {
		due = inc.Forward
	}
	r := inc.Reporter(t.Me.ID)
	if !r.Asked.IsZero() && t.Now.Before(r.Asked.Add(AskAgain)) {
		return flows.Refuse("follow.asked_already", "Number", inc.Number, "At", v.At(due))
	}
	if err := t.Act(inc, flows.When, storage.Event{Public: true}, func() { r.Asked = t.Now }); err != nil {
		return err
	}
	return t.ReplyAbout(v.Say("follow.asked", "Number", inc.Number, "At", v.At(due)), inc.Number)
}

func askLeave(t *flows.Turn) error {
	var c complaint
	if err := t.Load(&c); err != nil {
		return err
	}
	v := t.Voice()
	m := v.Say("follow.ask_leave", "Number", c.Incident)
	m.Keyboard = [][]bot.Button{
		{v.Button("follow.leave_gone", t.Key("w", "leave_gone"))},
		{v.Button("follow.leave_mistake", t.Key("w", "leave_mistake"))},
		{v.Button("follow.keep", t.Key("x"))},
	}
	return t.Prompt(m)
}

func takeLeave(t *flows.Turn) (string, error) {
	var c complaint
	if err := t.Load(&c); err != nil {
		return "", err
	}
	why := ""
	switch id := "follow." + t.Arg(0); {
	case t.Verb == "w" && t.Voice().Has(id):
		why = t.Voice().T(id)
	case t.In.Kind == bot.Written:
		why = t.In.Text
	}
	if why == "" {
		return flows.Stay, nil
	}
	inc, err := t.Tx.Incident(c.Incident)
	if err != nil {
		return "", err
	}
	if inc == nil {
		return "", flows.Refuse("desk.no_incident", "Number", c.Incident)
	}
	if err := t.Act(inc, flows.Withdraw, storage.Event{Text: why, Public: true}, func() { inc.Reason = why }); err != nil {
		return "", err
	}
	return "left", t.Finish(t.Voice().Say("follow.left", "Number", inc.Number), inc.Number)
}

// thanks thanks for the last word and asks for a mark, once.
func thanks(v *flows.Voice, inc *storage.Incident, mine *storage.Reporter) bot.Message {
	if mine.Mark > 0 {
		return v.Say("follow.thanks", "Number", inc.Number)
	}
	m := flows.Words(v.T("follow.thanks", "Number", inc.Number) + "\n" + v.T("follow.ask_mark"))
	var row []bot.Button
	for n := 1; n <= 5; n++ {
		row = append(row, bot.Button{Text: strconv.Itoa(n), Data: flows.CardKey(name, "mark", inc.Number, strconv.Itoa(n))})
	}
	m.Keyboard = [][]bot.Button{row}
	return m
}

func mark(t *flows.Turn, inc *storage.Incident, args []string) error {
	if inc == nil || len(args) != 2 {
		return flows.Refuse("desk.old_button")
	}
	n, err := strconv.Atoi(args[1])
	if err != nil || n < 1 || n > 5 {
		return flows.Refuse("desk.old_button")
	}
	r := inc.Reporter(t.Me.ID)
	if r != nil && r.Mark == n {
		t.Toast(t.Voice().T("follow.marked"))
		return nil
	}
	if err := t.Act(inc, flows.Mark, storage.Event{Text: args[1], Public: true}, func() { r.Mark = n }); err != nil {
		return err
	}
	t.Toast(t.Voice().T("follow.marked"))
	return nil
}
