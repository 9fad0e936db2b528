package report

import (
	"strings"

	"otklik/bot"
	"otklik/flows"
)

// likely gives the codes of the topics that the words speak for, the likeliest first.
func (d *draft) likely(t *flows.Turn) (codes []string) {
	for _, g := range t.Topics(d.text(), d.Place, 3) {
		codes = append(codes, g.Code)
	}
	return codes
}

// about gives the topic of the report as it stands: the chosen one, or the likeliest.
func (d *draft) about(t *flows.Turn) string {
	if d.Topic != "" || d.NoTopic {
		return d.Topic
	}
	if codes := d.likely(t); len(codes) > 0 {
		return codes[0]
	}
	return ""
}

// read gives the topic under which its author sends it: the one that they have read, whatever is likelier by now.
func (d *draft) read(t *flows.Turn) string {
	if d.Topic == "" && !d.NoTopic && t.Pack().Topic(d.Shown) != nil {
		return d.Shown
	}
	return d.about(t)
}

// guess guesses a topic that words had told anew, now that these were changed.
func (d *draft) guess(t *flows.Turn, old, text string) {
	was, is := t.Judge().Topics(old, 1), t.Judge().Topics(text, 1)
	if d.Guessed && len(was) > 0 && was[0].Topic == d.Topic && len(is) > 0 {
		d.Topic = is[0].Topic
	}
}

func takeTopic(t *flows.Turn, d *draft) (string, error) {
	switch t.Verb {
	case "t":
		if t.Pack().Topic(t.Arg(0)) == nil {
			return flows.Stay, nil
		}
		d.Topic, d.NoTopic, d.Guessed, d.Browse = t.Arg(0), false, false, ""
		return d.next(t)
	case "g":
		d.Browse = t.Arg(0)
		return flows.Stay, nil
	case "unknown":
		d.Topic, d.NoTopic, d.Guessed, d.Browse = "", true, false, ""
		return d.next(t)
	case "back":
		if d.Browse != "" && d.Browse != "*" {
			d.Browse = "*"
			return flows.Stay, nil
		}
		d.Browse = ""
		if d.Topic != "" || d.NoTopic || len(d.likely(t)) > 0 {
			return d.next(t)
		}
		d.Rewrite = true
		return "need_words", nil
	}
	if t.In.Kind == bot.Written && t.In.Text != "" && len(t.In.Media) == 0 && t.In.Location == nil {
		v := t.Voice()
		switch {
		case v.Listed("report.unknown_words", t.In.Text):
			d.Topic, d.NoTopic, d.Guessed, d.Browse = "", true, false, ""
			return d.next(t)
		case answers(t, t.In.Text), !strings.ContainsFunc(t.In.Text, readable):
			return flows.Stay, nil
		}
		// The topic in words, or the place; what says nothing of either belongs to the report.
		guesses := t.Judge().Topics(t.In.Text, 1)
		if len(guesses) > 0 {
			d.Topic, d.NoTopic, d.Guessed, d.Browse = guesses[0].Topic, false, true, ""
		}
		if found := d.named(t, t.In.Text); found.Street != "" && d.differs(found) {
			if err := d.move(t, found); err != nil {
				return "", err
			}
			if len(guesses) == 0 {
				d.Heard = v.Place(d.Place)
				return d.next(t)
			}
		}
		d.Heard = flows.Short(t.In.Text, 120)
		if err := d.say(t, t.In.Ref, t.In.Text); err != nil {
			return "", err
		}
		return d.next(t)
	}
	if err := d.add(t); err != nil {
		return "", err
	}
	return flows.Stay, nil
}

func askTopic(t *flows.Turn, d *draft) error {
	v := t.Voice()
	g := t.Pack().Group(d.Browse)
	m := d.heard(v, v.T("report.ask_topic"))
	if g != nil {
		m = d.heard(v, v.T("report.ask_topic_of", "Group", v.Group(g)))
		for i := range g.Topics {
			m.Keyboard = append(m.Keyboard, []bot.Button{{Text: v.Topic(g.Topics[i].Code), Data: t.Key("t", g.Topics[i].Code)}})
		}
	} else {
		if d.Browse == "" {
			for _, code := range d.likely(t) {
				m.Keyboard = append(m.Keyboard, []bot.Button{{Text: v.Topic(code), Data: t.Key("t", code)}})
			}
		}
		var row []bot.Button
		for i := range t.Pack().Groups {
			g := &t.Pack().Groups[i]
			row = append(row, bot.Button{Text: g.Icon + " " + v.Group(g), Data: t.Key("g", g.Code)})
			if len(row) == 2 {
				m.Keyboard, row = append(m.Keyboard, row), nil
			}
		}
		if row != nil {
			m.Keyboard = append(m.Keyboard, row)
		}
		m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("report.topic_unknown", t.Key("unknown"))})
	}
	m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("report.back", t.Key("back")), v.Button("report.cancel", t.Key("x"))})
	return d.prompt(t, m)
}
