package storage_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/storage"
)

// known is what a plain walk knows of an incident.
type known struct {
	created time.Time
	persons []uint64
	stems   []string
}

// fits is what Find means.
func (k known) fits(q storage.Query) bool {
	for _, s := range q.Stems {
		if !slices.Contains(k.stems, s) {
			return false
		}
	}
	if !q.From.IsZero() && k.created.Before(q.From) || !q.To.IsZero() && !k.created.Before(q.To) {
		return false
	}
	return len(q.Persons) == 0 || slices.ContainsFunc(q.Persons, func(p uint64) bool { return slices.Contains(k.persons, p) })
}

func scanFor(have map[uint64]known, q storage.Query, before uint64, limit int) (list []uint64, more bool) {
	for n, k := range have {
		if k.fits(q) && (before == 0 || n < before) {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	slices.Reverse(list)
	more = len(list) > limit
	return list[:min(limit, len(list))], more
}

// count brings the counter of incidents to a number.
func (s *stage) count(to int) {
	s.update(func(tx *storage.Tx) error {
		for range to {
			if _, err := tx.Next("incident"); err != nil {
				return err
			}
		}
		return nil
	})
}

var someStems = []string{"ям", "дорог", "двор", "12а", "снег", "", "с\x00\x01т", "\xff"}

// TestFindIsAPlainScan keeps incidents at random, indexes and changes their words, and compares Find with a walk over
// all. Numbers have holes and are on both sides of the edges of blocks; times are nearly in their order.
func TestFindIsAPlainScan(t *testing.T) {
	s := newStage(t)
	s.count(3100)
	have := map[uint64]known{}
	numbers := rapid.OneOf(rapid.Uint64Range(1, 8), rapid.Uint64Range(1015, 1035), rapid.Uint64Range(3070, 3100))
	words := rapid.SliceOfN(rapid.SampledFrom(someStems), 0, 5)
	persons := rapid.SliceOfN(rapid.Uint64Range(1, 4), 0, 3)
	when := rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "open") {
			return time.Time{}
		}
		return at(int(numbers.Draw(t, "near"))*10 + rapid.IntRange(-90, 90).Draw(t, "minutes"))
	})
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			n, stems := numbers.Draw(t, "number"), words.Draw(t, "stems")
			k, there := have[n]
			if !there {
				k = known{created: at(int(n)*10 + rapid.IntRange(0, 59).Draw(t, "late")), persons: persons.Draw(t, "persons")}
			}
			anew := rapid.IntRange(0, 3).Draw(t, "anew") == 0
			if anew {
				k.stems = nil
			}
			k.stems = append(slices.Clone(k.stems), stems...)
			s.update(func(tx *storage.Tx) error { return keep(tx, n, k, anew, stems) })
			have[n] = k
		}
		s.view(func(tx *storage.Tx) error {
			for range 5 {
				q := storage.Query{Stems: rapid.SliceOfN(rapid.SampledFrom(someStems[:5]), 0, 3).Draw(t, "ask"),
					From: when.Draw(t, "from"), To: when.Draw(t, "to"), Persons: persons.Draw(t, "by")}
				before := rapid.OneOf(rapid.Just(uint64(0)), numbers, rapid.Just(uint64(5000))).Draw(t, "before")
				limit := rapid.IntRange(1, 30).Draw(t, "limit")
				got, more, err := tx.Find(q, before, limit)
				want, wantMore := scanFor(have, q, before, limit)
				if err != nil || !slices.Equal(got, want) || more != wantMore {
					t.Fatalf("%+v before %d limit %d: %v more %v, want %v more %v (%v)", q, before, limit, got, more, want, wantMore, err)
				}
			}
			return nil
		})
	})
}

// keep keeps an incident and gives it words, in place of its own or more of them.
func keep(tx *storage.Tx, n uint64, k known, anew bool, stems []string) error {
	inc := &storage.Incident{Number: n, State: storage.New, Created: k.created}
	for _, p := range k.persons {
		inc.Reporters = append(inc.Reporters, storage.Reporter{Person: p})
	}
	if err := tx.PutIncident(inc); err != nil {
		return err
	}
	if anew {
		if err := tx.Unindex(n); err != nil {
			return err
		}
	}
	return tx.Index(n, stems)
}

func TestFindPageByPage(t *testing.T) {
	s := newStage(t)
	s.count(2500)
	var want []uint64
	s.update(func(tx *storage.Tx) error {
		want = nil
		for n := uint64(2500); n > 7; n -= 7 {
			want = append(want, n)
			if err := tx.Index(n, []string{"ям", "дорог"}); err != nil {
				return err
			}
		}
		return nil
	})
	var got []uint64
	s.view(func(tx *storage.Tx) error {
		for before, more := uint64(0), true; more; before = got[len(got)-1] {
			var page []uint64
			var err error
			if page, more, err = tx.Find(storage.Query{Stems: []string{"ям", "дорог"}}, before, 10); err != nil {
				return err
			}
			got = append(got, page...)
		}
		return nil
	})
	s.same("all pages", got, want)
	none := read(s, func(tx *storage.Tx) ([]uint64, error) {
		list, more, err := tx.Find(storage.Query{Stems: []string{"ям", "дорожк"}}, 0, 10)
		if more {
			t.Error("more of nothing")
		}
		return list, err
	})
	if len(none) > 0 {
		t.Errorf("found %v", none)
	}
}

func TestFindInAnEmptyStore(t *testing.T) {
	s := newStage(t)
	s.view(func(tx *storage.Tx) error {
		for _, q := range []storage.Query{{}, {Stems: []string{"ям"}}, {Persons: []uint64{1}}, {From: at(0)}, {To: at(0)}, {From: at(5), To: at(0)}} {
			for _, before := range []uint64{0, 1, 7} {
				if list, more, err := tx.Find(q, before, 5); len(list) > 0 || more || err != nil {
					t.Errorf("%+v: %v, %v, %v", q, list, more, err)
				}
			}
		}
		return nil
	})
}
