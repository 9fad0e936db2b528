// Package chart draws pictures of figures for a chat: Trend, Bars, Grid and Map, each with a method PNG.
//
// They are read on a cheap phone. A picture is 1280 px wide and is shown 390 px wide, so no letter is smaller than 30 px;
// no picture is taller than a phone's screen at full width unless its rows ask for it. Colours are told apart by those who
// see no red or green, and never are the only difference: there is a shape, a label or a lightness beside each.
//
// The drawing is a function of what is passed in: the same value gives the same picture. All words come in, too, so
// that the package speaks no language; a value is written by Number unless the caller says otherwise.
package chart

import "math"

// Head is what every chart has around its figures.
type Head struct {
	Title    string // one or two lines
	Subtitle string // what is counted, and when: one or two lines
	Note     string // below the picture: the source, what is left out
	Empty    string // «нет данных»: said in place of figures, and of a place that has none

	// Number writes a value; nil writes as Russian does, see Number.
	Number func(float64) string
}

func (h *Head) number(v float64) string {
	if h.Number != nil {
		return h.Number(v)
	}
	return Number(v)
}

// known says whether v is a figure. All figures here are counts, shares and rates: what is below zero is as little one
// as what is no number or without end. What is beyond 1e15 would be a fault of the caller's and is not drawn either.
func known(v float64) bool { return v >= 0 && v <= 1e15 }

// largest gives the greatest figure, and whether there is any.
func largest(values []float64) (most float64, any bool) {
	for _, v := range values {
		if known(v) {
			most, any = max(most, v), true
		}
	}
	return most, any
}

// The measures of every picture, in pixels.
const (
	width   = 1280 // what messengers keep of a photo
	margin  = 40
	leading = 1.22 // from line to line, in sizes of the letters
)

// room is what the chart itself may draw in, between the title and the note.
type room struct{ left, top, right, bottom float64 }

func (r room) wide() float64 { return r.right - r.left }
func (r room) high() float64 { return r.bottom - r.top }

// page lays out a title and a note around a body of the height given and draws them.
func (h *Head) page(pens *pens, wide, body float64) (*canvas, room) {
	inner := wide - 2*margin
	title := pens.title.wrap(h.Title, inner, 2)
	sub := pens.text.wrap(h.Subtitle, inner, 2)
	note := pens.small.wrap(h.Note, inner, 3)

	top := margin + pens.title.height(len(title)) + pens.text.height(len(sub)) + 24
	tall := top + body + margin
	if len(note) > 0 {
		tall += pens.small.height(len(note)) + 20
	}
	c := newCanvas(int(math.Ceil(wide)), int(math.Ceil(tall)))

	y := c.lines(title, pens.title, margin, margin, ink)
	c.lines(sub, pens.text, margin, y+4, muted)
	c.lines(note, pens.small, margin, tall-margin-pens.small.height(len(note))+10, muted)
	return c, room{left: margin, top: top, right: wide - margin, bottom: top + body}
}

// nothing is the picture of a chart without figures.
func (h *Head) nothing(pens *pens) ([]byte, error) {
	c, r := h.page(pens, width, 360)
	c.fill([]path{box(r.left, r.top, r.right, r.bottom)}, ground)
	word := pens.title.fit(h.Empty, r.wide()-2*margin)
	c.write(word, pens.title, (r.left+r.right)/2, (r.top+r.bottom)/2+pens.title.cap/2, middle, muted)
	return c.png()
}
