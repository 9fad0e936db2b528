package follow

import (
	"strconv"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/personal"
	"otklik/storage"
)

// begins makes the press that begins a conversation about one's own incident.
func begins(event string, a flows.Action) func(*flows.Turn, *storage.Incident) error {
	return func(t *flows.Turn, inc *storage.Incident) error {
		if err := t.Check(inc, a); err != nil {
			return err
		}
		return t.Begin(name, event, complaint{Incident: inc.Number})
	}
}

func cancelRow(t *flows.Turn) []bot.Button {
	return []bot.Button{t.Voice().Button("follow.cancel", t.Key("x"))}
}

// askMore asks what to add to a report, or what to answer to its question; what has come already waits for a tap, as the
// rest of an album may follow.
func askMore(t *flows.Turn) error {
	c, inc, err := load(t)
	if err != nil {
		return err
	}
	v := t.Voice()
	asked := ""
	if waits(inc, nil) {
		asked = "_answer"
	}
	m := v.Say("follow.ask_more"+asked, "Number", c.Incident)
	if asked != "" {
		m = v.Say("follow.ask_more_answer", "Number", c.Incident, "Text", flows.Cut(inc.Wait.Text, 600))
	}
	if c.Text != "" || len(c.Photos) > 0 {
		text := v.T("follow.more_preview"+asked, "Number", c.Incident)
		if c.Text != "" {
			text += "\n«" + flows.Short(c.Text, 600) + "»"
		}
		if n := len(c.Photos); n > 0 {
			text += "\n" + v.T("desk.photos", "N", n)
		}
		var hide []bot.Button
		if tells(inc, c.Text) {
			var hint string
			hint, hide = t.Hint(c.Text)
			text += "\n" + hint
		}
		m = flows.Words(text)
		if hide != nil {
			m.Keyboard = append(m.Keyboard, hide)
		}
		m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("follow.send_more"+asked, t.Key("s"))})
	}
	m.Keyboard = append(m.Keyboard, cancelRow(t))
	return t.Prompt(m)
}

func takeMore(t *flows.Turn) (string, error) {
	c, inc, err := load(t)
	if err != nil {
		return "", err
	}
	switch t.Verb {
	case "hide":
		c.Text = personal.Mask(c.Text)
		return flows.Stay, t.Save(c)
	case "s":
	default:
		first := c.Text == "" && len(c.Photos) == 0
		if m, ok, err := asides(t, inc); err != nil || ok {
			if err == nil && first && !waits(inc, nil) && !wordless(t.In.Text) {
				return "added", t.Finish(m, inc.Number)
			}
			if err == nil {
				err = t.ReplyAbout(m, inc.Number)
			}
			return flows.Quiet, err
		}
		if err := c.take(t); err != nil {
			return "", err
		}
		if !first || c.Album != "" || (c.Text == "" && len(c.Photos) == 0) || tells(inc, c.Text) {
			return flows.Stay, t.Save(c)
		}
	}
	if inc, err = t.Whole(inc); err != nil {
		return "", err
	}
	m, err := give(t, inc, c.Text, c.Photos)
	if err != nil {
		return "", err
	}
	return "added", t.Finish(m, inc.Number)
}

// tells tells whether an addition holds personal data that nobody asked for: its author is shown that first.
func tells(inc *storage.Incident, text string) bool {
	return !waits(inc, nil) && len(personal.Find(text)) > 0
}

// replied takes a reply to anything that belongs to one's own incident: an answer while it waits for one, an addition
// while it is open, a complaint about the answer once there is one. To what is over, it begins something new. What is
// merged is answered for where it went.
func replied(t *flows.Turn, c *flows.Case) (bool, error) {
	inc, err := t.Whole(c.Incident)
	if err != nil {
		return false, err
	}
	if _, mine := flows.Allowed(t.Me, flows.Add, inc); !mine || t.In.Group || c.Seat.Kind != storage.Resident {
		return false, nil
	}
	if !flows.Possible(flows.Add, inc.State) && !flows.Asks(inc, t.Me.ID) {
		return regrets(t, inc)
	}
	if words(t.Voice(), t.In) == "" && len(t.In.Media) == 0 {
		return true, t.Reply(t.Voice().Say("follow.words_please"))
	}
	return true, take(t, inc)
}

