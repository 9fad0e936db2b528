// Package files keeps photos as files named after their contents: the same bytes are kept once, a file never changes,
// and one that is there is whole.
package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Store is a folder of files. It may be used from many goroutines at once.
type Store struct{ dir string }

// ErrTooLarge means that what came was larger than the limit.
var ErrTooLarge = errors.New("the file is too large")

var idForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

const unfinished = "new-"

// Open opens a folder, makes it where there is none, and sweeps away what a crash left unfinished: nobody else may have
// the folder open. Errors of the folder are those of package storage.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, classify(dir, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, classify(dir, err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), unfinished) {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return nil, classify(dir, err)
			}
		}
	}
	above := filepath.Dir(filepath.Clean(dir))
	if err := syncFolder(above); err != nil && !errors.Is(err, fs.ErrPermission) { // it may be another's, not to be read
		return nil, classify(dir, err)
	}
	return &Store{dir}, nil
}

// Join gives a folder that others may have open, too: what is unfinished there may be theirs. It is made when something
// is kept in it by Copy.
func Join(dir string) *Store { return &Store{dir} }

// Put keeps what r gives, at most limit bytes, and names it: 64 hexadecimal digits, the SHA-256 of the bytes. It is
// durable when Put returns; nothing is left of what failed. Errors are r's own or ctx's, ErrTooLarge, and where the
// folder failed those of package storage.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (id string, size int64, err error) {
	f, err := os.CreateTemp(s.dir, unfinished)
	if err != nil {
		return "", 0, classify(s.dir, err)
	}
	defer func() {
		f.Close()
		if err != nil {
			os.Remove(f.Name()) //nolint:errcheck // it is swept away at the next start
		}
	}()
	src := &source{ctx: ctx, r: r, left: limit}
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, sum), src)
	switch {
	case src.err != nil:
		return "", 0, fmt.Errorf("a photo did not come whole: %w", src.err)
	case err != nil:
		return "", 0, classify(s.dir, err)
	case src.left < 0:
		return "", 0, fmt.Errorf("%w: at most %d bytes", ErrTooLarge, limit)
	}
	id = hex.EncodeToString(sum.Sum(nil))
	if err := s.keep(f, id); err != nil {
		return "", 0, classify(s.dir, err)
	}
	return id, size, nil
}

// keep gives a written file its name. One that has the name already has the same bytes, or had them before the disk
// spoilt it: so the new one takes its place.
func (s *Store) keep(f *os.File, id string) error {
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil { // where an open file cannot be renamed
		return err
	}
	name := s.path(id)
	folder := filepath.Dir(name)
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	if err := syncFolder(folder); err != nil {
		return err
	}
	return syncFolder(s.dir)
}

// Open gives a file's bytes. The error is fs.ErrNotExist for an id that names none.
func (s *Store) Open(id string) (io.ReadCloser, error) {
	if !idForm.MatchString(id) {
		return nil, fmt.Errorf("photo %q: %w", id, fs.ErrNotExist)
	}
	f, err := os.Open(s.path(id))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("photo %s: %w", id, fs.ErrNotExist)
	case err != nil:
		return nil, classify(s.dir, err)
	}
	return f, nil
}

// path spreads files over 256 folders.
func (s *Store) path(id string) string { return filepath.Join(s.dir, id[:2], id) }

// source reads until ctx ends or more has come than is left.
type source struct {
	ctx  context.Context
	r    io.Reader
	left int64 // below zero: there was more
	err  error // r's own, or ctx's
}

func (s *source) Read(p []byte) (n int, err error) {
	if err = s.ctx.Err(); err == nil {
		n, err = s.r.Read(p)
	}
	if err != nil && err != io.EOF { //nolint:errorlint // as readers must
		s.err = err
	}
	if s.left -= int64(n); s.left < 0 {
		return 0, io.EOF
	}
	return n, err
}
