package storage

import (
	"slices"
	"strings"
	"unicode"
)

// longName is how many letters of a name, and of a username, are looked at.
const longName = 64

// nameWords gives the words of a person's name and username as they are found by: lower case, ё as е, each once.
func nameWords(p *Person) []string {
	list := append(fold(p.Name), fold(p.Username)...)
	slices.Sort(list)
	return slices.Compact(list)
}

// fold gives the words of a text as people type them when they look for it.
func fold(text string) []string {
	if r := []rune(text); len(r) > longName {
		text = string(r[:longName])
	}
	text = foldLetters.Replace(strings.ToLower(text))
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// foldLetters writes the same letter in one way: ё as people do, and й in one sign where a Mac makes two of it.
var foldLetters = strings.NewReplacer("ё", "е", "е\u0308", "е", "и\u0306", "й")

// putName keeps the entries that find a person by name, and takes those of old away that are no longer true. All are
// written each time: a person kept before there was this index has none.
func (tx *Tx) putName(old, p *Person) error {
	now := nameWords(p)
	if old != nil {
		for _, w := range nameWords(old) {
			if slices.Contains(now, w) {
				continue
			}
			if err := tx.w.Delete(key(spaceName, w, p.ID)); err != nil {
				return err
			}
		}
	}
	for _, w := range now {
		if err := tx.w.Put(key(spaceName, w, p.ID), nil); err != nil {
			return err
		}
	}
	return nil
}

// Named gives at most limit persons whose name or username has, for each of the words, a word that begins with it, in
// whatever case: in the order of the rarest of the words, as it goes on in them. No words name nobody.
func (tx *Tx) Named(words []string, limit int) (list []*Person, err error) {
	var heads []string
	for _, w := range words {
		heads = append(heads, fold(w)...)
	}
	if len(heads) == 0 || limit <= 0 {
		return nil, nil
	}
	rare, err := tx.rarest(heads)
	if err != nil {
		return nil, err
	}
	seen := map[uint64]bool{}
	var fault error
	err = tx.named(rare, func(id uint64) bool {
		if seen[id] {
			return true
		}
		seen[id] = true
		var p *Person
		if p, fault = tx.Person(id); p != nil && p.named(heads) {
			list = append(list, p)
		}
		return fault == nil && len(list) < limit
	})
	if err == nil {
		err = fault
	}
	return list, err
}

// named tells whether each of the words begins one of the person's.
func (p *Person) named(heads []string) bool {
	have := nameWords(p)
	for _, head := range heads {
		if !slices.ContainsFunc(have, func(w string) bool { return strings.HasPrefix(w, head) }) {
			return false
		}
	}
	return true
}

// rarest gives the word that begins the fewest, of many the longest: the others' persons need not be read.
func (tx *Tx) rarest(heads []string) (rare string, err error) {
	slices.SortStableFunc(heads, func(a, b string) int { return len(b) - len(a) })
	if len(heads) == 1 {
		return heads[0], nil
	}
	rare, fewest := heads[0], 1000 // past it all are many
	for _, head := range heads {
		n := 0
		err := tx.named(head, func(uint64) bool { n++; return n < fewest })
		if err != nil {
			return "", err
		}
		if n < fewest {
			rare, fewest = head, n
		}
	}
	return rare, nil
}

// named calls fn for each person and each of their words that begins so, until it returns false.
func (tx *Tx) named(head string, fn func(id uint64) bool) error {
	k := key(spaceName, head)
	k = k[:len(k)-1] // a word may go on
	return tx.r.Scan(k, After(k), false, func(k, _ []byte) bool { return fn(last(k)) })
}
