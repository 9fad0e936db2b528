package chart

import (
	"image/color"
	"math"
)

// The colours. Series are of Okabe and Ito's palette, which is told apart with any kind of colour-blindness; what shows a
// quantity is one blue, from light to dark.
var (
	ink    = rgb(0x16191d)
	muted  = rgb(0x59626d) // text that stands behind: 6:1 on white
	faint  = rgb(0xb4bbc4) // last year's line, rows that are not ranked
	rule   = rgb(0xe2e6ea) // lines of the axis
	ground = rgb(0xf3f5f7)
	white  = rgb(0xffffff)

	blue      = rgb(0x0072b2)
	vermilion = rgb(0xd55e00)
	black     = rgb(0x16191d)
	sky       = rgb(0xa6d0ec)
)

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

// ramp gives the i-th of n shades of blue, the darkest last. Its lightness falls evenly.
func ramp(i, n int) color.RGBA {
	stops := [...]color.RGBA{rgb(0xe4f0f9), rgb(0xb5d5ec), rgb(0x7db4dc), rgb(0x3f8dc4), rgb(0x1466a3), rgb(0x08376b)}
	if n < 2 {
		return stops[len(stops)-2]
	}
	at := float64(i) / float64(n-1) * float64(len(stops)-1)
	k := min(int(at), len(stops)-2)
	return mix(stops[k], stops[k+1], at-float64(k))
}

func mix(a, b color.RGBA, share float64) color.RGBA {
	m := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*share)) }
	return color.RGBA{R: m(a.R, b.R), G: m(a.G, b.G), B: m(a.B, b.B), A: 0xff}
}

// over gives the colour of letters that are read best on a ground.
func over(ground color.RGBA) color.RGBA {
	if contrast(white, ground) > contrast(ink, ground) {
		return white
	}
	return ink
}

// contrast is WCAG's ratio, 1 to 21.
func contrast(a, b color.RGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.RGBA) float64 {
	f := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*f(c.R) + 0.7152*f(c.G) + 0.0722*f(c.B)
}
