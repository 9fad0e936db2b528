package place

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// looksLikeName tells whether a word may be the last of a street's name: a genitive or an adjective, never a verb or a
// noun in the nominative of the second declension.
func looksLikeName(low string) bool {
	if utf8.RuneCountInString(low) < 3 {
		return false
	}
	for _, e := range []string{"а", "я", "ы", "и", "ой", "ей", "ий", "ый", "ого", "его", "ом", "ых", "их", "ую", "юю", "ое", "лазо", "люксембург", "цеткин", "лепсе",
		"дзе", "енко", "ников", "телей", "истов", "чиков", "щиков"} {
		if strings.HasSuffix(low, e) {
			return true
		}
	}
	return false
}

// isOrdinal tells «1-я», «2й», «50-летия».
func isOrdinal(low string) bool {
	number := low[:len(low)-len(strings.TrimLeft(low, "0123456789"))]
	rest := strings.TrimPrefix(low[len(number):], "-")
	return startsWithDigit(number) && (rest == "летия" || rest == "лет" ||
		slices.Contains([]string{"я", "й", "ая", "ый", "ой", "го", "му", "м", "ом"}, rest))
}

// unmarked writes a street that was told without a mark: most are улицы, unless the name's gender says otherwise.
func unmarked(name []word) string {
	last := name[len(name)-1].low
	for _, e := range []string{"ский", "цкий", "ском", "цком", "ный", "вый"} {
		if strings.HasSuffix(last, e) {
			return title(name, he, true)
		}
	}
	return "ул. " + title(name, she, false)
}

// title writes a street's name with capitals and, where all its words are adjectives, in the nominative. Before its
// mark «Октябрьского» is an adjective («Октябрьского проспекта»), behind it a person («переулок Горького»).
func title(name []word, s sex, before bool) string {
	adjectives := true
	for _, w := range name {
		adjectives = adjectives && (isOrdinal(w.low) || nominative(w.low, s) != "" && (before || !endsWithAny(w.low, "ого", "его")))
	}
	parts := make([]string, len(name))
	for i, w := range name {
		text := w.text
		if n := nominative(strings.ToLower(w.text), s); adjectives && n != "" && n != strings.ToLower(w.text) {
			text = n
		}
		if r, n := utf8.DecodeRuneInString(text); !startsWithDigit(text) && text != "лет" {
			text = string(unicode.ToUpper(r)) + text[n:]
		}
		if w.dot && utf8.RuneCountInString(text) == 1 {
			text += "."
		}
		parts[i] = text
	}
	return strings.Join(parts, " ")
}
