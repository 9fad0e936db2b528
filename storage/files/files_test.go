package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"otklik/storage"
)

func put(t *testing.T, s *Store, text string) string {
	t.Helper()
	id, size, err := s.Put(t.Context(), strings.NewReader(text), 100)
	if err != nil || size != int64(len(text)) {
		t.Fatal(size, err)
	}
	return id
}

func TestKeptByContents(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	a, again, b := put(t, s, "a photo"), put(t, s, "a photo"), put(t, s, "")
	if a != again || a == b {
		t.Errorf("names %q, %q, %q", a, again, b)
	}
	if s, err = Open(dir); err != nil { // after a restart
		t.Fatal(err)
	}
	r, err := s.Open(a)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || string(got) != "a photo" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestNothingIsLeftOfWhatFailed(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Put(t.Context(), strings.NewReader(strings.Repeat("x", 101)), 100); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	broken := io.MultiReader(strings.NewReader("half"), &failing{})
	if _, _, err := s.Put(t.Context(), broken, 100); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a broken upload: %v", err)
	} else if errors.Is(err, storage.ErrFailed) {
		t.Errorf("a broken upload is no fault of the folder: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Put(ctx, strings.NewReader("x"), 100); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled upload: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestLimit tries limits at and around the size of what comes.
func TestLimit(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for limit, fits := range map[int64]bool{0: false, 6: false, 7: true, 8: true, math.MaxInt64: true} {
		id, size, err := s.Put(t.Context(), iotest.OneByteReader(strings.NewReader("a photo")), limit)
		switch {
		case !fits:
			if !errors.Is(err, ErrTooLarge) || errors.Is(err, storage.ErrFailed) || id != "" || size != 0 {
				t.Errorf("limit %d: %q, %d, %v", limit, id, size, err)
			}
		case err != nil || size != 7:
			t.Errorf("limit %d: size %d, %v", limit, size, err)
		default:
			content(t, s, id, "a photo")
		}
	}
}

func content(t *testing.T, s *Store, id, text string) {
	t.Helper()
	r, err := s.Open(id)
	if err != nil {
		t.Error(err)
		return
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || string(got) != text {
		t.Errorf("%s has %.40q, want %.40q (%v)", id, got, text, err)
	}
}

// TestTogether has many people send the same photos at once, and others look at them.
func TestTogether(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 10 {
				text := strings.Repeat(fmt.Sprint(i), 5000)
				id, _, err := s.Put(t.Context(), strings.NewReader(text), 5000)
				if err != nil {
					t.Error(err)
				}
				content(t, s, id, text)
			}
		})
	}
	wg.Wait()
	kept, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(kept) != 10 {
		t.Errorf("kept %d files, want 10 (%v)", len(kept), err)
	}
	if loose, err := filepath.Glob(filepath.Join(dir, unfinished+"*")); err != nil || len(loose) > 0 {
		t.Errorf("left behind: %v (%v)", loose, err)
	}
}

// TestSpoiltFileIsMended: whoever sends the same photo again puts right what the disk has spoilt.
func TestSpoiltFileIsMended(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	id := put(t, s, "a photo")
	if err := os.WriteFile(s.path(id), []byte("a ph"), 0o600); err != nil {
		t.Fatal(err)
	}
	content(t, s, put(t, s, "a photo"), "a photo")
}

// TestFolderFaults are said in one line, with the folder and what to do.
func TestFolderFaults(t *testing.T) {
	file := filepath.Join(t.TempDir(), "photos")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(file)
	oneLine(t, err, storage.ErrFailed, file, "move it away")
	s, err := Open(filepath.Join(t.TempDir(), "photos"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Put(t.Context(), strings.NewReader("x"), 1)
	oneLine(t, err, storage.ErrFailed, s.dir)
}

func oneLine(t *testing.T, err, kind error, words ...string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("got %v, want %v", err, kind)
		return
	}
	for _, w := range words {
		if text := err.Error(); !strings.Contains(text, w) || strings.Contains(text, "\n") {
			t.Errorf("%q should be one line that says %q", text, w)
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestLeftoversAreSwept(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, unfinished+"1"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func FuzzOpenStaysInside(f *testing.F) {
	for _, id := range []string{"", "..", "../../etc/passwd", strings.Repeat("a", 64), strings.Repeat("A", 64), "aa/../" + strings.Repeat("a", 58)} {
		f.Add(id)
	}
	s, err := Open(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if r, err := s.Open(id); err == nil || !errors.Is(err, fs.ErrNotExist) {
			if r != nil {
				r.Close()
			}
			t.Errorf("%q: %v", id, err)
		}
	})
}

func TestFilesAreListedAndRemoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "photos")
	names := func(s *Store) (list []string) {
		t.Helper()
		if err := s.Each(func(id string) error { list = append(list, id); return nil }); err != nil {
			t.Fatal(err)
		}
		return list
	}
	if got := names(Join(dir)); got != nil {
		t.Errorf("no folder: %v", got)
	}
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, words := range []string{"a", "b", "c"} {
		id, _, err := s.Put(t.Context(), strings.NewReader(words), 10)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, other := range []string{unfinished + "x", "note", ids[0][:2] + "/note", ids[0][:2] + "/" + strings.Repeat("f", 64)} { // the last in another's folder
		if err := os.WriteFile(filepath.Join(dir, other), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(s); !slices.Equal(got, ids) {
		t.Errorf("%v, want %v", got, ids)
	}
	for range 2 {
		if err := s.Remove(ids[1]); err != nil {
			t.Error(err)
		}
	}
	if got := names(s); !slices.Equal(got, []string{ids[0], ids[2]}) {
		t.Errorf("%v", got)
	}
	if err := s.Remove("../files.go"); err == nil {
		t.Error("a name that is none")
	}
}
