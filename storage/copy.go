package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Backup writes a consistent copy of the store while it goes on working, and gives the number of incidents in it, and what is
// to be run in an update of it if it is not nil. A store that is no Copier cannot. begun is called once it is settled what
// will be in the copy.
func (s *Store) Backup(ctx context.Context, w io.Writer, begun func()) (incidents uint64, rest func(Writer) error, err error) {
	c, ok := s.kv.(Copier)
	if !ok {
		return 0, nil, errors.New("this kind of store cannot be copied from here: use its own tools")
	}
	rest, err = c.Backup(interruptible{ctx, w}, func(r Reader) error {
		begun()
		prefix := key(spaceIncident)
		err := r.Scan(prefix, After(prefix), false, func(_, _ []byte) bool { incidents++; return ctx.Err() == nil })
		return errors.Join(err, ctx.Err())
	})
	return incidents, rest, err
}

// interruptible writes until ctx ends.
type interruptible struct {
	ctx context.Context
	w   io.Writer
}

func (i interruptible) Write(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.w.Write(p)
}

// Survey reads everything in the store once, so that what is damaged is found, and gives the number of incidents. blob is
// told of each file that a photo's bytes are in; one that several photos share comes several times.
func (s *Store) Survey(ctx context.Context, blob func(id string) error) (incidents uint64, err error) {
	isIncident, isMedia := key(spaceIncident), key(spaceMedia)
	err = s.kv.View(ctx, func(r Reader) error {
		incidents = 0
		var fault error
		err := r.Scan([]byte{0}, nil, false, func(k, v []byte) bool {
			switch {
			case begins(k, isIncident):
				incidents++
			case begins(k, isMedia):
				var m Media
				if fault = Decode(v, &m); fault != nil {
					fault = fmt.Errorf("%w: record %q: %w", ErrDamaged, k, fault)
				} else if m.Blob != "" {
					fault = blob(m.Blob)
				}
			}
			if fault == nil {
				fault = ctx.Err()
			}
			return fault == nil
		})
		return errors.Join(err, fault)
	})
	return incidents, err
}

func begins(k, prefix []byte) bool {
	return len(k) > len(prefix) && string(k[:len(prefix)]) == string(prefix)
}
