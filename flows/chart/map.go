package chart

import (
	"image/color"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Map shades places by a value. A place with a shape is drawn as an area; one without as a dot at its centre.
type Map struct {
	Head
	Places []Place
	// Edges are the lower edges of the classes but the first, rising; nil makes five classes of about as many places.
	Edges  []float64
	Labels int // how many of the largest values are named, as far as there is room; 0 names eight
}

// Place is an area or a dot. What has no figure is hatched.
type Place struct {
	Name   string
	Value  float64
	Text   string           // below the name; empty writes the value
	Weight float64          // what the dot's area shows; 0 takes the value
	Centre orb.Point        // lon, lat in degrees
	Shape  orb.MultiPolygon // lon, lat in degrees; nil draws a dot
}

// spot is a place as it is drawn.
type spot struct {
	Place
	outline []path // of an area; nil for a dot
	at      point
	radius  float64 // of a dot; of an area, as far as its name may lie in it
}

const (
	mostClasses = 6 // more shades of one colour are not told apart
	mostHigh    = 1180
	largestDot  = 72
	smallestDot = 15
	legendHigh  = 96
)

var (
	blank      = rgb(0xf1f3f5)
	blankLines = rgb(0xc3c9d0)
	coast      = rgb(0x7d8792)
)

// PNG draws the map, 1280 wide and at most about 1550 high.
func (m Map) PNG() ([]byte, error) {
	pens, err := newPens()
	if err != nil {
		return nil, err
	}
	values := make([]float64, 0, len(m.Places))
	var frame []orb.Point
	for _, p := range m.Places {
		values = append(values, p.Value)
		frame = append(frame, p.corners()...)
	}
	_, any := largest(values)
	if !any || len(frame) == 0 {
		return m.nothing(pens)
	}
	edges := m.edges(values)
	border := 20.0
	if slices.ContainsFunc(m.Places, func(p Place) bool { return !drawable(p.Shape) }) {
		border = largestDot + 10
	}
	s := fitted(frame, width-2*margin-2*border, mostHigh-2*border)
	high := max(s.high()+2*border, 300)
	c, r := m.page(pens, width, high+legendHigh+10)
	s.centre(width/2, r.top+high/2)
	spots := m.spots(&s)
	m.paint(c, spots, edges)
	m.name(c, pens, room{left: r.left / 2, top: r.top, right: c.right() - r.left/2, bottom: r.top + high}, spots)
	m.legend(c, pens, room{left: r.left, top: r.top + high + 10, right: r.right, bottom: r.bottom}, edges, values)
	return c.png()
}

func (c *canvas) right() float64 { return float64(c.img.Rect.Max.X) }

// corners are the points that the map must show of a place.
func (p *Place) corners() []orb.Point {
	if !drawable(p.Shape) {
		if sound(p.Centre) {
			return []orb.Point{p.Centre}
		}
		return nil
	}
	var out []orb.Point
	for _, polygon := range p.Shape {
		if len(polygon) > 0 {
			out = append(out, polygon[0]...)
		}
	}
	return out
}

func (m *Map) edges(values []float64) []float64 {
	if m.Edges == nil {
		return classes(values, 5)
	}
	edges := slices.DeleteFunc(slices.Clone(m.Edges), func(v float64) bool { return !known(v) || v == 0 })
	slices.Sort(edges)
	edges = slices.Compact(edges)
	return edges[:min(len(edges), mostClasses-1)]
}

// spots gives the places that can be drawn, areas first, the larger before what may lie in it.
func (m *Map) spots(s *sheet) []spot {
	var out []spot
	var most float64
	for _, p := range m.Places {
		if !drawable(p.Shape) {
			most = max(most, p.weight())
		}
	}
	for _, p := range m.Places {
		switch {
		case drawable(p.Shape):
			o := s.outline(p.Shape)
			out = append(out, spot{Place: p, outline: o, at: heart(o), radius: extentRadius(o)})
		case sound(p.Centre):
			radius := float64(smallestDot)
			if most > 0 {
				radius = max(radius, largestDot*math.Sqrt(p.weight()/most))
			}
			out = append(out, spot{Place: p, at: s.at(p.Centre), radius: radius})
		}
	}
	slices.SortStableFunc(out, func(a, b spot) int {
		if (a.outline == nil) != (b.outline == nil) {
			if b.outline == nil {
				return -1
			}
			return 1
		}
		switch {
		case a.radius > b.radius:
			return -1
		case a.radius < b.radius:
			return 1
		}
		return 0
	})
	part(out)
	return out
}

func (p *Place) weight() float64 {
	switch {
	case known(p.Weight) && p.Weight > 0:
		return p.Weight
	case known(p.Value):
		return p.Value
	}
	return 0
}

func extentRadius(o []path) float64 {
	e := extent(o)
	return float64(e.Dx()) / 2
}

// part moves dots off each other, the smaller one further: a town and the district around it have one centre.
func part(spots []spot) {
	for range 80 {
		for i := range spots {
			for k := i + 1; k < len(spots); k++ {
				a, b := &spots[i], &spots[k]
				if a.outline != nil || b.outline != nil {
					continue
				}
				dx, dy := b.at.x-a.at.x, b.at.y-a.at.y
				far := math.Hypot(dx, dy)
				over := (a.radius+b.radius)*0.96 - far
				if over <= 0 {
					continue
				}
				if far < 1e-6 {
					dx, dy, far = 1, 0.4, math.Hypot(1, 0.4)
				}
				share := a.radius * a.radius / (a.radius*a.radius + b.radius*b.radius)
				b.at = point{b.at.x + dx/far*over*share, b.at.y + dy/far*over*share}
				a.at = point{a.at.x - dx/far*over*(1-share), a.at.y - dy/far*over*(1-share)}
			}
		}
	}
}

func (m *Map) paint(c *canvas, spots []spot, edges []float64) {
	for _, s := range spots { // a dark edge around them all: the palest would be lost on white
		for _, p := range s.outline {
			if math.Abs(p.area()) > 400 { // around a speck of land there would be nothing but edge
				c.line(append(p[:len(p):len(p)], p[0]), 6, coast)
			}
		}
	}
	for _, s := range spots {
		outline, edge := s.outline, min(2.5, s.radius/12) // a town is not hidden by its edge
		if outline == nil {
			outline, edge = []path{circle(s.at, s.radius)}, 4
		}
		if known(s.Value) {
			c.fill(outline, ramp(class(s.Value, edges), len(edges)+1))
		} else {
			c.hatch(outline, blank, blankLines)
		}
		for _, p := range outline {
			c.line(append(p[:len(p):len(p)], p[0]), edge, white)
		}
		if s.outline == nil { // the palest dots would be lost on white
			round := circle(s.at, s.radius)
			c.line(append(round, round[0]), 2, blue)
		}
	}
}

// legend draws a swatch for each class, with its values below, and one for places without a figure if there are any.
func (m *Map) legend(c *canvas, pens *pens, r room, edges, values []float64) {
	type swatch struct {
		col  *color.RGBA
		text string
	}
	var all []swatch
	for i := 0; i <= len(edges); i++ {
		col := ramp(i, len(edges)+1)
		all = append(all, swatch{&col, m.between(i, edges, values)})
	}
	if slices.ContainsFunc(values, func(v float64) bool { return !known(v) }) {
		all = append(all, swatch{nil, m.Empty})
	}
	each := min(r.wide()/float64(len(all)), 230)
	left := (r.left + r.right - each*float64(len(all))) / 2
	for i, s := range all {
		x := left + float64(i)*each
		if s.col == nil {
			x += 10
			c.hatch([]path{box(x, r.top, x+each-10, r.top+34)}, blank, blankLines)
			c.write(pens.small.fit(s.text, each-10), pens.small, x+(each-10)/2, r.top+76, middle, ink)
			continue
		}
		c.fill([]path{box(x, r.top, x+each-3, r.top+34)}, *s.col)
		c.write(pens.small.fit(s.text, each-6), pens.small, x+each/2, r.top+76, middle, ink)
	}
}

// between says which values a class holds.
func (m *Map) between(i int, edges, values []float64) string {
	switch {
	case len(edges) == 0:
		most, _ := largest(values)
		return "≤ " + m.number(most)
	case i == 0:
		return "< " + m.number(edges[0])
	case i == len(edges):
		return "≥ " + m.number(edges[i-1])
	}
	return m.number(edges[i-1]) + "–" + m.number(edges[i])
}
