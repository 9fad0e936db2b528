// Package place finds where something is: from a point, from coordinates that people paste, from a place in words with
// its declensions, homonyms and abbreviations.
package place

import (
	"math"
	"strings"

	"otklik/config"
)

// Boundaries tells which municipality a point lies in.
type Boundaries interface {
	At(lat, lon float64) (code string, ok bool)
}

// Finder finds places of a region. It is safe for use by many at once.
type Finder struct {
	pack      *config.Pack
	bounds    Boundaries // nil without
	byCode    map[string]int
	byStem    map[string][]entry // the first stem of a name → settlements
	byLetters map[string][]int   // what a name begins with → settlements, for slips of the finger
	districts map[string]string  // the stem of «Куменский» → municipality
	centres   map[string]bool    // OKTMO of the settlements that are centres
}

// entry is a settlement under the first stem of its name.
type entry struct {
	settlement int
	stems      []string // of the whole name
}

// Spot is where a point lies.
type Spot struct {
	Municipality string
	Certain      bool    // by boundaries
	Near         string  // the centre of the municipality that is nearest: «Кумены»
	DistanceKm   float64 // to it
}

// Candidate is a settlement that words may mean.
type Candidate struct {
	Settlement config.Settlement
	Score      float64 // higher is likelier
}

// Result is what words say of a place.
type Result struct {
	Candidates   []Candidate // homonyms, if more than one
	Municipality string      // named, or that of the only candidate
	Street       string      // «ул. Ленина»
	House        string
	Certain      bool // beyond doubt: nobody needs to confirm it
}

// New makes a finder; bounds may be nil.
func New(pack *config.Pack, bounds Boundaries) *Finder {
	f := &Finder{pack: pack, bounds: bounds, byCode: map[string]int{}, byStem: map[string][]entry{}, byLetters: map[string][]int{},
		districts: map[string]string{}, centres: map[string]bool{}}
	for i, s := range pack.Settlements {
		f.byCode[s.OKTMO] = i
		var stems []string
		for _, w := range words(s.Name) {
			stems = append(stems, nameStem(w.low))
		}
		if len(stems) == 0 {
			continue
		}
		f.byStem[stems[0]] = append(f.byStem[stems[0]], entry{i, stems})
		if alt := fleeting(stems[0]); alt != "" && len(stems) == 1 {
			f.byStem[alt] = append(f.byStem[alt], entry{i, []string{alt}})
		}
		if r := []rune(fold(s.Name)); len(r) >= 5 {
			key := string(r[:1])
			f.byLetters[key] = append(f.byLetters[key], i)
		}
	}
	for _, m := range pack.Municipalities {
		for _, w := range words(m.Short) {
			if strings.HasSuffix(w.low, "ский") || strings.HasSuffix(w.low, "ской") || strings.HasSuffix(w.low, "цкий") {
				if s := nameStem(w.low); f.districts[s] == "" || !strings.Contains(fold(m.Name), "городской") {
					f.districts[s] = m.Code
				}
			}
		}
		_, name, _ := strings.Cut(m.Centre, " ")
		for _, s := range pack.Settlements {
			if s.Name == name && isTown(s.Type) {
				f.centres[s.OKTMO] = true
			}
		}
	}
	return f
}

func isTown(t string) bool { return t == "г" || t == "пгт" }

// Settlement gives a settlement by its OKTMO.
func (f *Finder) Settlement(oktmo string) (config.Settlement, bool) {
	i, ok := f.byCode[oktmo]
	if !ok {
		return config.Settlement{}, false
	}
	return f.pack.Settlements[i], true
}

// farthest is how far from every centre a point may lie and still be in the region, in km: no district reaches farther.
const farthest = 110

// At gives the municipality of a point: by the boundaries, else that of the nearest centre, which somebody must confirm.
// ok is false outside the region.
func (f *Finder) At(lat, lon float64) (s Spot, ok bool) {
	if math.IsNaN(lat) || math.IsNaN(lon) || math.Abs(lat) > 90 || math.Abs(lon) > 180 {
		return Spot{}, false
	}
	best := math.Inf(1)
	for i := range f.pack.Municipalities {
		m := &f.pack.Municipalities[i]
		// Of two centres at one point, that of the town around it.
		if d := distance(lat, lon, m.Lat, m.Lon); d < best || (d == best && strings.Contains(fold(m.Name), "городской")) {
			best = d
			_, near, _ := strings.Cut(m.Centre, " ")
			s = Spot{Municipality: m.Code, Near: near, DistanceKm: d}
		}
	}
	if f.bounds != nil {
		if code, in := f.bounds.At(lat, lon); in {
			s.Municipality, s.Certain = code, true
			return s, true
		}
	}
	return s, best <= farthest
}

// distance is the great circle's, in km.
func distance(lat1, lon1, lat2, lon2 float64) float64 {
	const earth, rad = 6371, math.Pi / 180
	a := math.Sin((lat2 - lat1) * rad / 2)
	b := math.Sin((lon2 - lon1) * rad / 2)
	h := a*a + math.Cos(lat1*rad)*math.Cos(lat2*rad)*b*b
	return 2 * earth * math.Asin(math.Sqrt(min(h, 1)))
}
