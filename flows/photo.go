package flows

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"golang.org/x/sync/singleflight"

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
// they came in, and then they are kept. Run keeps those of incidents, whoever asks for them or not: a messenger forgets.
type Photographs struct {
	Store   *storage.Store
	Blobs   Blobs
	Fetcher func(channel string) bot.Fetcher // nil where the channel has none
	Largest int64                            // photo that is taken, in bytes
	Makers  map[string]Maker                 // who makes pictures and files, by name
	Now     func() time.Time
	Log     *slog.Logger

	wake    chan struct{}
	fetches *singleflight.Group // under way, by the photo
	making  chan struct{}       // who makes something has a place in it
}

// NewPhotographs makes ready what p says.
func NewPhotographs(p Photographs) *Photographs {
	p.wake, p.fetches, p.making = make(chan struct{}, 1), new(singleflight.Group), make(chan struct{}, makings)
	return &p
}

// Open is a bot.Opener.
func (p *Photographs) Open(ctx context.Context, m bot.Media) (io.ReadCloser, error) {
	switch {
	case m.Make != "":
		return p.make(ctx, m.Make)
	case m.Blob != "":
		return p.Blobs.Open(m.Blob)
	}
	blob, err := p.bring(ctx, m.ID, m.Refs)
	if err != nil {
		return nil, fmt.Errorf("photo %s: %w", m.ID, err)
	}
	return p.Blobs.Open(blob)
}

// bring fetches and keeps a photo once, however many ask for it at the same time.
func (p *Photographs) bring(ctx context.Context, id string, refs map[string]string) (blob string, err error) {
	for {
		first := false
		blob, err, _ := p.fetches.Do(id, func() (any, error) {
			first = true
			return p.fetchOnce(ctx, id, refs)
		})
		switch {
		case err == nil:
			return blob.(string), nil
		case first || ctx.Err() != nil || !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
			return "", err
		} // otherwise it was another's time that ended
	}
}

// fetchOnce fetches a photo unless it was since it was asked for: a message to many asks once for each of them.
func (p *Photographs) fetchOnce(ctx context.Context, id string, refs map[string]string) (blob string, err error) {
	err = p.Store.View(ctx, func(tx *storage.Tx) error {
		kept, err := tx.Media(id)
		if err == nil && kept != nil {
			blob = kept.Blob
		}
		return err
	})
	if err != nil || blob != "" {
		return blob, err
	}
	if blob, err = p.fetch(ctx, refs); err != nil {
		return "", err
	}
	return blob, p.Store.Update(ctx, func(tx *storage.Tx) error { return found(tx, id, blob) })
}

// fetch brings a photo from a messenger that knows it into our keeping.
func (p *Photographs) fetch(ctx context.Context, refs map[string]string) (blob string, err error) {
	for channel, ref := range refs {
		f := p.Fetcher(channel)
		if f == nil {
			continue
		}
		r, err := f.Fetch(ctx, ref)
		if err != nil {
			return "", err
		}
		defer r.Close()
		blob, _, err := p.Blobs.Put(ctx, r, p.Largest)
		if errors.Is(err, picture.ErrNone) || errors.Is(err, picture.ErrTooLarge) { // it will not become one
			err = &bot.Failure{Reason: bot.Never, Err: err}
		}
		return blob, err
	}
	return "", errors.New("no messenger has it any more")
}

// found keeps where a photo's bytes are.
func found(tx *storage.Tx, id, blob string) error {
	kept, err := tx.Media(id)
	if err != nil || kept == nil {
		return err
	}
	kept.Blob = blob
	return tx.PutMedia(kept)
}

const (
	fetching   = 2               // photos at once
	fetchTime  = 2 * time.Minute // for one
	fetchAgain = time.Minute     // after the first failure; twice as long after each further one
	fetchSlow  = 6 * time.Hour   // but not longer
	fetchTries = 36              // a week: what is not to be had then is gone
)

// Wake has Run look for photos to fetch.
func (p *Photographs) Wake() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Run fetches the photos of incidents and keeps them, until ctx ends.
func (p *Photographs) Run(ctx context.Context) {
	for {
		next, err := p.Step(ctx)
		wait := time.Minute // the clock may be put right, and a machine may sleep
		switch {
		case err != nil && ctx.Err() == nil:
			p.Log.Error("photos were not kept", "err", err)
		case err == nil && !next.IsZero():
			wait = min(max(next.Sub(p.Now()), 0), wait)
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-p.wake:
		case <-t.C:
		}
		t.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// Step fetches what is due, and gives when the next photo is; zero if there is none. The error is the store's.
func (p *Photographs) Step(ctx context.Context) (next time.Time, err error) {
	for {
		var due []*storage.Wanted
		err := p.Store.View(ctx, func(tx *storage.Tx) (err error) {
			if due, err = tx.WantedPhotos(p.Now(), 64); err == nil && len(due) == 0 {
				next, _, err = tx.NextWanted()
			}
			return err
		})
		if err != nil || len(due) == 0 {
			return next, err
		}
		var g errgroup.Group
		g.SetLimit(fetching)
		for _, w := range due {
			g.Go(func() error { return p.keep(ctx, w) })
		}
		if err := g.Wait(); err != nil {
			return next, err
		}
	}
}

// keep fetches one photo, or says when to try again. Whoever came first may have fetched it.
func (p *Photographs) keep(ctx context.Context, w *storage.Wanted) error {
	var m *storage.Media
	err := p.Store.View(ctx, func(tx *storage.Tx) (err error) {
		m, err = tx.Media(w.Photo)
		return err
	})
	if err != nil {
		return err
	}
	if m == nil || m.Blob != "" {
		return p.Store.Update(ctx, func(tx *storage.Tx) error { return tx.DropWanted(w) })
	}
	patient, cancel := context.WithTimeout(ctx, fetchTime)
	_, fault := p.bring(patient, w.Photo, m.Refs)
	cancel()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	again := *w
	again.Attempts++
	switch f := bot.FailureOf(fault); {
	case fault == nil:
	case f.Reason == bot.Never, again.Attempts > fetchTries:
		p.Log.Warn("a photo cannot be kept: it is gone, or none", "photo", w.Photo, "attempts", again.Attempts, "err", fault)
	default:
		pause := min(fetchAgain<<min(w.Attempts, 16), fetchSlow)
		again.Due = p.Now().Add(max(pause, f.After))
		p.Log.Debug("a photo is fetched later", "photo", w.Photo, "due", again.Due, "err", fault)
		return p.Store.Update(ctx, func(tx *storage.Tx) error { return errors.Join(tx.DropWanted(w), tx.Want(&again)) })
	}
	return p.Store.Update(ctx, func(tx *storage.Tx) error { return tx.DropWanted(w) })
}
