package chart

import (
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// pens are the letters of one picture. A face keeps its last glyph, so pictures that are drawn at once share none.
type pens struct{ title, strong, text, small *pen }

// pen writes in one size of one face. The Go fonts cover Russian, English and what both punctuate with; letters of the
// other languages of Russia are boxes.
type pen struct {
	face font.Face
	size float64
	cap  float64 // the height of a capital letter
}

const (
	sizeTitle = 48
	sizeText  = 34
	sizeSmall = 31
)

func newPens() (*pens, error) {
	regular, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, err
	}
	bold, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, err
	}
	p := &pens{}
	for _, one := range []struct {
		pen  **pen
		font *sfnt.Font
		size float64
	}{{&p.title, bold, sizeTitle}, {&p.strong, bold, sizeText}, {&p.text, regular, sizeText}, {&p.small, regular, sizeSmall}} {
		face, err := opentype.NewFace(one.font, &opentype.FaceOptions{Size: one.size, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return nil, err
		}
		*one.pen = &pen{face: face, size: one.size, cap: real(face.Metrics().CapHeight)}
	}
	return p, nil
}

func real(v fixed.Int26_6) float64 { return float64(v) / 64 }

func (p *pen) height(lines int) float64 { return float64(lines) * p.size * leading }

// space gives the width of a space that the font has no glyph of.
func (p *pen) space(r rune) (fixed.Int26_6, bool) {
	switch r {
	case '\u2009', '\u202f':
		return fixed.Int26_6(p.size * 64 / 6), true
	}
	return 0, false
}

func (p *pen) measure(s string) float64 {
	var sum fixed.Int26_6
	for _, r := range s {
		sum += p.advance(r)
	}
	return real(sum)
}

func (p *pen) advance(r rune) fixed.Int26_6 {
	if w, ok := p.space(r); ok {
		return w
	}
	a, _ := p.face.GlyphAdvance(r)
	return a
}

// longest is as many letters as any line may have: what comes in longer was not written for a picture.
const longest = 400

// clean makes one line of a text: letters in one piece, each white space as one space, nothing that does not show.
func clean(s string) string {
	if len(s) > 4*longest {
		s = s[:4*longest]
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, ""))
	var b strings.Builder
	space := true
	for _, r := range s {
		switch {
		case r == '\u00a0' || r == '\u2009' || r == '\u202f':
			b.WriteRune(r)
			space = false
		case unicode.IsSpace(r):
			if !space {
				b.WriteRune(' ')
			}
			space = true
		case unicode.IsPrint(r):
			b.WriteRune(r)
			space = false
		}
	}
	return strings.TrimRight(b.String(), " ")
}

const ellipsis = '…'

// fit gives the text, cut with an ellipsis where it is wider than room.
func (p *pen) fit(s string, room float64) string {
	s = clean(s)
	if p.measure(s) <= room {
		return s
	}
	left := room - real(p.advance(ellipsis))
	end := 0
	for i, r := range s {
		if left -= real(p.advance(r)); left < 0 {
			break
		}
		end = i + len(string(r))
	}
	return strings.TrimRight(s[:end], " \u00a0,.;:-–—«(") + string(ellipsis)
}

// wrap lays a text on at most so many lines, the last of them cut with an ellipsis if need be; no lines of no text.
func (p *pen) wrap(s string, room float64, most int) []string {
	words := strings.Split(clean(s), " ")
	var lines []string
	for len(words) > 0 && words[0] != "" {
		n := 1
		for n < len(words) && p.measure(strings.Join(words[:n+1], " ")) <= room {
			n++
		}
		if len(lines) == most-1 {
			n = len(words)
		}
		lines = append(lines, p.fit(strings.Join(words[:n], " "), room))
		words = words[n:]
	}
	return lines
}

// widest gives the width of the widest line.
func (p *pen) widest(lines []string) float64 {
	var w float64
	for _, l := range lines {
		w = max(w, p.measure(l))
	}
	return w
}
