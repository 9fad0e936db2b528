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

	"otklik/flows/lessons"
	"otklik/storage"
	"otklik/storage/files"
)

// Restore puts a backup where the settings say.
type Restore struct {
	File  string `arg:"" type:"existingfile" help:"The backup. Photos come from the folder photos beside it, what was learnt from FILE.learned."`
	Force bool   `help:"Move a store that is there aside."`
}

// aside is how the time stands in the name of a store that was moved aside, in UTC.
const aside = "2006-01-02-150405"

// Run checks the backup and puts it in its place. No program may run.
func (r Restore) Run(ctx context.Context, p *Program) error {
	data := p.Settings.Data
	if _, _, err := p.Region(); err != nil {
		return err
	}
	if same(r.File, data) {
		return fmt.Errorf("%s is where the store is kept (--data): name a backup", r.File)
	}
	if info, err := os.Stat(r.File); err != nil {
		return err
	} else if info.Size() == 0 {
		return fmt.Errorf("%s is empty: it is no backup", r.File)
	}
	if log := storage.LogFile(r.File); readable(log) {
		return fmt.Errorf("%s is a store that was not closed, no backup: its last changes stand in %s; make a backup of it first (otklik backup --data %s FILE)", r.File, log, r.File)
	}
	there, err := stored(data)
	if err != nil {
		return err
	}
	if there && !r.Force {
		return fmt.Errorf("there is a store at %s (--data): add --force to move it aside", data)
	}
	if err := os.MkdirAll(filepath.Dir(data), 0o700); err != nil {
		return fmt.Errorf("no place for the data (--data): %w", err)
	}
	release, held, err := p.hold(data, there)
	if err != nil {
		return err
	}
	made, old, err := r.put(ctx, p, there)
	if err = errors.Join(err, release()); err != nil {
		return err
	}
	if held && old != "" { // all that stood in its log stands in it now
		if err := os.Remove(storage.LogFile(old)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	_, err = fmt.Fprintf(p.Out, "%s: %s\n", data, made)
	return err
}

// hold keeps every program from the store that is there, or tells that one runs. A store that is damaged is held by nobody.
func (p *Program) hold(data string, there bool) (release func() error, held bool, err error) {
	release = func() error { return nil }
	if !there {
		return release, false, nil
	}
	kv, err := p.Open(data)
	switch {
	case errors.Is(err, storage.ErrLocked):
		return nil, false, err
	case err != nil:
		return release, false, nil //nolint:nilerr // that is why it is restored
	case runtime.GOOS == "windows": // an open file cannot be moved there
		return release, true, kv.Close()
	}
	return kv.Close, true, nil
}

func (r Restore) put(ctx context.Context, p *Program, there bool) (made Copied, old string, err error) {
	data := p.Settings.Data
	from := files.Join(Photos(r.File))
	if err := made.learnt(r.File, data); err != nil {
		return Copied{}, "", fmt.Errorf("%s: %w", r.File, err)
	}
	made, name, err := p.prepare(ctx, data, from, made, func(w io.Writer) (uint64, func(storage.Writer) error, error) {
		return anyNumber, nil, copyFile(ctx, w, r.File)
	})
	if err != nil {
		return Copied{}, "", fmt.Errorf("%s: %w", r.File, err)
	}
	if old, err = freeName(data + "." + p.Now().UTC().Format(aside)); err != nil {
		return Copied{}, "", err
	}
	if there {
		if err := os.Rename(data, old); err != nil {
			return Copied{}, "", err
		}
	}
	// Its log goes along, also one that was left by a store that is there no more: it is none of the backup's.
	if err := os.Rename(storage.LogFile(data), storage.LogFile(old)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Copied{}, "", fmt.Errorf("what was there is %s: %w", old, err)
	}
	if !there {
		if err := made.settle(); err != nil {
			return Copied{}, "", err
		}
		return made, "", place(name, data)
	}
	if made.Learnt != "" { // where the backup has none, the learner goes on with what it knows
		err = os.Rename(lessons.File(data), lessons.File(old))
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			err = made.settle()
		}
	}
	if err == nil {
		err = place(name, data)
	}
	if err != nil {
		return Copied{}, "", fmt.Errorf("the store that was there is %s: %w", old, err)
	}
	fmt.Fprintf(p.Out, "%s: the store that was there\n", old)
	return made, old, nil
}

// freeName gives a name that no file has, nor a log of such a one: nothing that was moved aside is ever written over.
func freeName(name string) (string, error) {
	for i := range 100 {
		free := name
		if i > 0 {
			free = fmt.Sprint(name, "-", i+1)
		}
		if !readable(free) && !readable(storage.LogFile(free)) {
			return free, nil
		}
	}
	return "", fmt.Errorf("%s and the like are there already: move them away", name)
}

func copyFile(ctx context.Context, w io.Writer, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		if _, err := io.CopyN(w, f, 1<<20); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}
