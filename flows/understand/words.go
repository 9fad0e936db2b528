package understand

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/russian"

	"otklik/flows/words"
)

// noSlips are words that people mean as they write them, although a letter more or less would make a keyword of them: «сколько»
// is not «скользко».
//
//go:embed no_slips.txt
var noSlips string

// meantStems gives the stems of noSlips, once: nobody needs them before the first text that may hold a slip.
var meantStems = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(noSlips) {
		set[stem(words.Fold(w))] = true
	}
	return set
})

//go:embed stems.txt
var stemsFile string

// readStems gives the stems of the words that the built-in pack's keywords are made of: thousands, each of which takes long
// to stem, and the pack is read at every start. A line is a word and its stem; the test's -update writes the file anew.
func readStems() map[string]string {
	stems := make(map[string]string, strings.Count(stemsFile, "\n"))
	for line := range strings.Lines(stemsFile) {
		word, stem, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		stems[word] = stem
	}
	return stems
}

// stemsOf gives the stems of a text's words, in order, without those that say nothing.
func (j *Judge) stemsOf(text string) (stems []string) {
	for _, w := range wordsOf(text) {
		s, ok := j.stems[w]
		if !ok {
			s = stem(w)
		}
		if s != "" {
			stems = append(stems, s)
		}
	}
	return stems
}

// wordsOf gives the words of a text in order, without those that say nothing.
func wordsOf(text string) []string {
	list := strings.FieldsFunc(words.Fold(text), func(r rune) bool {
		return !('а' <= r && r <= 'я') && !unicode.IsLetter(r) && !unicode.IsDigit(r) // most are found without looking into tables
	})
	return slices.DeleteFunc(list, func(w string) bool { return empty[w] })
}

func stem(word string) string {
	if word[0] < 0x80 {
		return english.Stem(word, true)
	}
	return russian.Stem(word, true)
}

// empty are words that say nothing of a topic wherever they stand; read only.
var empty = func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq("и в во на с со у к ко о об от до по за из под над при для не ни а но что как это the a an of in on at to for and or is") {
		set[w] = true
	}
	return set
}()

// shortest is the length of a stem, in runes, from which on a slip of the finger can be told from another word.
const shortest = 6

// mend replaces stems that no keyword has by the only keyword's stem that differs in one letter: «асвальт».
func (j *Judge) mend(stems []string) []string {
	for i, s := range stems {
		if r := []rune(s); len(r) >= shortest && !j.isKnown(s) && !meantStems()[s] {
			if meant := j.meant(r); meant != nil {
				stems[i] = string(meant)
			}
		}
	}
	return stems
}

// meant gives the only keyword's stem that differs in one letter; nil where there is none, or more than one.
func (j *Judge) meant(slip []rune) (stem []rune) {
	for size := len(slip) - 1; size <= len(slip)+1; size++ {
		for _, k := range j.bySize[size] {
			if !oneOff(slip, k) {
				continue
			}
			if stem != nil {
				return nil
			}
			stem = k
		}
	}
	return stem
}

// oneOff tells whether one letter changed, added, left out or swapped with the next makes b of a.
func oneOff(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return len(b)-len(a) == 1 && slices.Equal(a[i:], b[i+1:])
	}
	return i < len(a) && (slices.Equal(a[i+1:], b[i+1:]) ||
		i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:]))
}
