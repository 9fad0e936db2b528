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
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Store is a folder of files.
type Store struct{ dir string }

// ErrTooLarge means that what came was larger than the limit.
var ErrTooLarge = errors.New("the file is too large")

var idForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

const unfinished = "new-"

// Open opens a folder, makes it where there is none, and sweeps away what a crash left unfinished.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("no folder for photos: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the folder of photos cannot be read: %w", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), unfinished) {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return nil, err
			}
		}
	}
	return &Store{dir}, nil
}

// Put keeps what r gives, at most limit bytes, and names it: 64 hexadecimal digits. It is durable when Put returns.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (id string, size int64, err error) {
	f, err := os.CreateTemp(s.dir, unfinished)
	if err != nil {
		return "", 0, fmt.Errorf("keep a photo: %w", err)
	}
	defer func() {
		f.Close()
		if err != nil {
			os.Remove(f.Name()) //nolint:errcheck // it is swept away at the next start
		}
	}()
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, sum), io.LimitReader(&careful{ctx, r}, limit+1))
	switch {
	case err != nil:
		return "", 0, fmt.Errorf("keep a photo: %w", err)
	case size > limit:
		return "", 0, fmt.Errorf("%w: at most %d bytes", ErrTooLarge, limit)
	}
	id = hex.EncodeToString(sum.Sum(nil))
	if err := f.Sync(); err != nil {
		return "", 0, fmt.Errorf("keep a photo: %w", err)
	}
	name := s.path(id)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return "", 0, fmt.Errorf("keep a photo: %w", err)
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return "", 0, fmt.Errorf("keep a photo: %w", err)
	}
	return id, size, errors.Join(sync(filepath.Dir(name)), sync(s.dir))
}

// Open gives a file's bytes. The error is fs.ErrNotExist for an id that names none.
func (s *Store) Open(id string) (io.ReadCloser, error) {
	if !idForm.MatchString(id) {
		return nil, fmt.Errorf("photo %q: %w", id, os.ErrNotExist)
	}
	return os.Open(s.path(id))
}

// path spreads files over 256 folders.
func (s *Store) path(id string) string { return filepath.Join(s.dir, id[:2], id) }

// sync makes a folder's entries durable.
func sync(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// careful stops reading when ctx ends.
type careful struct {
	ctx context.Context
	r   io.Reader
}

func (c *careful) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
