package place

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"otklik/config"
)

// Scores of what speaks for a settlement. At sure nobody needs to confirm it.
const (
	sure     = 2.0
	byKind   = 2.0 // its kind stands before the name
	byAnswer = 2.0 // it was asked for, or its district stands beside it
	byCentre = 2.0 // it is a municipality's centre
	byTown   = 1.0
	byLength = 1.0 // each further word of the name
	byCase   = 0.5 // the name stands as on the map: «Горки» are rather Горки than those of Горка
)

// finding is a settlement that is named at some word of the text.
type finding struct {
	settlement, from, to int
	score                float64
	village              bool // its kind was said, and it is no town: then a town beside it is only the way there
}

// settlements finds the settlement that the words name: with homonyms all that are likeliest. end is the word behind
// the name.
func (t *reading) settlements(municipality string) (best []Candidate, end int) {
	if t.elsewhere() {
		return nil, 0
	}
	var all []finding
	for i := 0; i < len(t.ws); i++ {
		if t.used[i] {
			continue
		}
		if list, n := t.named(i); n > 0 {
			all = append(all, t.weigh(list, i, i+n, municipality)...)
		}
	}
	every := all
	all = slices.DeleteFunc(slices.Clone(all), func(f finding) bool { // «Большой Арбаж» is not Арбаж
		return slices.ContainsFunc(every, func(g finding) bool { return g.from <= f.from && f.to <= g.to && g.to-g.from > f.to-f.from })
	})
	all = t.narrow(all)
	top := 0.0
	for _, f := range all {
		top = max(top, f.score)
	}
	all = slices.DeleteFunc(all, func(f finding) bool { return f.score < top })
	slices.SortStableFunc(all, func(a, b finding) int { return cmp.Compare(a.from, b.from) })
	for _, f := range all {
		// Of two different names an answer means the first; in what is told of a problem nobody knows which.
		if name := t.names[all[0].settlement]; t.names[f.settlement] != name {
			if !t.asked {
				return nil, 0
			}
			continue
		}
		c := Candidate{t.pack.Settlements[f.settlement], f.score}
		if !slices.ContainsFunc(best, func(b Candidate) bool { return b.Settlement.OKTMO == c.Settlement.OKTMO }) {
			best, end = append(best, c), f.to
		}
	}
	slices.SortFunc(best, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(rank(a.Settlement), rank(b.Settlement)), cmp.Compare(a.Settlement.OKTMO, b.Settlement.OKTMO))
	})
	return best, end
}

// rank puts towns before villages: more people are from there.
func rank(s config.Settlement) int {
	if s.Type == "г" || s.Type == "пгт" {
		return 0
	}
	return 1
}

// named gives the settlements whose whole name stands at word i, in any case, those with the longest name only.
func (t *reading) named(i int) (list []int, length int) {
	for _, id := range t.entries(i) {
		e := &t.byName.entries[id]
		n := len(e.name)
		if n < length || !t.follows(i, e.name) || !t.mayBeShort(i, e) {
			continue
		}
		if n > length {
			list, length = nil, n
		}
		if !slices.Contains(list, e.settlement) {
			list = append(list, e.settlement)
		}
	}
	return list, length
}

// mayBeShort tells whether word i may begin a name that is short for an entry's: «в поляны» is not «В. Поляны», and «в
// Чепецком» is not in «Чепецк». It may where the name is not short.
func (t *reading) mayBeShort(i int, e *entry) bool {
	first, name := e.name[0], t.names[e.settlement]
	if len(e.name) == 1 {
		return strings.HasPrefix(name, first) || strings.Contains(first, "-") || !strings.HasSuffix(t.ws[i].low, "ом")
	}
	return t.ws[i].dot || utf8.RuneCountInString(first) > 1 || strings.HasPrefix(name, first+" ")
}

// entries gives what a name that begins at word i may be. It is asked for again and again, so it is looked up once.
func (t *reading) entries(i int) []int32 {
	if t.known[i] == nil {
		t.known[i] = t.byName.find(t.ws[i].low)
	}
	return t.known[i]
}

