package office

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"otklik/flows/learn"
	"otklik/flows/lessons"
	"otklik/storage"
	"otklik/storage/files"
)

// Copied tells what a copy of a store holds.
type Copied struct {
	Incidents uint64 `json:"incidents"`
	Bytes     int64  `json:"bytes"`            // of the store's file
	Photos    int    `json:"photos"`           // whose bytes are kept
	New       int    `json:"new"`              // files of them that were not in the folder beside it
	Lost      int    `json:"lost,omitempty"`   // photos that were nowhere to be found, or spoilt
	Folder    string `json:"folder,omitempty"` // of the photos
	Learnt    string `json:"learnt,omitempty"` // the file of what was learnt
	Spoilt    string `json:"spoilt,omitempty"` // why it could not be copied
}

func (c Copied) String() string {
	text := fmt.Sprintf("%s, %d bytes, %s (%d new in %s)", count(int(c.Incidents), "incident"), c.Bytes, count(c.Photos, "photo"), c.New, c.Folder)
	if c.Lost > 0 {
		text += fmt.Sprintf("; %s missing or spoilt where it was copied from", count(c.Lost, "photo"))
	}
	switch {
	case c.Learnt != "":
		text += "; what was learnt in " + c.Learnt
	case c.Spoilt != "":
		text += "; without what was learnt, which is spoilt: decisions are learnt again from the incidents, tables are to be given again (otklik learn)"
	}
	return text
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// unfinished is what a copy is called until it is whole.
const unfinished = ".unfinished"

// anyNumber is a number of incidents that is not known.
const anyNumber = ^uint64(0)

// prepare writes a store's file beside target, has it on the disk, opens it and reads all of it, and has the photos that
// it names in the folder beside it. fill writes it, and gives the number of incidents that it must have in the end and what
// is to be run in an update of it, if anything is. What prepare gives is to be renamed to target; where it fails nothing is
// left but photos.
// made is what is copied already.
func (p *Program) prepare(ctx context.Context, target string, from *files.Store, made Copied, fill func(io.Writer) (uint64, func(storage.Writer) error, error)) (_ Copied, name string, err error) {
	name = target + unfinished
	defer func() {
		if err != nil {
			os.Remove(name)                  //nolint:errcheck // the next attempt writes over it
			os.Remove(storage.LogFile(name)) //nolint:errcheck // … and there is none, mostly
			made.drop()
		}
	}()
	var rest func(storage.Writer) error
	want, err := writeFile(name, func(w io.Writer) (incidents uint64, err error) {
		incidents, rest, err = fill(w)
		return incidents, err
	})
	if err != nil {
		return made, name, err
	}
	made.Folder = Photos(target)
	to := files.Join(made.Folder)
	kv, err := p.Open(name)
	if err == nil && rest != nil {
		if err = kv.Update(ctx, rest); err != nil {
			err = errors.Join(err, kv.Close())
		}
	}
	if err != nil {
		return made, name, fmt.Errorf("the copy is of no use: %w", err)
	}
	made.Incidents, err = storage.Over(kv).Survey(ctx, func(id string) error {
		copied, err := from.Copy(id, to)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, files.ErrSpoilt): // the store is worth keeping without it
			made.Lost++
			return nil
		case copied:
			made.New++
		}
		made.Photos++
		return err
	})
	if err = errors.Join(err, kv.Close()); err != nil {
		return made, name, fmt.Errorf("the copy is of no use: %w", err)
	}
	if want != anyNumber && made.Incidents != want {
		return made, name, fmt.Errorf("the copy is of no use: it has %d incidents of %d", made.Incidents, want)
	}
	info, err := os.Stat(name)
	if err != nil {
		return made, name, err
	}
	made.Bytes = info.Size()
	return made, name, to.Settle()
}

// learnt copies what was learnt beside the store from to the name that it gets beside target, still unfinished. There may
// be none; a store is worth keeping without one that is spoilt.
func (c *Copied) learnt(from, target string) error {
	file := lessons.File(target)
	switch err := lessons.Copy(lessons.File(from), file+unfinished); {
	case err == nil:
		c.Learnt = file
	case errors.Is(err, learn.ErrFile):
		c.Spoilt = err.Error()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return nil
}

// drop removes what learnt has made.
func (c *Copied) drop() {
	if c.Learnt != "" {
		os.Remove(c.Learnt + unfinished) //nolint:errcheck // the next attempt writes over it
	}
}

// settle gives what learnt has made its name.
func (c *Copied) settle() error {
	if c.Learnt == "" {
		return nil
	}
	return os.Rename(c.Learnt+unfinished, c.Learnt)
}

// writeFile writes a file and has it on the disk; it is removed where that fails.
func writeFile(name string, fill func(io.Writer) (uint64, error)) (incidents uint64, err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, fmt.Errorf("the file cannot be written: %w", err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(name) //nolint:errcheck // the next attempt writes over it
		}
	}()
	if incidents, err = fill(f); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return 0, fmt.Errorf("the file cannot be written: %w", err)
	}
	return incidents, nil
}

// place gives what was prepared its name.
func place(name, target string) error {
	if err := os.Rename(name, target); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(target))
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
	return d.Sync()
}

// same tells whether two names are of one file that is there.
func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
