package files

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
