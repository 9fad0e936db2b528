package words

import (
	"strings"
	"testing"
	"unicode"
)

func TestEveryLetterIsFolded(t *testing.T) {
	for r := range unicode.MaxRune + 1 {
		for _, s := range []string{string(r), "Я" + string(r) + "я"} {
			if got, want := Fold(s), strings.ReplaceAll(strings.ToLower(s), "ё", "е"); got != want {
				t.Fatalf("%q (%U) is folded to %q, want %q", s, r, got, want)
			}
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "ключи", "КЛЮЧИ", "Ёлка, «ёж» — 12А", "Main St. 5", "İ\u212a", "а\xffЯ", "я\u0308Ё", "Ѐѐ", "дом №5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := Fold(s), strings.ReplaceAll(strings.ToLower(s), "ё", "е"); got != want {
			t.Errorf("%q is folded to %q, want %q", s, got, want)
		}
	})
}

const told = "Добрый день! Во дворе дома по адресу город Киров, Октябрьский проспект, дом 25 второй месяц не горит ни один фонарь, её не видно."

func BenchmarkFold(b *testing.B) {
	for b.Loop() {
		Fold(told)
	}
}

// BenchmarkToLower is what Fold is measured against.
func BenchmarkToLower(b *testing.B) {
	for b.Loop() {
		strings.ReplaceAll(strings.ToLower(told), "ё", "е")
	}
}
