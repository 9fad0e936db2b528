package bolt_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"otklik/storage"
	"otklik/storage/bolt"
)

// TestFileOverwrittenWhileOpen copies something else over the file of a store at work, as one does who brings a backup
// back before he has stopped the program. Everybody is told; nobody waits for ever; nothing brings the program down.
func TestFileOverwrittenWhileOpen(t *testing.T) {
	for name, overwrite := range map[string]func(path string) error{
		"emptied": func(path string) error { return os.Truncate(path, 0) },
		"zeros":   func(path string) error { return os.WriteFile(path, make([]byte, 1<<20), 0o600) },
		"words":   func(path string) error { return os.WriteFile(path, []byte("not a store"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "otklik.db")
			db, err := bolt.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			put := func(w storage.Writer) error { return w.Put([]byte("k"), []byte("v")) }
			if err := db.Update(ctx(), put); err != nil {
				t.Fatal(err)
			}
			get := func(r storage.Reader) error {
				v, err := r.Get([]byte("k"))
				if err == nil && string(v) != "v" {
					t.Errorf("read %q", v)
				}
				return err
			}
			inside, leave := make(chan bool), make(chan bool)
			var wg sync.WaitGroup
			wg.Go(func() { // one is reading meanwhile
				err := db.View(ctx(), func(r storage.Reader) error {
					close(inside)
					<-leave
					return get(r)
				})
				if err != nil && !errors.Is(err, storage.ErrDamaged) { // it may have read before
					t.Errorf("a view that had begun: %v", err)
				}
			})
			<-inside
			if err := overwrite(path); err != nil {
				t.Fatal(err)
			}
			for range 8 {
				wg.Go(func() {
					if err := db.View(ctx(), get); !errors.Is(err, storage.ErrDamaged) {
						t.Errorf("a view: %v", err)
					}
				})
				wg.Go(func() {
					if err := db.Update(ctx(), put); !errors.Is(err, storage.ErrDamaged) {
						t.Errorf("an update: %v", err)
					}
				})
			}
			close(leave)
			wg.Wait()
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
