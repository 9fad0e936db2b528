package place

import (
	"strings"
	"unicode"
	"unicode/utf8"

	russian "otklik/flows/words"
)

// word is a word of a text with what stands around it.
type word struct {
	text  string // as written
	low   string // folded
	big   bool   // begins with a capital
	first bool   // begins a sentence
	comma bool   // a comma, a semicolon, a bracket's or a line's end follows
	ends  bool   // an end that no address goes over: a semicolon, a closing bracket, an exclamation or question mark
	dash  bool   // a dash between spaces follows: «Киров – Советск»
	dot   bool   // a dot follows at once: perhaps an abbreviation
}

// words cuts a text into words; hyphens and slashes inside a word belong to it.
func words(text string) (list []word) {
	first := true
	end := 0 // of the last word
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !inWord(r) {
			if len(list) > 0 {
				last := &list[len(list)-1]
				last.comma = last.comma || strings.ContainsRune(",;:)\n", r)
				last.ends = last.ends || strings.ContainsRune(";)!?", r)
				last.dash = last.dash || strings.ContainsRune("-–—", r)
				last.dot = last.dot || r == '.' && i == end
			}
			switch r {
			case '!', '?', '\n':
				first = true
			case '.':
				first = len(list) == 0 || i != end || endsSentence(list[len(list)-1].low)
			}
			i += n
			continue
		}
		j := i + wordLen(text[i:])
		big, _ := utf8.DecodeRuneInString(text[i:])
		list = append(list, word{text: text[i:j], low: fold(text[i:j]), big: unicode.IsUpper(big), first: first})
		first, i, end = false, j, j
	}
	return list
}

// wordLen is how long the word is that a text begins with, in bytes; 0 where it begins with none.
func wordLen(text string) (end int) {
	for end < len(text) {
		r, n := utf8.DecodeRuneInString(text[end:])
		if !inWord(r) && !(end > 0 && (r == '-' || r == '/') && end+n < len(text) && inWordAt(text, end+n)) {
			break
		}
		end += n
	}
	return end
}

// isWord tells whether a text is one word and nothing else.
func isWord(text string) bool { return text != "" && wordLen(text) == len(text) }

// endsSentence tells whether the dot behind a word ends a sentence: that of an abbreviation does not.
func endsSentence(low string) bool {
	_, street := streets[low]
	_, kind := kinds[low]
	return !street && !kind && (utf8.RuneCountInString(low) > 4 || startsWithDigit(low))
}

func inWord(r rune) bool {
	return 'а' <= r && r <= 'я' || unicode.IsLetter(r) || unicode.IsDigit(r) // most are found without looking into tables
}

func inWordAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return inWord(r)
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// fold makes words comparable: capitals and «ё» do not count.
func fold(s string) string { return russian.Fold(s) }
