package storagetest

import (
	"context"
	"errors"

	"otklik/storage"
)

// Twice runs every update's function twice: a first run whose writes are thrown away, then the one that counts. A
// function that depends on anything but its transaction and its arguments shows.
func Twice(kv storage.KV) storage.KV { return twice{kv} }

type twice struct{ storage.KV }

var errThrown = errors.New("the first run is thrown away")

func (t twice) Update(ctx context.Context, fn func(storage.Writer) error) error {
	err := t.KV.Update(ctx, func(w storage.Writer) error {
		if err := fn(w); err != nil {
			return err
		}
		return errThrown
	})
	if !errors.Is(err, errThrown) {
		return err
	}
	return t.KV.Update(ctx, fn)
}
