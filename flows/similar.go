package flows

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"otklik/storage"
)

// Alike is how far apart two reports may be to be of one problem, in metres.
const Alike = 250

// Like is an open incident that may be of the same problem.
type Like struct {
	Incident *storage.Incident
	Metres   float64 // negative where one of the places has no point: they share a street then
	House    bool    // … and the house
}

// near finds the open incidents of a topic within Alike metres of a place, or in its street, by the indexes alone: the
// nearest first, then those of the same house, then the newest.
func (t *Turn) near(topic string, p storage.Place, but uint64, limit int) (list []spot, err error) {
	if topic == "" {
		return nil, nil
	}
	seen := map[uint64]bool{but: true}
	if p.Point {
		points, err := t.Tx.Near(topic, p.Lat, p.Lon, Alike, limit+1)
		if err != nil {
			return nil, err
		}
		for _, n := range points {
			if !seen[n.Number] {
				seen[n.Number] = true
				list = append(list, spot{number: n.Number, metres: n.Metres})
			}
		}
	}
	var street []storage.Neighbour
	for _, town := range t.Towns(p) {
		more, err := t.Tx.OnStreet(town, topic, 200)
		if err != nil {
			return nil, err
		}
		street = append(street, more...)
	}
	for _, n := range street {
		if seen[n.Number] || (p.Point && n.Point) { // both have points, and these are far apart
			continue
		}
		seen[n.Number] = true
		s := spot{number: n.Number, metres: -1, order: 1e9, house: n.House}
		if n.House {
			s.order = 1e8
		}
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.order+a.metres, b.order+b.metres), cmp.Compare(b.number, a.number))
	})
	return list[:min(limit, len(list))], nil
}

// Towns gives the places to look for a street in: a point in a city is kept with its municipality only, an address in
// words with its settlement, and people mean the same by both.
func (t *Turn) Towns(p storage.Place) []storage.Place {
	city := t.city(p.Municipality)
	if city == "" || (p.Settlement != "" && p.Settlement != city) {
		return []storage.Place{p}
	}
	town, around := p, p
	town.Settlement, around.Settlement = city, ""
	return []storage.Place{town, around}
}

// city gives the settlement that a municipality consists of, nearly: the town of an urban okrug; "" elsewhere.
func (t *Turn) city(code string) string {
	if known, ok := t.e.cities.Load(code); ok {
		return known.(string)
	}
	town := t.findCity(code)
	t.e.cities.Store(code, town)
	return town
}

func (t *Turn) findCity(code string) string {
	m := t.e.Pack.Municipality(code)
	if m == nil || !strings.Contains(fold(m.Name), "городской округ") {
		return ""
	}
	kind, name, _ := strings.Cut(m.Centre, " ")
	for _, s := range t.e.Pack.Settlements {
		if s.Municipality == code && s.Name == name && s.Type == kind {
			return s.OKTMO
		}
	}
	return ""
}

// spot is an incident nearby.
type spot struct {
	number uint64
	metres float64 // negative: not known
	order  float64
	house  bool
}

// Similar gives the open incidents that may be of the same problem: of the same topic, within Alike metres of the place
// or in its street; at most limit, and never one number.
func (t *Turn) Similar(topic string, p storage.Place, but uint64, limit int) (list []Like, err error) {
	spots, err := t.near(topic, p, but, limit)
	if err != nil {
		return nil, err
	}
	for _, s := range spots {
		inc, err := t.Tx.Incident(s.number)
		if err != nil {
			return nil, err
		}
		if inc != nil {
			list = append(list, Like{inc, s.metres, s.house})
		}
	}
	return list, nil
}

// Far says how far a similar incident is: «80 м», «1,2 км», «на той же улице».
func (v *Voice) Far(l Like) string {
	switch {
	case l.House:
		return v.T("desk.same_house")
	case l.Metres < 0:
		return v.T("desk.same_street")
	}
	return v.Metres(l.Metres)
}

// Metres says a distance, as exact as people need it.
func (v *Voice) Metres(m float64) string {
	switch {
	case m < 10:
		return v.T("desk.right_here")
	case m < 100:
		return v.T("desk.metres", "N", int(math.Round(m/10))*10)
	case m < 1000:
		return v.T("desk.metres", "N", int(math.Round(m/50))*50)
	}
	km := math.Round(m/100) / 10
	s := strings.TrimSuffix(formatFloat(km), ".0")
	if v.Lang != "en" {
		s = strings.ReplaceAll(s, ".", ",")
	}
	return v.T("desk.kilometres", "N", s)
}

// Ago says on which day something was, as people say it: «сегодня», «вчера», «3 дня назад», «2 ноября».
func (v *Voice) Ago(at time.Time) string {
	y, m, d := v.Now.In(v.zone).Date()
	then := at.In(v.zone)
	days := 0
	for day := time.Date(y, m, d, 0, 0, 0, 0, v.zone); then.Before(day) && days < 15; day = day.AddDate(0, 0, -1) {
		days++
	}
	switch {
	case days == 0:
		return v.T("desk.today")
	case days == 1:
		return v.T("desk.yesterday")
	case days < 15:
		return v.T("desk.days_ago", "N", days)
	}
	return v.Date(at)
}

// MostAlike is how many similar incidents anybody is shown.
const MostAlike = 5

// alike notes how many incidents like this one are open.
func (t *Turn) alike(inc *storage.Incident) error {
	list, err := t.near(inc.Topic, inc.Place, inc.Number, MostAlike)
	inc.Alike = len(list)
	return err
}

// Follow has whoever acts hear of an open incident from now on; who is among its reporters already stays as they are.
func (t *Turn) Follow(inc *storage.Incident) error {
	if inc.Reporter(t.Me.ID) != nil {
		return nil
	}
	return t.Act(inc, Follow, storage.Event{}, func() {
		inc.Reporters = append(inc.Reporters, storage.Reporter{Person: t.Me.ID, Peer: t.Me.Chat, Follows: true})
	})
}
