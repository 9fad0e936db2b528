// Package place finds where something is: from a point, from coordinates that people paste, from a place in words with
// its declensions, homonyms and abbreviations.
package place

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"otklik/config"
	"otklik/flows/memo"
)

// Boundaries tells which municipality a point lies in.
type Boundaries interface {
	At(lat, lon float64) (code string, ok bool)
}

// Finder finds places of a region. It is safe for use by many at once.
type Finder struct {
	pack      *config.Pack
	bounds    Boundaries            // nil without
	byCode    func() map[string]int // OKTMO → settlement
	byName    *index
	names     []string          // of the settlements, folded
	byLetter  map[rune][]int    // what a name begins with → settlements, for slips of the finger
	districts map[string]string // «куменский», in every case → municipality
	centres   map[int][]string  // settlements that are centres → their municipalities
	parts     map[string][]part // the first word of their name, in every case → parts of centres
	english   *strings.Replacer // names in English

	told, answered *memo.Memo[Result] // of texts: the same one is read at several steps of a conversation
}

// remembered is how many texts' places are kept.
const remembered = 512

// Spot is where a point lies.
type Spot struct {
	Municipality string
	Certain      bool    // by boundaries
	Near         string  // the centre of the municipality that is nearest: «Кумены»
	DistanceKm   float64 // to it
}

// Candidate is a settlement that words may mean.
type Candidate struct {
	Settlement config.Settlement
	Score      float64 // higher is likelier
}

// Result is what words say of a place.
type Result struct {
	Candidates   []Candidate // homonyms, if more than one
	Municipality string      // named, or that of the only candidate
	Street       string      // «ул. Ленина»; «с. Дальняя Тойма, ул. Ленина» where that is not on the map
	House        string
	Certain      bool // beyond doubt: nobody needs to confirm it
}

// New makes a finder; bounds may be nil.
func New(pack *config.Pack, bounds Boundaries) *Finder {
	n := len(pack.Settlements)
	f := &Finder{pack: pack, bounds: bounds, byName: newIndex(n), names: make([]string, n), byLetter: map[rune][]int{},
		districts: map[string]string{}, centres: map[int][]string{}, parts: map[string][]part{}, english: english(pack)}
	f.byCode = sync.OnceValue(func() map[string]int { // not before a settlement is asked for: a start is quicker without
		codes := make(map[string]int, n)
		for i, s := range pack.Settlements {
			codes[s.OKTMO] = i
		}
		return codes
	})
	for i, s := range pack.Settlements {
		f.names[i] = fold(s.Name)
		f.addSettlement(i, f.name(i))
	}
	for i := range pack.Municipalities {
		f.addMunicipality(&pack.Municipalities[i])
		f.addParts(pack.Municipalities[i].Code, pack.Municipalities[i].Parts)
	}
	f.told = memo.New(remembered, func(text string) Result { return f.look(text, false) })
	f.answered = memo.New(remembered, func(text string) Result { return f.look(text, true) })
	return f
}

// name gives a settlement's name as folded words.
func (f *Finder) name(i int) (name []string) {
	if isWord(f.names[i]) {
		return f.names[i : i+1 : i+1]
	}
	for _, w := range words(f.pack.Settlements[i].Name) {
		name = append(name, w.low)
	}
	return name
}

func (f *Finder) addSettlement(i int, name []string) {
	if len(name) == 0 {
		return
	}
	f.byName.add(i, name)
	letter, _ := utf8.DecodeRuneInString(name[0])
	if first, rest, ok := strings.Cut(name[0], "-"); ok && len(name) == 1 { // «Кирово Чепецк», «К-Чепецк»
		f.byName.add(i, strings.Split(name[0], "-"))
		initial, _ := utf8.DecodeRuneInString(first)
		f.byName.add(i, []string{string(initial) + "-" + rest})
	}
	if f.pack.Settlements[i].Type == "г" {
		f.addShort(i)
	}
	f.byLetter[letter] = append(f.byLetter[letter], i)
}

// addShort takes what a town of two words is called for short: «Чепецк», «В. Поляны».
func (f *Finder) addShort(i int) {
	first, rest, two := strings.Cut(strings.ReplaceAll(f.names[i], "-", " "), " ")
	if !two || !isWord(rest) {
		return
	}
	initial, _ := utf8.DecodeRuneInString(first)
	f.byName.add(i, []string{string(initial), rest})
	if strings.Contains(f.names[i], "-") {
		f.byName.add(i, []string{rest})
	}
}

// addMunicipality takes what a municipality is called after («Куменский») and its centre. A town is no «район».
func (f *Finder) addMunicipality(m *config.Municipality) {
	for _, w := range words(m.Short) {
		if !strings.HasSuffix(w.low, "ский") && !strings.HasSuffix(w.low, "ской") && !strings.HasSuffix(w.low, "цкий") {
			continue
		}
		for _, form := range forms(w.low) {
			if f.districts[form] == "" || !isUrban(m) {
				f.districts[form] = m.Code
			}
		}
	}
	kind, name, _ := strings.Cut(m.Centre, " ")
	for _, i := range f.called(name) {
		if s := f.pack.Settlements[i]; s.Name == name && s.Type == kind {
			f.centres[i] = append(f.centres[i], m.Code)
		}
	}
}

// called gives the settlements whose names begin as this one does, each once.
func (f *Finder) called(name string) (list []int) {
	ws := words(name)
	if len(ws) == 0 {
		return nil
	}
	for _, id := range f.byName.find(ws[0].low) {
		if s := f.byName.entries[id].settlement; !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

func isUrban(m *config.Municipality) bool {
	return strings.Contains(fold(m.Name), "городской")
}

// Settlement gives a settlement by its OKTMO.
func (f *Finder) Settlement(oktmo string) (config.Settlement, bool) {
	i, ok := f.byCode()[oktmo]
	if !ok {
		return config.Settlement{}, false
	}
	return f.pack.Settlements[i], true
}
