package place

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"otklik/config"
)

// english gives the names of municipalities and their centres as the pack has them in English, and what they are in
// Russian: such names are not always written letter by letter.
func english(pack *config.Pack) *strings.Replacer {
	var pairs []string
	for i := range pack.Municipalities {
		m := &pack.Municipalities[i]
		name, _, _ := strings.Cut(m.English, " (")
		if strings.HasSuffix(name, " District") {
			first, _, _ := strings.Cut(m.Short, " ")
			pairs = append(pairs, name, first+" район")
			continue
		}
		_, centre, _ := strings.Cut(m.Centre, " ")
		pairs = append(pairs, name, centre)
	}
	return strings.NewReplacer(pairs...)
}

// inRussian writes a text of Latin letters in Russian ones, as far as it may be a place: names, and the words of
// addresses. Other texts stay as they are.
func (f *Finder) inRussian(text string) string {
	latin := false
	for _, r := range text {
		if unicode.Is(unicode.Cyrillic, r) {
			return text
		}
		latin = latin || unicode.Is(unicode.Latin, r)
	}
	if !latin {
		return text
	}
	text = f.english.Replace(text)
	var b strings.Builder
	for len(text) > 0 {
		n := 0
		for n < len(text) && (text[n] >= 'a' && text[n] <= 'z' || text[n] >= 'A' && text[n] <= 'Z' || n > 0 && text[n] == '\'') {
			n++
		}
		if n == 0 {
			_, n = utf8.DecodeRuneInString(text)
			b.WriteString(text[:n])
		} else {
			b.WriteString(russianWord(text[:n]))
		}
		text = text[n:]
	}
	return b.String()
}

// ofAddresses are the English words of addresses. "Lenina street" has its mark behind the name, as «Ленина ул.».
var ofAddresses = map[string]string{
	"in": "в", "at": "на", "on": "на", "near": "возле", "house": "дом", "building": "дом", "district": "район",
	"street": "ул", "st": "ул", "str": "ул", "ul": "ул", "ulitsa": "улица", "avenue": "просп", "ave": "просп", "prospekt": "проспект",
	"lane": "пер", "pereulok": "переулок", "square": "площадь", "proezd": "проезд", "village": "деревня", "town": "город", "city": "город",
}

// russianWord writes a word in Russian letters: a name with its capital, a word of addresses, a letter of a house.
func russianWord(word string) string {
	low := strings.ToLower(word)
	if known := ofAddresses[low]; known != "" {
		return known
	}
	if low == word && len(word) > 1 {
		return word
	}
	low = letters.Replace(low)
	if word[0] >= 'a' {
		return low
	}
	r, n := utf8.DecodeRuneInString(low)
	return string(unicode.ToUpper(r)) + low[n:]
}

// letters are those of a transliteration as passports and maps have it; of two that begin alike the longer stands first.
var letters = strings.NewReplacer("oktyabrya", "октября", "oktyabr", "октябрь", "shch", "щ", "skiy", "ский", "skoy", "ской", "sky", "ский", "iy", "ий", "yy", "ый", "oy", "ой", "ay", "ай", "ey", "ей",
	"zh", "ж", "kh", "х", "ts", "ц", "ch", "ч", "sh", "ш", "yu", "ю", "ya", "я", "ye", "е", "yo", "е", "'", "ь",
	"a", "а", "b", "б", "v", "в", "g", "г", "d", "д", "e", "е", "z", "з", "i", "и", "j", "й", "k", "к", "l", "л", "m", "м", "n", "н",
	"o", "о", "p", "п", "r", "р", "s", "с", "t", "т", "u", "у", "f", "ф", "h", "х", "c", "к", "y", "ы", "w", "в", "x", "кс", "q", "к")
