package office

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"otklik/flows/lessons"
	"otklik/storage"
	"otklik/storage/files"
)

// Backup makes a copy of everything.
type Backup struct {
	File  string `arg:"" help:"Where to: a file that is not there yet. Photos go into the folder photos beside it, what was learnt into FILE.learned."`
	Force bool   `help:"Put it in the place of a file that is there."`
}

// Run makes it and says what is in it; the running program does it where one runs.
func (b Backup) Run(ctx context.Context, p *Program) error {
	file, err := filepath.Abs(b.File) // the running program may stand in another folder
	if err != nil {
		return err
	}
	b.File = file
	var made Copied
	if err := p.await(ctx, request{Backup: &b}, &made, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Out, "%s: %s\n", b.File, made)
	return err
}

// backup makes a copy; one at a time.
func (c *Clerk) backup(ctx context.Context, b Backup) (Copied, error) {
	c.copying.Lock()
	defer c.copying.Unlock()
	if err := free(b.File, c.Settings.Data, b.Force); err != nil {
		return Copied{}, err
	}
	// What was learnt until the checkpoint is in its file, what came later in the store: both are of one moment.
	release := func() {}
	if c.Learner != nil {
		release = sync.OnceFunc(c.Learner.Hold())
		defer release()
	}
	var made Copied
	if err := made.learnt(c.Settings.Data, b.File); err != nil {
		return Copied{}, err
	}
	from := files.Join(Photos(c.Settings.Data))
	made, name, err := c.prepare(ctx, b.File, from, made, func(w io.Writer) (uint64, func(storage.Writer) error, error) {
		return c.Store.Backup(ctx, w, release)
	})
	if err != nil {
		return Copied{}, err
	}
	if err := made.settle(); err != nil {
		return Copied{}, err
	}
	if made.Learnt == "" { // one of a backup that was here would be older
		if err := os.Remove(lessons.File(b.File)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Copied{}, err
		}
	}
	return made, place(name, b.File)
}

// free tells why a file may not be written, nil where it may.
func free(file, data string, force bool) error {
	if same(file, data) {
		return fmt.Errorf("%s is the store itself: name another file", file)
	}
	switch info, err := os.Stat(file); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file: name one", file)
	case !force:
		return fmt.Errorf("%s is there already: name another file, or add --force to put this in its place", file)
	}
	return nil
}
