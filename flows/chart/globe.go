package chart

import (
	"math"

	"github.com/paulmach/orb"
)

// globe lays a part of the earth flat: Lambert's equal-area projection about the part's middle. Areas stay true, which is
// what shades are compared by; a region of a thousand kilometres is bent by less than a percent, and the 180th meridian
// is no edge.
type globe struct{ lat, lon float64 } // radians

// about gives the projection for points in degrees.
func about(points []orb.Point) globe {
	var x, y, z float64
	for _, p := range points {
		lat, lon := p.Lat()*math.Pi/180, p.Lon()*math.Pi/180
		x += math.Cos(lat) * math.Cos(lon)
		y += math.Cos(lat) * math.Sin(lon)
		z += math.Sin(lat)
	}
	return globe{lat: math.Atan2(z, math.Hypot(x, y)), lon: math.Atan2(y, x)}
}

// flat gives the place of a point in radii of the earth from the middle, y downwards.
func (g globe) flat(p orb.Point) point {
	lat, lon := p.Lat()*math.Pi/180, p.Lon()*math.Pi/180-g.lon
	k := math.Sqrt(2 / max(1e-6, 1+math.Sin(g.lat)*math.Sin(lat)+math.Cos(g.lat)*math.Cos(lat)*math.Cos(lon)))
	return point{
		x: k * math.Cos(lat) * math.Sin(lon),
		y: -k * (math.Cos(g.lat)*math.Sin(lat) - math.Sin(g.lat)*math.Cos(lat)*math.Cos(lon)),
	}
}

// sheet places flat points in a picture.
type sheet struct {
	globe
	scale  float64
	origin point
	lo, hi point // of the flat points
}

// fitted gives the sheet that shows all points as large as the room lets.
func fitted(points []orb.Point, wide, high float64) sheet {
	s := sheet{globe: about(points), lo: point{math.Inf(1), math.Inf(1)}, hi: point{math.Inf(-1), math.Inf(-1)}}
	for _, p := range points {
		q := s.flat(p)
		s.lo, s.hi = point{min(s.lo.x, q.x), min(s.lo.y, q.y)}, point{max(s.hi.x, q.x), max(s.hi.y, q.y)}
	}
	s.scale = min(wide/max(s.hi.x-s.lo.x, 1e-4), high/max(s.hi.y-s.lo.y, 1e-4))
	return s
}

func (s *sheet) high() float64 { return (s.hi.y - s.lo.y) * s.scale }

// centre puts the middle of the points there.
func (s *sheet) centre(x, y float64) {
	s.origin = point{x - (s.lo.x+s.hi.x)/2*s.scale, y - (s.lo.y+s.hi.y)/2*s.scale}
}

func (s *sheet) at(p orb.Point) point {
	q := s.flat(p)
	return point{s.origin.x + q.x*s.scale, s.origin.y + q.y*s.scale}
}

// outline gives the rings of a shape, holes the other way round.
func (s *sheet) outline(shape orb.MultiPolygon) []path {
	var out []path
	for _, polygon := range shape {
		for i, ring := range polygon {
			if len(ring) < 3 {
				continue
			}
			p := make(path, len(ring))
			for k, q := range ring {
				p[k] = s.at(q)
			}
			out = append(out, p.turned(i == 0))
		}
	}
	return out
}

// sound says whether a point is one on the earth, other than the nought of a place without coordinates.
func sound(p orb.Point) bool {
	return p != orb.Point{} && math.Abs(p.Lat()) <= 90 && math.Abs(p.Lon()) <= 180
}

// drawable says whether a shape has outlines of points on the earth only.
func drawable(shape orb.MultiPolygon) bool {
	any := false
	for _, polygon := range shape {
		for _, ring := range polygon {
			for _, p := range ring {
				if !(math.Abs(p.Lat()) <= 90 && math.Abs(p.Lon()) <= 180) {
					return false
				}
			}
			any = any || len(ring) >= 3
		}
	}
	return any
}

// heart gives the centre of gravity of the largest outline.
func heart(outline []path) point {
	var most path
	for _, p := range outline {
		if most == nil || p.area() > most.area() {
			most = p
		}
	}
	var c point
	var sum float64
	for i, a := range most {
		b := most[(i+1)%len(most)]
		k := a.x*b.y - b.x*a.y
		c.x, c.y, sum = c.x+(a.x+b.x)*k, c.y+(a.y+b.y)*k, sum+k
	}
	if math.Abs(sum) < 1e-9 {
		return most[0]
	}
	return point{c.x / sum / 3, c.y / sum / 3}
}
