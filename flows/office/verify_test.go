package office_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otklik/flows/office"
	"otklik/storage"
)

// TestVerify: faults are named a line each and mended if asked, alone and by the running program.
func TestVerify(t *testing.T) {
	for _, running := range []bool{false, true} {
		t.Run(fmt.Sprint("running ", running), func(t *testing.T) {
			p := newPlace(t)
			gone := strings.Repeat("ab", 32)
			p.keep(p.Settings.Data, incidents(3, p.photo("a hole")))
			damage := func(fn func(w storage.Writer) error) {
				kv, err := open(p.Settings.Data)
				if err != nil {
					t.Fatal(err)
				}
				defer kv.Close()
				if err := kv.Update(context.Background(), fn); err != nil {
					t.Fatal(err)
				}
			}
			damage(func(w storage.Writer) error { return w.Delete([]byte("is\x00new\x00\x00\x00\x00\x00\x00\x00\x00\x02")) })
			stop := func() {}
			if running {
				_, stop = p.serve()
			}
			out, err := p.does(office.Verify{})
			if !errors.Is(err, office.ErrFaults) || out != "incidents by state: \"new\", incident 2: record without entry\n" {
				t.Errorf("%v\n%s", err, out)
			}
			if out := p.must(office.Verify{Fix: true}); !strings.Contains(out, "record without entry (fixed)\n") || !strings.Contains(out, "1 fault, all fixed") {
				t.Error(out)
			}
			if out := p.must(office.Verify{}); !strings.Contains(out, "Everything is in order") || strings.Count(out, "\n") != 1 {
				t.Error(out)
			}
			stop()
			p.keep(p.Settings.Data, func(tx *storage.Tx) error { return tx.PutMedia(&storage.Media{ID: "f1", Blob: gone}) })
			if running {
				p.serve()
			}
			out, err = p.does(office.Verify{Fix: true})
			if !errors.Is(err, office.ErrFaults) && (err == nil || !strings.Contains(err.Error(), "could not be fixed")) || !strings.Contains(out, "its file "+gone) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestThereMustBeAStore: a command that reads makes none.
func TestThereMustBeAStore(t *testing.T) {
	p := newPlace(t)
	for _, c := range []command{office.Verify{}, office.Backup{File: p.path("x.db")}, office.Export{}, office.Journal{}} {
		p.refuses(c, "there is no store")
		if p.out.Len() > 0 {
			t.Errorf("%T printed %s", c, p.out.String())
		}
	}
	p.same("the folder", p.names(p.path("data")), "[]")
}

// TestAStoreThatCannotBeLookedAtIsNotMissing: whoever may not see it reads that, and nothing is put over it.
func TestAStoreThatCannotBeLookedAtIsNotMissing(t *testing.T) {
	p := newPlace(t)
	p.keep(p.Settings.Data, incidents(1, ""))
	backup := p.path("backup.db")
	p.must(office.Backup{File: backup})
	commands := []command{office.Verify{}, office.Export{}, office.Journal{}, office.Invite{Role: "curator"}, office.Restore{File: backup}}

	folder, loop := filepath.Dir(p.Settings.Data), p.path("loop")
	if err := os.Symlink(loop, loop); err != nil {
		t.Skip(err)
	}
	p.Settings.Data = filepath.Join(loop, "otklik.db")
	for _, c := range commands {
		p.refuses(c, "cannot be read")
	}
	if os.Getuid() == 0 {
		return // to whom nothing is forbidden
	}
	p.Settings.Data = filepath.Join(folder, "otklik.db")
	if err := os.Chmod(folder, 0); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.Chmod(folder, 0o700); err != nil {
			t.Error(err)
		}
	}()
	for _, c := range commands {
		p.refuses(c, "permission denied: give the command as the user whom the program runs as")
	}
}
