package desk

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the formats whose size is read
	_ "image/png"
	"io"
	"net/http"
	"regexp"
	"sync"

	"otklik/bot"
)

// Bounds of a photo: its bytes, its longer side and its pixels, so that no picture chokes whoever draws it.
const (
	maxBytes  = 10 << 20
	maxSide   = 12_000
	maxPixels = 60_000_000
)

var blobID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$`) })

// measure tells a picture's kind and size from its bytes, whatever anybody calls it. Only what every browser draws
// and no browser runs is a photo: JPEG, PNG and WebP.
func measure(b []byte) (kind string, width, height int, err error) {
	kind = http.DetectContentType(b)
	switch kind {
	case "image/jpeg", "image/png":
		c, _, err := image.DecodeConfig(bytes.NewReader(b))
		if err != nil {
			return "", 0, 0, fmt.Errorf("%s: %w", kind, err)
		}
		width, height = c.Width, c.Height
	case "image/webp":
		width, height = webpSize(b)
	default:
		return "", 0, 0, fmt.Errorf("%s is no photo", kind)
	}
	if width <= 0 || height <= 0 || width > maxSide || height > maxSide || width*height > maxPixels {
		return "", 0, 0, fmt.Errorf("a photo of %d × %d pixels", width, height)
	}
	return kind, width, height, nil
}

// webpSize reads the first chunk of a WebP file, 0 by 0 where it makes no sense
// (https://developers.google.com/speed/webp/docs/riff_container).
func webpSize(b []byte) (width, height int) {
	if len(b) < 30 {
		return 0, 0
	}
	body := b[20:]
	u16 := func(i int) int { return int(binary.LittleEndian.Uint16(body[i:])) }
	u24 := func(i int) int { return u16(i) | int(body[i+2])<<16 }
	switch string(b[12:16]) {
	case "VP8 ":
		if body[3] == 0x9d && body[4] == 0x01 && body[5] == 0x2a {
			return u16(6) & 0x3fff, u16(8) & 0x3fff
		}
	case "VP8L":
		if body[0] == 0x2f {
			bits := binary.LittleEndian.Uint32(body[1:])
			return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1
		}
	case "VP8X":
		return u24(4) + 1, u24(7) + 1
	}
	return 0, 0
}

// upload keeps a photo that a page brings, before the message that it belongs to.
func (d *Desk) upload(w http.ResponseWriter, r *http.Request) error {
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	b, err := io.ReadAll(io.LimitReader(r.Body, maxBytes+1))
	switch _, over := errors.AsType[*http.MaxBytesError](err); {
	case over || len(b) > maxBytes:
		return errHeavy
	case err != nil:
		return errBad
	}
	p, err := d.store(r.Context(), b)
	if err != nil {
		return err
	}
	return answer(w, p)
}

// store keeps a photo's bytes once they are known to be one.
func (d *Desk) store(ctx context.Context, b []byte) (photo, error) {
	if _, _, _, err := measure(b); err != nil {
		return photo{}, fmt.Errorf("%w: %w", errPhoto, err)
	}
	id, _, err := d.opts.Blobs.Put(ctx, bytes.NewReader(b), maxBytes)
	if _, broken := errors.AsType[interface {
		error
		NoPhoto()
	}](err); broken { // whoever keeps it looked further into it
		return photo{}, fmt.Errorf("%w: %w", errPhoto, err)
	}
	if err != nil {
		return photo{}, fmt.Errorf("keep a photo: %w", err)
	}
	if !blobID().MatchString(id) {
		return photo{}, fmt.Errorf("keep a photo: %q cannot be part of an address", id)
	}
	return d.look(id) // whoever keeps it may turn it the right way up
}

// read gives a kept photo.
func (d *Desk) read(id string) (b []byte, err error) {
	if !blobID().MatchString(id) {
		return nil, errGone
	}
	r, err := d.opts.Blobs.Open(id)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errGone, err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	b, err = io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err == nil && len(b) > maxBytes {
		err = errHeavy
	}
	return b, err
}

// look tells a kept photo's size.
func (d *Desk) look(id string) (photo, error) {
	b, err := d.read(id)
	if err != nil {
		return photo{}, err
	}
	_, width, height, err := measure(b)
	if err != nil {
		return photo{}, fmt.Errorf("%w: %w", errPhoto, err)
	}
	return photo{ID: id, Width: width, Height: height}, nil
}

// show serves a kept photo. What a name stands for never changes.
func (d *Desk) show(w http.ResponseWriter, r *http.Request) error {
	b, err := d.read(r.PathValue("id"))
	if err != nil {
		return err
	}
	kind, _, _, err := measure(b)
	if err != nil {
		return errGone
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	_, err = w.Write(b)
	return err
}

// takePhotos gives the photos of a message that leaves: those that the page knows, and the bytes of the others. What is made
// and stood in the message before stays.
func (d *Desk) takePhotos(ctx context.Context, list []bot.Media, before []photo, open bot.Opener) (photos []photo, err error) {
	for _, m := range list {
		if m.Make != "" {
			p, ok, err := d.sketch(ctx, m, before, open)
			if err != nil {
				return nil, err
			}
			if ok {
				photos = append(photos, p)
			}
			continue
		}
		p, err := d.take(ctx, m, open)
		if errors.Is(err, errPhoto) {
			return nil, &bot.Failure{Reason: bot.Never, Err: err}
		}
		if err != nil {
			return nil, &bot.Failure{Reason: bot.Later, Err: err}
		}
		photos = append(photos, p)
	}
	return photos, nil
}

func (d *Desk) take(ctx context.Context, m bot.Media, open bot.Opener) (photo, error) {
	if ref := m.Refs[Name]; ref != "" {
		if p, err := d.look(ref); err == nil || open == nil {
			return p, err
		}
	}
	if open == nil {
		return photo{}, fmt.Errorf("%w: nobody gives the bytes of photo %q", errPhoto, m.ID)
	}
	r, err := open(ctx, m)
	if err != nil {
		return photo{}, fmt.Errorf("open photo %q: %w", m.ID, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	switch {
	case err != nil:
		return photo{}, fmt.Errorf("read photo %q: %w", m.ID, err)
	case len(b) > maxBytes:
		return photo{}, fmt.Errorf("%w: photo %q has more than %d bytes", errPhoto, m.ID, maxBytes)
	}
	return d.store(ctx, b)
}
