package storage

import (
	"encoding/binary"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// An incident is found by the stems of its words: whoever keeps it gives them, storage knows no language. A stem's
// incidents are kept in blocks of numbers. So the writes for new incidents, whose numbers are near, are near too, no
// value grows without bound, and a search that reads the newest block first ends when it has enough.
const (
	blockBits = 10
	blockSize = 1 << blockBits
	longWord  = 128  // bytes of a stem that count
	manyWords = 4000 // stems of one incident that count: its record of them stays below the greatest value
)

// stemsOf are the stems of an incident, as spaceWordsOf has them.
type stemsOf struct {
	Stems []string `json:"stems"`
}

// Index has an incident found by these stems, and by those of before. Of a stem the first 128 bytes count, of an
// incident the first 4,000 stems.
func (tx *Tx) Index(number uint64, stems []string) error {
	have, err := tx.stemsOf(number)
	if err != nil {
		return err
	}
	known := make(map[string]bool, len(have.Stems)+len(stems))
	for _, s := range have.Stems {
		known[s] = true
	}
	before := len(have.Stems)
	for _, s := range stems {
		s = plainStem(s)
		if s == "" || known[s] || len(have.Stems) == manyWords {
			continue
		}
		known[s] = true
		have.Stems = append(have.Stems, s)
		if err := tx.list(number, s); err != nil {
			return err
		}
	}
	if len(have.Stems) == before {
		return nil
	}
	return put(tx, key(spaceWordsOf, number), have)
}

// Unindex has an incident found by no stem any more. For words that have changed, call Index after it.
func (tx *Tx) Unindex(number uint64) error {
	have, err := tx.stemsOf(number)
	if err != nil {
		return err
	}
	for _, s := range have.Stems {
		if err := tx.unlist(number, s); err != nil {
			return err
		}
	}
	return tx.w.Delete(key(spaceWordsOf, number))
}

func (tx *Tx) stemsOf(number uint64) (*stemsOf, error) {
	have, err := get[stemsOf](tx, key(spaceWordsOf, number))
	if have == nil {
		have = &stemsOf{}
	}
	return have, err
}

// plainStem gives what of a stem a key and a record can hold alike.
func plainStem(s string) string {
	s = strings.ToValidUTF8(s, "")
	if len(s) <= longWord {
		return s
	}
	cut := longWord
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}

// list adds an incident to a stem's list, unlist takes it out.
func (tx *Tx) list(number uint64, stem string) error {
	k := key(spaceWord, number>>blockBits, stem)
	v, err := tx.r.Get(k)
	if err != nil {
		return err
	}
	i, there := postings(v).find(number)
	if there {
		return nil
	}
	longer := binary.BigEndian.AppendUint16(append(tx.scratch[:0], v[:2*i]...), offset(number))
	tx.scratch = append(longer, v[2*i:]...)
	return tx.w.Put(k, tx.scratch)
}

func (tx *Tx) unlist(number uint64, stem string) error {
	k := key(spaceWord, number>>blockBits, stem)
	v, err := tx.r.Get(k)
	if err != nil {
		return err
	}
	i, there := postings(v).find(number)
	switch {
	case !there:
		return nil
	case len(v) <= 2:
		return tx.w.Delete(k)
	}
	return tx.w.Put(k, slices.Delete(v, 2*i, 2*i+2))
}

// postings are the incidents of a block that have a stem: their places in the block, two bytes each, in order.
type postings []byte

func offset(number uint64) uint16 { return uint16(number & (blockSize - 1)) }

func (p postings) len() int { return len(p) / 2 }

func (p postings) at(i int) uint16 { return binary.BigEndian.Uint16(p[2*i:]) }

// find gives an incident's index in the list, or where it would be.
func (p postings) find(number uint64) (i int, there bool) {
	want := offset(number)
	i = sort.Search(p.len(), func(i int) bool { return p.at(i) >= want })
	return i, i < p.len() && p.at(i) == want
}

// and gives what both lists have.
func (p postings) and(q postings) (both postings) {
	for i, j := 0, 0; i < p.len() && j < q.len(); {
		switch a, b := p.at(i), q.at(j); {
		case a < b:
			i++
		case a > b:
			j++
		default:
			both = binary.BigEndian.AppendUint16(both, a)
			i, j = i+1, j+1
		}
	}
	return both
}
