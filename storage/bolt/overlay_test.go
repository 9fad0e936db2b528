package bolt

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"otklik/storage"
)

// TestScanSeesWritesAhead that its own function makes, more than the contract asks: a write that the walk has looked up already
// is not given as it was.
func TestScanSeesWritesAhead(t *testing.T) {
	for _, c := range []struct {
		reverse bool
		want    []string
	}{
		{false, []string{"b old", "d kept", "e new", "f new"}},
		{true, []string{"f old", "d kept", "c new", "b new"}},
	} {
		db, err := Open(filepath.Join(t.TempDir(), "db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var got []string
		err = errors.Join(
			db.Update(t.Context(), func(w storage.Writer) error { return w.Put([]byte("d"), []byte("kept")) }),
			db.Update(t.Context(), func(w storage.Writer) error {
				got = nil
				fault := errors.Join(w.Put([]byte("b"), []byte("old")), w.Put([]byte("f"), []byte("old")))
				err := w.Scan([]byte("a"), nil, c.reverse, func(k, v []byte) bool {
					got = append(got, string(k)+" "+string(v))
					if string(k) == "d" {
						for _, k := range []string{"b", "c", "e", "f"} {
							fault = errors.Join(fault, w.Put([]byte(k), []byte("new")))
						}
					}
					return fault == nil
				})
				return errors.Join(fault, err)
			}))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("reverse %t: %q, want %q", c.reverse, got, c.want)
		}
	}
}
