//go:build unix

package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"otklik/storage"
	"otklik/storage/disktest"
)

// photo is the photo that belongs to a number.
func photo(n int) io.Reader {
	r := rand.NewChaCha8([32]byte{byte(n)})
	return io.LimitReader(r, 100+int64(n)*7000%50_000)
}

// childKeeps keeps twelve photos, one of them twice, and says what became of each.
func childKeeps(dir string) {
	s, err := Open(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	for n := range 12 {
		id, _, err := s.Put(context.Background(), photo(n%11), 1<<20)
		if err != nil {
			id = err.Error()
		}
		fmt.Println(id)
	}
}

func keeping(t *testing.T, f *disktest.Film, fate func(*disktest.Call) disktest.Fate) {
	t.Helper()
	f.Child(t, fate, childDoes+"=keep", childFolder+"="+filepath.Join(f.Folder, "photos"))
}

// look tells what is wrong with the photos in a folder: those that were confirmed are there, none is other than its name
// says, and nothing else is left.
func look(said []byte, folder string) error {
	dir := filepath.Join(folder, "photos")
	s, err := Open(dir)
	if err != nil {
		return err
	}
	ids, _ := heard(said)
	for _, id := range ids {
		r, err := s.Open(id)
		if err != nil {
			return fmt.Errorf("it was confirmed: %w", err)
		}
		r.Close()
	}
	return filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != e.Name() {
			return fmt.Errorf("%s is not what its name says: %d bytes (%v)", e.Name(), len(b), err)
		}
		return err
	})
}

// heard is what the child has said: the names of the photos that it confirmed, and why it did not keep others.
func heard(said []byte) (ids, faults []string) {
	for line := range strings.Lines(string(said)) {
		if line = strings.TrimSuffix(line, "\n"); idForm.MatchString(line) {
			ids = append(ids, line)
		} else {
			faults = append(faults, line)
		}
	}
	return ids, faults
}

func TestPowerCut(t *testing.T) {
	f := disktest.NewFilm(t)
	keeping(t, f, nil)
	if ids, faults := heard(disktest.Said(f.Steps)); len(ids) != 12 {
		t.Fatalf("12 photos were put, confirmed are %d: %q", len(ids), faults)
	}
	f.Cut(t, 0, disktest.Cuts(400), look)
}

// TestPowerCutFindsLosses leaves out the syncs of each kind, and must find what that costs.
func TestPowerCutFindsLosses(t *testing.T) {
	f := disktest.NewFilm(t)
	keeping(t, f, nil)
	above, dir := f.Folder, filepath.Join(f.Folder, "photos")
	for name, of := range map[string]func(path string) bool{
		"of the photo":            func(path string) bool { return strings.Contains(path, unfinished) },
		"of the folder it is in":  func(path string) bool { return filepath.Dir(path) == dir && !strings.Contains(path, unfinished) },
		"of the folder of photos": func(path string) bool { return path == dir },
		"of the one above":        func(path string) bool { return path == above },
	} {
		t.Run(name, func(t *testing.T) {
			f.Deaf = func(c *disktest.Call) bool { return of(c.Path) }
			found := f.Cut(t, 0, 200, look)
			if t.Logf("%d losses", found); found == 0 {
				t.Error("no loss was found")
			}
		})
	}
}

// TestPowerCutAfterRestart: the program dies at a call or the call fails, it is started again and sent the same photos,
// and then the power is cut.
func TestPowerCutAfterRestart(t *testing.T) {
	f := disktest.NewFilm(t)
	keeping(t, f, nil)
	all := f.Calls()
	for name, fate := range map[string]disktest.Fate{
		"killed before it":  {Kill: true},
		"killed after it":   {Kill: true, After: true},
		"it failed":         {Err: syscall.EIO},
		"it failed at last": {Err: syscall.EIO, After: true},
	} {
		t.Run(name, func(t *testing.T) {
			some := disktest.Some(all, 12)
			for _, n := range some {
				f := disktest.NewFilm(t)
				keeping(t, f, f.Nth(n, fate, false))
				again := len(f.Steps)
				keeping(t, f, nil)
				if f.Cut(t, again, disktest.Cuts(400)/len(some)/4, look) > 0 {
					t.Errorf("that was call %d of %d", n, all)
				}
			}
		})
	}
}

// TestFailingDisk has each call fail, once or with all after it. Each answer says what to do, and what was confirmed is
// there.
func TestFailingDisk(t *testing.T) {
	f := disktest.NewFilm(t)
	keeping(t, f, nil)
	all := f.Calls()
	for _, c := range []struct {
		name   string
		fate   disktest.Fate
		on     bool
		kind   error
		advice string
	}{
		{"failing once", disktest.Fate{Err: syscall.EIO}, false, storage.ErrFailed, "see to the disk"},
		{"failing once, late", disktest.Fate{Err: syscall.EIO, After: true}, false, storage.ErrFailed, "see to the disk"},
		{"failing from then on", disktest.Fate{Err: syscall.EIO}, true, storage.ErrFailed, "see to the disk"},
		{"full once", disktest.Fate{Err: syscall.ENOSPC}, false, storage.ErrFull, "make room on the disk"},
		{"full from then on", disktest.Fate{Err: syscall.ENOSPC}, true, storage.ErrFull, "make room on the disk"},
		{"read-only from then on", disktest.Fate{Err: syscall.EROFS}, true, storage.ErrReadOnly, "see to the disk"},
	} {
		t.Run(c.name, func(t *testing.T) {
			some := disktest.Some(all, 16)
			told := 0
			for _, n := range some {
				f := disktest.NewFilm(t)
				keeping(t, f, f.Nth(n, c.fate, c.on))
				_, faults := heard(disktest.Said(f.Steps))
				for _, text := range faults {
					if !strings.HasPrefix(text, "photos in "+f.Folder) || !strings.Contains(text, c.kind.Error()+": "+c.advice) {
						t.Errorf("call %d of %d: %q should say %q: %q", n, all, text, c.kind, c.advice)
					}
				}
				told += min(1, len(faults))
				wrong := f.Cut(t, f.Failed(c.fate), disktest.Cuts(300)/len(some)/6, look)
				if err := look(disktest.Said(f.Steps), f.Folder); err != nil || wrong > 0 {
					t.Errorf("that was call %d of %d; started again: %v", n, all, err)
				}
			}
			t.Logf("%d calls failed, %d were told of", len(some), told)
		})
	}
}
