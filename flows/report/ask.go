package report

import (
	"strings"

	"otklik/bot"
	"otklik/flows"
)

func askWords(t *flows.Turn, d *draft) error {
	v := t.Voice()
	id := "report.ask_words"
	switch {
	case d.Rewrite:
		id = "report.ask_words_again"
	case len(d.Photos) > 0:
		id = "report.ask_words_photo"
	case d.Place.Municipality != "":
		id = "report.ask_words_place"
	}
	m := v.Say(id, "Place", v.Place(d.Place), "Text", flows.Short(d.text(), 200))
	var row []bot.Button
	if d.Rewrite {
		row = append(row, v.Button("report.back", t.Key("back")))
	} else if len(d.Photos) > 0 {
		row = append(row, v.Button("report.skip", t.Key("skip")))
	}
	m.Keyboard = [][]bot.Button{append(row, v.Button("report.cancel", t.Key("x")))}
	return d.prompt(t, m)
}

func takeWords(t *flows.Turn, d *draft) (string, error) {
	switch t.Verb {
	case "skip":
		if len(d.Photos) > 0 {
			d.NoWords = true
			return d.next(t)
		}
		return flows.Stay, nil
	case "back":
		d.Rewrite = false
		return d.next(t)
	}
	if alone(t) && saysNothing(t, t.In.Text) {
		return flows.Stay, nil
	}
	before, old := len(d.Parts), d.text()
	rewriting := d.Rewrite
	if err := d.add(t); err != nil {
		return "", err
	}
	switch {
	case t.In.Text == "" || t.In.Location != nil:
	case before == 0 || !rewriting:
		d.search(t, t.In.Text)
	case !d.Rewrite:
		if err := d.reread(t, old, t.In.Text); err != nil {
			return "", err
		}
	}
	return d.next(t)
}

// heard makes a question of text. Where its author answered something else, that was noted, and the question says so.
func (d *draft) heard(v *flows.Voice, question string) bot.Message {
	if d.Heard == "" {
		return flows.Words(question)
	}
	return flows.Words(v.T("report.heard", "Text", d.Heard) + "\n" + question)
}

func askPlace(t *flows.Turn, d *draft) error {
	v := t.Voice()
	m := d.heard(v, v.T("report.ask_place"))
	if d.Place.Street != "" && d.Place.Municipality == "" {
		m = d.heard(v, v.T("report.ask_place_street", "Street", strings.Join(nonEmpty(d.Place.Street, d.Place.House), ", ")))
	}
	m.Keyboard = [][]bot.Button{
		{v.Button("report.list", t.Key("list"))},
		{v.Button("report.back", t.Key("back")), v.Button("report.cancel", t.Key("x"))},
	}
	return d.prompt(t, m)
}

// choicesPage is how many homonyms are shown at once.
const choicesPage = 6

func askChoice(t *flows.Turn, d *draft) error {
	v := t.Voice()
	s, _ := t.Finder().Settlement(d.Choices[0])
	m := d.heard(v, v.T("report.ask_choice", "Name", s.Name, "N", len(d.Choices)))
	list := t.Homonyms(d.Choices)
	size := t.Room(choicesPage, 1, 1, 2)
	from, to := flows.Page(d.Page, size, len(list))
	for _, h := range list[from:to] {
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: h.Label, Data: t.Key("c", h.Code)}})
	}
	m.Keyboard = v.PageRow(m.Keyboard, d.Page, size, len(list), func(p string) string { return t.Key("p", p) })
	m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("report.other_place", t.Key("back")), v.Button("report.cancel", t.Key("x"))})
	return d.prompt(t, m)
}

func askMunicipality(t *flows.Turn, d *draft) error {
	v := t.Voice()
	m := d.heard(v, v.T("report.ask_municipality"))
	if d.Said != "" && d.Heard == "" {
		m = v.Say("report.not_found", "Text", d.Said)
	}
	m.Keyboard = t.MunicipalityRows(d.Page, "m")
	m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("report.back", t.Key("back")), v.Button("report.cancel", t.Key("x"))})
	return d.prompt(t, m)
}

func askConfirm(t *flows.Turn, d *draft) error {
	v := t.Voice()
	m := d.heard(v, v.T("report.ask_confirm", "Place", v.Place(d.Place), "Near", d.Near))
	if d.Place.Point && d.Near != "" && !strings.Contains(v.Municipality(d.Place.Municipality), d.Near) {
		m = d.heard(v, v.T("report.ask_confirm_near", "Municipality", v.Municipality(d.Place.Municipality), "Near", d.Near))
	}
	m.Keyboard = [][]bot.Button{
		{v.Button("report.yes", t.Key("yes"))},
		{v.Button("report.other_municipality", t.Key("list"))},
		{v.Button("report.back", t.Key("back")), v.Button("report.cancel", t.Key("x"))},
	}
	return d.prompt(t, m)
}

func askPhotos(t *flows.Turn, d *draft) error {
	v := t.Voice()
	m := v.Say("report.ask_photos")
	var row []bot.Button
	if len(d.Photos) > 0 && (len(d.Parts) > 0) {
		row = append(row, v.Button("report.no_photos", t.Key("none")))
	}
	m.Keyboard = [][]bot.Button{append(row, v.Button("report.back", t.Key("back")))}
	return d.prompt(t, m)
}

// takePhotos replaces the photos. The first new one drops the old ones; the others of its album follow in preview.
func takePhotos(t *flows.Turn, d *draft) (string, error) {
	switch {
	case t.Verb == "none" && len(d.Parts) > 0:
		d.Photos, d.Crowded = nil, false
		return d.next(t)
	case t.Verb == "back":
		return d.next(t)
	case len(t.In.Media) > 0:
		d.Photos, d.Crowded = nil, false
		if err := d.add(t); err != nil {
			return "", err
		}
		return d.next(t)
	}
	if alone(t) && answers(t, t.In.Text) {
		return flows.Stay, nil
	}
	return flows.Stay, d.add(t)
}
