package storage_test

import (
	"errors"
	"fmt"
	"testing"

	"otklik/storage"
)

// TestAMessageIsWhatTheStoreHas: whatever is remembered of it, by a transaction that never was, by another program's store
// or by whoever has changed what he got.
func TestAMessageIsWhatTheStoreHas(t *testing.T) {
	s := newStage(t)
	other := storage.Over(s.kv)
	put := func(rev uint64) func(tx *storage.Tx) error {
		return func(tx *storage.Tx) error {
			return tx.PutOutgoing(&storage.Outgoing{ID: 7, Rev: rev, Peer: "desk:1", Body: []byte(`{"text":"яма"}`), Updates: []string{"a"}, Created: at(1)})
		}
	}
	reads := func(what string, rev uint64) {
		t.Helper()
		for _, store := range []*storage.Store{s.s, other, storage.Over(s.kv)} {
			err := store.View(t.Context(), func(tx *storage.Tx) error {
				o, err := tx.Outgoing(7)
				if err != nil {
					return err
				}
				got := fmt.Sprint(o)
				if o != nil {
					got = fmt.Sprint(o.Rev, o.Peer, string(o.Body), o.Updates, o.Created.Equal(at(1)))
					copy(o.Body, "spoilt")
					o.Updates[0], o.Peer, o.Rev = "spoilt", "", 0
				}
				want := fmt.Sprint(rev, "desk:1", `{"text":"яма"}`, []string{"a"}, true)
				if rev == 0 {
					want = fmt.Sprint((*storage.Outgoing)(nil))
				}
				if got != want {
					t.Errorf("%s: %s, want %s", what, got, want)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
	s.update(put(1))
	reads("written", 1)
	reads("spoilt by whoever read it", 1)
	never := errors.New("no")
	for _, fn := range []func(tx *storage.Tx) error{put(2), func(tx *storage.Tx) error { return tx.DeleteOutgoing(7) }} {
		if err := s.s.Update(t.Context(), func(tx *storage.Tx) error { return errors.Join(fn(tx), never) }); !errors.Is(err, never) {
			t.Fatal(err)
		}
		reads("as it was", 1)
	}
	if err := other.Update(t.Context(), put(3)); err != nil {
		t.Fatal(err)
	}
	reads("written by another", 3)
	s.update(put(4))
	reads("written again", 4)
	s.update(func(tx *storage.Tx) error { return tx.DeleteOutgoing(7) })
	reads("gone", 0)
}
