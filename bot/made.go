package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
)

// LargestMade is the most bytes that anything made may have: what Telegram takes of a bot.
const LargestMade = 50 << 20

// Maker gives the name of who makes a thing: what stands before its arguments.
func Maker(making string) string {
	if i := strings.IndexAny(making, ":?"); i >= 0 {
		return making[:i]
	}
	return making
}

// Made is something made, whole, in a temporary file that is gone when it is closed.
type Made struct {
	*io.SectionReader
	file *os.File
}

// Close removes it.
func (m *Made) Close() error {
	return errors.Join(m.file.Close(), removed(m.file))
}

// removed removes a file that may be gone already.
func removed(f *os.File) error {
	if err := os.Remove(f.Name()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Whole has something made and gives it when the last byte is there. Its errors name the maker, never what it makes it of.
// One that is empty, larger than LargestMade, or too much for its maker is a failure for ever.
func Whole(ctx context.Context, open Opener, m Media) (made *Made, err error) {
	defer func() {
		if p := recover(); p != nil { // it would fall over it again and again
			made, err = nil, &Failure{Reason: Never, Err: Recovered(p)}
		}
		if f, ok := errors.AsType[*Failure](err); ok {
			err = &Failure{Reason: f.Reason, After: f.After, Err: fmt.Errorf("%s: %w", Maker(m.Make), f.Err)}
		} else if err != nil {
			err = fmt.Errorf("%s: %w", Maker(m.Make), err)
		}
	}()
	r, err := open(ctx, m)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return written(r)
}

// written writes all that r gives into a temporary file.
func written(r io.Reader) (*Made, error) {
	file, err := os.CreateTemp("", "otklik-made-*")
	if err != nil {
		return nil, err
	}
	_ = removed(file) // at once, where a file may be removed while it is open: a crash leaves nothing behind
	size, err := io.Copy(file, io.LimitReader(r, LargestMade+1))
	made := &Made{io.NewSectionReader(file, 0, size), file}
	switch {
	case err != nil:
	case size > LargestMade:
		err = &Failure{Reason: Never, Err: fmt.Errorf("it is larger than the %d MB that a bot may send", LargestMade>>20)}
	case size == 0:
		err = &Failure{Reason: Never, Err: errors.New("it is empty")}
	default:
		return made, nil
	}
	_ = made.Close()
	return nil, err
}

// bench holds what is made for a message while it leaves: each thing is made once, however often the channel asks for it,
// and kept in a temporary file. Nothing is left when the message has left.
type bench struct {
	open Opener
	last bool // there were attempts enough: what is not to be had now is left out

	mu     sync.Mutex
	things map[string]*thing // by how they are made
	wants  *Failure          // why a photo cannot be had now
}

// thing is one that was made, or cannot be.
type thing struct {
	made *Made
	none *Failure
}

// Open is the Opener of the message.
func (b *bench) Open(ctx context.Context, m Media) (io.ReadCloser, error) {
	if m.Make == "" {
		r, err := b.open(ctx, m)
		if err != nil {
			return nil, b.missed(ctx, err)
		}
		return r, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.things[m.Make]
	if t == nil {
		made, err := Whole(ctx, b.open, m)
		if err != nil && FailureOf(err).Reason != Never {
			return nil, err
		}
		t = &thing{made: made}
		if err != nil {
			t.none = FailureOf(err)
		}
		b.keep(m.Make, t)
	}
	if t.none != nil {
		return nil, t.none
	}
	return struct {
		*io.SectionReader
		io.Closer
	}{io.NewSectionReader(t.made.file, 0, t.made.Size()), io.NopCloser(nil)}, nil
}

// missed judges why a photo cannot be had. What another messenger refuses says nothing of the one that the message goes to.
func (b *bench) missed(ctx context.Context, err error) error {
	f := FailureOf(err)
	switch {
	case f.Reason == Never:
		return err
	case b.last && ctx.Err() == nil:
		return givenUp(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wants = &Failure{Reason: Later, After: f.After, Err: err}
	return b.wants
}

// lacks gives why a photo could not be had, for which the message waits; nil if none was missed.
func (b *bench) lacks() *Failure {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.wants
}

// keep keeps a thing; the lock is held.
func (b *bench) keep(making string, t *thing) {
	if b.things == nil {
		b.things = map[string]*thing{}
	}
	b.things[making] = t
}

// clear removes what was made.
func (b *bench) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.things {
		if t.made != nil {
			_ = t.made.Close()
		}
	}
	b.things = nil
}

// short tells whether something that was asked for cannot be made.
func (b *bench) short() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.things {
		if t.none != nil {
			return true
		}
	}
	return false
}

// without gives a message without what cannot be made; its words say so.
func (b *bench) without(m Message) Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	gone := func(making string) bool { t := b.things[making]; return making != "" && t != nil && t.none != nil }
	m.Photos = slices.DeleteFunc(slices.Clone(m.Photos), func(p Media) bool { return gone(p.Make) })
	m.Files = slices.DeleteFunc(slices.Clone(m.Files), func(f File) bool { return gone(f.Make) })
	m.Text, m.Missing = strings.TrimSpace(m.Text+"\n\n"+m.Missing), ""
	return m
}
