package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"

	"otklik/bot"
	"otklik/bot/kit"
)

// carry makes ready what a message that leaves carries; before is the message as it stands, if it does.
func (d *Desk) carry(ctx context.Context, m bot.Message, before *record, open bot.Opener) (photos []photo, documents []document, err error) {
	if photos, err = d.takePhotos(ctx, m.Photos, before.Photos, open); err != nil {
		return nil, nil, err
	}
	for _, f := range m.Files {
		doc, ok, err := d.file(ctx, f, before.Files, open)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			documents = append(documents, doc)
		}
	}
	if len(photos)+len(documents) == 0 && m.Text == "" {
		return nil, nil, &bot.Failure{Reason: bot.Never, Err: errors.New("nothing is left of the message")}
	}
	return photos, documents, nil
}

// sketch measures a picture that is made: no byte of it is kept. ok is false for one that there will never be.
func (d *Desk) sketch(ctx context.Context, m bot.Media, before []photo, open bot.Opener) (p photo, ok bool, err error) {
	if i := slices.IndexFunc(before, func(p photo) bool { return p.Make == m.Make }); i >= 0 {
		return before[i], true, nil
	}
	b, err := kit.Load(ctx, m, open, maxBytes)
	if err == nil {
		if _, p.Width, p.Height, err = measure(b); err != nil {
			err = &bot.Failure{Reason: bot.Never, Err: err}
		}
	}
	p.Make = m.Make
	return p, err == nil, d.gone(m.Make, err)
}

// file counts a file's bytes.
func (d *Desk) file(ctx context.Context, f bot.File, before []document, open bot.Opener) (doc document, ok bool, err error) {
	doc = document{Name: kit.FileName(f.Name), Make: f.Make}
	if i := slices.IndexFunc(before, func(b document) bool { return b.Name == doc.Name && b.Make == doc.Make }); i >= 0 {
		return before[i], true, nil
	}
	r, err := kit.Open(ctx, f.Media(), open)
	if err == nil {
		doc.Size, err = io.Copy(io.Discard, r)
		r.Close()
	}
	return doc, err == nil, d.gone(f.Make, err)
}

// gone judges why something is not made: nil where it never will be, and the message goes without it.
func (d *Desk) gone(making string, err error) error {
	if err == nil {
		return nil
	}
	f := bot.FailureOf(err)
	if f.Reason != bot.Never {
		return &bot.Failure{Reason: bot.Later, After: f.After, Err: err}
	}
	d.log.Warn("something cannot be made; the message goes without it", "maker", bot.Maker(making), "err", bot.Quiet(err))
	return nil
}

// made serves what a message carries, made anew; of what, the message says and nobody else.
func (d *Desk) made(w http.ResponseWriter, r *http.Request) error {
	m, name, ok := d.making(r)
	if !ok || d.opts.Open == nil {
		return errGone
	}
	whole, err := bot.Whole(r.Context(), d.opts.Open, m)
	switch {
	case err != nil && bot.FailureOf(err).Reason == bot.Never:
		return fmt.Errorf("%w: %w", errGone, err)
	case err != nil:
		return err
	}
	defer whole.Close() //nolint:errcheck // nothing is lost with it
	kind := "application/octet-stream"
	if name == "" {
		head := make([]byte, 512)
		n, err := whole.ReadAt(head, 0)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if kind = http.DetectContentType(head[:n]); !slices.Contains([]string{"image/png", "image/jpeg", "image/webp"}, kind) {
			return errGone
		}
	} else {
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
		if known := mime.TypeByExtension(path.Ext(name)); known != "" {
			kind = known
		}
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.FormatInt(whole.Size(), 10))
	w.Header().Set("Cache-Control", "no-store")
	_, err = io.Copy(w, whole)
	return err
}

// making finds in a chair's messages what a page asks for. name is a file's, "" a picture's.
func (d *Desk) making(r *http.Request) (m bot.Media, name string, ok bool) {
	c := d.seats[r.PathValue("chair")]
	i, err := strconv.Atoi(r.PathValue("i"))
	if c == nil || err != nil || i < 0 {
		return m, "", false
	}
	rec := d.record(c, bot.Ref(r.PathValue("n")))
	switch kind := r.PathValue("kind"); {
	case rec == nil:
	case kind == "photos" && i < len(rec.Photos) && rec.Photos[i].Make != "":
		return bot.Media{Make: rec.Photos[i].Make}, "", true
	case kind == "files" && i < len(rec.Files):
		return bot.Media{Make: rec.Files[i].Make}, rec.Files[i].Name, true
	}
	return m, "", false
}
