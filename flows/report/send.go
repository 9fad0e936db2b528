package report

import (
	"slices"
	"strings"
	"unicode"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// askPreview shows the report as it will be sent, the likeliest topic chosen and the next ones a tap away.
func askPreview(t *flows.Turn, d *draft) error {
	v := t.Voice()
	about := d.about(t)
	if d.Shown != about {
		d.Shown = about
		if err := t.Save(d); err != nil {
			return err
		}
	}
	head := v.T("report.understood", "Topic", v.Topic(about), "Place", v.Place(d.Place))
	if n := len(d.Photos); n > 0 {
		head += " " + v.T("desk.photos", "N", n) + "."
	}
	if text := d.text(); text != "" {
		head += "\n«" + flows.Short(text, 600) + "»"
	}
	hint, hide := d.hint(t)
	m := flows.Words(head + hint)
	codes := d.likely(t)
	if i := slices.Index(codes, about); i >= 0 {
		codes = slices.Delete(codes, i, i+1)
	}
	if about != "" {
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: v.Topic(about) + " ✓", Data: t.Key("t", about)}})
	}
	for _, code := range codes[:min(len(codes), 2)] {
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: v.Topic(code), Data: t.Key("t", code)}})
	}
	m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("report.other_topic", t.Key("topic"))})
	m.Keyboard = append(m.Keyboard, hide...)
	m.Keyboard = append(m.Keyboard,
		[]bot.Button{v.Button("report.send", t.Key("send")), v.Button("report.change", t.Key("change"))})
	return d.prompt(t, m)
}

func takePreview(t *flows.Turn, d *draft) (string, error) {
	u := t.In
	switch t.Verb {
	case "t":
		if t.Pack().Topic(t.Arg(0)) != nil {
			d.Topic, d.NoTopic, d.Guessed = t.Arg(0), false, false
		}
		return d.next(t)
	case "topic":
		d.Browse = ""
		return "need_topic", nil
	case "change":
		return "change", nil
	case "hide":
		d.hide()
		return flows.Stay, nil
	case "send":
		return "sent", d.send(t)
	case "":
	default:
		return flows.Stay, nil
	}
	if alone(t) {
		v := t.Voice()
		switch {
		case v.Listed("report.yes_words", u.Text):
			return "sent", d.send(t)
		case v.Listed("report.elsewhere_words", u.Text):
			return "need_place", nil
		case v.Listed("report.no_words", u.Text), v.Listed("report.wait_words", u.Text), v.Listed("report.change", u.Text):
			return "change", nil
		case v.Listed("desk.thanks", u.Text), !strings.ContainsFunc(u.Text, readable):
			return flows.Stay, nil
		}
	}
	if err := d.more(t); err != nil {
		return "", err
	}
	return d.next(t)
}

// alone tells whether words came, and nothing with them.
func alone(t *flows.Turn) bool {
	return t.In.Kind == bot.Written && t.In.Text != "" && len(t.In.Media) == 0 && t.In.Location == nil
}

func readable(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func askChange(t *flows.Turn, d *draft) error {
	v := t.Voice()
	m := v.Say("report.ask_change")
	m.Keyboard = [][]bot.Button{
		{v.Button("report.change_words", t.Key("words")), v.Button("report.change_place", t.Key("place"))},
		{v.Button("report.change_topic", t.Key("topic")), v.Button("report.change_photos", t.Key("photos"))},
		{v.Button("report.back", t.Key("back")), v.Button("report.drop", t.Key("x"))},
	}
	return d.prompt(t, m)
}

func takeChange(t *flows.Turn, d *draft) (string, error) {
	verb := t.Verb
	if alone(t) {
		v := t.Voice()
		for _, part := range []string{"words", "place", "topic", "photos"} {
			if v.Listed("report.change_"+part, t.In.Text) {
				verb = part
			}
		}
		if verb == "" && (answers(t, t.In.Text) || v.Listed("report.wait_words", t.In.Text)) {
			return flows.Stay, nil
		}
	}
	switch verb {
	case "words":
		d.Rewrite = true
		return "need_words", nil
	case "place":
		return "need_place", nil
	case "topic":
		d.Browse = ""
		return "need_topic", nil
	case "photos":
		return "other_photos", nil
	case "back":
		return d.next(t)
	}
	if t.In.Kind == bot.Pressed {
		return flows.Stay, nil
	}
	if err := d.more(t); err != nil {
		return "", err
	}
	return d.next(t)
}

// send makes the incident.
func (d *draft) send(t *flows.Turn) error {
	inc := &storage.Incident{
		Topic: d.read(t), Text: d.text(), Photos: d.Photos, Place: d.Place,
		Reporters: []storage.Reporter{{Person: t.Me.ID, Peer: t.Peer()}},
		Source:    storage.Source{Kind: "chat", Channel: t.In.Channel, Name: d.Forward.Name, Link: d.Forward.Link},
	}
	// A topic that is answered as soon as what is urgent needs no raising: that could only put it off.
	if topic := t.Pack().Topic(inc.Topic); topic == nil || !topic.Urgent && (topic.First.IsZero() || topic.First.Days > 0) {
		inc.Raised = Dangerous(inc.Text)
	}
	if err := t.Open(inc); err != nil {
		return err
	}
	if err := d.sent(t, inc.Number); err != nil {
		return err
	}
	v := t.Voice()
	id := "report.sent"
	if inc.Likely == "" {
		id = "report.sent_unknown"
	}
	text := v.T(id, "Number", inc.Number, "To", v.OrgTo(inc.Likely), "Forward", v.At(inc.Forward), "First", v.At(inc.First))
	if inc.Urgent && !d.Warned {
		text += "\n" + v.T("report.urgent")
	}
	m := flows.Words(text)
	m.Keyboard = [][]bot.Button{{v.Button("report.show", flows.CardKey("follow", "show", inc.Number))}}
	return t.Finish(m, inc.Number)
}

// sent notes where the messages of the draft have gone.
func (d *draft) sent(t *flows.Turn, number uint64) error {
	for _, p := range d.Parts {
		if err := t.Wrote(number, p.Ref); err != nil {
			return err
		}
	}
	return nil
}
