package follow

import (
	"slices"
	"strings"
	"unicode"

	"otklik/flows"
)

// saying is what words mean as an answer to «is it solved?».
type saying int

const (
	unclear saying = iota
	agrees
	denies
	thanking // politely, to whatever was said
)

// wordsOf gives the words of a text in lower case, as the lists of words are read.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(text), "ё", "е"), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// longestVerdict is how many words are looked at for a yes or no: whoever writes more tells a story.
const longestVerdict = 40

// verdictIn tells what words say of an answer. A yes ends a case, so that every word has to speak for it; a no is shown
// before it is sent, so that it may be found among others.
func verdictIn(v *flows.Voice, text string) saying {
	list := wordsOf(text)
	n := len(list)
	if n == 0 || n > longestVerdict {
		return unclear
	}
	is := func(i int, kinds ...string) bool {
		return slices.ContainsFunc(kinds, func(k string) bool { return v.Listed("follow."+k+"_words", list[i]) })
	}
	if negated(n, is) || still(v, list) {
		return denies
	}
	all := func(kinds ...string) bool {
		for i := range list {
			if !is(i, append(kinds, "filler", "thanks")...) {
				return false
			}
		}
		return true
	}
	some := func(kind string) bool {
		return slices.ContainsFunc(list, func(w string) bool { return v.Listed("follow."+kind+"_words", w) })
	}
	switch asks := strings.Contains(text, "?"); {
	case some("no") && all("no", "yes"):
		return denies
	case !asks && all("yes", "done") && (some("yes") || some("done")):
		return agrees
	case !asks && thanked(v, text):
		return thanking
	}
	return unclear
}

// negated tells whether something is said not to be done: «не решено», «ничего так и не сделали».
func negated(n int, is func(i int, kinds ...string) bool) bool {
	for i := range n {
		if !is(i, "not") {
			continue
		}
		for j := i + 1; j < n; j++ {
			if is(j, "yes", "done", "tried") {
				return true
			}
			if !is(j, "not", "filler") {
				break
			}
		}
	}
	return false
}

// still tells whether it is said to be as it was, or again: «яма на месте», «опять появилась».
func still(v *flows.Voice, list []string) bool {
	for size := 1; size <= 3; size++ {
		for i := 0; i+size <= len(list); i++ {
			said := strings.Join(list[i:i+size], " ")
			switch {
			case v.Listed("follow.still_words", said):
				return true
			case v.Listed("follow.there_words", said) && len(list) <= 5 && i+size == len(list) && !slices.ContainsFunc(list, func(w string) bool {
				return v.Listed("follow.not_words", w) || v.Listed("follow.no_words", w)
			}):
				return true
			}
		}
	}
	return false
}

// thanked tells whether words are thanks and nothing else.
func thanked(v *flows.Voice, text string) bool {
	if v.Listed("desk.thanks", text) {
		return true
	}
	list, some := wordsOf(text), false
	for _, w := range list {
		thanks := v.Listed("follow.thanks_words", w)
		if some = some || thanks; !thanks && !v.Listed("follow.filler_words", w) {
			return false
		}
	}
	return some
}

// bare tells whether words answer a question with yes or no and name nothing that was done.
func bare(v *flows.Voice, text string) bool { return only(v, text, "yes", "no", "not") }

// nameless tells whether words say that something is done or not, and do not name it.
func nameless(v *flows.Voice, text string) bool {
	list := wordsOf(text)
	for size := 3; size > 1; size-- {
		for i := 0; i+size <= len(list); i++ {
			if said := strings.Join(list[i:i+size], " "); v.Listed("follow.still_words", said) || v.Listed("follow.there_words", said) {
				list = slices.Delete(list, i, i+size)
			}
		}
	}
	return only(v, strings.Join(list, " "), "yes", "no", "not", "done", "tried", "still", "there")
}

// only tells whether all words are of some lists, or polite.
func only(v *flows.Voice, text string, kinds ...string) bool {
	return !slices.ContainsFunc(wordsOf(text), func(w string) bool {
		return !slices.ContainsFunc(append(kinds, "filler", "thanks"), func(k string) bool { return v.Listed("follow."+k+"_words", w) })
	})
}

// mistaken tells whether somebody says that they pressed the wrong button, or did not mean it.
func mistaken(v *flows.Voice, text string) bool {
	list := wordsOf(text)
	return len(list) <= longestVerdict && slices.ContainsFunc(list, func(w string) bool { return v.Listed("follow.mistake_words", w) })
}

// asksWhen tells whether words ask when it will be done, and say nothing else. «Скоро» and «долго» are a question where
// they are asked only.
func asksWhen(v *flows.Voice, text string) bool {
	list := wordsOf(text)
	if len(list) == 0 || len(list) > 15 {
		return false
	}
	asks := false
	for _, w := range list {
		switch {
		case v.Listed("follow.when_words", w):
			asks = true
		case v.Listed("follow.how_long_words", w):
			asks = asks || strings.Contains(text, "?")
		case !v.Listed("follow.ask_when_words", w) && !v.Listed("follow.filler_words", w) && !v.Listed("follow.thanks_words", w):
			return false
		}
	}
	return asks
}

// wordless tells whether a text has neither letters nor digits.
func wordless(text string) bool { return len(wordsOf(text)) == 0 }

// troubled tells whether words speak of something that is wrong, and not of a landmark: «лифт не работает», but not «у лифта».
func troubled(v *flows.Voice, text string) bool {
	list := wordsOf(text)
	if len(list) < 3 || v.Listed("follow.yes_words", list[0]) || v.Listed("follow.unsure_words", strings.Join(list[:2], " ")) {
		return false // an answer
	}
	beside := v.Listed("follow.beside_words", list[0]) && !v.Listed("follow.filler_words", list[1]) // «у нас» is no place
	return !beside && slices.ContainsFunc(list, func(w string) bool { return v.Listed("follow.trouble_words", w) })
}
