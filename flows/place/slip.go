package place

import (
	"slices"
	"unicode/utf8"
)

// How many letters a name must have for one slip of the finger, and for two.
const (
	oneSlip  = 5
	twoSlips = 10
)

// slips finds settlements whose name differs by a letter or two. Somebody must confirm them.
func (t *reading) slips(municipality string) (best []Candidate) {
	for i, w := range t.ws {
		if !t.mayBeSlip(i) {
			continue
		}
		if best = t.meant(w.low, i, municipality, 1); len(best) == 0 && utf8.RuneCountInString(w.low) >= twoSlips {
			best = t.meant(w.low, i, municipality, 2)
		}
		if len(best) > 0 {
			return best
		}
	}
	return nil
}

// mayBeSlip tells whether word i may be a name with a slip in it: long enough, no ordinary word of an address, and it
// stands where names do.
func (t *reading) mayBeSlip(i int) bool {
	w := t.ws[i]
	if len(t.entries(i)) > 0 { // it is a name as it stands, and was not meant
		return false
	}
	if t.used[i] || utf8.RuneCountInString(w.low) < oneSlip || t.partOfLonger(i, i+1) || i > 0 && things[t.ws[i-1].low] {
		return false
	}
	if kinds[w.low] != nil || districtWords[w.low] || small[w.low] || numbered[w.low] || counted[w.low] {
		return false
	}
	return w.big || i == 0 || t.ws[i-1].comma || into[t.ws[i-1].low] || kinds[t.ws[i-1].low] != nil
}

// meant gives the settlements of one name that so many slips make a word of: the likeliest name, none if there are two.
func (t *reading) meant(low string, i int, municipality string, slips int) (best []Candidate) {
	slip := []rune(low)
	top, name := -1.0, ""
	for _, n := range t.byLetter[slip[0]] {
		s := t.pack.Settlements[n]
		if municipality != "" && s.Municipality != municipality {
			continue
		}
		right := []rune(t.names[n])
		if len(right) < oneSlip || slips > 1 && len(right) < twoSlips || slices.Contains(right, ' ') || distance(slip, right) > slips {
			continue
		}
		score := 0.0
		if len(t.centres[n]) > 0 {
			score += byCentre / 2
		}
		if types, typed := t.kindBefore(i); typed && slices.Contains(types, s.Type) {
			score += byKind / 4
		}
		switch {
		case score > top:
			best, top, name = []Candidate{{s, score}}, score, s.Name
		case score == top && s.Name == name:
			best = append(best, Candidate{s, score})
		case score == top:
			name = "" // which of the names is meant nobody knows
		}
	}
	if name == "" {
		return nil
	}
	return best
}

// distance is how many letters changed, added, left out or swapped with the next make a of b; what is more than two
// comes out as three.
func distance(a, b []rune) int {
	const many = 3
	if len(a)-len(b) >= many || len(b)-len(a) >= many {
		return many
	}
	before, last, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		next[0] = i + 1
		least := next[0]
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(last[j]+cost, last[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
			least = min(least, next[j+1])
		}
		if least >= many {
			return many
		}
		before, last, next = last, next, before
	}
	return min(last[len(b)], many)
}
