package bolt

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"
	"strings"
	"syscall"

	berrors "go.etcd.io/bbolt/errors"

	"otklik/storage"
)

// panicked is a panic on pages that make no sense.
type panicked struct{ value any }

func (p panicked) Error() string { return strings.Join(strings.Fields(fmt.Sprint(p.value)), " ") }

// guard runs what touches the file's pages: on pages that make no sense bbolt panics, and on pages that are not there
// the processor faults.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = panicked{r}
		}
	}()
	return fn()
}

// classify says in one line what a fault means and what to do.
func classify(path string, err error) error {
	say := func(kind error, advice string) error {
		return fmt.Errorf("%s: %w: %s (%w)", path, kind, advice, err)
	}
	switch {
	case err == nil, errors.Is(err, storage.ErrFailed): // said already
		return err
	case errors.As(err, new(panicked)), is(err, berrors.ErrInvalid, berrors.ErrChecksum, berrors.ErrVersionMismatch, io.ErrUnexpectedEOF),
		strings.HasPrefix(err.Error(), "file size too small"):
		return damaged(path, err)
	case is(err, berrors.ErrTimeout):
		advice := "end the other otklik first"
		if who := holder(path); who != "" {
			advice += ": " + who
		}
		return say(storage.ErrLocked, advice)
	case is(err, syscall.ENOSPC, syscall.EFBIG, syscall.EDQUOT):
		return say(storage.ErrFull, "make room on the disk, nothing that was confirmed is lost")
	case is(err, syscall.EROFS): // as a system leaves a disk that has failed
		return say(storage.ErrReadOnly, "see to the disk, it may only be read")
	case is(err, fs.ErrPermission, berrors.ErrDatabaseReadOnly):
		return say(storage.ErrReadOnly, "let this user write to the file and its folder")
	case is(err, fs.ErrNotExist):
		return say(storage.ErrFailed, "make its folder first")
	}
	return say(storage.ErrFailed, "see to the disk and start otklik again")
}

// is tells whether err is one of kinds. bbolt keeps only the words of some of the system's errors.
func is(err error, kinds ...error) bool {
	for _, kind := range kinds {
		if errors.Is(err, kind) {
			return true
		}
		if errno := syscall.Errno(0); errors.As(kind, &errno) && strings.HasSuffix(err.Error(), errno.Error()) {
			return true
		}
	}
	return false
}

func damaged(path string, err error) error {
	return fmt.Errorf("%s: %w: put a backup in its place, or move the file away to begin anew (%w)", path, storage.ErrDamaged, err)
}
