// Package words makes of a text the stems by which it is found: one stem for all forms of a Russian word.
package words

import (
	"strings"
	"unicode"

	"github.com/kljensen/snowball/russian"
)

// longest is how many letters of a word count; what is longer is no word that anybody types twice.
const longest = 40

// Stems gives the stems of a text's words, each once, in the order in which they stand: lower case, ё as е, Russian
// words without their endings, a word with a digit («12а») as it is. Words of one letter and those that stand in every
// text are left out. A text and what is asked of it are to go through this function both.
func Stems(text string) (stems []string) {
	seen := map[string]bool{}
	for _, w := range split(text) {
		s := stem(w)
		if s == "" || seen[s] {
			continue
		}
		seen[s] = true
		stems = append(stems, s)
	}
	return stems
}

// split gives the words of a text, in lower case.
func split(text string) []string {
	text = letters.Replace(strings.ToLower(text))
	text = strings.Map(func(r rune) rune {
		if within(r) {
			return -1
		}
		return r
	}, text)
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// within tells a sign that stands in a word and does not end it: a stress mark or a soft hyphen.
func within(r rune) bool {
	if r < '\u00ad' || 'Ѐ' <= r && r <= 'ҁ' { // nearly all that people write
		return false
	}
	return unicode.In(r, unicode.Mn, unicode.Cf)
}

// letters writes the same letter in one way: ё as people do, and й in one sign where a Mac makes two of it.
var letters = strings.NewReplacer("ё", "е", "е\u0308", "е", "и\u0306", "й")

// stem gives a word's stem, "" if it says nothing.
func stem(word string) string {
	r := []rune(word)
	if len(r) > longest {
		r = r[:longest]
		word = string(r)
	}
	switch {
	case strings.ContainsFunc(word, unicode.IsDigit):
		return word
	case len(r) < 2 || empty[word]:
		return ""
	case unicode.Is(unicode.Cyrillic, r[0]):
		return tighten(russian.Stem(word, true))
	}
	return word
}

// empty are words that stand in every text; read only.
var empty = func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(`
		во на со ко об от ото до по за из изо под при для над без про через между
		не ни ну да но же ли бы то что чтобы как так или если уже еще когда где там тут здесь
		он она оно они мы вы ты его ее их им ей нас нам вас вам мне меня себя это этот эта эти этого этой
		все всех очень есть был была было были быть который которая которые
		the of in on at to for and or is`) {
		set[w] = true
	}
	return set
}()
