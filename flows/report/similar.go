package report

import (
	"slices"
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/personal"
	"otklik/storage"
)

// next is missing that also asks whether the problem is known already, once for what is nearby.
func (d *draft) next(t *flows.Turn) (string, error) {
	event := d.missing(t)
	if event != "ready" {
		return event, nil
	}
	list, err := d.alike(t)
	if err != nil {
		return "", err
	}
	for _, l := range list {
		if !slices.Contains(d.Others, l.Incident.Number) {
			return "known", nil
		}
	}
	return event, nil
}

// alike gives the open incidents that this may be another report of.
func (d *draft) alike(t *flows.Turn) ([]flows.Like, error) {
	return t.Similar(d.about(t), d.Place, 0, flows.MostAlike)
}

// askSimilar shows what may be the same problem: its words, its photo, how far it is and how it stands.
func askSimilar(t *flows.Turn, d *draft) error {
	list, err := d.alike(t)
	if err != nil {
		return err
	}
	v := t.Voice()
	text := v.T("report.known")
	var photos []string
	var rows [][]bot.Button
	for _, l := range list {
		inc := l.Incident
		id := "report.known_line"
		if inc.State == storage.New {
			id = "report.known_new"
		}
		line := v.T(id, "Number", inc.Number, "Text", flows.Short(personal.Mask(inc.Text), 120), "Far", v.Far(l), "Ago", v.Clock(inc.Created),
			"State", v.Standing(inc), "Due", v.Date(inc.Final), "Topic", v.Topic(inc.Topic))
		if public := inc.Public(inc.Photos); len(public) > 0 {
			photos = append(photos, public[0])
			line += " " + v.T("report.known_photo", "N", len(photos))
		}
		text += "\n" + line
		button := "report.same"
		if inc.Reporter(t.Me.ID) != nil {
			button = "report.mine"
		}
		rows = append(rows, []bot.Button{v.Button(button, t.Key("same", strconv.FormatUint(inc.Number, 10)), "Number", inc.Number)})
	}
	m := flows.Words(text)
	m.Photos = flows.Photos(photos)
	m.Keyboard = append(rows, []bot.Button{v.Button("report.different", t.Key("different"))}, []bot.Button{v.Button("report.cancel", t.Key("x"))})
	return d.prompt(t, m)
}

func takeSimilar(t *flows.Turn, d *draft) (string, error) {
	verb := t.Verb
	if alone(t) {
		switch v := t.Voice(); {
		case v.Listed("report.different_words", t.In.Text), v.Listed("report.no_words", t.In.Text):
			verb = "different"
		case v.Listed("report.same_words", t.In.Text), v.Listed("report.yes_words", t.In.Text):
			return d.theOne(t)
		case v.Listed("desk.thanks", t.In.Text), v.Listed("report.wait_words", t.In.Text), !strings.ContainsFunc(t.In.Text, readable):
			return flows.Stay, nil
		}
	}
	switch verb {
	case "different":
		list, err := d.alike(t)
		if err != nil {
			return "", err
		}
		for _, l := range list {
			d.Others = append(d.Others, l.Incident.Number)
		}
		return "ready", nil
	case "same":
		return d.same(t, t.Arg(0))
	case "":
	default:
		return flows.Stay, nil
	}
	if t.In.Kind != bot.Written && t.In.Kind != bot.Edited {
		return flows.Stay, nil
	}
	if err := d.more(t); err != nil {
		return "", err
	}
	return d.next(t)
}

// theOne is «yes, that is it»: of several nobody knows which one.
func (d *draft) theOne(t *flows.Turn) (string, error) {
	list, err := d.alike(t)
	if err != nil || len(list) != 1 {
		return flows.Stay, err
	}
	return d.same(t, strconv.FormatUint(list[0].Incident.Number, 10))
}

// same follows an incident instead of making another, and brings the draft's words and photos along: nothing is lost,
// and the body sees that one more person suffers from it.
func (d *draft) same(t *flows.Turn, number string) (string, error) {
	inc, _, err := t.Number(number)
	if err != nil {
		return "", err
	}
	list, err := d.alike(t)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(list, func(l flows.Like) bool { return l.Incident.Number == inc.Number }) {
		return "", flows.Refuse("report.known_gone", "Number", inc.Number) // it was closed meanwhile, or never offered
	}
	id := "report.follows"
	if inc.Reporter(t.Me.ID) != nil {
		id = "report.added"
	}
	if err := t.Follow(inc); err != nil {
		return "", err
	}
	if d.text() != "" || len(d.Photos) > 0 {
		if err := t.Act(inc, flows.Add, storage.Event{Text: d.text(), Photos: d.Photos, Public: true}, nil); err != nil {
			return "", err
		}
	}
	if err := d.sent(t, inc.Number); err != nil {
		return "", err
	}
	v := t.Voice()
	m := v.Say(id, "Number", inc.Number)
	m.Keyboard = [][]bot.Button{{v.Button("report.show", flows.CardKey("follow", "show", inc.Number))}}
	return "joined", t.Finish(m, inc.Number)
}
