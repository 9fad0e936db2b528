package files

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrSpoilt means that a file does not hold any more what it is named after.
var ErrSpoilt = errors.New("the file is spoilt")

// Has tells whether there is a file of this name.
func (s *Store) Has(id string) (bool, error) {
	if !idForm.MatchString(id) {
		return false, nil
	}
	switch _, err := os.Stat(s.path(id)); {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	default:
		return false, classify(s.dir, err)
	}
}

// Copy has another folder keep a file of this one, and tells whether it did not yet. On the same file system the two
// share the bytes, which never change. The copy is durable after the other folder's Settle. The error is fs.ErrNotExist
// for a file that is not here, and ErrSpoilt for one that is not what it was.
func (s *Store) Copy(id string, to *Store) (copied bool, err error) {
	if there, err := to.Has(id); there || err != nil {
		return false, err
	}
	if here, err := s.Has(id); err != nil {
		return false, err
	} else if !here {
		return false, fmt.Errorf("photo %q: %w", id, fs.ErrNotExist)
	}
	if err := os.MkdirAll(filepath.Dir(to.path(id)), 0o700); err != nil {
		return false, classify(to.dir, err)
	}
	if os.Link(s.path(id), to.path(id)) == nil {
		return true, nil
	}
	return true, s.copyBytes(id, to)
}

// copyBytes copies where no link can be made. What a crash leaves unfinished the next attempt writes over.
func (s *Store) copyBytes(id string, to *Store) (err error) {
	in, err := os.Open(s.path(id))
	if err != nil {
		return classify(s.dir, err)
	}
	defer in.Close()
	unfinishedName := filepath.Join(to.dir, unfinished+id)
	out, err := os.OpenFile(unfinishedName, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return classify(to.dir, err)
	}
	defer func() {
		out.Close()
		if err != nil {
			os.Remove(unfinishedName) //nolint:errcheck // the next attempt writes over it
		}
	}()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(out, sum), in); err != nil {
		return classify(to.dir, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != id {
		return fmt.Errorf("photo %s: %w", id, ErrSpoilt)
	}
	if err := errors.Join(out.Sync(), out.Close()); err != nil {
		return classify(to.dir, err)
	}
	if err := os.Rename(unfinishedName, to.path(id)); err != nil {
		return classify(to.dir, err)
	}
	return nil
}

// Settle makes the names of all that was copied here durable.
func (s *Store) Settle() error {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) { // nothing was
		return nil
	}
	if err != nil {
		return classify(s.dir, err)
	}
	folders := []string{s.dir, filepath.Dir(filepath.Clean(s.dir))}
	for _, e := range entries {
		if e.IsDir() {
			folders = append(folders, filepath.Join(s.dir, e.Name()))
		}
	}
	for _, folder := range folders {
		if err := syncFolder(folder); err != nil && !errors.Is(err, fs.ErrPermission) { // as in Open
			return classify(s.dir, err)
		}
	}
	return nil
}

// Each gives the name of every file that is kept, in their order. Unfinished ones are none.
func (s *Store) Each(fn func(id string) error) error {
	folders, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return classify(s.dir, err)
	}
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		list, err := os.ReadDir(filepath.Join(s.dir, folder.Name()))
		if err != nil {
			return classify(s.dir, err)
		}
		for _, f := range list {
			if !f.Type().IsRegular() || !idForm.MatchString(f.Name()) || f.Name()[:2] != folder.Name() {
				continue
			}
			if err := fn(f.Name()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Remove removes a file; one that is not there is no fault. Where others share its bytes, these keep them.
func (s *Store) Remove(id string) error {
	if !idForm.MatchString(id) {
		return fmt.Errorf("photo %q: %w", id, fs.ErrNotExist)
	}
	if err := os.Remove(s.path(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return classify(s.dir, err)
	}
	return nil
}
