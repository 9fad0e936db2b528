package flows

import (
	"context"
	"errors"
	"fmt"
	"io"

	"otklik/bot"
	"otklik/storage"
	"otklik/storage/picture"
)

// Blobs keeps bytes by what they are.
type Blobs interface {
	Put(ctx context.Context, r io.Reader, limit int64) (id string, size int64, err error)
	Open(id string) (io.ReadCloser, error)
}

// Photographs gives the bytes of photos to channels that do not know them: from our keeping, or from the messenger where
// they came in, and then they are kept.
type Photographs struct {
	Store   *storage.Store
	Blobs   Blobs
	Fetcher func(channel string) bot.Fetcher // nil where the channel has none
	Largest int64                            // photo that is taken, in bytes
}

// Open is a bot.Opener.
func (p *Photographs) Open(ctx context.Context, m bot.Media) (io.ReadCloser, error) {
	if m.Blob != "" {
		return p.Blobs.Open(m.Blob)
	}
	for channel, ref := range m.Refs {
		if f := p.Fetcher(channel); f != nil {
			return p.fetch(ctx, m.ID, f, ref)
		}
	}
	return nil, fmt.Errorf("no messenger has the photo %s any more", m.ID)
}

func (p *Photographs) fetch(ctx context.Context, id string, f bot.Fetcher, ref string) (io.ReadCloser, error) {
	r, err := f.Fetch(ctx, ref)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	blob, _, err := p.Blobs.Put(ctx, r, p.Largest)
	switch {
	case errors.Is(err, picture.ErrNone), errors.Is(err, picture.ErrTooLarge): // it will not become one
		return nil, &bot.Failure{Reason: bot.Never, Err: err}
	case err != nil:
		return nil, err
	}
	err = p.Store.Update(ctx, func(tx *storage.Tx) error {
		kept, err := tx.Media(id)
		if err != nil || kept == nil {
			return err
		}
		kept.Blob = blob
		return tx.PutMedia(kept)
	})
	if err != nil {
		return nil, err
	}
	return p.Blobs.Open(blob)
}
