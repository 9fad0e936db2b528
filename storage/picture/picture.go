// Package picture makes photos fit to be kept and shown: each is decoded and drawn anew, so that nothing is left of what
// stood beside the picture (where and when it was taken, with what, by whom; videos behind it) or was hidden in it, and
// whatever shows it needs to know nothing of how a camera was held.
package picture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sync/semaphore"
)

// ErrNone means that something is no photo: no JPEG, PNG or WebP, broken, or of a size that nobody can draw.
var ErrNone error = noPhoto("this is no photo")

// noPhoto is known by its method to those who know nothing of this package.
type noPhoto string

func (n noPhoto) Error() string { return string(n) }

// NoPhoto says that no attempt will make it one.
func (noPhoto) NoPhoto() {}

// ErrTooLarge means that what came was larger than the limit.
var ErrTooLarge = errors.New("the photo is too large")

// Blobs keeps bytes by what they are: storage/files does.
type Blobs interface {
	Put(ctx context.Context, r io.Reader, limit int64) (id string, size int64, err error)
	Open(id string) (io.ReadCloser, error)
}

const (
	// arriving is how many photos are taken in at once. They come at the pace of the network, and wait on the disk.
	arriving = 16
	// drawing is how many are drawn at once: that is work for the processor.
	drawing = 2
)

// Keeper keeps photos only, and these drawn anew. However many come at once, it needs little more memory than maxCost.
type Keeper struct {
	Blobs
	arrive, memory *semaphore.Weighted
}

// NewKeeper keeps photos in blobs.
func NewKeeper(blobs Blobs) *Keeper {
	return &Keeper{blobs, semaphore.NewWeighted(arriving), semaphore.NewWeighted(maxCost)}
}

// Put draws anew what r gives, at most limit bytes, and keeps it. size is that of what is kept. Errors are ErrNone,
// ErrTooLarge, ctx's, r's own and those of Blobs and of the folder for temporary files.
func (k *Keeper) Put(ctx context.Context, r io.Reader, limit int64) (id string, size int64, err error) {
	if err := k.arrive.Acquire(ctx, 1); err != nil {
		return "", 0, err
	}
	defer k.arrive.Release(1)
	file, err := take(r, limit)
	if err != nil {
		return "", 0, err
	}
	defer func() {
		file.Close()
		os.Remove(file.Name()) //nolint:errcheck // the system sweeps it
	}()
	h, err := headOf(file)
	if err != nil {
		return "", 0, fmt.Errorf("%w: %w", ErrNone, err)
	}
	weight := max(h.cost(), maxCost/drawing) // a large one is drawn alone
	if err := k.memory.Acquire(ctx, weight); err != nil {
		return "", 0, err
	}
	defer k.memory.Release(weight)
	return k.draw(ctx, file, h)
}

// take writes what comes into a temporary file: a slow sender is not to hold memory.
func take(r io.Reader, limit int64) (*os.File, error) {
	file, err := os.CreateTemp("", "otklik-photo-")
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(file, io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		err = fmt.Errorf("a photo did not come whole: %w", err)
	case n > limit:
		err = fmt.Errorf("%w: at most %d bytes", ErrTooLarge, limit)
	default:
		return file, nil
	}
	file.Close()
	os.Remove(file.Name()) //nolint:errcheck // the system sweeps it
	return nil, err
}

// draw keeps the picture as it is being drawn.
func (k *Keeper) draw(ctx context.Context, file io.ReadSeeker, h head) (id string, size int64, err error) {
	img, err := decode(file, h)
	if err != nil {
		return "", 0, fmt.Errorf("%w: %w", ErrNone, err)
	}
	out, in := io.Pipe()
	go func() {
		w := bufio.NewWriter(in)
		err := encode(w, img, h)
		if err == nil {
			err = w.Flush()
		}
		in.CloseWithError(err)
	}()
	defer out.Close() //nolint:errcheck // it never fails, and ends the drawing where Blobs wants no more
	return k.Blobs.Put(ctx, out, maxCost)
}
