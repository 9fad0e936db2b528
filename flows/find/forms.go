package find

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"otklik/flows"
	"otklik/flows/words"
	"otklik/storage"
)

// mostForms is how many names of places that have two stems are looked for under both.
const mostForms = 3

// forms gives a query once for each way in which its words' names of places are kept: the stem of «Киров» is not that of
// «Кирове». «Кирова» is first a street: it is the town only if bare is set.
func forms(t *flows.Turn, q storage.Query, said string, bare bool) []storage.Query {
	list, n := []storage.Query{q}, 0
	for _, w := range strings.FieldsFunc(words.Fold(said), func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }) {
		for _, w := range strings.Split(w, "-") {
			stem := words.Stems(w)
			if len(stem) != 1 || n == mostForms {
				continue
			}
			other := kept(t, w, stem[0], bare)
			if other == "" {
				continue
			}
			n++
			for _, q := range slices.Clone(list) {
				if i := slices.Index(q.Stems, stem[0]); i >= 0 {
					q.Stems = slices.Clone(q.Stems)
					q.Stems[i] = other
					list = append(list, q)
				}
			}
		}
	}
	return list
}

// kept gives the stem, other than the word's own, under which a place is kept whose name a word is in any case; "" if there is none.
func kept(t *flows.Turn, word, own string, bare bool) string {
	of := func(name string) string {
		for _, n := range strings.FieldsFunc(words.Fold(name), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if stem := words.Stems(n); words.Same(n, word) && len(stem) == 1 && stem[0] != own && (bare || word != n+"а") {
				return stem[0]
			}
		}
		return ""
	}
	pack := t.Pack()
	for i := range pack.Municipalities {
		_, centre, _ := strings.Cut(pack.Municipalities[i].Centre, " ")
		if stem := cmp.Or(of(pack.Municipalities[i].Short), of(centre)); stem != "" {
			return stem
		}
	}
	return ""
}

// look gives what any of the queries finds, as storage.Tx.Find does for one.
func look(t *flows.Turn, list []storage.Query, before uint64, limit int) (numbers []uint64, more bool, err error) {
	for _, q := range list {
		some, rest, err := t.Tx.Find(q, before, limit)
		if err != nil {
			return nil, false, err
		}
		numbers, more = append(numbers, some...), more || rest
	}
	slices.SortFunc(numbers, func(a, b uint64) int { return cmp.Compare(b, a) })
	numbers = slices.Compact(numbers)
	return numbers[:min(limit, len(numbers))], more || len(numbers) > limit, nil
}
