package flows

import (
	"strings"
	"unicode/utf8"

	"otklik/bot"
)

// Bounds of one report where the options name none.
const (
	LongestText = 8000 // characters
	MostPhotos  = 10
)

// cleaned gives what is taken of a text as it came: no more of it is looked at than may be left of it, however much of that
// is not kept (marks upon marks, what cannot be seen).
func (e *Engine) cleaned(text string) (head string, cut bool) {
	most := max(16*e.LongestText, 64<<10) // bytes
	if len(text) <= most {
		return e.within(bot.Clean(text))
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	head, _ = e.within(bot.Clean(text[:most]))
	return head, true
}

// within cuts a text to what one message may bring, in characters, and tells whether it did. What is left does not hold
// the rest in memory.
func (e *Engine) within(text string) (head string, cut bool) {
	if len(text) <= e.LongestText {
		return text, false
	}
	n := 0
	for i := range text {
		if n == e.LongestText {
			return strings.Clone(text[:i]), true
		}
		n++
	}
	return text, false
}

// tellCut tells somebody, once, that their message was longer than is taken.
func (t *Turn) tellCut() error {
	if !t.cut {
		return nil
	}
	return t.Reply(t.Voice().Say("desk.too_long", "N", t.e.LongestText))
}

// LongestText is how many characters a report may have.
func (t *Turn) LongestText() int { return t.e.LongestText }

// MostPhotos is how many photos a report may have.
func (t *Turn) MostPhotos() int { return t.e.MostPhotos }

// Fit cuts words to what is left beside others in a report; "" where nothing is. over says that not all of them fit and
// that whoever wrote them has not heard so.
func (t *Turn) Fit(words, beside string) (fits string, over bool) {
	left := t.e.LongestText - utf8.RuneCountInString(beside)
	if beside != "" {
		left-- // for the line end between them
	}
	if utf8.RuneCountInString(words) <= left {
		return words, false
	}
	return Cut(words, left), !t.cut
}
