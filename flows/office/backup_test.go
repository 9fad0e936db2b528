package office_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otklik/flows/office"
	"otklik/storage"
)

// TestBackup: the running program makes the same backup as the command alone; backups of one folder share their photos.
func TestBackup(t *testing.T) {
	p := newPlace(t)
	photo := p.photo("a hole in a road")
	p.keep(p.Settings.Data, incidents(3, photo))
	if err := os.Mkdir(p.path("b"), 0o700); err != nil {
		t.Fatal(err)
	}
	alone, asked := p.path("b/alone.db"), p.path("b/asked.db")
	if out := p.must(office.Backup{File: alone}); !strings.Contains(out, "3 incidents") || !strings.Contains(out, "1 photo (1 new in "+p.path("b/photos")) {
		t.Errorf("it says %s", out)
	}
	_, stop := p.serve()
	if out := p.must(office.Backup{File: asked}); !strings.Contains(out, "3 incidents") || !strings.Contains(out, "1 photo (0 new") {
		t.Errorf("it says %s", out)
	}
	p.same("alone", p.count(alone), 3)
	p.same("asked", p.count(asked), 3)
	p.same("what is there", p.names(p.path("b")), "[alone.db asked.db photos]")
	kept := filepath.Join("photos", photo[:2], photo)
	if got, err := os.ReadFile(p.path("b/" + kept)); err != nil || string(got) != "a hole in a road" {
		t.Errorf("the photo: %q, %v", got, err)
	}
	if info, err := os.Stat(asked); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	p.refuses(office.Backup{File: asked}, "--force")
	p.refuses(office.Backup{File: p.Settings.Data, Force: true}, "the store itself")
	p.refuses(office.Backup{File: p.path("b"), Force: true}, "no file")
	p.refuses(office.Backup{File: p.path("nowhere/x.db")}, "no such file or directory")
	stop()
	p.keep(p.Settings.Data, incidents(1, ""))
	p.must(office.Backup{File: asked, Force: true})
	p.same("with --force", p.count(asked), 4)
}

// TestABackupWithoutAPhotoSaysSo: one photo that is gone does not cost the backup.
func TestABackupWithoutAPhotoSaysSo(t *testing.T) {
	p := newPlace(t)
	p.keep(p.Settings.Data, incidents(1, strings.Repeat("ab", 32)))
	if out := p.must(office.Backup{File: p.path("x.db")}); !strings.Contains(out, "1 photo missing") {
		t.Errorf("it says %s", out)
	}
	p.same("incidents", p.count(p.path("x.db")), 1)
}

// TestABackupThatIsNoGoodIsNone: whatever comes out otherwise than it should leaves no file.
func TestABackupThatIsNoGoodIsNone(t *testing.T) {
	for name, as := range map[string]func(good []byte) []byte{
		"cut off":           func(good []byte) []byte { return good[:len(good)/2] },
		"a record spoilt":   func(good []byte) []byte { return []byte(strings.ReplaceAll(string(good), `"text":"`, `"tixt":"`)) },
		"of another moment": func([]byte) []byte { return other(t) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.keep(p.Settings.Data, incidents(3, ""))
			p.Open = func(path string) (storage.KV, error) {
				kv, err := open(path)
				if err != nil || path != p.Settings.Data {
					return kv, err
				}
				return spoiling{kv, as}, nil
			}
			p.refuses(office.Backup{File: p.path("data/x.db")}, "of no use")
			p.same("what is there", p.names(p.path("data")), "[otklik.db]")
		})
	}
}

