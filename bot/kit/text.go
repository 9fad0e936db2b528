// Package kit is what the adapters of messengers share: cutting texts, waiting between attempts, answering presses that
// nobody else answers, remembering for a while.
package kit

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"otklik/bot"
)

// Piece is a part of a text with its bold stretches, in bytes of the part.
type Piece struct {
	Text string
	Bold []bot.Span
}

// Units counts UTF-16 code units.
func Units(s string) int {
	n := 0
	for _, r := range s {
		n += runeUnits(r)
	}
	return n
}

func runeUnits(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// Pieces cuts a text into as many parts as limit asks for, at the end of a paragraph, a line or a word where there is
// one. No part is empty; a text of nothing but space has none.
func Pieces(text string, bold []bot.Span, limit int) []Piece {
	text, bold = tidy(text, bold)
	var parts []Piece
	for start := 0; ; {
		start = skipSpace(text, start)
		if start == len(text) {
			return parts
		}
		end := start + cut(text[start:], limit)
		shown := start + len(strings.TrimRightFunc(text[start:end], unicode.IsSpace))
		parts = append(parts, Piece{text[start:shown], within(start, shown, bold)})
		start = end
	}
}

func skipSpace(s string, at int) int {
	return len(s) - len(strings.TrimLeftFunc(s[at:], unicode.IsSpace))
}

// cut gives how many bytes of s the next part takes: all if it fits.
func cut(s string, limit int) int {
	n, hard := 0, len(s)
	for i, r := range s {
		if n += runeUnits(r); n > limit {
			hard = i
			break
		}
	}
	if hard == len(s) {
		return hard
	}
	head := s[:hard]
	// An early break would leave a part of a few words: better a line's end than a paragraph's, then.
	for _, mark := range []struct {
		sep   string
		least int
	}{{"\n\n", hard / 2}, {"\n", hard / 2}, {" ", hard / 4}} {
		if i := strings.LastIndex(head, mark.sep); i > 0 && i >= mark.least {
			return i + len(mark.sep)
		}
	}
	return whole(s, hard)
}

// whole moves a cut in front of the character that it would break in two: its accents, joiners and variants belong to it.
func whole(s string, at int) int {
	const tall = 64 // bytes; whoever piles up more accents is cut
	for i := at; i > 0 && at-i < tall; {
		next, _ := utf8.DecodeRuneInString(s[i:])
		last, size := utf8.DecodeLastRuneInString(s[:i])
		if !clings(next) && last != '\u200d' {
			return i
		}
		i -= size
	}
	return at
}

// clings tells whether a rune belongs to the one before it.
func clings(r rune) bool {
	return unicode.Is(unicode.M, r) || r == '\u200d' || (r >= 0x1f3fb && r <= 0x1f3ff)
}

// within gives the bold stretches inside [start, end), counted from start.
func within(start, end int, bold []bot.Span) (list []bot.Span) {
	for _, b := range bold {
		if from, to := max(b.Start, start), min(b.End, end); from < to {
			list = append(list, bot.Span{Start: from - start, End: to - start})
		}
	}
	return list
}

// Shorten cuts a text to a length, with an ellipsis.
func Shorten(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if Units(s) <= limit {
		return s
	}
	return strings.TrimRightFunc(s[:cut(s, limit-1)], unicode.IsSpace) + "…"
}

// tidy makes the text valid and the spans ones of whole runes, in order and apart.
func tidy(text string, bold []bot.Span) (string, []bot.Span) {
	bold = slices.Clone(bold)
	for i := range bold {
		bold[i].Start, bold[i].End = runeAt(text, bold[i].Start), runeAt(text, bold[i].End)
	}
	bold = slices.DeleteFunc(bold, func(b bot.Span) bool { return b.Start >= b.End })
	slices.SortFunc(bold, func(a, b bot.Span) int { return cmp.Compare(a.Start, b.Start) })
	apart := bold[:0]
	for _, b := range bold {
		if last := len(apart) - 1; last >= 0 && b.Start <= apart[last].End {
			apart[last].End = max(apart[last].End, b.End)
			continue
		}
		apart = append(apart, b)
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return r == 0 || r == utf8.RuneError }) {
		return text, apart
	}
	moved := make([]int, len(text)+1)
	var b strings.Builder
	for i, r := range text {
		moved[i] = b.Len()
		if r != 0 {
			b.WriteRune(r)
		}
	}
	moved[len(text)] = b.Len()
	for i, s := range apart {
		apart[i] = bot.Span{Start: moved[s.Start], End: moved[s.End]}
	}
	return b.String(), apart
}

// runeAt moves an offset to the start of the rune that it points into.
func runeAt(s string, i int) int {
	if i <= 0 {
		return 0
	}
	if i >= len(s) {
		return len(s)
	}
	for j := i; j >= 0 && i-j < utf8.UTFMax; j-- {
		if utf8.RuneStart(s[j]) {
			if _, size := utf8.DecodeRuneInString(s[j:]); j+size > i {
				return j
			}
			break
		}
	}
	return i
}
