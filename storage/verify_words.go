package storage

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
)

// verifyStems looks at the words of incidents: at the record of each incident's stems …
func verifyStems(l *look, k, v []byte) error {
	have, err := decoded[stemsOf](v)
	if err != nil {
		l.fault(k, nil, "%s", err)
		return nil
	}
	number := last(k)
	if there, err := l.r.Get(key(spaceIncident, number)); err != nil || there == nil {
		l.fault(k, nil, "there is no such incident")
		return err
	}
	for _, s := range have.Stems {
		postingsKey := key(spaceWord, number>>blockBits, s)
		list, err := l.r.Get(postingsKey)
		if err != nil {
			return err
		}
		if _, there := postings(list).find(number); !there || len(list)%2 != 0 {
			l.fault(postingsKey, func(tx *Tx) error { return tx.rebuildWord(postingsKey) }, "record without entry: incident %d is not in it", number)
		}
	}
	return nil
}

// … and at each list of a stem's incidents.
func verifyWord(l *look, k, v []byte) error {
	block, stem := wordOf(k)
	want, err := l.wanted(block, stem, v)
	if err != nil {
		return err
	}
	if len(v) == 0 || !bytes.Equal(want, v) {
		l.fault(k, func(tx *Tx) error { return tx.rebuildWord(k) }, "entry without record: it lists %d incidents, of these %d have the word, each once",
			len(v)/2, len(want)/2)
	}
	return nil
}

// wanted gives those of the listed incidents that have the stem, in order.
func (tx *Tx) wanted(block uint64, stem string, listed []byte) (want []byte, err error) {
	var offsets []uint16
	for i := range postings(listed).len() {
		offsets = append(offsets, postings(listed).at(i))
	}
	slices.Sort(offsets)
	for _, o := range slices.Compact(offsets) {
		have, err := tx.stemsOf(block<<blockBits | uint64(o))
		if err != nil && !isDamaged(err) {
			return nil, err
		}
		if err != nil || slices.Contains(have.Stems, stem) { // what cannot be read may have it
			want = binary.BigEndian.AppendUint16(want, o)
		}
	}
	return want, nil
}

// rebuildWord lists anew the incidents of a block that have a stem.
func (tx *Tx) rebuildWord(k []byte) error {
	block, stem := wordOf(k)
	old, err := tx.r.Get(k)
	if err != nil {
		return err
	}
	var list []byte
	from, to := key(spaceWordsOf, block<<blockBits), key(spaceWordsOf, (block+1)<<blockBits)
	err = tx.r.Scan(from, to, false, func(k, v []byte) bool {
		var have stemsOf
		_, was := postings(old).find(tail(k))
		if err := Decode(v, &have); err == nil && slices.Contains(have.Stems, stem) || err != nil && was {
			list = binary.BigEndian.AppendUint16(list, offset(tail(k)))
		}
		return true
	})
	switch {
	case err != nil:
		return err
	case len(list) == 0:
		return tx.w.Delete(k)
	}
	return tx.w.Put(k, list)
}

// wordOf gives what a key of spaceWord is made of.
func wordOf(k []byte) (block uint64, stem string) {
	rest := k[len(spaceWord)+1:]
	return binary.BigEndian.Uint64(rest), unplain(string(rest[8 : len(rest)-1]))
}

// unplain is what plain made a key's part of.
func unplain(s string) string { return restored.Replace(s) }

var restored = strings.NewReplacer("\x01\x01", "\x00", "\x01\x02", "\x01")
