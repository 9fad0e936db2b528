package bolt

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"go.etcd.io/bbolt"
)

// unfinished is what stands between the name of a store and a number in the name of one that is being made.
const unfinished = ".new-"

// create makes a new store under another name and gives it its own when it is whole: a power cut during bbolt's first
// writes leaves a file that bbolt takes for damaged. Where there is a file meanwhile, or files cannot have two names, it
// leaves the making to bbolt.
func create(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+unfinished)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // sweep tries again
	if err := f.Close(); err != nil {
		return err
	}
	made, err := openAs(path, f.Name())
	if err != nil {
		return err
	}
	if err := made.release(nil); err != nil {
		return err
	}
	err = os.Link(f.Name(), path)
	if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) || // somebody made it, and may have swept this one away
		errors.Is(err, fs.ErrPermission) || errors.Is(err, errors.ErrUnsupported) || runtime.GOOS == "windows" {
		return nil
	}
	return err
}

// sweep removes what a power cut has left of a store's making. Whoever has the store open may: nobody makes it then.
func sweep(path string) {
	folder, name := filepath.Split(path)
	all, err := os.ReadDir(filepath.Clean(folder))
	if err != nil {
		return // a folder that is not to be read
	}
	for _, e := range all {
		if strings.HasPrefix(e.Name(), name+unfinished) {
			_ = os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}

// settle brings to the disk what is seen of the file. A program that was killed between a write and its sync, or whose
// sync failed, leaves in the system's memory what the disk does not have; transactions that build on it write over what
// the disk still needs. After a failed sync the system takes its pages for written, so the page that leads to all others
// is written anew. The others were synced before it was written at all.
func (db *DB) settle() error {
	var id int
	err := guard(func() error {
		return db.b.View(func(tx *bbolt.Tx) error { id = tx.ID(); return nil })
	})
	if err != nil {
		return err
	}
	meta := make([]byte, db.b.Info().PageSize)
	off := int64(id%2) * int64(len(meta))
	if _, err := db.file.ReadAt(meta, off); err != nil {
		return err
	}
	if _, err := db.file.WriteAt(meta, off); err != nil {
		return err
	}
	return db.file.Sync()
}

// syncFolder makes the file's name as durable as its contents.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" { // it has no such call
		return nil
	}
	d, err := os.Open(dir)
	if errors.Is(err, fs.ErrPermission) { // it may be another's, not to be read
		return nil
	}
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err // some network disks cannot
	}
	return nil
}
