package kit_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"otklik/bot"
	"otklik/bot/bottest"
	"otklik/bot/kit"
)

// bolds gives the stretches that stand out.
func bolds(p kit.Piece) (list []string) {
	for _, b := range p.Bold {
		list = append(list, p.Text[b.Start:b.End])
	}
	return list
}

// starts tells whether a rune starts at i, or the text ends there.
func starts(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

func TestACutLeavesNoSignInTwo(t *testing.T) {
	for _, sign := range []string{"é", "👷🏽", "👩‍👩‍👧", "й", "❤️", "а̣́"} {
		for limit := 12; limit < 30; limit++ {
			for _, p := range kit.Pieces(strings.Repeat(sign, 40), nil, limit) {
				if strings.ReplaceAll(p.Text, sign, "") != "" {
					t.Fatalf("limit %d: %q", limit, p.Text)
				}
			}
		}
	}
}

func TestPiecesLoseNothingAndFit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.IntRange(2, 60).Draw(rt, "limit")
		text := rapid.StringOf(rapid.SampledFrom([]rune("аб в\n\nxyz👷🏽\u0301\u200d\t "))).Draw(rt, "text")
		a, b := rapid.IntRange(-3, len(text)+3).Draw(rt, "from"), rapid.IntRange(-3, len(text)+3).Draw(rt, "to")
		var all strings.Builder
		for _, p := range kit.Pieces(text, []bot.Span{{Start: a, End: b}}, limit) {
			if n := kit.Units(p.Text); n == 0 || n > limit || !utf8.ValidString(p.Text) {
				rt.Fatalf("a piece of %d units, limit %d: %q", n, limit, p.Text)
			}
			for _, b := range p.Bold {
				if b.Start < 0 || b.Start >= b.End || b.End > len(p.Text) || !starts(p.Text, b.Start) || !starts(p.Text, b.End) {
					rt.Fatalf("bold %v of %q", b, p.Text)
				}
			}
			all.WriteString(p.Text)
		}
		if got, want := strings.Join(strings.Fields(all.String()), ""), strings.Join(strings.Fields(text), ""); got != want {
			rt.Fatalf("%q became %q", want, got)
		}
	})
}

// Whatever stands in a text, its parts fit, stand apart, and what is bold is what was marked.
func FuzzPieces(f *testing.F) {
	for _, s := range bottest.Hostile() {
		f.Add(s, 3, 9, 8)
	}
	f.Add("\xff\x00\xc0🇷🇺\u0301", -1, 5, 2)
	f.Fuzz(func(t *testing.T, text string, from, to, limit int) {
		limit = 2 + abs(limit)%200
		marked := ""
		if clean := strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", ""); clean == text && 0 <= from && from < to && to <= len(text) &&
			starts(text, from) && starts(text, to) {
			marked = text[from:to]
		}
		var bold, all strings.Builder
		for _, p := range kit.Pieces(text, []bot.Span{{Start: from, End: to}}, limit) {
			if n := kit.Units(p.Text); n == 0 || n > limit || !utf8.ValidString(p.Text) || strings.TrimSpace(p.Text) != p.Text || strings.Contains(p.Text, "\x00") {
				t.Fatalf("a piece of %d, limit %d: %q", n, limit, p.Text)
			}
			for _, b := range bolds(p) {
				bold.WriteString(b)
			}
			all.WriteString(p.Text)
		}
		squash := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if whole := squash(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")); !strings.Contains(text, "\x00") && utf8.ValidString(text) && squash(all.String()) != whole {
			t.Fatalf("%q became %q", text, all.String())
		}
		if marked != "" && squash(bold.String()) != squash(marked) {
			t.Fatalf("bold is %q, marked was %q", bold.String(), marked)
		}
	})
}

func abs(n int) int {
	if n < 0 {
		return max(-n, 0)
	}
	return n
}
