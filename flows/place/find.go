package place

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Words that stand before the name of a settlement, and the types that they mean.
var kinds = map[string][]string{
	"г": {"г"}, "гор": {"г"}, "город": {"г"}, "городе": {"г"}, "города": {"г"},
	"пгт": {"пгт"}, "с": {"с"}, "село": {"с"}, "селе": {"с"}, "села": {"с"}, "селу": {"с"},
	"д": {"д"}, "дер": {"д"}, "деревня": {"д"}, "деревне": {"д"}, "деревни": {"д"}, "деревню": {"д"},
	"п": {"п", "пгт"}, "пос": {"п", "пгт"}, "поселок": {"п", "пгт"}, "поселке": {"п", "пгт"}, "поселка": {"п", "пгт"},
	"ст": {"ж/д ст", "ст"}, "станция": {"ж/д ст", "ст"}, "станции": {"ж/д ст", "ст"}, "разъезд": {"ж/д рзд"},
	"х": {"х"}, "хутор": {"х"}, "починок": {"починок"}, "починке": {"починок"}, "кордон": {"кордон"}, "мкр": nil, "слобода": nil,
}

// Words that stand before or after the name of a street, and how they are written in a label.
var streets = map[string]string{
	"ул": "ул.", "улица": "ул.", "улице": "ул.", "улицы": "ул.", "улицу": "ул.", "улиц": "ул.",
	"пр": "просп.", "пр-т": "просп.", "пр-кт": "просп.", "просп": "просп.", "проспект": "просп.", "проспекте": "просп.", "проспекту": "просп.",
	"пер": "пер.", "переулок": "пер.", "переулке": "пер.", "пр-д": "проезд", "проезд": "проезд", "проезде": "проезд",
	"б-р": "бул.", "бульвар": "бул.", "бульваре": "бул.", "ш": "ш.", "шоссе": "ш.", "пл": "пл.", "площадь": "пл.", "площади": "пл.",
	"наб": "наб.", "набережная": "наб.", "набережной": "наб.", "тракт": "тракт", "тракте": "тракт",
	"мкр": "мкр", "мкрн": "мкр", "микрорайон": "мкр", "микрорайоне": "мкр", "квартал": "кв-л", "квартале": "кв-л",
}

var (
	houseForm = regexp.MustCompile(`^\d{1,3}[а-яa-z]?(?:/\d{1,3}[а-яa-z]?)?(?:-?[кk]\d{1,2})?$`)
	district  = map[string]bool{"район": true, "района": true, "районе": true, "р-н": true, "р-не": true, "р-на": true, "округ": true, "округа": true, "округе": true}
	houses    = map[string]bool{"д": true, "дом": true, "дома": true, "доме": true, "дому": true, "домом": true}
)

// Find looks for a place in a text about something else: what a person tells of a problem. A village named like an
// ordinary word («Заря») is taken only where «деревня» or the like stands before it.
func (f *Finder) Find(text string) Result { return f.look(text, false) }

// Answer looks for a place in an answer to «where?»: the text is a place and nothing else.
func (f *Finder) Answer(text string) Result { return f.look(text, true) }

// look reads the words once for each part of an address.
func (f *Finder) look(text string, asked bool) (r Result) {
	if len(text) > 4000 {
		text = strings.ToValidUTF8(text[:4000], "")
	}
	ws := words(text)
	used := make([]bool, len(ws))
	r.Municipality = f.district(ws, used)
	f.street(ws, used, &r, asked)
	r.Candidates = f.settlements(ws, used, r.Municipality, asked)
	if len(r.Candidates) == 0 && asked {
		r.Candidates = f.nearly(ws, used, r.Municipality)
	}
	switch len(r.Candidates) {
	case 0:
		if asked && r.Municipality == "" && len(ws) > 0 {
			r.Municipality = f.bare(ws, used)
		}
		r.Certain = r.Municipality != ""
	case 1:
		c := r.Candidates[0]
		r.Municipality = c.Settlement.Municipality
		r.Certain = c.Score >= sure
	}
	return r
}

// district finds «Куменский район» in any case.
func (f *Finder) district(ws []word, used []bool) string {
	for i, w := range ws {
		if i == 0 || !district[w.low] {
			continue
		}
		for _, s := range caseStems(ws[i-1].low) {
			if code := f.districts[s]; code != "" {
				used[i-1], used[i] = true, true
				return code
			}
		}
	}
	return ""
}

// bare finds a municipality without the word «район»: «Куменский».
func (f *Finder) bare(ws []word, used []bool) string {
	for i, w := range ws {
		if used[i] {
			continue
		}
		for _, s := range caseStems(w.low) {
			if code := f.districts[s]; code != "" {
				return code
			}
		}
	}
	return ""
}

