package chart

import (
	"math"
	"slices"
)

// Bars draws rows with a bar each, in the order given, from zero.
type Bars struct {
	Head
	Rows []Row

	Whole, Part string // what a bar and the dark part of it show; told above the rows when any row has a part
	Pale        string // said above the pale rows: why they stand apart
}

// Row is a bar. Without a figure it has none, and the word of Head.Empty instead.
type Row struct {
	Label string
	Value float64
	Text  string  // beside the bar; empty writes the value
	Part  float64 // the dark beginning of the bar, in the value's measure
	Pale  bool    // too small a number to be ranked: it stands below the others
}

const (
	widestLabel = 480
	widestText  = 300
	rowsHigh    = 50 // of many rows
	rowsLow     = 92 // of few, with room for two lines
)

// PNG draws the bars, 1280 wide; 45 rows are about 2550 high.
func (b Bars) PNG() ([]byte, error) {
	pens, err := newPens()
	if err != nil {
		return nil, err
	}
	rows, pale := b.sorted()
	values := make([]float64, len(rows))
	for i, r := range rows {
		values[i] = r.Value
	}
	most, any := largest(values)
	if !any {
		return b.nothing(pens)
	}
	each := min(max(760/float64(len(rows)), rowsHigh), rowsLow)
	high := each * float64(len(rows))
	key := b.hasPart(rows)
	if key {
		high += 56
	}
	if pale < len(rows) {
		high += 76
	}
	c, r := b.page(pens, width, high)
	y := r.top
	if key {
		b.key(c, pens, r)
		y += 56
	}
	left, right := b.columns(pens, rows)
	bar := room{left: r.left + left, right: r.right - right, bottom: each}
	for i, row := range rows {
		if i == pale {
			b.divide(c, pens, r, y)
			y += 76
		}
		bar.top, bar.bottom = y+each*0.16, y+each*0.84
		b.row(c, pens, r.left, bar, row, most)
		y += each
	}
	return c.png()
}

// sorted gives the rows with the pale ones last, and how many are not pale.
func (b *Bars) sorted() ([]Row, int) {
	rows := slices.Clone(b.Rows)
	slices.SortStableFunc(rows, func(x, y Row) int {
		switch {
		case x.Pale == y.Pale:
			return 0
		case y.Pale:
			return -1
		}
		return 1
	})
	n := slices.IndexFunc(rows, func(r Row) bool { return r.Pale })
	if n < 0 {
		n = len(rows)
	}
	return rows, n
}

func (b *Bars) hasPart(rows []Row) bool {
	return (b.Whole != "" || b.Part != "") && slices.ContainsFunc(rows, func(r Row) bool { return known(r.Part) && r.Part > 0 })
}

func (b *Bars) text(r Row) string {
	switch {
	case !known(r.Value):
		return b.Empty
	case r.Text != "":
		return r.Text
	}
	return b.number(r.Value)
}

// columns gives how wide the labels on the left and the values on the right are.
func (b *Bars) columns(pens *pens, rows []Row) (left, right float64) {
	for _, r := range rows {
		left = max(left, pens.text.measure(pens.text.fit(r.Label, widestLabel)))
		if known(r.Value) {
			right = max(right, pens.strong.measure(pens.strong.fit(b.text(r), widestText)))
		}
	}
	return left + 20, right + 16
}

func (b *Bars) row(c *canvas, pens *pens, left float64, bar room, row Row, most float64) {
	base := math.Round((bar.top+bar.bottom)/2 + pens.text.cap/2)
	name, value, light, dark := ink, ink, sky, blue
	if row.Pale {
		name, value, light, dark = muted, muted, rule, faint
	}
	if bar.high() > 0.65*rowsLow && pens.text.measure(clean(row.Label)) > widestLabel {
		two := pens.small.wrap(row.Label, widestLabel, 2)
		c.lines(two, pens.small, left, (bar.top+bar.bottom)/2-pens.small.height(len(two))/2, name)
	} else {
		c.write(pens.text.fit(row.Label, widestLabel), pens.text, left, base, start, name)
	}
	if !known(row.Value) {
		c.write(pens.text.fit(b.Empty, bar.wide()), pens.text, bar.left, base, start, muted)
		return
	}
	if most == 0 {
		most = 1
	}
	long := row.Value / most * bar.wide()
	if long > 0 {
		long = max(long, 3)
	} else {
		c.fill([]path{box(bar.left, bar.top, bar.left+3, bar.bottom)}, faint)
	}
	split := b.Whole != "" || b.Part != ""
	part := 0.0
	if known(row.Part) && row.Value > 0 {
		part = min(row.Part/row.Value, 1) * long
	}
	if !split && part == 0 && !row.Pale { // one shade only: the darker one is seen better
		light = blue
	}
	c.fill([]path{box(bar.left, bar.top, bar.left+long, bar.bottom)}, light)
	c.fill([]path{box(bar.left, bar.top, bar.left+part, bar.bottom)}, dark)
	c.write(pens.strong.fit(b.text(row), widestText), pens.strong, bar.left+long+14, base, start, value)
}

// key tells the two shades apart.
func (b *Bars) key(c *canvas, pens *pens, r room) {
	x := r.left
	part, all := pens.small.fit(b.Part, r.wide()/2-80), pens.small.fit(b.Whole, r.wide()/2-80)
	c.fill([]path{box(x, r.top+4, x+34, r.top+34)}, blue)
	c.write(part, pens.small, x+46, r.top+30, start, ink)
	x += 46 + pens.small.measure(part) + 44
	c.fill([]path{box(x, r.top+4, x+34, r.top+34)}, sky)
	c.write(all, pens.small, x+46, r.top+30, start, ink)
}

func (b *Bars) divide(c *canvas, pens *pens, r room, y float64) {
	c.fill([]path{box(r.left, y+14, r.right, y+17)}, faint)
	c.write(pens.small.fit(b.Pale, r.wide()), pens.small, r.left, y+58, start, muted)
}
