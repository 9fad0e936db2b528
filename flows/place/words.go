package place

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a word of a text with what stands around it.
type word struct {
	text  string // as written
	low   string // folded
	big   bool   // begins with a capital
	first bool   // begins a sentence
	comma bool   // a comma, a semicolon or a line's end follows
	dot   bool   // a dot follows at once: perhaps an abbreviation
}

// words cuts a text into words; hyphens and slashes inside a word belong to it.
func words(text string) (list []word) {
	first := true
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !inWord(r) {
			if len(list) > 0 {
				last := &list[len(list)-1]
				last.comma = last.comma || r == ',' || r == ';' || r == '\n'
			}
			if r == '.' || r == '!' || r == '?' || r == '\n' {
				first = true
				if len(list) > 0 && r == '.' && strings.HasSuffix(text[:i], list[len(list)-1].text) {
					list[len(list)-1].dot = true
					first = utf8.RuneCountInString(list[len(list)-1].low) > 4 // «ул.» ends no sentence
				}
			}
			i += n
			continue
		}
		j := i
		for j < len(text) {
			r, n := utf8.DecodeRuneInString(text[j:])
			if !inWord(r) && !((r == '-' || r == '/') && j+n < len(text) && inWordAt(text, j+n)) {
				break
			}
			j += n
		}
		big, _ := utf8.DecodeRuneInString(text[i:])
		list = append(list, word{text: text[i:j], low: fold(text[i:j]), big: unicode.IsUpper(big), first: first})
		first = false
		i = j
	}
	return list
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func inWordAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return inWord(r)
}

func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "ё", "е") }

// Endings of names in the nominative, and of any case; the longest first.
var (
	nominative = []string{"ая", "яя", "ое", "ее", "ые", "ие", "ый", "ий", "ой", "а", "я", "о", "е", "ы", "и", "ь", "й"}
	cases      = []string{
		"ого", "его", "ому", "ему", "ыми", "ими", "ами", "ями",
		"ая", "яя", "ое", "ее", "ые", "ие", "ый", "ий", "ой", "ей", "ую", "юю", "ым", "им", "ых", "их", "ом", "ем", "ам", "ям", "ах", "ях",
		"а", "я", "о", "е", "ы", "и", "у", "ю", "ь", "й",
	}
)

// nameStem is what stays of a name's word in every case.
func nameStem(w string) string {
	for _, e := range nominative {
		if s, ok := strings.CutSuffix(w, e); ok && utf8.RuneCountInString(s) >= 2 {
			return s
		}
	}
	return w
}

// caseStems are the stems that a word in any case may have, itself among them.
func caseStems(w string) []string {
	list := []string{w}
	for _, e := range cases {
		if s, ok := strings.CutSuffix(w, e); ok && utf8.RuneCountInString(s) >= 2 {
			list = append(list, s)
		}
	}
	return list
}

// fleeting gives the stem without a vowel that other cases drop: «Городец», «в Городце»; "" where none is dropped.
func fleeting(stem string) string {
	for from, to := range map[string]string{"ец": "ц", "ок": "к", "ек": "к"} {
		if s, ok := strings.CutSuffix(stem, from); ok && utf8.RuneCountInString(s) >= 2 {
			return s + to
		}
	}
	return ""
}
