package chart

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

type point struct{ x, y float64 }

// path is an outline that closes itself.
type path []point

// canvas is the paper: white at first.
type canvas struct {
	img   *image.RGBA
	brush vector.Rasterizer
	mask  image.Alpha
}

func newCanvas(w, h int) *canvas {
	c := &canvas{img: image.NewRGBA(image.Rect(0, 0, w, h))}
	draw.Draw(c.img, c.img.Bounds(), image.White, image.Point{}, draw.Src)
	return c
}

// fill paints the inside of all paths at once. Where they run the same way round they add up; a hole runs the other way.
func (c *canvas) fill(paths []path, col color.RGBA) {
	c.each(paths, func(int, int) color.RGBA { return col })
}

// hatch paints the inside with slanting lines.
func (c *canvas) hatch(paths []path, back, line color.RGBA) {
	c.each(paths, func(x, y int) color.RGBA {
		if (x+y)%16 < 4 {
			return line
		}
		return back
	})
}

func (c *canvas) each(paths []path, paint func(x, y int) color.RGBA) {
	area := extent(paths).Intersect(c.img.Bounds())
	if area.Empty() {
		return
	}
	c.brush.Reset(area.Dx(), area.Dy())
	dx, dy := float64(area.Min.X), float64(area.Min.Y)
	for _, p := range paths {
		for i, q := range p {
			x, y := float32(q.x-dx), float32(q.y-dy)
			if i == 0 {
				c.brush.MoveTo(x, y)
			} else {
				c.brush.LineTo(x, y)
			}
		}
		c.brush.ClosePath()
	}
	if n := area.Dx() * area.Dy(); cap(c.mask.Pix) < n {
		c.mask.Pix = make([]uint8, n)
	}
	c.mask.Pix = c.mask.Pix[:area.Dx()*area.Dy()]
	c.mask.Stride, c.mask.Rect = area.Dx(), image.Rect(0, 0, area.Dx(), area.Dy())
	c.brush.DrawOp = draw.Src
	c.brush.Draw(&c.mask, c.mask.Rect, image.Opaque, image.Point{})
	for y := range area.Dy() {
		row := c.mask.Pix[y*c.mask.Stride:][:area.Dx()]
		for x, a := range row {
			if a >= 19 {
				c.blend(area.Min.X+x, area.Min.Y+y, paint(area.Min.X+x, area.Min.Y+y), a)
			}
		}
	}
}

// blend lays a colour over a pixel. Edges have eight steps: nobody sees more, and the picture needs few colours.
func (c *canvas) blend(x, y int, col color.RGBA, cover uint8) {
	a := (uint32(cover)*7 + 127) / 255
	p := c.img.Pix[c.img.PixOffset(x, y):][:3]
	for i, v := range [3]uint8{col.R, col.G, col.B} {
		p[i] = uint8((uint32(v)*a + uint32(p[i])*(7-a) + 3) / 7)
	}
}

// extent gives the pixels that paths touch; none where a point is no point of this picture.
func extent(paths []path) image.Rectangle {
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, p := range paths {
		for _, q := range p {
			if !(math.Abs(q.x) < 1e5 && math.Abs(q.y) < 1e5) {
				return image.Rectangle{}
			}
			lo.x, lo.y, hi.x, hi.y = min(lo.x, q.x), min(lo.y, q.y), max(hi.x, q.x), max(hi.y, q.y)
		}
	}
	if lo.x > hi.x {
		return image.Rectangle{}
	}
	return image.Rect(int(math.Floor(lo.x)), int(math.Floor(lo.y)), int(math.Ceil(hi.x)), int(math.Ceil(hi.y)))
}

// side is which part of a text lies at its x.
type side int

const (
	start side = iota
	middle
	end
)

// write puts a line of text on its base line.
func (c *canvas) write(s string, p *pen, x, base float64, at side, col color.RGBA) {
	switch at {
	case middle:
		x -= p.measure(s) / 2
	case end:
		x -= p.measure(s)
	}
	dot := fixed.Point26_6{X: fixed.Int26_6(math.Round(x * 64)), Y: fixed.Int26_6(math.Round(base) * 64)}
	for _, r := range s {
		if w, ok := p.space(r); ok {
			dot.X += w
			continue
		}
		// On whole pixels a letter is the same wherever it stands: the picture packs better, and nobody sees it.
		whole := fixed.Point26_6{X: (dot.X + 32) &^ 63, Y: dot.Y}
		where, mask, from, advance, ok := p.face.Glyph(whole, r)
		if alpha, is := mask.(*image.Alpha); ok && is {
			c.stamp(where, alpha, from, col)
		}
		dot.X += advance
	}
}

func (c *canvas) stamp(where image.Rectangle, mask *image.Alpha, from image.Point, col color.RGBA) {
	in := where.Intersect(c.img.Bounds())
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			if a := mask.AlphaAt(from.X+x-where.Min.X, from.Y+y-where.Min.Y).A; a >= 19 {
				c.blend(x, y, col, a)
			}
		}
	}
}

// halo writes a line with a white edge, to be read over anything.
func (c *canvas) halo(s string, p *pen, x, base float64, at side, col color.RGBA) {
	const edge = 5
	for k := range 16 {
		sin, cos := math.Sincos(float64(k) * math.Pi / 8)
		c.write(s, p, x+edge*cos, base+edge*sin, at, white)
	}
	c.write(s, p, x, base, at, col)
}

// lines writes lines below each other from a top edge and gives the edge below them.
func (c *canvas) lines(lines []string, p *pen, x, top float64, col color.RGBA) float64 {
	for i, l := range lines {
		c.write(l, p, x, top+p.height(i)+p.size*0.95, start, col)
	}
	return top + p.height(len(lines))
}
