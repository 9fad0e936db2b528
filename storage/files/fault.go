package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"syscall"

	"otklik/storage"
)

// classify says in one line what a fault of the folder means and what to do.
func classify(dir string, err error) error {
	kind, advice := storage.ErrFailed, "see to the disk"
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EFBIG), errors.Is(err, syscall.EDQUOT):
		kind, advice = storage.ErrFull, "make room on the disk, no photo that was kept is lost"
	case errors.Is(err, syscall.EROFS): // as a system leaves a disk that has failed
		kind, advice = storage.ErrReadOnly, "see to the disk, it may only be read"
	case errors.Is(err, fs.ErrPermission):
		kind, advice = storage.ErrReadOnly, "let this user write to the folder"
	case errors.Is(err, syscall.ENOTDIR):
		advice = "something else has the folder's name, move it away"
	}
	return fmt.Errorf("photos in %s: %w: %s (%w)", dir, kind, advice, err)
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" { // it has no such call
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err // some network disks cannot
	}
	return nil
}