// regrets takes words to an answer that somebody had called good: as long as it can be disputed, they may take that back.
// What says nothing of it begins something new.
func regrets(t *flows.Turn, inc *storage.Incident) (bool, error) {
	v, u := t.Voice(), t.In
	if !t.Can(inc, flows.Dispute) || u.Location != nil || elsewhere(t, inc) || !concerns(t, u.Text, inc) {
		return false, nil
	}
	switch {
	case verdictIn(v, u.Text) == denies:
		photos, err := t.Keep(u.Media)
		if err != nil {
			return true, err
		}
		return true, t.Begin(name, "told", complaint{Incident: inc.Number, Text: u.Text, Photos: photos, Album: u.Album})
	case len(u.Media) > 0:
		return false, nil
	case mistaken(v, u.Text):
		return true, t.Begin(name, "judge", complaint{Incident: inc.Number})
	case thanked(v, u.Text):
		return true, t.Reply(v.Say("follow.welcome"))
	}
	return false, nil
}

// AskAgain is how often an author may ask «when?».
const AskAgain = 24 * time.Hour

// when asks the body and the curators when it will be done.
func when(t *flows.Turn, inc *storage.Incident) error {
	if err := t.Check(inc, flows.When); err != nil {
		return err
	}
	if r := inc.Reporter(t.Me.ID); askedToday(t, r) {
		return flows.Refuse("follow.asked_already", "Number", inc.Number, "At", t.Voice().At(dueOf(inc)))
	}
	m, err := whenOf(t, inc)
	if err != nil {
		return err
	}
	return t.ReplyAbout(m, inc.Number)
}

func askedToday(t *flows.Turn, r *storage.Reporter) bool {
	return !r.Asked.IsZero() && t.Now.Before(r.Asked.Add(AskAgain))
}

// dueOf gives what is promised for an incident at the latest.
func dueOf(inc *storage.Incident) time.Time {
	if inc.State == storage.New {
		return inc.Forward
	}
	return inc.Final
}

// whenOf answers «when?»: it is asked, or said what it waits for.
func whenOf(t *flows.Turn, inc *storage.Incident) (bot.Message, error) {
	v, r := t.Voice(), inc.Reporter(t.Me.ID)
	switch {
	case waits(inc, nil):
		return waitsFor(v, inc), nil
	case inc.State == storage.Answered:
		return v.Say("follow.when_answered", "Number", inc.Number), nil
	case r != nil && askedToday(t, r):
		return v.Say("follow.asked_already", "Number", inc.Number, "At", v.At(dueOf(inc))), nil
	}
	if err := t.Act(inc, flows.When, storage.Event{Public: true}, func() { r.Asked = t.Now }); err != nil {
		return bot.Message{}, err
	}
	return v.Say("follow.asked", "Number", inc.Number, "At", v.At(dueOf(inc))), nil
}

// waitsFor says what an incident's reporters are asked.
func waitsFor(v *flows.Voice, inc *storage.Incident) bot.Message {
	m := v.Say("follow.when_waiting", "Number", inc.Number, "Text", flows.Short(inc.Wait.Text, 200))
	m.Keyboard = [][]bot.Button{{v.Button("follow.reply", flows.CardKey(name, "add", inc.Number))}}
	return m
}

// asides answers words to an open incident that are nothing to pass on: «when?», thanks, signs without a letter. ok is
// false for everything else.
func asides(t *flows.Turn, inc *storage.Incident) (m bot.Message, ok bool, err error) {
	u, v := t.In, t.Voice()
	if u.Kind != bot.Written || len(u.Media) > 0 || u.Location != nil || !flows.Possible(flows.Add, inc.State) {
		return m, false, nil
	}
	switch waiting := waits(inc, nil); {
	case asksWhen(v, u.Text):
		m, err = whenOf(t, inc)
	case waiting && v.Listed("desk.thanks", u.Text) && !v.Listed("follow.agree_words", u.Text):
		m = waitsFor(v, inc)
	case waiting:
		return m, false, nil
	case thanked(v, u.Text):
		m = v.Say("follow.welcome")
	case wordless(u.Text):
		m = v.Say("follow.words_please")
	default:
		return m, false, nil
	}
	return m, true, err
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
	ev := storage.Event{Text: args[1], Public: true}
	if r != nil {
		ev.Was = r.Mark
	}
	if err := t.Act(inc, flows.Mark, ev, func() { r.Mark = n }); err != nil {
		return err
	}
	t.Toast(t.Voice().T("follow.marked"))
	return nil
}
