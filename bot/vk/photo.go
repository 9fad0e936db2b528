package vk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
	"otklik/bot/kit"
)

// maxUpload is the largest photo that VK takes, in bytes.
const maxUpload = 50 << 20

// mediaRef is by what the channel knows a photo: how it is attached, "" while it is not ours, and where its bytes are. What
// people send, as a photo or as a file, is never ours: it is fetched and drawn anew by whoever opens it before it is
// uploaded and anybody else sees it.
func mediaRef(attached, address string) string { return attached + " " + address }

func splitRef(ref string) (attached, address string) {
	attached, address, _ = strings.Cut(ref, " ")
	return attached, address
}

// photoKey names a photo; ours outlasts VK's.
func photoKey(m bot.Media) string {
	if m.ID != "" {
		return m.ID
	}
	return m.Refs[Name]
}

// attach makes photos ready and gives them as VK wants them named. One whose bytes are gone for good is left out: the words
// still arrive. media takes the names.
func (c *Channel) attach(ctx context.Context, d *delivery, photos []int, media []string) (names []string, err error) {
	for _, i := range photos {
		if media[i] = ""; d.bare {
			continue
		}
		ref, err := c.attached(ctx, d, i)
		if err != nil {
			if err := c.leftOut(photosAre, d.photos[i].ID, err); err != nil {
				return nil, err
			}
			continue
		}
		media[i] = ref
		name, _ := splitRef(ref)
		names = append(names, name)
	}
	return names, nil
}

// What is uploaded, as the log tells of it.
const (
	photosAre = iota
	filesAre
)

var uploaded = [...]struct{ one, gone, shut string }{
	{"photo", "a photo is gone; the message goes without it", "VK takes no photos from this token; messages go without them until it may («фотографии»)"},
	{"file", "a file is gone; the message goes without it", "VK takes no files from this token; messages go without them until it may («документы»)"},
}

// leftOut judges why a photo or a file cannot be attached: nil where it never can, and the message goes without it. The log
// says so once, if all of them have to.
func (c *Channel) leftOut(kind int, name string, err error) error {
	f := bot.FailureOf(err)
	if f.Reason != bot.Never {
		return &bot.Failure{Reason: f.Reason, After: f.After, Whole: f.Whole, Err: fmt.Errorf("%s %s: %w", uploaded[kind].one, name, c.api.scrub(f.Err))}
	}
	cause := c.api.clean(err.Error())
	switch {
	case !errors.Is(err, errShut):
		c.log.Warn(uploaded[kind].gone, uploaded[kind].one, name, "err", cause)
	case !c.shut[kind].Swap(true):
		c.log.Error(uploaded[kind].shut, uploaded[kind].one, name, "err", cause)
	default:
		c.log.Debug("a message goes without what it carries", uploaded[kind].one, name, "err", cause)
	}
	return nil
}

// attached gives a photo of a message that is at VK as ours: it may be there already.
func (c *Channel) attached(ctx context.Context, d *delivery, i int) (ref string, err error) {
	m := d.photos[i]
	if name, _ := splitRef(m.Refs[Name]); name != "" && !d.fresh {
		return m.Refs[Name], nil
	}
	key := photoKey(m)
	switch {
	case m.Make != "":
		key = d.madeKey("photo", i) // another attempt at the same message may take it
	case key == "":
		return c.brought(ctx, d, m)
	}
	return c.broughtOnce(ctx, d, key, func() (string, error) { return c.brought(ctx, d, m) })
}

// broughtOnce brings something to VK unless it is there already, however many ask for it at the same time.
func (c *Channel) broughtOnce(ctx context.Context, d *delivery, key string, bring func() (ref string, err error)) (ref string, err error) {
	was, _ := c.uploads.Get(key).(string)
	if was != "" && !d.fresh {
		return was, nil
	}
	for {
		// Whoever comes second waits as long as the first does: all of them have about the same time.
		first := false
		got, err, _ := c.bringing.Do(key, func() (any, error) {
			first = true
			if now, _ := c.uploads.Get(key).(string); now != was {
				return now, nil // somebody brought it meanwhile
			}
			ref, err := bring()
			if err == nil {
				c.uploads.Put(key, ref)
			}
			return ref, err
		})
		if !first && ctx.Err() == nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
			continue // it was another's time that ended
		}
		ref, _ = got.(string)
		return ref, err
	}
}

// brought uploads a photo's bytes.
func (c *Channel) brought(ctx context.Context, d *delivery, m bot.Media) (ref string, err error) {
	data, err := kit.Load(ctx, m, d.open, maxUpload)
	if err != nil {
		return "", err
	}
	return c.upload(ctx, d.peer, data)
}

