package telegram

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
	"otklik/bot/kit"
)

// maxUpload is the largest file that the Bot API takes, in bytes.
const maxUpload = 50 << 20

// item is a photo on its way: by the name that Telegram knows it by, or as bytes.
type item struct {
	index int
	name  string
	bytes []byte
}

// items makes a part's photos ready. A photo goes on by Telegram's own name for it: Telegram has drawn it anew when it was
// sent, without EXIF. What came as a file it keeps as it is, so that is fetched and drawn anew by whoever opens it, and
// only that is uploaded. One whose bytes are gone for good is left out: the words still arrive.
func (c *Channel) items(ctx context.Context, d *delivery, photos []int) ([]item, error) {
	var list []item
	if d.bare {
		return nil, nil
	}
	for _, i := range photos {
		name := d.photos[i].Refs[Name]
		if name != "" && !d.fresh && !strings.HasPrefix(name, asDocument) {
			list = append(list, item{index: i, name: name})
			continue
		}
		data, err := kit.Load(ctx, d.photos[i], d.open, maxUpload)
		if err == nil {
			list = append(list, item{index: i, bytes: data})
			continue
		}
		if err := c.gone("photo "+d.photos[i].ID, err); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (c *Channel) sendPhotos(ctx context.Context, d *delivery, p part) (sent, error) {
	list, err := c.items(ctx, d, p.photos)
	switch {
	case err != nil:
		return sent{}, err
	case len(list) > 1:
		return c.sendAlbum(ctx, d, p, list)
	case len(list) == 1:
		return c.sendPhoto(ctx, d, p, list[0])
	}
	return c.sendWords(ctx, d, p)
}

func (c *Channel) sendPhoto(ctx context.Context, d *delivery, p part, one item) (sent, error) {
	method, kind := "sendPhoto", "photo"
	if d.files {
		method, kind = "sendDocument", "document"
	}
	params := d.params()
	if err := p.text.put(params, "caption", "caption_entities"); err != nil {
		return sent{}, err
	}
	params.AddNonEmpty("reply_markup", p.markup)
	var files []tgbotapi.RequestFile
	if one.bytes == nil {
		params[kind] = one.name
	} else {
		files = append(files, one.upload(kind))
	}
	var m posted
	if err := c.api.call(ctx, method, params, &m, files...); err != nil {
		return sent{}, err
	}
	return sent{refs: []bot.Ref{ref(m.ID)}, media: map[int]string{one.index: m.file()}, link: m.link()}, nil
}

// upload gives the item's bytes as a field of the form.
func (one item) upload(field string) tgbotapi.RequestFile {
	return tgbotapi.RequestFile{Name: field, Data: tgbotapi.FileReader{Name: "photo" + extension(one.bytes), Reader: bytes.NewReader(one.bytes)}}
}

// extension tells Telegram what the bytes are; it goes by the name.
func extension(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG")):
		return ".png"
	case len(data) > 12 && string(data[8:12]) == "WEBP":
		return ".webp"
	case bytes.HasPrefix(data, []byte("GIF8")):
		return ".gif"
	}
	return ".jpg"
}

// inputMedia is a photo of an album, or one that replaces another.
type inputMedia struct {
	Type     string                   `json:"type"`
	Media    string                   `json:"media"`
	Caption  string                   `json:"caption,omitempty"`
	Entities []tgbotapi.MessageEntity `json:"caption_entities,omitempty"`
}

// media names an item in a call, and gives the file that must go along.
func (d *delivery) media(one item) (inputMedia, []tgbotapi.RequestFile) {
	in := inputMedia{Type: "photo", Media: one.name}
	if d.files {
		in.Type = "document"
	}
	if one.bytes == nil {
		return in, nil
	}
	field := "file" + strconv.Itoa(one.index)
	in.Media = "attach://" + field
	return in, []tgbotapi.RequestFile{one.upload(field)}
}

func (c *Channel) sendAlbum(ctx context.Context, d *delivery, p part, list []item) (sent, error) {
	var group []inputMedia
	var files []tgbotapi.RequestFile
	for _, one := range list {
		in, file := d.media(one)
		group, files = append(group, in), append(files, file...)
	}
	group[0].Caption, group[0].Entities = p.text.text, p.text.bold
	params := d.params()
	if err := params.AddInterface("media", group); err != nil {
		return sent{}, err
	}
	var messages []posted
	if err := c.api.call(ctx, "sendMediaGroup", params, &messages, files...); err != nil {
		return sent{}, err
	}
	s := sent{media: map[int]string{}}
	if len(messages) > 0 {
		s.link = messages[0].link()
	}
	for i, m := range messages {
		s.refs = append(s.refs, ref(m.ID))
		if i < len(list) {
			s.media[list[i].index] = m.file()
		}
	}
	return s, nil
}