// street finds a street and a house.
func (f *Finder) street(ws []word, used []bool, r *Result, asked bool) {
	mark := func(from, to int) {
		for i := from; i < to; i++ {
			used[i] = true
		}
	}
	for i, w := range ws {
		label, ok := streets[w.low]
		if !ok || used[i] || (w.low == "ш" || w.low == "пр" || w.low == "пл") && !w.dot {
			continue
		}
		// The name follows, up to a comma, a number or an ordinary word; or it stands before: «Октябрьский проспект».
		j := i + 1
		for j < len(ws) && j <= i+3 && (j == i+1 || !ws[j-1].comma) && !isHouse(ws[j]) && !houses[ws[j].low] && (ws[j].big || asked && j == i+1) {
			j++
		}
		// A number may belong to the name: «ул. 60 лет Октября».
		if j == i+1 && i+2 < len(ws) && isHouse(ws[j]) && (ws[j+1].low == "лет" || ws[j+1].low == "мая" || ws[j+1].low == "октября" || ws[j+1].low == "марта") {
			for j < len(ws) && j <= i+3 && !(j > i+1 && isHouse(ws[j])) && !ws[j-1].comma {
				j++
			}
		}
		switch {
		case j > i+1:
			r.Street = label + " " + join(ws[i+1:j])
			mark(i, j)
			f.house(ws, used, r, j)
			return
		case i > 0 && ws[i-1].big && !used[i-1]:
			r.Street = label + " " + ws[i-1].text
			mark(i-1, i+1)
			f.house(ws, used, r, i+1)
			return
		}
	}
	// «Ленина 5», «Ленина, 5»: a name with a capital and a house behind it.
	for i := 1; i < len(ws); i++ {
		if !isHouse(ws[i]) || used[i] || used[i-1] || !ws[i-1].big || houses[ws[i-1].low] || kinds[ws[i-1].low] != nil {
			continue
		}
		if i > 1 && kinds[ws[i-2].low] != nil || f.isSettlement(ws[:i], i-1) && !(asked && i > 1) {
			continue
		}
		from := i - 1
		if from > 0 && ws[from-1].big && !ws[from-1].comma && !ws[from-1].first && !f.isSettlement(ws[:from], from-1) {
			from--
		}
		r.Street = "ул. " + join(ws[from:i])
		r.House = ws[i].text
		mark(from, i+1)
		return
	}
	// «у дома 12 на Ленина»
	for i := range ws {
		if !houses[ws[i].low] || i+1 >= len(ws) || !isHouse(ws[i+1]) {
			continue
		}
		r.House = ws[i+1].text
		mark(i, i+2)
		if i+3 < len(ws) && (ws[i+2].low == "на" || ws[i+2].low == "по") && ws[i+3].big {
			r.Street = "ул. " + ws[i+3].text
			mark(i+2, i+4)
		} else if i > 0 && ws[i-1].big && !used[i-1] && !f.isSettlement(ws, i-1) && !ws[i-1].first {
			r.Street = "ул. " + ws[i-1].text
			used[i-1] = true
		} else {
			r.House = ""
		}
		return
	}
}

// house finds the house behind a street's name.
func (f *Finder) house(ws []word, used []bool, r *Result, i int) {
	if i < len(ws) && houses[ws[i].low] {
		used[i] = true
		i++
	}
	if i < len(ws) && isHouse(ws[i]) {
		r.House = ws[i].text
		used[i] = true
	}
}

func isHouse(w word) bool { return houseForm.MatchString(w.low) }

func join(ws []word) string {
	parts := make([]string, len(ws))
	for i, w := range ws {
		parts[i] = w.text
	}
	return strings.Join(parts, " ")
}

// isSettlement tells whether a settlement's name stands at word i as it stands on the map. A street is named in the
// genitive («Ленина 5»), so that it is none.
func (f *Finder) isSettlement(ws []word, i int) bool {
	list, n := f.named(ws, i)
	return slices.ContainsFunc(list, func(s int) bool { return fold(f.pack.Settlements[s].Name) == fold(join(ws[i:i+n])) })
}

// Scores of what speaks for a settlement. At sure nobody needs to confirm it.
const (
	sure     = 2.0
	byKind   = 2.0 // its kind stands before the name
	byCentre = 2.0 // it is a municipality's centre
	byTown   = 1.0
	byLength = 1.0 // each further word of the name
	byAnswer = 2.0 // it was asked for
	byBig    = 0.5 // a capital in the middle of a sentence
)