// upload brings a photo to VK.
func (c *Channel) upload(ctx context.Context, peer int64, data []byte) (ref string, err error) {
	var at struct {
		URL string `json:"upload_url"`
	}
	if err := c.api.patient(ctx, "photos.getMessagesUploadServer", vkapi.Params{"peer_id": peer}, &at); err != nil {
		return "", ofPhotos(err)
	}
	var got struct {
		Server json.Number `json:"server"`
		Photo  string      `json:"photo"`
		Hash   string      `json:"hash"`
	}
	picture := upload{field: "photo", name: "photo" + extension(data), r: bytes.NewReader(data), size: int64(len(data))}
	if err := c.bring(ctx, at.URL, picture, &got); err != nil {
		return "", err
	}
	if got.Photo == "" || got.Photo == "[]" {
		return "", &bot.Failure{Reason: bot.Never, Err: errors.New("VK does not take it for a photo")}
	}
	var saved []photo
	p := vkapi.Params{"server": got.Server.String(), "photo": got.Photo, "hash": got.Hash}
	if err := c.api.patient(ctx, "photos.saveMessagesPhoto", p, &saved); err != nil {
		return "", ofPhotos(err)
	}
	c.shut[photosAre].Store(false)
	if len(saved) == 0 {
		return "", &bot.Failure{Reason: bot.Later, Err: errors.New("photos.saveMessagesPhoto: nothing was saved")}
	}
	return mediaRef(saved[0].name(), saved[0].largest()), nil
}

// name is by what VK wants a photo attached.
func (p *photo) name() string { return named("photo", p.Owner, p.ID, p.Key) }

// name is by what VK wants a file attached.
func (d *doc) name() string { return named("doc", d.Owner, d.ID, d.Key) }

func named(kind string, owner, id int64, key string) string {
	name := fmt.Sprintf("%s%d_%d", kind, owner, id)
	if key != "" {
		name += "_" + key
	}
	return name
}

// attached gives the photos and files of a message of ours, to be attached again.
func (m *message) attached() string {
	photos, docs := m.stands()
	return strings.Join(append(photos, docs...), ",")
}

// stands gives the photos and the files of a message of ours as VK wants them attached.
func (m *message) stands() (photos, docs []string) {
	for _, raw := range m.Files {
		var a attachment
		if json.Unmarshal(raw, &a) != nil {
			continue
		}
		if a.Photo != nil {
			photos = append(photos, a.Photo.name())
		}
		if a.Doc != nil {
			docs = append(docs, a.Doc.name())
		}
	}
	return photos, docs
}

// upload is something on its way to an upload server.
type upload struct {
	field, name string
	r           io.Reader
	size        int64
}

// form gives the upload as the body of a request, which tells its length: nothing of it is copied.
func (u upload) form() (body io.Reader, size int64, kind string, err error) {
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	if _, err = form.CreateFormFile(u.field, u.name); err != nil {
		return nil, 0, "", err
	}
	start := head.Len()
	if err = form.Close(); err != nil {
		return nil, 0, "", err
	}
	all := head.Bytes()
	return io.MultiReader(bytes.NewReader(all[:start]), u.r, bytes.NewReader(all[start:])), int64(len(all)) + u.size, form.FormDataContentType(), nil
}

// bring posts bytes to an upload server.
func (c *Channel) bring(ctx context.Context, address string, u upload, into any) (err error) {
	const what = uploading
	ctx, cancel := context.WithTimeout(ctx, uploadTime)
	defer cancel()
	defer func() { c.api.count(what, err) }()
	body, size, kind, err := u.form()
	if err != nil {
		return &bot.Failure{Reason: bot.Never, Err: fmt.Errorf("%s: %w", what, err)}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, body)
	if err != nil {
		return &bot.Failure{Reason: bot.Later, Err: fmt.Errorf("%s: %w", what, c.api.scrub(err))}
	}
	r.ContentLength = size
	r.Header.Set("Content-Type", kind)
	resp, err := c.api.client.Do(r)
	if err != nil {
		return c.api.aside(what, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		f := c.api.aside(what, &page{resp.StatusCode})
		if resp.StatusCode == http.StatusRequestEntityTooLarge {
			f.Reason = bot.Never
		}
		return f
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return c.api.failure(what, &broken{c.api.scrub(err)})
	}
	return nil
}

// extension tells VK what the bytes are; it goes by the name.
func extension(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG")):
		return ".png"
	case bytes.HasPrefix(data, []byte("GIF8")):
		return ".gif"
	}
	return ".jpg"
}

// Fetch gives the bytes of a photo that is at VK.
func (c *Channel) Fetch(ctx context.Context, ref string) (_ io.ReadCloser, err error) {
	const what = download
	_, address := splitRef(ref)
	if address == "" {
		return nil, &bot.Failure{Reason: bot.Never, Err: errors.New(what + ": nobody knows where it is")}
	}
	defer func() { c.api.count(what, err) }()
	resp, err := c.api.get(ctx, address)
	if err != nil {
		return nil, c.api.aside(what, err)
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		f := c.api.aside(what, &page{resp.StatusCode})
		if resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone || resp.StatusCode == http.StatusForbidden {
			f.Reason = bot.Never
		}
		return nil, f
	}
	return &clean{resp.Body, c.api}, nil
}

// clean is a body whose errors do not hold addresses.
type clean struct {
	io.ReadCloser
	api *api
}

func (c *clean) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = c.api.scrub(err)
	}
	return n, err
}
