package lessons

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"otklik/flows/learn"
	"otklik/storage"
)

// A checkpoint is a line, the number of the last lesson in it, a checksum of that, and the learner.
const magic = "otklik lessons 1\n"

// remembered is from how many of the newest incidents it is learnt again when there is no checkpoint.
const remembered = 100_000

// Open reads the checkpoint. Where it is missing or damaged, what curators decided is learnt again from the newest
// incidents. Once that is done further calls do nothing; after a failure of the store the next one tries again.
func (k *Keeper) Open(ctx context.Context) {
	k.work.Lock()
	defer k.work.Unlock()
	if k.opened {
		return
	}
	given, complete, err := k.given(ctx)
	if err != nil {
		if ctx.Err() == nil {
			k.Log.Error("the lessons cannot be read", "err", err)
		}
		return
	}
	l, last, err := load(k.File)
	switch {
	case err == nil:
		k.learner.Store(l)
		if k.last = last; last > given { // the store was restored: its next lessons have numbers that the learner has had
			k.Log.Warn("the learner knows more lessons than the store had: it goes on with them", "file", k.File, "learnt", last, "given", given)
			k.last = given
		}
	case complete && errors.Is(err, fs.ErrNotExist): // there was no checkpoint yet
	default:
		k.Log.Warn("there is no checkpoint of what was learnt that can be used: it is learnt again from the incidents. What `otklik learn` was given has to be given again",
			"file", k.File, "err", err)
		if !errors.Is(err, fs.ErrNotExist) {
			os.Rename(k.File, k.File+".damaged") //nolint:errcheck // somebody may want to look at it; if not, the next one takes its place
		}
		if err := k.relearn(ctx); err != nil {
			if ctx.Err() == nil {
				k.Log.Error("the incidents cannot be learnt from", "err", err)
			}
			return
		}
		k.last = given
	}
	k.opened = true
	close(k.ready)
}

// given tells the number of the last lesson that was ever given, and whether all are kept still.
func (k *Keeper) given(ctx context.Context) (n uint64, complete bool, err error) {
	err = k.Store.View(ctx, func(tx *storage.Tx) error {
		if n, err = tx.LastLesson(); err != nil {
			return err
		}
		first, err := tx.Lessons(0, 1)
		complete = n == 0 || len(first) == 1 && first[0].ID == 1
		return err
	})
	return n, complete, err
}

// relearn teaches what the decisions on the newest incidents said.
func (k *Keeper) relearn(ctx context.Context) error {
	k.learner.Store(nil)
	k.fresh = 0
	var last uint64
	err := k.Store.View(ctx, func(tx *storage.Tx) (err error) {
		last, err = tx.Last("incident")
		return err
	})
	from := uint64(1)
	if last > remembered {
		from = last - remembered
	}
	for ; from <= last && err == nil; from += batch {
		var list []learn.Lesson
		err = k.Store.View(ctx, func(tx *storage.Tx) error {
			list = nil
			for n := from; n < from+batch && n <= last; n++ {
				inc, err := tx.Incident(n)
				if err != nil {
					return err
				}
				if inc != nil && inc.Taught != (storage.Labels{}) {
					list = append(list, k.lesson(inc, inc.Taught))
				}
			}
			return nil
		})
		for _, one := range list {
			k.teach(one)
		}
		k.fresh += len(list)
	}
	return err
}

func (k *Keeper) due() bool {
	k.work.Lock()
	defer k.work.Unlock()
	return k.fresh >= k.Every
}

// checkpoint saves what is new and says in the log if it cannot: then the next one does.
func (k *Keeper) checkpoint(ctx context.Context) {
	if err := k.Save(ctx); err != nil && ctx.Err() == nil {
		k.Log.Error("no checkpoint was made of what was learnt; the lessons are kept until there is one", "file", k.File, "err", err)
	}
}

// Save has the learner on the disk and then deletes the lessons that are in it. It does nothing where nothing is new.
func (k *Keeper) Save(ctx context.Context) error {
	k.work.Lock()
	defer k.work.Unlock()
	l := k.learner.Load()
	if l == nil || k.fresh == 0 {
		return nil
	}
	if err := save(k.File, l, k.last); err != nil {
		return err
	}
	k.fresh = 0
	for more := true; more; {
		err := k.Store.Update(ctx, func(tx *storage.Tx) (err error) {
			more, err = tx.DropLessons(k.last, 1000)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// SaveAs puts what was learnt into another file; the lessons stay.
func (k *Keeper) SaveAs(file string) error {
	k.work.Lock()
	defer k.work.Unlock()
	l := k.learner.Load()
	if l == nil {
		l = learn.New()
	}
	return save(file, l, k.last)
}

// save puts a checkpoint in a file's place, whole or not at all.
func save(file string, l *learn.Learner, last uint64) (err error) {
	f, err := os.OpenFile(file+".unfinished", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	head := binary.LittleEndian.AppendUint64([]byte(magic), last)
	_, err = f.Write(binary.LittleEndian.AppendUint32(head, crc32.ChecksumIEEE(head)))
	if err == nil {
		err = l.Save(f)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		os.Remove(f.Name()) //nolint:errcheck // the next one is written over it
		return err
	}
	if runtime.GOOS == "windows" { // it cannot do that to a folder
		return nil
	}
	dir, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// load reads a checkpoint.
func load(file string) (l *learn.Learner, last uint64, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	head := make([]byte, len(magic)+8+4)
	if _, err := io.ReadFull(f, head); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", learn.ErrFile, err)
	}
	numbered := head[:len(head)-4]
	if !bytes.HasPrefix(head, []byte(magic)) || crc32.ChecksumIEEE(numbered) != binary.LittleEndian.Uint32(head[len(numbered):]) {
		return nil, 0, fmt.Errorf("%w: it is no checkpoint", learn.ErrFile)
	}
	l = learn.New()
	return l, binary.LittleEndian.Uint64(numbered[len(magic):]), l.Load(f)
}