// settlements finds the settlement that the words name: all of its name, or all that are likeliest.
func (f *Finder) settlements(ws []word, used []bool, municipality string, asked bool) []Candidate {
	var best []Candidate
	top := 0.0
	for i := range ws {
		if used[i] || utf8.RuneCountInString(ws[i].low) < 3 {
			continue
		}
		list, length := f.named(ws, i)
		if len(list) == 0 {
			continue
		}
		var types []string
		typed := false
		if i > 0 && !ws[i-1].comma {
			types, typed = kinds[ws[i-1].low], kinds[ws[i-1].low] != nil
			typed = typed && (len(ws[i-1].low) > 2 || ws[i-1].dot || asked || ws[i].big) // «с» is a preposition, «с.» is not
			if ws[i-1].low == "с" && !ws[i-1].dot {
				typed = false
			}
		}
		for _, c := range f.weigh(list, types, typed, municipality, asked) {
			c.Score += byLength * float64(length-1)
			if ws[i].big && !ws[i].first {
				c.Score += byBig
			}
			if !f.allowed(ws[i], c, typed, municipality, asked) {
				continue
			}
			switch {
			case c.Score > top:
				best, top = []Candidate{c}, c.Score
			case c.Score == top && !slices.ContainsFunc(best, func(b Candidate) bool { return b.Settlement.OKTMO == c.Settlement.OKTMO }):
				best = append(best, c)
			}
		}
	}
	slices.SortFunc(best, func(a, b Candidate) int { return cmp.Compare(a.Settlement.OKTMO, b.Settlement.OKTMO) })
	return best
}

// allowed keeps ordinary words from being taken for villages.
func (f *Finder) allowed(w word, c Candidate, typed bool, municipality string, asked bool) bool {
	switch {
	case asked || typed:
		return true
	case !w.big:
		return false
	case f.centres[c.Settlement.OKTMO], isTown(c.Settlement.Type):
		return true
	}
	return municipality != "" && !w.first
}

// weigh narrows homonyms by kind and district and scores those that are left.
func (f *Finder) weigh(list []int, types []string, typed bool, municipality string, asked bool) (out []Candidate) {
	if municipality != "" {
		in := slices.DeleteFunc(slices.Clone(list), func(i int) bool { return f.pack.Settlements[i].Municipality != municipality })
		if len(in) == 0 && !asked {
			return nil
		}
		if len(in) > 0 {
			list = in
		}
	}
	if typed {
		of := slices.DeleteFunc(slices.Clone(list), func(i int) bool { return !slices.Contains(types, f.pack.Settlements[i].Type) })
		if len(of) > 0 {
			list = of
		}
	}
	for _, i := range list {
		s := f.pack.Settlements[i]
		score := 0.0
		if typed {
			score += byKind
		}
		if asked || municipality != "" {
			score += byAnswer
		}
		if f.centres[s.OKTMO] && !(typed && !slices.Contains(types, s.Type)) {
			score += byCentre
		}
		if isTown(s.Type) {
			score += byTown
		}
		out = append(out, Candidate{s, score})
	}
	return out
}

// named gives the settlements whose whole name stands at word i, in any case, those with the longest name only.
func (f *Finder) named(ws []word, i int) (list []int, length int) {
	for _, s := range caseStems(ws[i].low) {
		for _, e := range f.byStem[s] {
			n := len(e.stems)
			if n < length || i+n > len(ws) || !follows(ws[i+1:i+n], e.stems[1:]) {
				continue
			}
			if n > length {
				list, length = nil, n
			}
			if !slices.Contains(list, e.settlement) {
				list = append(list, e.settlement)
			}
		}
	}
	return list, length
}

func follows(ws []word, stems []string) bool {
	for i, s := range stems {
		if !slices.Contains(caseStems(ws[i].low), s) {
			return false
		}
	}
	return true
}

// nearly finds settlements whose name differs by one letter: a slip of the finger. Somebody must confirm them.
func (f *Finder) nearly(ws []word, used []bool, municipality string) (best []Candidate) {
	for i, w := range ws {
		r := []rune(w.low)
		if used[i] || len(r) < 5 || kinds[w.low] != nil || streets[w.low] != "" || district[w.low] {
			continue
		}
		for _, n := range f.byLetters[string(r[:1])] {
			s := f.pack.Settlements[n]
			name := []rune(fold(s.Name))
			if strings.ContainsRune(s.Name, ' ') || !oneOff(r, name) || municipality != "" && s.Municipality != municipality {
				continue
			}
			score := 0.0
			if f.centres[s.OKTMO] {
				score = byCentre / 2
			}
			best = append(best, Candidate{s, score})
		}
		if len(best) > 0 {
			break
		}
	}
	top := 0.0
	for _, c := range best {
		top = max(top, c.Score)
	}
	return slices.DeleteFunc(best, func(c Candidate) bool { return c.Score < top })
}

// oneOff tells whether one letter changed, added, left out or swapped with the next makes a of b.
func oneOff(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return slices.Equal(a[i:], b[i+1:])
	}
	if i == len(a) || slices.Equal(a[i+1:], b[i+1:]) {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
}
