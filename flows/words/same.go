package words

import (
	"strings"
	"unicode/utf8"
)

// endings are those of Russian nouns and adjectives, the longer first.
var endings = []string{"ого", "его", "ому", "ему", "ыми", "ими", "ами", "ями", "ый", "ий", "ой", "ей", "ые", "ие", "ых", "их", "ым", "им", "ом", "ем",
	"ам", "ям", "ах", "ях", "ая", "яя", "ую", "юю", "а", "я", "о", "е", "у", "ю", "ы", "и", "ь", "й"}

// Same tells whether two folded words are one name in any case: «киров» and «кирове», which have two stems, but not
// «мост» and «мостки».
func Same(a, b string) bool { return a == b || bare(a) == bare(b) }

func bare(w string) string {
	for _, e := range endings {
		if rest, ok := strings.CutSuffix(w, e); ok && utf8.RuneCountInString(rest) >= 3 {
			return rest
		}
	}
	return w
}
