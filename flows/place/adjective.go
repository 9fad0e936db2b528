package place

import "strings"

// nominative gives an adjective of a street's name in the nominative: «Октябрьском» → «октябрьский», «Садовой» →
// «садовая»; "" for what is no adjective of that gender. Ambiguous are names of women in the genitive («Терешковой»):
// these stay.
func nominative(low string, s sex) string {
	var from [][2]string
	switch s {
	case he:
		from = [][2]string{{"ого", ""}, {"ому", ""}, {"ом", ""}, {"его", "ий"}, {"ему", "ий"}, {"ий", "ий"}, {"ый", "ый"}, {"ой", "ой"}}
	case she:
		from = [][2]string{{"ая", "ая"}, {"яя", "яя"}, {"ую", "ая"}, {"юю", "яя"}, {"ней", "няя"}, {"ой", "ая"}}
	case it:
		from = [][2]string{{"ое", "ое"}, {"ом", "ое"}, {"ого", "ое"}}
	}
	for _, f := range from {
		stem, ok := strings.CutSuffix(low, f[0])
		if !ok || len(stem) < 4 {
			continue
		}
		if f[0] == f[1] {
			return low
		}
		if (f[0] == "ой" || f[0] == "ом") && !isStem(stem) {
			return ""
		}
		end := f[1]
		if end == "" {
			end = "ый"
			if endsWithAny(stem, "к", "г", "х", "ж", "ш", "щ", "ч") {
				end = "ий"
			}
		}
		return stem + end
	}
	return ""
}

// plain are the adjectives on «-овая» that streets are named after; other words on «-овой» are people.
var plain = set("садов полев лугов берегов цветочн парков соснов кедров липов вишнев кольцев трудов боров тополев портов нов рябинов кленов ольхов торгов")

// isStem tells whether what is left of a word without its ending is an adjective's.
func isStem(stem string) bool {
	if endsWithAny(stem, "ов", "ев", "ин", "ын") {
		return plain[stem]
	}
	return endsWithAny(stem, "ск", "цк", "н", "в", "т", "р", "л", "г", "к", "х")
}

func endsWithAny(s string, endings ...string) bool {
	for _, e := range endings {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}
