package report

import (
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/place"
	"otklik/storage"
)

// point takes a point of the map.
func (d *draft) point(t *flows.Turn, lat, lon float64) error {
	spot, ok := t.Finder().At(lat, lon)
	if !ok {
		return t.Reply(t.Voice().Say("report.outside"))
	}
	street, house := d.Place.Street, d.Place.House
	d.Place = storage.Place{Municipality: spot.Municipality, Lat: lat, Lon: lon, Point: true}
	if noted := d.Noted; noted != "" {
		d.Noted = ""
		if err := d.say(t, "", noted); err != nil {
			return err
		}
	}
	d.Sure, d.Choices, d.Said, d.Near, d.Page = spot.Certain, nil, "", spot.Near, 0
	if l := t.In.Location; l != nil {
		d.Place.Label = flows.Short(bot.Clean(strings.TrimSpace(strings.Join(nonEmpty(l.Title, l.Address), ", "))), 120)
	}
	if d.Place.Label == "" && street == "" {
		found := t.Finder().Find(d.text())
		street, house = found.Street, found.House
	}
	d.Place.Street, d.Place.House = street, house
	if d.Place.Label == "" {
		d.Place.Label = t.Label(d.Place)
	}
	return nil
}

// search looks for a place in what a person told of the problem. Only what is beyond doubt is taken.
func (d *draft) search(t *flows.Turn, text string) {
	if d.Place.Municipality != "" || len(d.Choices) > 0 || text == "" {
		return
	}
	if lat, lon, ok := t.Finder().Coordinates(text); ok {
		if spot, in := t.Finder().At(lat, lon); in {
			d.Place = storage.Place{Municipality: spot.Municipality, Lat: lat, Lon: lon, Point: true}
			d.Sure, d.Near = spot.Certain, spot.Near
			d.Place.Label = t.Label(d.Place)
			return
		}
	}
	d.take(t, t.Finder().Find(text))
}

// locate looks for the place in an answer to «where?» and tells whether it understood anything.
func (d *draft) locate(t *flows.Turn, text string) (bool, error) {
	if lat, lon, ok := t.Finder().Coordinates(text); ok {
		return true, d.point(t, lat, lon)
	}
	found := t.Finder().Answer(text)
	if d.Place.Street != "" && found.Street == "" { // the street was told before, now comes the village
		found.Street, found.House = d.Place.Street, d.Place.House
	}
	d.Place, d.Choices, d.Page, d.Noted = storage.Place{}, nil, 0, ""
	d.take(t, found)
	if d.Place.Municipality == "" && len(d.Choices) == 0 {
		if d.Place.Street == "" {
			d.Said = flows.Short(text, 120)
		}
		return false, nil
	}
	d.Said = ""
	return true, nil
}

// From when on words that name no place are of the problem: «во дворе» has a topic's word in it, too.
const (
	tellsTopic   = 0.55
	tellsProblem = 0.9
)

// tells tells whether an answer to «where?» goes on about the problem.
func (d *draft) tells(t *flows.Turn, text string) bool {
	if _, _, ok := t.Finder().Coordinates(text); ok {
		return false
	}
	found := t.Finder().Answer(text)
	if found.Street != "" || found.Municipality != "" || len(found.Candidates) > 0 {
		return false
	}
	list := t.Topics(text, storage.Place{}, 1)
	if len(list) == 0 {
		return false
	}
	s := t.Sieve()
	return s == nil || list[0].Confidence >= tellsTopic || s.Problem(text, 0, false).Problem >= tellsProblem
}

// take keeps what the finder found.
func (d *draft) take(t *flows.Turn, found place.Result) {
	d.Place, d.Choices = t.Found(found)
	d.Sure = found.Certain
}

// settle takes one of the choices; the street that was told with the name stays.
func (d *draft) settle(t *flows.Turn, code string) bool {
	p, ok := t.Chosen(d.Choices, code)
	if !ok {
		return false
	}
	p.Street, p.House = d.Place.Street, d.Place.House
	p.Label = strings.Join(nonEmpty(p.Label, p.Street, p.House), ", ")
	d.Place, d.Choices, d.Page, d.Said, d.Sure = p, nil, 0, "", true
	return true
}

