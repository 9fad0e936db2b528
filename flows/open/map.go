package open

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/simplify"

	"otklik/config"
)

const (
	mapWidth = 800.0
	// detail is how far, in degrees, a simplified outline may lie from the true one: half a pixel or so.
	detail = 0.004
	// steps is how many shades there are beside that of nothing.
	steps = 5
)

// atlas is the map without figures.
type atlas struct {
	Height float64
	paths  map[string]string     // by code: an outline as SVG has it
	dots   map[string][2]float64 // by code: where there is none
}

// survey draws the outlines, or dots at the centres, equally wide and high at the region's middle.
func survey(pack *config.Pack, shape func(string) orb.MultiPolygon) *atlas {
	a := &atlas{paths: map[string]string{}, dots: map[string][2]float64{}}
	shapes := map[string]orb.MultiPolygon{}
	var frame orb.Bound
	for i := range pack.Municipalities {
		m := &pack.Municipalities[i]
		bound := orb.Point{m.Lon, m.Lat}.Bound()
		if shape != nil {
			if s := shape(m.Code); len(s) > 0 {
				shapes[m.Code] = simplify.DouglasPeucker(detail).MultiPolygon(s.Clone())
				bound = s.Bound()
			}
		}
		if i == 0 {
			frame = bound
		}
		frame = frame.Union(bound)
	}
	const border = 14.0
	lean := math.Cos(frame.Center().Lat() * math.Pi / 180)
	scale := (mapWidth - 2*border) / max((frame.Max.Lon()-frame.Min.Lon())*lean, 0.01)
	a.Height = math.Ceil((frame.Max.Lat()-frame.Min.Lat())*scale + 2*border)
	at := func(p orb.Point) (x, y float64) {
		return (p.Lon()-frame.Min.Lon())*lean*scale + border, (frame.Max.Lat()-p.Lat())*scale + border
	}
	for i := range pack.Municipalities {
		m := &pack.Municipalities[i]
		if s := shapes[m.Code]; s != nil {
			a.paths[m.Code] = outline(s, at)
		} else {
			x, y := at(orb.Point{m.Lon, m.Lat})
			a.dots[m.Code] = [2]float64{math.Round(x), math.Round(y)}
		}
	}
	return a
}

// outline gives a shape as SVG has it; rings of which nothing is left are left out.
func outline(s orb.MultiPolygon, at func(orb.Point) (x, y float64)) string {
	var b strings.Builder
	for _, polygon := range s {
		for _, ring := range polygon {
			if len(ring) < 4 {
				continue
			}
			for i, p := range ring[:len(ring)-1] {
				x, y := at(p)
				fmt.Fprintf(&b, "%c%.1f %.1f", "ML"[min(i, 1)], x, y)
			}
			b.WriteByte('Z')
		}
	}
	return b.String()
}

// area is a district on the map.
type area struct {
	row
	Path  string
	X, Y  float64
	R     float64
	Step  int // of the shade, 0 for nothing
	Title string
}

// part moves dots off each other, the smaller one further: a town and the district around it have one centre.
func part(areas []area) {
	for range 80 {
		for i := range areas {
			for k := range areas[:i] {
				a, b := &areas[k], &areas[i]
				if a.Path != "" || b.Path != "" {
					continue
				}
				dx, dy := b.X-a.X, b.Y-a.Y
				far := math.Hypot(dx, dy)
				over := a.R + b.R - far
				if over <= 0 {
					continue
				}
				if far < 1e-6 {
					dx, dy, far = 1, 0.4, math.Hypot(1, 0.4)
				}
				share := a.R * a.R / (a.R*a.R + b.R*b.R)
				b.X, b.Y = b.X+dx/far*over*share, b.Y+dy/far*over*share
				a.X, a.Y = a.X-dx/far*over*(1-share), a.Y-dy/far*over*(1-share)
			}
		}
	}
	for i := range areas {
		areas[i].X, areas[i].Y = math.Round(areas[i].X*10)/10, math.Round(areas[i].Y*10)/10
	}
}

// shade is a step of the legend.
type shade struct {
	Step  int
	Words string
}

// edges gives the least numbers of the shades: of as many districts each, as far as numbers differ.
func edges(rows []row) (list []int64) {
	var all []int64
	for _, r := range rows {
		if n := r.Received(); n > 0 {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	for i := range steps {
		if len(all) == 0 {
			break
		}
		if n := all[i*len(all)/steps]; len(list) == 0 || n > list[len(list)-1] {
			list = append(list, n)
		}
	}
	return list
}

// step gives the shade of a number.
func step(edges []int64, n int64) (s int) {
	for i, e := range edges {
		if n >= e {
			s = i + 1 + steps - len(edges)
		}
	}
	return s
}
