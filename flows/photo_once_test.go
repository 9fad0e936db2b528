package flows_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
	"otklik/storage/bolt"
	"otklik/storage/files"
	"otklik/storage/picture"
)

// lender is a messenger that has one photo, and takes its time.
type lender struct {
	photo []byte
	let   chan bool
	calls atomic.Int64
}

func (l *lender) Fetch(ctx context.Context, _ string) (io.ReadCloser, error) {
	l.calls.Add(1)
	select {
	case <-l.let:
		return io.NopCloser(bytes.NewReader(l.photo)), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// photographs are those of an empty store that knows one photo by a messenger's name.
func photographs(t *testing.T, from *lender) (*flows.Photographs, bot.Media) {
	t.Helper()
	from.photo = jpegOf(7)
	kv, err := bolt.Open(filepath.Join(t.TempDir(), "otklik.db"))
	if err != nil {
		t.Fatal(err)
	}
	store := storage.Over(kv)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	blobs, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m := &storage.Media{ID: "m1", Refs: map[string]string{"vk": "name"}}
	if err := store.Update(t.Context(), func(tx *storage.Tx) error { return tx.PutMedia(m) }); err != nil {
		t.Fatal(err)
	}
	p := flows.NewPhotographs(flows.Photographs{Store: store, Blobs: picture.NewKeeper(blobs), Fetcher: func(string) bot.Fetcher { return from }, Largest: 1 << 20})
	return p, bot.Media{ID: m.ID, Refs: m.Refs}
}

func read(r io.ReadCloser) ([]byte, error) {
	defer r.Close()
	return io.ReadAll(r)
}

func TestAPhotoThatManyAskForIsFetchedOnce(t *testing.T) {
	from := &lender{let: make(chan bool)}
	p, m := photographs(t, from)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			r, err := p.Open(t.Context(), m)
			if err != nil {
				t.Error(err)
				return
			}
			if b, err := read(r); err != nil || len(b) == 0 {
				t.Errorf("%d bytes, %v", len(b), err)
			}
		})
	}
	for from.calls.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	close(from.let)
	wg.Wait()
	// Who has read of the photo before it was kept asks for it by its old name.
	if _, err := p.Open(t.Context(), m); err != nil || from.calls.Load() != 1 {
		t.Errorf("fetched %d times, %v", from.calls.Load(), err)
	}
}

func TestWhoWaitsForAnothersFetchIsNotCutOffWithIt(t *testing.T) {
	from := &lender{let: make(chan bool)}
	p, m := photographs(t, from)
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan error)
	go func() { _, err := p.Open(ctx, m); end <- err }()
	for from.calls.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	go func() { _, err := p.Open(t.Context(), m); end <- err }()
	time.Sleep(20 * time.Millisecond) // let it stand behind the first
	cancel()
	if err := <-end; !errors.Is(err, context.Canceled) {
		t.Errorf("who was cut off: %v", err)
	}
	close(from.let)
	if err := <-end; err != nil {
		t.Errorf("the other: %v", err)
	}
}

func TestWhatIsNoPhotoWillNeverBeOne(t *testing.T) {
	p, m := photographs(t, &lender{})
	p.Fetcher = func(string) bot.Fetcher { return noPhoto{} }
	if _, err := p.Open(t.Context(), m); bot.FailureOf(err).Reason != bot.Never {
		t.Errorf("%v", err)
	}
	p.Fetcher = func(string) bot.Fetcher { return nil }
	if _, err := p.Open(t.Context(), m); err == nil {
		t.Error("nobody has it, and it is opened")
	}
}

type noPhoto struct{}

func (noPhoto) Fetch(context.Context, string) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader([]byte("this is no picture at all"))), nil
}
