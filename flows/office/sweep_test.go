package office_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otklik/flows/office"
	"otklik/storage"
)

// nights is a place with a program that makes nightly backups.
type nights struct {
	*place
	clerk *office.Clerk
	n     *office.Nightly
	log   bytes.Buffer
}

func newNights(t *testing.T, folder string) *nights {
	t.Helper()
	s := &nights{place: newPlace(t)}
	s.Settings.BackupFolder, s.Settings.BackupKeep = s.path(folder), 2
	s.clerk, _ = s.serve()
	var err error
	if s.n, err = s.clerk.Nightly(slog.New(slog.NewTextHandler(&s.log, nil))); err != nil {
		t.Fatal(err)
	}
	return s
}

// shows has the store name these photos, and no others.
func (s *nights) shows(photos ...string) {
	s.t.Helper()
	err := s.clerk.Store.Update(s.t.Context(), func(tx *storage.Tx) error {
		for i := range 5 {
			m := &storage.Media{ID: "f" + string(rune('a'+i))}
			if i < len(photos) {
				m.Blob = photos[i]
			}
			if err := tx.PutMedia(m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// night lets a night pass.
func (s *nights) night() {
	s.t.Helper()
	s.now = s.now.Add(24 * time.Hour)
	s.n.Step(s.t.Context())
}

// has tells which of the photos are beside the backups.
func (s *nights) has(photos ...string) (list string) {
	for i, id := range photos {
		if _, err := os.Stat(filepath.Join(s.Settings.BackupFolder, "photos", id[:2], id)); err == nil {
			list += string(rune('a' + i))
		}
	}
	return list
}

func TestPhotosGoWithTheLastBackupThatNamesThem(t *testing.T) {
	s := newNights(t, "b")
	a, b, c := s.photo("a"), s.photo("b"), s.photo("c")
	s.shows(a, b)
	s.night()
	s.same("the first night", s.has(a, b, c), "ab")
	s.shows(b, c) // the author of a was erased
	s.night()
	s.same("a backup names it yet", s.has(a, b, c), "abc")
	s.night()
	s.same("the third night", s.has(a, b, c), "bc")
	if !strings.Contains(s.log.String(), "photos=1") {
		t.Errorf("it says %s", &s.log)
	}
	s.same("the store's own", len(s.names(office.Photos(s.Settings.Data))), 3)
	for _, name := range s.names(s.Settings.BackupFolder) {
		if strings.HasSuffix(name, ".db") {
			s.same(name, s.count(filepath.Join(s.Settings.BackupFolder, name)), 0)
		}
	}
}

// TestNoPhotoGoesThatSomethingMayNeed: where it is not known it stays.
func TestNoPhotoGoesThatSomethingMayNeed(t *testing.T) {
	for name, c := range map[string]struct {
		beside func(s *nights, folder string)
		want   string
		said   string
	}{
		"nothing else":           {func(*nights, string) {}, "b", "photos=1"},
		"a backup made by hand":  {func(s *nights, folder string) { s.must(office.Backup{File: filepath.Join(folder, "by-hand.db")}) }, "ab", ""},
		"one of another name":    {func(s *nights, folder string) { s.must(office.Backup{File: filepath.Join(folder, "zz")}) }, "ab", ""},
		"what cannot be read":    {func(s *nights, folder string) { s.write(filepath.Join(folder, "note.txt"), "these are ours") }, "ab", "nobody knows which photos it needs"},
		"a backup under way":     {func(s *nights, folder string) { s.write(filepath.Join(folder, "x.db.unfinished"), "") }, "ab", "is being made"},
		"an empty file":          {func(s *nights, folder string) { s.write(filepath.Join(folder, ".keep"), "") }, "b", "photos=1"},
		"a folder":               {func(s *nights, folder string) { s.mkdir(filepath.Join(folder, "old")) }, "b", "photos=1"},
		"a link to a store":      {func(s *nights, folder string) { s.link(s.Settings.Data, filepath.Join(folder, "live.db")) }, "ab", "nobody knows"}, // it is in use
		"another file of photos": {func(s *nights, folder string) { s.write(filepath.Join(folder, "photos", "index"), "mine") }, "b", "photos=1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newNights(t, "b")
			a, b := s.photo("a"), s.photo("b")
			s.shows(a, b)
			s.night()
			c.beside(s, s.Settings.BackupFolder)
			s.shows(b)
			s.night()
			s.night()
			s.same("photos", s.has(a, b), c.want)
			if !strings.Contains(s.log.String(), c.said) {
				t.Errorf("it does not say %q: %s", c.said, &s.log)
			}
		})
	}
}

// TestTheStoresOwnPhotosAreNotSwept: backups that lie beside the store share its folder of photos.
func TestTheStoresOwnPhotosAreNotSwept(t *testing.T) {
	for _, folder := range []string{"data", "linked"} {
		s := newNights(t, folder)
		a, b := s.photo("a"), s.photo("b")
		if folder == "linked" {
			s.mkdir(s.Settings.BackupFolder)
			s.link(office.Photos(s.Settings.Data), filepath.Join(s.Settings.BackupFolder, "photos"))
		}
		s.shows(b) // a has just come, and no record names it yet
		for range 3 {
			s.night()
		}
		s.same(folder, s.has(a, b), "ab")
	}
}

func (s *nights) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *nights) mkdir(name string) {
	s.t.Helper()
	if err := os.Mkdir(name, 0o700); err != nil {
		s.t.Fatal(err)
	}
}

func (s *nights) link(to, name string) {
	s.t.Helper()
	if err := os.Symlink(to, name); err != nil {
		s.t.Skip(err)
	}
}

// TestWhoeverIsToldOfBackupsHearsOnceThatAllIsWell, and at each attempt that it is not.
func TestWhoeverIsToldOfBackupsHearsOnceThatAllIsWell(t *testing.T) {
	s := newNights(t, "b")
	heard := ""
	s.n.Heard = func(_ context.Context, err error) {
		switch {
		case err == nil:
			heard += "well "
		case strings.Contains(err.Error(), s.Settings.BackupFolder):
			heard += "ill "
		default:
			t.Errorf("it says %v", err)
		}
	}
	s.night()
	s.n.Step(t.Context())
	s.night()
	s.same("two nights", heard, "well ")
	heard = ""
	s.move(s.Settings.BackupFolder, s.path("away"))
	s.write(s.Settings.BackupFolder, "no folder")
	s.night()
	s.n.Step(t.Context()) // not yet again
	s.now = s.now.Add(time.Hour)
	s.n.Step(t.Context())
	s.same("nowhere to put it", heard, "ill ill ")
	heard = ""
	if err := os.Remove(s.Settings.BackupFolder); err != nil {
		t.Fatal(err)
	}
	s.move(s.path("away"), s.Settings.BackupFolder)
	s.now = s.now.Add(time.Hour)
	s.n.Step(t.Context())
	s.n.Step(t.Context())
	s.same("mended", heard, "well ")
}

func (s *nights) move(from, to string) {
	s.t.Helper()
	if err := os.Rename(from, to); err != nil {
		s.t.Fatal(err)
	}
}
