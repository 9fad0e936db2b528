package bolt_test

import (
	"errors"
	"path/filepath"
	"testing"

	"otklik/storage"
)

// TestKeptTransaction uses transactions that are over. That is a mistake of whoever does it, and must not be taken for
// damage, nor get into another transaction.
func TestKeptTransaction(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "otklik.db"))
	var kept []storage.Reader
	var failed storage.Writer
	own := errors.New("its own")
	err := errors.Join(
		db.Update(ctx(), func(w storage.Writer) error { kept = append(kept, w); return w.Put([]byte("k"), []byte("v")) }),
		db.View(ctx(), func(r storage.Reader) error { kept = append(kept, r); return nil }))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(ctx(), func(w storage.Writer) error { failed = w; return own }); !errors.Is(err, own) {
		t.Fatal(err)
	}
	for i, r := range append(kept, failed) {
		_, get := r.Get([]byte("k"))
		scan := r.Scan(nil, nil, false, func(_, _ []byte) bool { t.Error("a scan gives something"); return true })
		all := []error{get, scan}
		if w, ok := r.(storage.Writer); ok {
			all = append(all, w.Put([]byte("late"), nil), w.Delete([]byte("k")))
		}
		for _, err := range all {
			if err == nil || errors.Is(err, storage.ErrFailed) {
				t.Errorf("transaction %d: %v", i, err)
			}
		}
	}
	err = db.View(ctx(), func(r storage.Reader) error {
		late, err := r.Get([]byte("late"))
		k, err2 := r.Get([]byte("k"))
		if late != nil || string(k) != "v" {
			t.Errorf("late is %q, k is %q", late, k)
		}
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Error(err)
	}
}
