package lessons

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// suffix is what a checkpoint's name has more than its store's.
const suffix = ".learned"

// File gives the file of the checkpoint that belongs to a store's file.
func File(store string) string { return store + suffix }

// IsFile tells whether a file goes by the name of a checkpoint.
func IsFile(name string) bool { return strings.HasSuffix(name, suffix) }

// Hold keeps the checkpoint and the lessons that are not in it as they are until release is called: a copy of both that is
// begun meanwhile knows every lesson. Nothing is taught meanwhile either; questions are answered.
func (k *Keeper) Hold() (release func()) {
	k.work.Lock()
	return k.work.Unlock
}

// Copy copies a checkpoint, has it on the disk and reads it. The error is fs.ErrNotExist where there is none to copy, and
// learn.ErrFile for one that cannot be used; after an error there is no copy.
func Copy(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) { // the folder is not there; what is to be copied is
			err = fmt.Errorf("the file cannot be written: %s", err) //nolint:errorlint // it must not seem to be missing
		}
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err == nil {
		_, _, err = load(to)
	}
	if err != nil {
		os.Remove(to) //nolint:errcheck // the next one is written over it
	}
	return err
}