// follows tells whether the further words of a name stand behind word i.
func (t *reading) follows(i int, name []string) bool {
	if i+len(name) > len(t.ws) {
		return false
	}
	for k, n := range name[1:] {
		if t.used[i+k+1] || t.ws[i+k].comma || !isForm(t.ws[i+k+1].low, n) {
			return false
		}
	}
	return true
}

// isSettlement tells whether a settlement's name stands at word i as it stands on the map. A street is named in the
// genitive («Ленина 5»), so that it is none.
func (t *reading) isSettlement(i int) bool {
	list, n := t.named(i)
	return slices.ContainsFunc(list, func(s int) bool { return t.asOnMap(s, i, i+n) })
}

func (t *reading) asOnMap(s, from, to int) bool {
	name, low := t.names[s], t.ws[from].low
	if to-from == 1 {
		short, ok := strings.CutSuffix(name, low) // «Чепецк»
		return ok && (short == "" || strings.HasSuffix(short, "-"))
	}
	low = fold(join(t.ws[from:to]))
	return name == low || strings.ReplaceAll(name, "-", " ") == low // «Кирово Чепецк»
}

// town tells whether everybody of the region knows a settlement.
func (t *reading) town(s int) bool {
	return len(t.centres[s]) > 0 || rank(t.pack.Settlements[s]) == 0
}

// weigh narrows homonyms by kind and district, drops what is more likely an ordinary word, and scores the rest.
func (t *reading) weigh(list []int, from, to int, municipality string) (out []finding) {
	if t.partOfLonger(from, to) {
		return nil
	}
	if municipality != "" {
		in := t.only(list, func(s config.Settlement) bool { return s.Municipality == municipality })
		if len(in) == 0 && !t.asked {
			return nil
		}
		if len(in) > 0 {
			list = in
		}
	}
	types, typed := t.kindBefore(from)
	other := false // of the kind that was said there is none
	if typed {
		of := t.only(list, func(s config.Settlement) bool { return slices.Contains(types, s.Type) })
		if other = len(of) == 0; !other {
			list = of
		} else if !t.asked && slices.Contains(types, "г") { // «в городе Москве» is not about the village of that name
			return nil
		}
	}
	for _, i := range list {
		if !t.allowed(i, from, to, typed, municipality) {
			continue
		}
		s := t.pack.Settlements[i]
		score := byLength * float64(to-from-1)
		if typed && !other {
			score += byKind
		}
		if t.asked || municipality != "" {
			score += byAnswer
		}
		if len(t.centres[i]) > 0 && (!typed || slices.Contains(types, s.Type)) {
			score += byCentre
		}
		if t.town(i) && (!t.asked || len(t.centres[i]) > 0) { // «Сосновка» is a town, and nine villages: that is asked
			score += byTown
		}
		if t.asOnMap(i, from, to) {
			score += byCase
		}
		if other || far[t.names[i]] && !typed && municipality == "" && !t.town(i) {
			score = min(score, sure/2)
		}
		out = append(out, finding{i, from, to, score, typed && !t.town(i)})
	}
	return out
}

func (t *reading) only(list []int, keep func(config.Settlement) bool) (out []int) {
	for _, i := range list {
		if keep(t.pack.Settlements[i]) {
			out = append(out, i)
		}
	}
	return out
}

// kindBefore gives the kind of settlement that stands before word i: «с» is a
// preposition, «с.» is not, nor is «с» before a nominative.
func (t *reading) kindBefore(i int) (types []string, typed bool) {
	if i == 0 || i >= len(t.ws) || t.ws[i-1].comma || t.used[i-1] {
		return nil, false
	}
	w := t.ws[i-1]
	types = kinds[w.low]
	switch {
	case w.low == "зато":
		typed = w.text == "ЗАТО"
	case w.low == "с":
		typed = w.dot || t.asked && t.ws[i].big && t.isSettlement(i)
	case w.low == "м": // mostly a metre or somebody's initial
		typed = t.asked
	case utf8.RuneCountInString(w.low) <= 2:
		typed = types != nil && (w.dot || t.asked || t.ws[i].big || w.low == "г" && t.isKind(i-1))
	default:
		typed = types != nil
	}
	return types, typed
}