func nonEmpty(list ...string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// takePlace takes an answer to «where?».
func takePlace(t *flows.Turn, d *draft) (string, error) {
	switch t.Verb {
	case "list":
		d.Page = 0
		return "need_municipality", nil
	case "back":
		if d.Place.Municipality != "" && d.Sure { // it was to be changed
			return d.next(t)
		}
		d.Rewrite = true
		return "need_words", nil
	}
	return d.where(t)
}

// where takes a message as a place: a point, coordinates or words. What was noted of the place before, and is not on the
// map, stays in the report whatever comes now.
func (d *draft) where(t *flows.Turn) (string, error) {
	said := d.Said
	event, err := d.answered(t)
	switch {
	case err != nil || said == "" || said == d.Said:
	case d.Place.Municipality != "" && d.Place.Street == "" && !d.Place.Point:
		d.note(said)
	default:
		err = d.say(t, "", said)
	}
	return event, err
}

// note puts words that are not on the map into the name of the place.
func (d *draft) note(said string) {
	d.Place.Label += ", " + said
	d.Noted = said
}

func (d *draft) answered(t *flows.Turn) (string, error) {
	u := t.In
	if u.Kind != bot.Written {
		if u.Kind == bot.Edited {
			before := d.Place
			if err := d.add(t); err != nil || d.Place == before {
				return flows.Stay, err
			}
			return d.next(t)
		}
		return flows.Stay, nil
	}
	if u.Location != nil || len(u.Media) > 0 { // a caption belongs to its photo
		before, choices := d.Place, len(d.Choices)
		if err := d.add(t); err != nil {
			return "", err
		}
		if d.Place == before && u.Location == nil {
			d.search(t, u.Text)
			if d.Place == before && len(d.Choices) == choices {
				return flows.Stay, nil
			}
		}
		return d.next(t)
	}
	if u.Text == "" {
		return flows.Stay, nil
	}
	v := t.Voice()
	switch {
	case v.Listed("report.unknown_words", u.Text):
		return "need_municipality", nil // that much they can tell
	case answers(t, u.Text), !strings.ContainsFunc(u.Text, readable):
		return flows.Stay, nil
	case d.tells(t, u.Text):
		d.Heard = flows.Short(u.Text, 120)
		return flows.Stay, d.say(t, u.Ref, u.Text)
	}
	understood, err := d.locate(t, u.Text)
	if err != nil {
		return "", err
	}
	if !understood && d.Place.Street != "" {
		return "need_place", nil
	}
	return d.next(t)
}

func takeChoice(t *flows.Turn, d *draft) (string, error) {
	switch t.Verb {
	case "c":
		if d.settle(t, t.Arg(0)) {
			return d.next(t)
		}
		return flows.Stay, nil
	case "p":
		d.Page = t.PageArg()
		return flows.Stay, nil
	case "back":
		d.Choices, d.Page, d.Place = nil, 0, storage.Place{}
		return "need_place", nil
	}
	// «Уржумский» narrows the choice; anything else is a new answer.
	if u := t.In; u.Kind == bot.Written && u.Text != "" && u.Location == nil {
		// «Слободской» is a town and a district: what the choice has is meant.
		for _, said := range []string{u.Text, u.Text + " район"} {
			m := t.Finder().Answer(said).Municipality
			for _, code := range d.Choices {
				if s, ok := t.Finder().Settlement(code); ok && s.Municipality == m && d.settle(t, code) {
					return d.next(t)
				}
			}
		}
	}
	return d.where(t)
}

func takeMunicipality(t *flows.Turn, d *draft) (string, error) {
	switch t.Verb {
	case "m":
		if m := t.Pack().Municipality(t.Arg(0)); m != nil {
			point, said := d.Place, d.Said
			d.Place = storage.Place{Municipality: m.Code, Street: point.Street, House: point.House, Lat: point.Lat, Lon: point.Lon, Point: point.Point}
			d.Sure, d.Said, d.Choices, d.Page = true, "", nil, 0
			d.Place.Label = t.Label(d.Place)
			if said != "" {
				d.Place.Label = t.Voice().Municipality(m.Code)
				d.note(said)
			}
			return d.next(t)
		}
		return flows.Stay, nil
	case "p":
		d.Page = t.PageArg()
		return flows.Stay, nil
	case "back":
		d.Page, d.Said = 0, ""
		return "need_place", nil
	}
	return d.where(t)
}

func takeConfirm(t *flows.Turn, d *draft) (string, error) {
	switch {
	case t.Verb == "yes", t.In.Kind == bot.Written && t.Voice().Listed("report.yes_words", t.In.Text):
		d.Sure = true
		return d.next(t)
	case t.Verb == "list":
		d.Page = 0
		return "need_municipality", nil
	case t.Verb == "back", t.In.Kind == bot.Written && t.Voice().Listed("report.no_words", t.In.Text):
		d.Place, d.Sure = storage.Place{}, false
		return "need_place", nil
	}
	return d.where(t)
}
