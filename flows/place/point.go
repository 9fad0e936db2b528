package place

import (
	"math"
	"strings"
)

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
		if d := kilometres(lat, lon, m.Lat, m.Lon); d < best || d == best && isUrban(m) {
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
	if f.bounds != nil && f.known(s.Municipality) {
		// Outlines are simplified: close by, the point may be inside nevertheless.
		code, in := f.beside(lat, lon)
		if in {
			s.Municipality = code
		}
		return s, in
	}
	return s, best <= farthest
}

// known tells whether the boundaries have an outline where a municipality's centre is: a file may lack some.
func (f *Finder) known(code string) bool {
	m := f.pack.Municipality(code)
	_, ok := f.bounds.At(m.Lat, m.Lon)
	return ok
}

// margin is how far outside every outline a point may lie and still be taken, in degrees of latitude: 2 km.
const margin = 2 / 111.2

// beside gives the municipality whose outline passes near a point that lies in none.
func (f *Finder) beside(lat, lon float64) (code string, ok bool) {
	wide := margin / math.Max(math.Cos(lat*math.Pi/180), 0.1)
	for _, part := range []float64{0.25, 0.5, 1} {
		for a := range 8 {
			sin, cos := math.Sincos(float64(a) * math.Pi / 4)
			if code, ok = f.bounds.At(lat+part*margin*sin, lon+part*wide*cos); ok {
				return code, true
			}
		}
	}
	return "", false
}

// kilometres is the great circle between two points.
func kilometres(lat1, lon1, lat2, lon2 float64) float64 {
	const earth, rad = 6371, math.Pi / 180
	a := math.Sin((lat2 - lat1) * rad / 2)
	b := math.Sin((lon2 - lon1) * rad / 2)
	h := a*a + math.Cos(lat1*rad)*math.Cos(lat2*rad)*b*b
	return 2 * earth * math.Asin(math.Sqrt(min(h, 1)))
}
