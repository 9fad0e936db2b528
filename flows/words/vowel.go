package words

import "strings"

// tighten drops the vowel that comes and goes before a Russian word's last consonant, which stemming leaves: «остановок»
// is «остановка», «посёлок» is «посёлка», «скамеек» is «скамейка», «козырёк» is «козырька». A word's only vowel stays.
// As it looks at nothing but the stem, words that had one stem have one after it.
func tighten(stem string) string {
	r := []rune(stem)
	n := len(r)
	if n < 4 || !strings.ContainsAny(string(r[:n-2]), "аеиоуыэюя") {
		return stem
	}
	head, before, vowel, end := string(r[:n-2]), r[n-3], r[n-2], string(r[n-1])
	switch {
	case vowel == 'ь' && strings.Contains("кц", end):
		return head + end
	case vowel != 'о' && vowel != 'е' || !strings.Contains("кцнлр", end):
		return stem
	case !strings.ContainsRune("аеиоуыэюяйьъ", before):
		return head + end
	case vowel == 'е' && strings.ContainsRune("аеоу", before) && strings.Contains("кцн", end):
		return head + "й" + end
	}
	return stem
}
