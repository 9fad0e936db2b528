// Package personal finds what people should not leave lying about in a text that others read: telephone numbers, e-mail
// addresses and bank card numbers; and hides it. It would rather miss a number than hide a sum, a house or a meter
// reading.
package personal

import (
	"slices"
	"strings"
)

// Kind is what a span holds.
type Kind string

// The kinds.
const (
	Phone Kind = "phone"
	Email Kind = "email"
	Card  Kind = "card"
)

// Span is a piece of personal data in a text: the bytes [From, To).
type Span struct {
	From, To int
	Kind     Kind
}

// Find gives the personal data in a text, in order; spans do not overlap.
func Find(text string) []Span {
	list := emails(text)
	if !several(text) {
		return list
	}
	for _, found := range [][]Span{cards(text), phones(text), locals(text)} {
		for _, s := range found {
			if !slices.ContainsFunc(list, func(o Span) bool { return s.From < o.To && o.From < s.To }) {
				list = append(list, s)
			}
		}
	}
	slices.SortFunc(list, func(a, b Span) int { return a.From - b.From })
	return list
}

// Mask hides the middle of all personal data in a text, so that its owner still knows which it is:
//
//	+7 912 345-67-89    +7 912 ***-**-89       of a telephone number the five digits before the last two,
//	тел. 34-56-78       тел. **-**-78          of a short one all but the last two
//	anna@mail.ru        a***@mail.ru           of an address all before the @ but its first letter
//	2200 1234 5678 9019 **** **** **** 9019    of a card all but the last four digits
//
// In what it gives Find finds nothing, so that a text is never masked twice.
func Mask(text string) string { return MaskThose(text, nil) }

// MaskThose is Mask for the personal data that any of the texts said holds too, however it is written there; nil said
// means all.
func MaskThose(text string, said []string) string {
	var those map[string]bool
	if said != nil {
		those = map[string]bool{}
		for _, s := range said {
			for _, span := range Find(s) {
				those[same(s[span.From:span.To], span.Kind)] = true
			}
		}
	}
	// What is left of one number may make another with what stands beside it: so until nothing is found. Every round
	// hides at least one digit or letter.
	for {
		var b strings.Builder
		done := 0
		for _, span := range Find(text) {
			piece := text[span.From:span.To]
			if those != nil && !those[same(piece, span.Kind)] {
				continue
			}
			b.WriteString(text[done:span.From])
			b.WriteString(mask(piece, span.Kind))
			done = span.To
		}
		if done == 0 {
			return text
		}
		b.WriteString(text[done:])
		text = b.String()
	}
}

// same makes one of all ways to write a number or an address.
func same(piece string, kind Kind) string {
	if kind == Email {
		return strings.ToLower(piece)
	}
	d := digits(piece)
	if kind == Phone && len(d) == 11 && (d[0] == '7' || d[0] == '8') {
		d = d[1:]
	}
	return d
}

func mask(piece string, kind Kind) string {
	switch kind {
	case Email:
		first := []rune(piece)[0]
		return string(first) + "***" + piece[strings.LastIndexByte(piece, '@'):]
	case Card:
		d := digits(piece)
		return "**** **** **** " + d[len(d)-4:]
	}
	n := len(digits(piece))
	hide, keep := max(n-7, 0), n-2 // the digits [hide, keep) are hidden
	i := -1
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return r
		}
		if i++; i >= hide && i < keep {
			return '*'
		}
		return r
	}, piece)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
