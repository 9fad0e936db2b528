package curate

import (
	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

func askPlace(t *flows.Turn, c *choice, inc *storage.Incident) error {
	v := t.Voice()
	m := v.Say("curate.ask_place", "Number", inc.Number, "Place", v.Place(inc.Place))
	switch {
	case c.List:
		m.Keyboard = t.MunicipalityRows(c.Page, "m")
	case len(c.Places) > 0:
		m = v.Say("curate.which_place", "Number", inc.Number, "N", len(c.Places))
		list := t.Homonyms(c.Places)
		size := t.Room(orgsPage, 1, 1, 1)
		from, to := flows.Page(c.Page, size, len(list))
		for _, h := range list[from:to] {
			m.Keyboard = append(m.Keyboard, []bot.Button{{Text: h.Label, Data: t.Key("c", h.Code)}})
		}
		m.Keyboard = v.PageRow(m.Keyboard, c.Page, size, len(list), func(p string) string { return t.Key("p", p) })
	default:
		if c.Said != "" {
			m = v.Say("curate.place_not_found", "Text", c.Said)
		}
		m.Keyboard = [][]bot.Button{{v.Button("curate.list", t.Key("l"))}}
	}
	m.Keyboard = append(m.Keyboard, cancelRow(t))
	return t.Prompt(m)
}

func takePlace(t *flows.Turn, c *choice, inc *storage.Incident) (string, error) {
	switch {
	case t.Verb == "l":
		c.List, c.Places, c.Page = true, nil, 0
		return flows.Stay, nil
	case t.Verb == "p":
		c.Page = t.PageArg()
		return flows.Stay, nil
	case t.Verb == "m" && t.Pack().Municipality(t.Arg(0)) != nil:
		// The municipality was wrong; street and point stay as the resident told them.
		p := inc.Place
		if p.Municipality != t.Arg(0) {
			p.Settlement = ""
		}
		p.Municipality = t.Arg(0)
		p.Label = t.Label(p)
		return put(t, inc, p)
	case t.Verb == "c":
		if p, ok := t.Chosen(c.Places, t.Arg(0)); ok {
			p.Street, p.House = c.Street, c.House
			for _, part := range []string{p.Street, p.House} {
				if part != "" {
					p.Label += ", " + part
				}
			}
			return put(t, inc, p)
		}
		return flows.Stay, nil
	case t.In.Kind != bot.Written:
		return flows.Stay, nil
	}
	return said(t, c, inc)
}

// said takes a point, coordinates or a place in words.
func said(t *flows.Turn, c *choice, inc *storage.Incident) (string, error) {
	lat, lon, ok := t.Finder().Coordinates(t.In.Text)
	if l := t.In.Location; l != nil {
		lat, lon, ok = l.Lat, l.Lon, true
	}
	if ok {
		if spot, in := t.Finder().At(lat, lon); in {
			p := storage.Place{Municipality: spot.Municipality, Lat: lat, Lon: lon, Point: true, Street: inc.Place.Street, House: inc.Place.House}
			p.Label = t.Label(p)
			return put(t, inc, p)
		}
	}
	p, choices := t.Found(t.Finder().Answer(t.In.Text))
	if p.Municipality != "" {
		return put(t, inc, p)
	}
	c.Places, c.Street, c.House, c.Page, c.List = choices, p.Street, p.House, 0, false
	if len(choices) == 0 {
		c.Said = flows.Short(t.In.Text, 100)
	}
	return flows.Stay, nil
}

func put(t *flows.Turn, inc *storage.Incident, p storage.Place) (string, error) {
	if err := replace(t, inc, p); err != nil {
		return "", err
	}
	return done(t, inc, "curate.place_set", "Place", t.Voice().Place(p))
}