// other gives a store's file with two incidents.
func other(t *testing.T) []byte {
	t.Helper()
	p := newPlace(t)
	p.keep(p.Settings.Data, incidents(2, ""))
	raw, err := os.ReadFile(p.Settings.Data)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestABackupEndsWithWhoeverAsked: Ctrl-C leaves nothing behind.
func TestABackupEndsWithWhoeverAsked(t *testing.T) {
	p := newPlace(t)
	p.keep(p.Settings.Data, incidents(3, ""))
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if err := (office.Backup{File: p.path("data/x.db")}).Run(ctx, p.Program); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	p.same("what is there", p.names(p.path("data")), "[otklik.db]")
}

// TestRestore: a backup comes back with its photos; what was there is moved aside.
func TestRestore(t *testing.T) {
	p := newPlace(t)
	photo := p.photo("a hole in a road")
	p.keep(p.Settings.Data, incidents(3, photo))
	backup := p.path("x.db")
	p.must(office.Backup{File: backup})
	p.keep(p.Settings.Data, incidents(1, ""))
	p.refuses(office.Restore{File: backup}, "--force")
	p.refuses(office.Restore{File: p.Settings.Data, Force: true}, "name a backup")
	p.same("the store", p.count(p.Settings.Data), 4)
	if err := os.RemoveAll(office.Photos(p.Settings.Data)); err != nil {
		t.Fatal(err)
	}
	if out := p.must(office.Restore{File: backup, Force: true}); !strings.Contains(out, "3 incidents") || !strings.Contains(out, "1 photo (1 new") {
		t.Errorf("it says %s", out)
	}
	p.must(office.Restore{File: backup, Force: true}) // at the same second
	p.same("the store", p.count(p.Settings.Data), 3)
	p.same("aside", p.count(p.Settings.Data+".2026-11-23-070000"), 4)
	p.same("aside", p.count(p.Settings.Data+".2026-11-23-070000-2"), 3)
	if got, err := os.ReadFile(filepath.Join(office.Photos(p.Settings.Data), photo[:2], photo)); err != nil || string(got) != "a hole in a road" {
		t.Errorf("the photo: %q, %v", got, err)
	}
	p.same("the backup", p.count(backup), 3)

	// Where nothing is, nothing needs to be forced; not even the folder is there.
	p.Settings.Data = p.path("new/otklik.db")
	p.must(office.Restore{File: backup})
	p.same("a new place", p.count(p.Settings.Data), 3)
}

// TestRestoreTouchesNothingInVain: while a program runs, or with a file that is no good, the store stays as it is.
func TestRestoreTouchesNothingInVain(t *testing.T) {
	p := newPlace(t)
	p.keep(p.Settings.Data, incidents(3, ""))
	good := p.path("x.db")
	p.must(office.Backup{File: good})
	raw, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"empty": nil, "words": []byte("this is no store"), "half": raw[:len(raw)/2],
		"spoilt": []byte(strings.ReplaceAll(string(raw), `"text":"`, `"tixt":"`)),
	} {
		file := p.path(name + ".db")
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		p.refuses(office.Restore{File: file, Force: true}, file)
		p.same(name, p.names(p.path("data")), "[otklik.db]")
	}
	p.refuses(office.Restore{File: p.path("none.db"), Force: true}, "no such file")
	_, stop := p.serve()
	began := time.Now()
	p.refuses(office.Restore{File: good, Force: true}, "in use")
	if time.Since(began) > 5*time.Second {
		t.Error("it waits long")
	}
	stop()
	p.same("the store", p.names(p.path("data")), "[otklik.db]")
	// A store that is damaged is what one restores for. Its log stays its own, also where it is away already.
	for _, there := range []bool{true, false} {
		if err := os.WriteFile(p.Settings.Data, []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(storage.LogFile(p.Settings.Data), []byte("a log"), 0o600); err != nil {
			t.Fatal(err)
		}
		if !there {
			if err := os.Remove(p.Settings.Data); err != nil {
				t.Fatal(err)
			}
		}
		p.must(office.Restore{File: good, Force: true})
		p.same("the store", p.count(p.Settings.Data), 3)
	}
	for _, log := range []string{".2026-11-23-070000.wal", ".2026-11-23-070000-2.wal"} {
		if b, err := os.ReadFile(p.Settings.Data + log); err != nil || string(b) != "a log" {
			t.Errorf("%s: %q, %v", log, b, err)
		}
	}
	if err := os.WriteFile(storage.LogFile(good), []byte("a log"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.refuses(office.Restore{File: good, Force: true}, "was not closed")
}
