package flows

import (
	"strconv"
	"strings"

	"otklik/flows/place"
	"otklik/storage"
)

// Found makes a place of what the finder found. With more than one candidate it gives their codes, and the place holds
// the street only.
func (t *Turn) Found(found place.Result) (p storage.Place, choices []string) {
	p.Street, p.House = found.Street, found.House
	switch len(found.Candidates) {
	case 0:
		p.Municipality = found.Municipality
	case 1:
		s := found.Candidates[0].Settlement
		p.Municipality, p.Settlement = s.Municipality, s.OKTMO
	default:
		for _, c := range found.Candidates {
			choices = append(choices, c.Settlement.OKTMO)
		}
	}
	p.Label = t.Label(p)
	return p, choices
}

// Label says a place for people: municipality, settlement, street and house, as far as they are known; of a point
// without address it says where it lies.
func (t *Turn) Label(p storage.Place) string {
	v := t.Voice()
	v.Lang = Languages[0] // staff and residents read the same label
	if p.Municipality == "" {
		return ""
	}
	district := v.Municipality(p.Municipality)
	settlement := ""
	if s, ok := t.e.Place.Settlement(p.Settlement); ok {
		settlement = s.Name
		switch s.Type {
		case "", "г":
			district = "" // a town needs no district
		case "пгт":
			settlement = s.Type + " " + s.Name
		default:
			settlement = strings.TrimSuffix(s.Type, ".") + ". " + s.Name
		}
	}
	var parts []string
	for _, s := range []string{district, settlement, p.Street, p.House} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if p.Point && p.Street == "" {
		parts = append(parts, v.T("desk.point"))
	}
	return strings.Join(parts, ", ")
}

// Coordinates gives a place's point for staff, to paste into a map; "" if it has none.
func (v *Voice) Coordinates(p storage.Place) string {
	if !p.Point {
		return ""
	}
	return v.T("desk.coordinates", "Lat", degrees(p.Lat), "Lon", degrees(p.Lon))
}

func degrees(x float64) string { return strconv.FormatFloat(x, 'f', 5, 64) }
