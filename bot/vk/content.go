package vk

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"

	"otklik/bot"
)

// attachment is what hangs on a message.
type attachment struct {
	Type  string `json:"type"`
	Photo *photo `json:"photo"`
	Doc   *doc   `json:"doc"`
	Wall  *wall  `json:"wall"`
	Reply *wall  `json:"wall_reply"`
	Link  *link  `json:"link"`
}

type photo struct {
	ID    int64  `json:"id"`
	Owner int64  `json:"owner_id"`
	Key   string `json:"access_key"`
	Sizes []size `json:"sizes"`
	Orig  *size  `json:"orig_photo"`
}

type size struct {
	Type   string `json:"type"`
	URL    string `json:"url"`
	Src    string `json:"src"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

func (s size) address() string {
	if s.URL != "" {
		return s.URL
	}
	return s.Src
}

// largest gives the address of the best size.
func (p *photo) largest() string {
	if p.Orig != nil && p.Orig.address() != "" {
		return p.Orig.address()
	}
	var best size
	for _, s := range p.Sizes {
		if s.address() == "" {
			continue
		}
		// Old photos tell no measures: then the letter tells the size.
		if s.Width*s.Height > best.Width*best.Height || s.Width*s.Height == best.Width*best.Height && rank(s.Type) >= rank(best.Type) {
			best = s
		}
	}
	return best.address()
}

func rank(kind string) int { return strings.Index("smoprxyzw", kind) } // "" is 0

type link struct {
	URL   string `json:"url"`
	Title string `json:"title"`
}

type doc struct {
	ID    int64  `json:"id"`
	Owner int64  `json:"owner_id"`
	Key   string `json:"access_key"`
	Ext   string `json:"ext"`
	URL   string `json:"url"`
	Size  int64  `json:"size"`
}

// wall is a post on a wall, or a comment below one.
type wall struct {
	ID    int64             `json:"id"`
	Post  int64             `json:"post_id"` // a comment's
	Owner int64             `json:"owner_id"`
	To    int64             `json:"to_id"`
	From  int64             `json:"from_id"`
	Text  string            `json:"text"`
	Files []json.RawMessage `json:"attachments"`
	Copy  []wall            `json:"copy_history"`
}

func (w *wall) owner() int64 {
	switch {
	case w.Owner != 0:
		return w.Owner
	case w.To != 0:
		return w.To
	}
	return w.From
}

// maxFetch is the largest file that is fetched, in bytes.
const maxFetch = 20 << 20

// unusable are the attachments that cannot be used, in our words.
var unusable = map[string]string{
	"sticker": "sticker", "ugc_sticker": "sticker", "audio_message": "voice", "audio": "voice", "video": "video", "video_message": "video", "clip": "video", "story": "video",
	"doc": "file", "graffiti": "file",
}

// content reads what a message says and shows. ok is false when there is nothing.
func (r reader) content(u *bot.Update, m *message) (ok bool) {
	u.Text = bot.Clean(plain(m.Text))
	r.address(u)
	if m.Reply != nil && (m.Reply.Peer == 0 || m.Reply.Peer == m.Peer) && m.Reply.number() != 0 {
		u.ReplyTo = refOf(m.Reply.number())
		u.ToUs = u.ToUs || u.Group && m.Reply.From == -r.group
	}
	if m.Geo != nil {
		u.Location = &bot.Location{Lat: m.Geo.Coordinates.Lat, Lon: m.Geo.Coordinates.Lon}
		if p := m.Geo.Place; p != nil {
			u.Location.Title, u.Location.Address = p.Title, p.Address
		}
	}
	r.files(u, m.Files)
	for i := range m.Forward {
		r.forward(u, &m.Forward[i], 0)
	}
	if u.Text != "" || u.Media != nil || u.Location != nil {
		u.Other = ""
	}
	return u.Text != "" || u.Media != nil || u.Location != nil || u.Other != ""
}

// files reads attachments; one that cannot be read is one that cannot be used. A link counts where nothing else is said: it
// stands under words that have its address in them.
func (r reader) files(u *bot.Update, list []json.RawMessage) {
	var links []string
	for _, raw := range list {
		var a attachment
		if json.Unmarshal(raw, &a) != nil {
			u.Other = "other"
			continue
		}
		switch {
		case a.Photo != nil && a.Photo.largest() != "":
			u.Media = append(u.Media, bot.Media{Refs: map[string]string{Name: mediaRef("", a.Photo.largest())}})
		case a.Doc != nil && slices.Contains([]string{"jpg", "jpeg", "png", "webp"}, strings.ToLower(a.Doc.Ext)) && a.Doc.URL != "" && a.Doc.Size <= maxFetch:
			u.Media = append(u.Media, bot.Media{Refs: map[string]string{Name: mediaRef("", a.Doc.URL)}})
		case a.Wall != nil:
			r.post(u, a.Wall)
		case a.Reply != nil:
			r.comment(u, a.Reply)
		case a.Link != nil:
			links = append(links, strings.TrimSpace(plain(a.Link.Title)+"\n"+a.Link.URL))
		default:
			if u.Other = unusable[a.Type]; u.Other == "" {
				u.Other = "other"
			}
		}
	}
	if u.Text == "" {
		join(u, strings.Join(links, "\n\n"))
	}
}

// post reads a post of a wall: what a person forwards is what they want to say.
func (r reader) post(u *bot.Update, w *wall) {
	for len(w.Copy) > 0 && w.Text == "" && len(w.Files) == 0 { // it only repeats another
		w = &w.Copy[0]
	}
	passedOn(u, fmt.Sprintf("https://vk.com/wall%d_%d", w.owner(), w.ID), w.owner())
	r.written(u, w)
	for i := range w.Copy { // it adds words to others'
		r.written(u, &w.Copy[i])
	}
}

// comment reads one below a post.
func (r reader) comment(u *bot.Update, w *wall) {
	passedOn(u, fmt.Sprintf("https://vk.com/wall%d_%d?reply=%d", w.owner(), w.Post, w.ID), w.From)
	r.written(u, w)
}

func (r reader) written(u *bot.Update, w *wall) {
	join(u, mention.ReplaceAllString(plain(w.Text), "$3"))
	r.files(u, w.Files)
}

// passedOn notes where the words come from: the first address, and the name of who passed it on first.
func passedOn(u *bot.Update, link string, by int64) {
	if u.Forward == nil {
		u.Forward = &bot.Forward{Name: nameLater(by)}
	}
	if u.Forward.Link == "" {
		u.Forward.Link = link
	}
}

// forward reads a forwarded message, and those in it.
func (r reader) forward(u *bot.Update, m *message, depth int) {
	const deepest = 5
	if depth > deepest {
		return
	}
	passedOn(u, "", m.From)
	join(u, mention.ReplaceAllString(plain(m.Text), "$3"))
	if u.Location == nil && m.Geo != nil {
		u.Location = &bot.Location{Lat: m.Geo.Coordinates.Lat, Lon: m.Geo.Coordinates.Lon}
	}
	r.files(u, m.Files)
	for i := range m.Forward {
		r.forward(u, &m.Forward[i], depth+1)
	}
}

var reference = regexp.MustCompile(`&(lt|gt|quot|amp);`)

// plain gives a text as it was written. VK escapes texts in some of its events and not in others: one in which something
// stands that escaping leaves no room for was not escaped.
func plain(text string) string {
	if !reference.MatchString(text) || strings.ContainsAny(reference.ReplaceAllString(text, ""), `<>"&`) {
		return text
	}
	return html.UnescapeString(text)
}

func join(u *bot.Update, text string) {
	u.Text = strings.TrimSpace(u.Text + "\n\n" + bot.Clean(text))
}
