package flows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"otklik/bot"
	"otklik/storage"
)

// Maker makes a picture or a file that a message carries, when the message leaves: so that nothing is kept of it, a crash
// loses nothing, and another attempt makes it anew. What it makes depends on the store and on args alone, which it reads as
// it likes: "from=2026-11-01&to=2026-11-30". A picture is a PNG or a JPEG. What is large it gives through Written, so that it
// never is in memory as a whole; at most bot.LargestMade bytes of it are sent.
//
// An error that wraps ErrCannotMake is for ever: the message leaves without it, and says so. With any other the message is
// tried again. The caller closes what it gets.
type Maker func(ctx context.Context, store *storage.Store, args string) (io.ReadCloser, error)

// ErrCannotMake says that something will never be made: nobody knows how, or of what.
var ErrCannotMake = errors.New("it cannot be made")

// makings is how many things are made at once: they cost memory, and whoever writes meanwhile is not to wait.
const makings = 2

// make has a thing made: "chart/trend?from=2026-11-01" by the maker chart/trend.
func (p *Photographs) make(ctx context.Context, making string) (io.ReadCloser, error) {
	name := bot.Maker(making)
	maker := p.Makers[name]
	if maker == nil { // a message of another version of the program
		return nil, &bot.Failure{Reason: bot.Never, Err: fmt.Errorf("nobody makes %s: %w", name, ErrCannotMake)}
	}
	select {
	case p.making <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r, err := maker(ctx, p.Store, strings.TrimLeft(making[len(name):], ":?"))
	if err != nil {
		<-p.making
		return nil, lasting(err)
	}
	return &made{r, sync.OnceFunc(func() { <-p.making })}, nil
}

// lasting says of an error in the outbox's words whether it is for ever.
func lasting(err error) error {
	if errors.Is(err, ErrCannotMake) {
		return &bot.Failure{Reason: bot.Never, Err: err}
	}
	return err
}

// made is what a maker gave. Its place is free again when it is closed.
type made struct {
	io.ReadCloser
	leave func()
}

// Read tells the outbox what the maker says while it makes.
func (m *made) Read(b []byte) (int, error) {
	n, err := m.ReadCloser.Read(b)
	return n, lasting(err)
}

// Close ends it.
func (m *made) Close() error {
	defer m.leave()
	return m.ReadCloser.Close()
}

// Written gives what write writes while it is read; the error of write is that of reading. Write ends early, with an error, when
// the reader is closed. A write that falls over is one that will always do so.
func Written(write func(w io.Writer) error) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		defer func() {
			if p := recover(); p != nil {
				w.CloseWithError(fmt.Errorf("%w: %w", ErrCannotMake, bot.Recovered(p)))
			}
		}()
		w.CloseWithError(write(w))
	}()
	return r
}

// worded is a message as it waits. One that carries what is made says, in its reader's language, what is said where that has to
// stay behind: whoever sends it later knows no languages.
func (t *Turn) worded(peer bot.Peer, group bool, m bot.Message) ([]byte, error) {
	if m.Makes() && m.Missing == "" {
		var reader *storage.Person
		if !group {
			var err error
			if reader, err = t.Tx.PersonBy(peer.Channel, peer.Chat); err != nil {
				return nil, err
			}
		}
		m.Missing = t.VoiceTo(reader).T("desk.not_made")
	}
	return json.Marshal(m)
}
