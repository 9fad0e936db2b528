package words

import (
	"strings"
	"unicode/utf8"
)

// Fold makes words comparable: capitals and «ё» do not count. It is strings.ToLower with «ё» as «е», and quicker for what
// people write here.
func Fold(s string) string {
	at := strings.IndexFunc(s, changes)
	if at < 0 {
		return s
	}
	out := append(make([]byte, 0, len(s)), s[:at]...)
	for _, r := range s[at:] {
		switch {
		case !changes(r):
		case 'A' <= r && r <= 'Z':
			r += 'a' - 'A'
		case 'А' <= r && r <= 'Я':
			r += 'а' - 'А'
		case r == 'ё' || r == 'Ё':
			r = 'е'
		default:
			return strings.ReplaceAll(strings.ToLower(s), "ё", "е")
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// changes tells whether a sign may be another when folded; of those that texts seldom have nobody knows.
func changes(r rune) bool {
	switch {
	case r < 0x80:
		return 'A' <= r && r <= 'Z'
	case 'а' <= r && r <= 'я', '‐' <= r && r <= '…', r == '«', r == '»', r == '№':
		return false
	}
	return true
}
