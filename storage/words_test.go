package storage_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"otklik/storage"
)

// TestUnindexLeavesNothing has a store without an incident's words be the same as one that never had them.
func TestUnindexLeavesNothing(t *testing.T) {
	s := newStage(t)
	numbers, words := rapid.Uint64Range(1020, 1028), rapid.SliceOfN(rapid.SampledFrom(someStems), 1, 6)
	clear := func() {
		s.update(func(tx *storage.Tx) error {
			for n := uint64(1020); n <= 1028; n++ {
				if err := tx.Unindex(n); err != nil {
					return err
				}
			}
			return nil
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		clear()
		n := numbers.Draw(t, "number")
		for _, other := range rapid.SliceOfDistinct(numbers, rapid.ID).Draw(t, "others") {
			if other != n {
				stems := words.Draw(t, "their stems")
				s.update(func(tx *storage.Tx) error { return tx.Index(other, stems) })
			}
		}
		before := append(s.raw("w\x00"), s.raw("wo\x00")...)
		a, b := words.Draw(t, "stems"), words.Draw(t, "more stems")
		s.update(func(tx *storage.Tx) error { return errors.Join(tx.Index(n, a), tx.Index(n, b), tx.Index(n, a)) })
		if during := append(s.raw("w\x00"), s.raw("wo\x00")...); slices.Equal(before, during) && strings.ToValidUTF8(strings.Join(a, ""), "") != "" {
			t.Fatal("indexing wrote nothing")
		}
		s.update(func(tx *storage.Tx) error { return tx.Unindex(n) })
		if after := append(s.raw("w\x00"), s.raw("wo\x00")...); !slices.Equal(before, after) {
			t.Fatalf("before:\n%q\nafter:\n%q", before, after)
		}
	})
	clear()
	if left := append(s.raw("w\x00"), s.raw("wo\x00")...); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// TestWordsAreBounded: whatever is written to the desk can be kept.
func TestWordsAreBounded(t *testing.T) {
	s := newStage(t)
	s.count(2)
	long := "д" + strings.Repeat("ж", 9000)
	var many []string
	for i := range 20_000 {
		many = append(many, fmt.Sprintf("%0*d", 300, i)) // alike in what counts
		many = append(many, fmt.Sprint(i, strings.Repeat("я", 100)))
	}
	s.update(func(tx *storage.Tx) error { return errors.Join(tx.Index(1, []string{long}), tx.Index(2, many)) })
	for _, c := range []struct {
		stem string
		want []uint64
	}{{long, []uint64{1}}, {many[1], []uint64{2}}, {many[0], []uint64{2}}, {"д", nil}} {
		s.same(fmt.Sprintf("%.20q", c.stem), read(s, func(tx *storage.Tx) ([]uint64, error) {
			list, _, err := tx.Find(storage.Query{Stems: []string{c.stem}}, 0, 5)
			return list, err
		}), c.want)
	}
	s.update(func(tx *storage.Tx) error { return errors.Join(tx.Unindex(1), tx.Unindex(2)) })
	if left := append(s.raw("w\x00"), s.raw("wo\x00")...); len(left) > 0 {
		t.Errorf("left: %.200q", left)
	}
}
