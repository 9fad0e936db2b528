package chart

import (
	"image/color"
	"math"
	"slices"
)

// Trend draws one to three series over time as lines above zero, each named where it ends. What is no figure is a gap.
type Trend struct {
	Head
	Series []Series // the most important first; a fourth would not be told apart and is left out
	Before Series   // the same time of the year before, a pale line; without values there is none
	Ticks  []Tick   // few of them: where they would touch, each second is left out
}

// Series is a line: a value for each step of time, all series from the same first step on.
type Series struct {
	Name   string
	Values []float64
}

// Tick is a word below the axis, at the step of time counted from 0.
type Tick struct {
	At    int
	Label string
}

// curve is a series as it is drawn.
type curve struct {
	Series
	kind  int // the shape of its sign; -1: none
	thick float64
	line  color.RGBA
	text  color.RGBA
}

// PNG draws the trend, 1280 by about 960.
func (t Trend) PNG() ([]byte, error) {
	pens, err := newPens()
	if err != nil {
		return nil, err
	}
	curves := t.curves()
	var all []float64
	span := 0
	for _, c := range curves {
		all = append(all, c.Values...)
		span = max(span, len(c.Values))
	}
	most, any := largest(all)
	if !any {
		return t.nothing(pens)
	}
	c, r := t.page(pens, width, 720)
	marks := steps(most, whole(all))
	plot := t.axis(c, pens, r, marks, curves)
	at := func(i int, v float64) point {
		share := 0.5
		if span > 1 {
			share = float64(i) / float64(span-1)
		}
		return point{plot.left + share*plot.wide(), plot.bottom - v/marks[len(marks)-1]*plot.high()}
	}
	shown := t.ticks(c, pens, plot, span, at)
	for _, one := range slices.Backward(curves) {
		one.draw(c, shown, at)
	}
	t.names(c, pens, plot, r.right, curves, at)
	return c.png()
}

func (t *Trend) curves() []curve {
	colours := []color.RGBA{blue, vermilion, black}
	var out []curve
	for i, s := range t.Series[:min(len(t.Series), len(colours))] {
		if _, any := largest(s.Values); any {
			out = append(out, curve{Series: s, kind: i, thick: 6, line: colours[i], text: colours[i]})
		}
	}
	if _, any := largest(t.Before.Values); any {
		out = append(out, curve{Series: t.Before, kind: -1, thick: 5, line: faint, text: muted})
	}
	return out
}

func whole(values []float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return known(v) && v != math.Trunc(v) })
}

// axis draws the marks and gives the room of the lines: what the marks on the left and the names on the right leave.
func (t *Trend) axis(c *canvas, pens *pens, r room, marks []float64, curves []curve) room {
	var left, right float64
	for _, m := range marks {
		left = max(left, pens.small.measure(t.number(m)))
	}
	for _, one := range curves {
		right = max(right, pens.text.widest(t.label(pens, one)), pens.strong.measure(t.last(one)))
	}
	plot := room{left: r.left + min(left, 200) + 18, top: r.top + 24, right: r.right - min(right, widestName) - 34, bottom: r.bottom - 60}
	for _, m := range marks {
		y := math.Round(plot.bottom - m/marks[len(marks)-1]*plot.high())
		thick, col := 2.0, rule
		if m == 0 {
			thick, col = 3, muted
		}
		c.fill([]path{box(plot.left, y-thick/2, plot.right, y+thick/2)}, col)
		c.write(pens.small.fit(t.number(m), 200), pens.small, plot.left-18, y+pens.small.cap/2, end, muted)
	}
	return plot
}

const widestName = 290

func (t *Trend) label(pens *pens, one curve) []string {
	return pens.text.wrap(one.Name, widestName, 2)
}

func (t *Trend) last(one curve) string { return t.number(one.Values[one.ends()]) }

// ends gives the last step that has a figure.
func (one curve) ends() int {
	i := len(one.Values) - 1
	for i > 0 && !known(one.Values[i]) {
		i--
	}
	return i
}

// ticks writes the words below the axis, all of them or each second, third, … as there is room, and gives the steps at
// which one stands.
func (t *Trend) ticks(c *canvas, pens *pens, plot room, span int, at func(int, float64) point) []int {
	sorted := slices.DeleteFunc(slices.Clone(t.Ticks), func(k Tick) bool { return k.At < 0 || k.At >= span })
	slices.SortStableFunc(sorted, func(a, b Tick) int { return a.At - b.At })
	lay := func(k Tick) (word string, mid, half float64) {
		word = pens.small.fit(k.Label, 260)
		half = pens.small.measure(word) / 2
		return word, min(max(at(k.At, 0).x, margin+half), plot.right+60-half), half
	}
	fits := func(each int) bool {
		edge := math.Inf(-1)
		for i := 0; i < len(sorted); i += each {
			_, mid, half := lay(sorted[i])
			if mid-half < edge {
				return false
			}
			edge = mid + half + 20
		}
		return true
	}
	each := 1
	for each < len(sorted) && !fits(each) {
		each++
	}
	var shown []int
	for i := 0; i < len(sorted); i += each {
		word, mid, _ := lay(sorted[i])
		x := at(sorted[i].At, 0).x
		c.fill([]path{box(x-1.5, plot.bottom, x+1.5, plot.bottom+10)}, muted)
		c.write(word, pens.small, mid, plot.bottom+48, middle, muted)
		shown = append(shown, sorted[i].At)
	}
	return shown
}

// draw draws the line, with the series' sign at the ticks, where it ends, and where a figure has no neighbours.
func (one curve) draw(c *canvas, ticks []int, at func(int, float64) point) {
	var run []point
	flush := func() {
		switch {
		case len(run) > 1:
			c.line(run, one.thick, one.line)
		case len(run) == 1:
			c.fill([]path{circle(run[0], one.thick)}, one.line)
		}
		run = nil
	}
	for i, v := range one.Values {
		if !known(v) {
			flush()
			continue
		}
		run = append(run, at(i, v))
	}
	flush()
	if one.kind < 0 {
		return
	}
	for i, v := range one.Values {
		if known(v) && (i == one.ends() || slices.Contains(ticks, i)) {
			c.fill([]path{sign(one.kind, at(i, v), 14)}, white)
			c.fill([]path{sign(one.kind, at(i, v), 11)}, one.line)
		}
	}
}

// names writes each series' last value and name at the right, as high as it ends, and no two on each other.
func (t *Trend) names(c *canvas, pens *pens, plot room, right float64, curves []curve, at func(int, float64) point) {
	slices.SortStableFunc(curves, func(a, b curve) int {
		return int(at(0, a.Values[a.ends()]).y - at(0, b.Values[b.ends()]).y)
	})
	middles, heights := make([]float64, len(curves)), make([]float64, len(curves))
	for i, one := range curves {
		middles[i] = at(0, one.Values[one.ends()]).y
		heights[i] = pens.strong.height(1) + pens.text.height(len(t.label(pens, one))) + 10
	}
	for i, y := range spread(middles, heights, plot.top-20, plot.bottom+50) {
		one := curves[i]
		tip := at(one.ends(), one.Values[one.ends()])
		x := plot.right + 34
		if math.Abs(y-tip.y) > heights[i]/2 {
			c.line([]point{{tip.x + 14, tip.y}, {x - 8, y}}, 2, one.line)
		}
		top := y - heights[i]/2 + 4
		c.write(pens.strong.fit(t.last(one), right-x), pens.strong, x, top+pens.strong.size*0.95, start, one.text)
		c.lines(t.label(pens, one), pens.text, x, top+pens.strong.height(1)-2, ink)
	}
}
