package vk

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
	"otklik/bot/kit"
)

// codeNotSaved is VK's refusal of a file that it took and cannot keep.
const codeNotSaved = 105

// madeFor tells what is made for a message, so that two can be compared; "" is nothing.
func madeFor(m bot.Message) (s string) {
	for _, p := range m.Photos {
		if p.Make != "" {
			s += fmt.Sprintf("%q ", p.Make)
		}
	}
	for _, f := range m.Files {
		s += fmt.Sprintf("%q %q ", f.Name, f.Make)
	}
	return s
}

// madeKey names something made for a message: it is that message's alone.
func (d *delivery) madeKey(kind string, i int) string {
	return fmt.Sprintf("made %s %s %s %d", d.to, d.key, kind, i)
}

// attachDocs makes files ready and gives them as VK wants them named, fewer where one has to stay behind.
func (c *Channel) attachDocs(ctx context.Context, d *delivery, docs []int) (names []string, err error) {
	for _, i := range docs {
		if d.bare {
			continue
		}
		name, err := c.broughtOnce(ctx, d, d.madeKey("file", i), func() (string, error) { return c.uploadDoc(ctx, d, d.docs[i]) })
		if err != nil {
			if err := c.leftOut(filesAre, strconv.Itoa(i), err); err != nil {
				return nil, err
			}
			continue
		}
		names = append(names, name)
	}
	return names, nil
}

// uploadDoc brings a file to VK. What VK takes is told by its ending: all but programs and music.
func (c *Channel) uploadDoc(ctx context.Context, d *delivery, f bot.File) (name string, err error) {
	r, err := kit.Open(ctx, f.Media(), d.open)
	if err != nil {
		return "", err
	}
	defer r.Close()
	u := upload{field: "file", name: kit.FileName(f.Name), r: r}
	if u.r, u.size, err = kit.Sized(r); err != nil {
		return "", err
	}
	var at struct {
		URL string `json:"upload_url"`
	}
	if err := c.api.patient(ctx, "docs.getMessagesUploadServer", vkapi.Params{"type": "doc", "peer_id": d.peer}, &at); err != nil {
		return "", ofPhotos(err)
	}
	var got struct{ File, Error string }
	if err := c.bring(ctx, at.URL, u, &got); err != nil {
		return "", err
	}
	if got.File == "" {
		return "", &bot.Failure{Reason: bot.Never, Err: fmt.Errorf("VK does not take the file: %s", got.Error)}
	}
	var saved struct{ Doc doc }
	if err := c.api.patient(ctx, "docs.save", vkapi.Params{"file": got.File, "title": u.name}, &saved); err != nil {
		if codeOf(err) == codeNotSaved {
			return "", &bot.Failure{Reason: bot.Never, Err: err}
		}
		return "", ofPhotos(err)
	}
	c.shut[filesAre].Store(false)
	if saved.Doc.ID == 0 {
		return "", &bot.Failure{Reason: bot.Later, Err: errors.New("docs.save: nothing was saved")}
	}
	return saved.Doc.name(), nil
}

// keepMade finds what stands in a message that is to change, and stays: VK takes away what an edit does not name again. The
// photos stay where they are known to be the same.
func (c *Channel) keepMade(ctx context.Context, d *delivery, at bot.Ref, photos bool) error {
	m, err := c.standing(ctx, d.to, at)
	if err != nil {
		return err
	}
	if m == nil {
		return &bot.Failure{Reason: bot.NoRef, Err: fmt.Errorf("%s is not there", at)}
	}
	stand, docs := m.stands()
	if d.kept.docs = docs; photos {
		d.kept.photos = append([]string{}, stand...)
	}
	return nil
}
