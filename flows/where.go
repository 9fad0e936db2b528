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
	if s, ok := t.e.Place().Settlement(p.Settlement); ok {
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

// Homonym is one of the places that a name may mean, as a button says it.
type Homonym struct {
	Code  string // OKTMO
	Label string
	Twins bool // the district has more than one of this name and kind: which one it is stays open
}

// Homonyms tells places of one name apart: by their municipality, and by their kind where that is not enough.
func (t *Turn) Homonyms(codes []string) (list []Homonym) {
	v := t.Voice()
	kinds := map[string]map[string]bool{} // by municipality
	for _, code := range codes {
		if s, ok := t.e.Place().Settlement(code); ok {
			if kinds[s.Municipality] == nil {
				kinds[s.Municipality] = map[string]bool{}
			}
			kinds[s.Municipality][s.Type] = true
		}
	}
	at := map[string]int{}
	for _, code := range codes {
		s, ok := t.e.Place().Settlement(code)
		if !ok {
			continue
		}
		label := v.Municipality(s.Municipality)
		if len(kinds[s.Municipality]) > 1 {
			kind := s.Type
			if id := "desk.kind_" + s.Type; v.Has(id) {
				kind = v.T(id)
			}
			label += ", " + kind
		}
		if i, twin := at[label]; twin {
			list[i].Twins = true
			continue
		}
		at[label] = len(list)
		list = append(list, Homonym{Code: code, Label: label})
	}
	return list
}

// Chosen is the place of a homonym. Of twins only the district is sure, and the name for people.
func (t *Turn) Chosen(codes []string, code string) (p storage.Place, ok bool) {
	for _, h := range t.Homonyms(codes) {
		if h.Code != code {
			continue
		}
		s, _ := t.e.Place().Settlement(code)
		p = storage.Place{Municipality: s.Municipality, Settlement: s.OKTMO}
		p.Label = t.Label(p)
		if h.Twins {
			p.Settlement = ""
		}
		return p, true
	}
	return p, false
}
