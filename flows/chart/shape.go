package chart

import (
	"image/color"
	"math"
)

func box(left, top, right, bottom float64) path {
	return path{{left, top}, {right, top}, {right, bottom}, {left, bottom}}
}

func circle(at point, radius float64) path {
	n := min(max(12, int(radius*1.5)), 96)
	p := make(path, n)
	for i := range p {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		p[i] = point{at.x + radius*cos, at.y + radius*sin}
	}
	return p
}

// sign is the shape that a series is known by beside its colour: a circle, a square, a triangle.
func sign(kind int, at point, radius float64) path {
	switch kind % 3 {
	case 1:
		r := radius * 0.9
		return box(at.x-r, at.y-r, at.x+r, at.y+r)
	case 2:
		r := radius * 1.2
		return path{{at.x, at.y - r}, {at.x + r*0.95, at.y + r*0.7}, {at.x - r*0.95, at.y + r*0.7}}
	}
	return circle(at, radius)
}

// line draws a line through points, its ends and corners round.
func (c *canvas) line(points []point, thick float64, col color.RGBA) {
	c.fill(stroke(points, thick), col)
}

// stroke gives the outlines of a thick line, all of them the same way round, so that they add up.
func stroke(points []point, thick float64) []path {
	r := thick / 2
	var out []path
	for i, p := range points {
		out = append(out, circle(p, r))
		if i == 0 {
			continue
		}
		q := points[i-1]
		length := math.Hypot(p.x-q.x, p.y-q.y)
		if length == 0 {
			continue
		}
		nx, ny := -(p.y-q.y)/length*r, (p.x-q.x)/length*r
		out = append(out, path{{q.x - nx, q.y - ny}, {p.x - nx, p.y - ny}, {p.x + nx, p.y + ny}, {q.x + nx, q.y + ny}})
	}
	return out
}

// turned gives the path the way round that is asked for: clockwise on the screen, or against it.
func (p path) turned(clockwise bool) path {
	if (p.area() > 0) == clockwise {
		return p
	}
	back := make(path, len(p))
	for i, q := range p {
		back[len(p)-1-i] = q
	}
	return back
}

// area is above zero where the path runs clockwise on the screen.
func (p path) area() float64 {
	var sum float64
	for i, a := range p {
		b := p[(i+1)%len(p)]
		sum += a.x*b.y - b.x*a.y
	}
	return sum / 2
}
