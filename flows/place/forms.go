package place

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// declension says how names with an ending decline: what may stand instead of the ending.
type declension struct {
	ending string
	others []string
}

// declensions of names, the longest endings first. Where several are possible all are given: nobody writes the wrong
// ones. «Орловым» is a person's instrumental, the town's is «Орловом».
var declensions = []declension{
	{"ий", []string{"ого", "ому", "им", "ом", "его", "ему", "ем"}},
	{"ый", []string{"ого", "ому", "ым", "ом"}},
	{"ой", []string{"ого", "ому", "ым", "им", "ом"}},
	{"ая", []string{"ой", "ую"}},
	{"яя", []string{"ей", "юю"}},
	{"ое", []string{"ого", "ому", "ым", "им", "ом"}},
	{"ее", []string{"его", "ему", "им", "ем"}},
	{"ые", []string{"ых", "ым", "ыми"}},
	{"ие", []string{"их", "им", "ими", "ия", "ию", "ием", "ии"}},
	{"ье", []string{"ья", "ью", "ьем"}},
	{"ья", []string{"ьи", "ье", "ью", "ьей"}},
	{"ец", []string{"ца", "цу", "цем", "цом", "це", "еца", "еце"}},
	{"ок", []string{"ка", "ку", "ком", "ке", "ока", "оку", "оком", "оке"}},
	{"ек", []string{"ка", "ку", "ком", "ке", "ека", "еку", "еком", "еке"}},
	{"ята", []string{"ят", "ятам", "ятами", "ятах", "яты", "яте", "яту", "ятой"}},
	{"а", []string{"ы", "и", "е", "у", "ой", "ей"}},
	{"я", []string{"и", "е", "ю", "ей"}},
	{"о", []string{"а", "у", "ом", "е"}},
	{"е", []string{"я", "ю", "а", "у", "ем"}},
	{"ы", []string{"ам", "ами", "ах", "ов", "ев", ""}},
	{"и", []string{"ам", "ами", "ах", "ям", "ями", "ях", "ей", "ов", "ев", "ь", ""}},
	{"ь", []string{"я", "ю", "ем", "е", "и", "ью"}},
	{"й", []string{"я", "ю", "ем", "е"}},
	{"", []string{"а", "у", "ом", "ем", "е"}},
}

// forms gives a name's word in every case, the nominative first.
func forms(w string) []string {
	list := []string{w}
	stem, endings := decline(w)
	if endings == nil {
		return list
	}
	for _, o := range endings.others {
		list = append(list, stem+o)
	}
	if endings.takesVowel() {
		list = append(list, withVowel(stem)...)
	}
	return list
}

// withVowel puts a vowel between the last two consonants, as the genitive of the plural does.
func withVowel(stem string) []string {
	last, size := utf8.DecodeLastRuneInString(stem)
	head := stem[:len(stem)-size]
	before, size := utf8.DecodeLastRuneInString(head)
	if size == len(head) || !isConsonant(last) || !isConsonant(before) {
		return nil
	}
	return []string{head + "о" + string(last), head + "е" + string(last)}
}

func isConsonant(r rune) bool {
	return strings.ContainsRune("бвгджзклмнпрстфхцчшщ", r)
}

// isForm tells whether a word is a name's word in some case.
func isForm(low, name string) bool {
	stem, endings := decline(name)
	if ending, ok := strings.CutPrefix(low, stem); ok && endings.has(ending) {
		return true
	}
	return endings.takesVowel() && slices.Contains(withVowel(stem), low)
}

// isAdjective tells whether a name's word in the nominative looks like an adjective: such words mean a place only where
// something beside them says so.
func isAdjective(low string) bool {
	for _, e := range []string{"ий", "ый", "ой", "ая", "яя", "ое", "ее", "ые", "ие"} {
		if strings.HasSuffix(low, e) {
			return true
		}
	}
	return false
}
