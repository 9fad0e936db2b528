package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"otklik/storage"
)

// ErrImpure means that a function's second run did something else than its first.
var ErrImpure = errors.New("the function depends on more than its transaction and its arguments")

// Pure runs every update's function twice in one transaction: the first run is undone, the second counts. Where the two
// write or answer something else the update is refused with ErrImpure, and the error names the key. It sees more than
// Twice, and does without two transactions for an update.
func Pure(kv storage.KV) storage.KV { return pure{kv} }

type pure struct{ storage.KV }

func (p pure) Update(ctx context.Context, fn func(storage.Writer) error) error {
	return p.KV.Update(ctx, func(w storage.Writer) error {
		first, second := record(w), record(w)
		failed := fn(first)
		if err := first.undo(); err != nil {
			return err
		}
		err := fn(second)
		if fmt.Sprint(failed) != fmt.Sprint(err) {
			return fmt.Errorf("%w: its first run ended with %v, its second with %v", ErrImpure, failed, err) //nolint:errorlint // these are no causes
		}
		if err == nil {
			err = differ(first, second)
		}
		return err
	})
}

// recorder keeps what is written, and what was there before.
type recorder struct {
	storage.Writer
	old, now map[string][]byte // nil: not there
}

func record(w storage.Writer) *recorder {
	return &recorder{w, map[string][]byte{}, map[string][]byte{}}
}

func (r *recorder) Put(key, value []byte) error {
	return r.write(key, append([]byte{}, value...))
}

func (r *recorder) Delete(key []byte) error { return r.write(key, nil) }

func (r *recorder) write(key, value []byte) error {
	old, err := r.Get(key)
	if err == nil {
		err = set(r.Writer, key, value)
	}
	if err != nil {
		return err
	}
	if _, known := r.old[string(key)]; !known {
		r.old[string(key)] = old
	}
	r.now[string(key)] = value
	return nil
}

// set puts a value, or deletes where it is nil.
func set(w storage.Writer, key, value []byte) error {
	if value == nil {
		return w.Delete(key)
	}
	return w.Put(key, value)
}

func (r *recorder) undo() error {
	for k, v := range r.old {
		if err := set(r.Writer, []byte(k), v); err != nil {
			return err
		}
	}
	return nil
}

func differ(first, second *recorder) error {
	for _, pair := range [][2]*recorder{{first, second}, {second, first}} {
		for k, v := range pair[0].now {
			if other, ok := pair[1].now[k]; !ok || (v == nil) != (other == nil) || !bytes.Equal(v, other) {
				return fmt.Errorf("%w: its runs leave %q with %.200q and %.200q", ErrImpure, k, first.now[k], second.now[k])
			}
		}
	}
	return nil
}
