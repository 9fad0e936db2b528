package chart

import (
	"math"
	"strings"
)

// Grid draws a table of figures, the darker the more. Shades go by the square root, so that one large topic does not make
// all others white.
type Grid struct {
	Head
	Columns []string // months, short
	Rows    []Line
}

// Line is a row of the grid. A column that it has no figure of is empty.
type Line struct {
	Label  string
	Values []float64
}

const shades = 9

// PNG draws the grid, 1280 wide, or wider where the figures do not fit.
func (g Grid) PNG() ([]byte, error) {
	pens, err := newPens()
	if err != nil {
		return nil, err
	}
	var all []float64
	for _, l := range g.Rows {
		all = append(all, l.Values[:min(len(l.Values), len(g.Columns))]...)
	}
	most, any := largest(all)
	if !any {
		return g.nothing(pens)
	}
	cell := g.cell(pens)
	columns := float64(len(g.Columns))
	label := g.label(pens, width-2*margin-columns*cell)
	cell = max(cell, min((width-2*margin-label)/columns, 140))
	wide := max(width, label+columns*cell+2*margin)
	const high, heads = 84, 52
	c, r := g.page(pens, wide, heads+high*float64(len(g.Rows)))
	left := r.left + label
	for i, month := range g.Columns {
		c.write(pens.small.fit(month, cell-6), pens.small, left+(float64(i)+0.5)*cell, r.top+32, middle, muted)
	}
	for i, l := range g.Rows {
		top := r.top + heads + float64(i)*high
		g.name(c, pens, l.Label, r.left, top+high/2, label-18)
		for k := range g.Columns {
			at := room{left: left + float64(k)*cell + 1.5, top: top + 1.5, right: left + float64(k+1)*cell - 1.5, bottom: top + high - 1.5}
			v := math.NaN()
			if k < len(l.Values) {
				v = l.Values[k]
			}
			g.draw(c, pens, at, v, most)
		}
	}
	return c.png()
}

// cell gives the width that the widest figure and the widest month need.
func (g *Grid) cell(pens *pens) float64 {
	w := 56.0
	for _, l := range g.Rows {
		for _, v := range l.Values {
			if known(v) {
				w = max(w, pens.small.measure(clean(g.figure(v)))+8)
			}
		}
	}
	for _, month := range g.Columns {
		w = max(w, pens.small.measure(clean(month))+8)
	}
	return min(w, 260)
}

// figure writes a value; one of four digits has no space in it, as room is short.
func (g *Grid) figure(v float64) string {
	if v < 10_000 {
		return strings.ReplaceAll(g.number(v), thin, "")
	}
	return g.number(v)
}

// label gives the width of the names of rows: they may take two lines each.
func (g *Grid) label(pens *pens, room float64) float64 {
	room = min(max(room, 260), 460)
	var w float64
	for _, l := range g.Rows {
		w = max(w, pens.small.widest(pens.small.wrap(l.Label, room-18, 2)))
	}
	return w + 18
}

func (g *Grid) name(c *canvas, pens *pens, label string, x, mid, room float64) {
	lines := pens.small.wrap(label, room+1, 2)
	c.lines(lines, pens.small, x, mid-pens.small.height(len(lines))/2-1, ink)
}

func (g *Grid) draw(c *canvas, pens *pens, at room, v, most float64) {
	mid := (at.left + at.right) / 2
	base := math.Round((at.top+at.bottom)/2 + pens.small.cap/2)
	if !known(v) {
		c.fill([]path{box(at.left, at.top, at.right, at.bottom)}, ground)
		c.write("–", pens.small, mid, base, middle, muted)
		return
	}
	shade := g.shade(v, most)
	c.fill([]path{box(at.left, at.top, at.right, at.bottom)}, ramp(shade, shades))
	c.write(pens.small.fit(g.figure(v), at.wide()), pens.small, mid, base, middle, over(ramp(shade, shades)))
}

func (g *Grid) shade(v, most float64) int {
	if most <= 0 {
		return 0
	}
	return int(math.Round(math.Sqrt(v/most) * (shades - 1)))
}
