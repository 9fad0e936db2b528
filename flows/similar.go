package flows

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"otklik/storage"
)

// Alike is how far apart two reports may be to be of one problem, in metres.
const Alike = 250

// Like is an open incident that may be of the same problem.
type Like struct {
	Incident *storage.Incident
	Metres   float64 // negative where one of the places has no point: they share a street then
}

// Similar gives the open incidents of a topic within Alike metres of a place, or in its street: the nearest first, then
// those of the same house, then the newest; at most limit, and never one number.
func (t *Turn) Similar(topic string, p storage.Place, but uint64, limit int) (list []Like, err error) {
	if topic == "" {
		return nil, nil
	}
	seen := map[uint64]bool{but: true}
	if p.Point {
		near, err := t.Tx.Near(topic, p.Lat, p.Lon, Alike, limit+1)
		if err != nil {
			return nil, err
		}
		for _, n := range near {
			if err := t.like(&list, seen, n.Number, n.Metres); err != nil {
				return nil, err
			}
		}
	}
	street, err := t.Tx.OnStreet(p, topic, 4*limit)
	if err != nil {
		return nil, err
	}
	for _, n := range street {
		if err := t.like(&list, seen, n, -1); err != nil {
			return nil, err
		}
	}
	list = slices.DeleteFunc(list, func(l Like) bool { // both have points, and these are far apart
		return l.Metres < 0 && p.Point && l.Incident.Place.Point
	})
	house := func(l Like) int {
		if p.House != "" && strings.EqualFold(l.Incident.Place.House, p.House) {
			return 0
		}
		return 1
	}
	far := func(l Like) float64 {
		if l.Metres < 0 {
			return math.Inf(1)
		}
		return l.Metres
	}
	slices.SortStableFunc(list, func(a, b Like) int {
		return cmp.Or(cmp.Compare(far(a), far(b)), cmp.Compare(house(a), house(b)), cmp.Compare(b.Incident.Number, a.Incident.Number))
	})
	return list[:min(limit, len(list))], nil
}

func (t *Turn) like(list *[]Like, seen map[uint64]bool, number uint64, metres float64) error {
	if seen[number] {
		return nil
	}
	seen[number] = true
	inc, err := t.Tx.Incident(number)
	if err != nil || inc == nil {
		return err
	}
	*list = append(*list, Like{inc, metres})
	return nil
}

// Far says how far a similar incident is: «80 м», «1,2 км», «на той же улице».
func (v *Voice) Far(l Like) string {
	if l.Metres < 0 {
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

// MostAlike is how many similar incidents anybody is shown.
const MostAlike = 5

// alike notes how many incidents like this one are open.
func (t *Turn) alike(inc *storage.Incident) error {
	list, err := t.Similar(inc.Topic, inc.Place, inc.Number, MostAlike)
	inc.Alike = len(list)
	return err
}
