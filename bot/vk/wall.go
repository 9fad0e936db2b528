package vk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
	"otklik/bot/kit"
)

// publicKinds are the events of what stands in public in the community.
var publicKinds = []string{
	"wall_post_new", "wall_reply_new", "wall_reply_edit", "wall_reply_delete", "board_post_new", "board_post_edit", "board_post_delete",
	"photo_comment_new", "photo_comment_edit", "photo_comment_delete", "video_comment_new", "video_comment_edit", "video_comment_delete",
}

// postRef is what a wall post itself is called among its comments.
const postRef bot.Ref = "post"

// comment is a post on a wall or a comment under something: what we use of it.
type comment struct {
	ID      int64             `json:"id"`
	From    int64             `json:"from_id"`
	Owner   int64             `json:"owner_id"`
	Post    int64             `json:"post_id"`
	Date    int64             `json:"date"`
	Text    string            `json:"text"`
	Files   []json.RawMessage `json:"attachments"`
	Geo     *wallGeo          `json:"geo"`
	Copy    []wall            `json:"copy_history"`
	Type    string            `json:"post_type"`
	ReplyTo int64             `json:"reply_to_comment"`
	Deleted bool              `json:"deleted"`
	Ads     json.RawMessage   `json:"marked_as_ads"`

	TopicOwner int64 `json:"topic_owner_id"`
	Topic      int64 `json:"topic_id"`
	PhotoOwner int64 `json:"photo_owner_id"`
	Photo      int64 `json:"photo_id"`
	VideoOwner int64 `json:"video_owner_id"`
	Video      int64 `json:"video_id"`
}

// wallGeo is the place of a post: «58.6 49.6», or numbers.
type wallGeo struct {
	Coordinates json.RawMessage `json:"coordinates"`
}

// thread is where comments stand: under a post, in a discussion, under a photo or a video.
type thread struct {
	kind      string // "wall", "board", "photo", "video"
	owner, id int64
}

func (t thread) peer() bot.Peer {
	return bot.Peer{Channel: Name, Chat: fmt.Sprintf("%s%d_%d", t.kind, t.owner, t.id)}
}

// link is the address of a comment in it, or of the thing itself.
func (t thread) link(ref bot.Ref) string {
	kind, at := t.kind, "reply"
	if kind == "board" {
		kind, at = "topic", "post"
	}
	s := fmt.Sprintf("https://vk.com/%s%d_%d", kind, t.owner, t.id)
	if ref == postRef {
		return s
	}
	return s + "?" + at + "=" + string(ref)
}

var threadForm = regexp.MustCompile(`^(wall|board|photo|video)(-?\d+)_(\d+)$`)

// threadOf reads a thread's peer; false for a conversation.
func threadOf(chat string) (t thread, ok bool) {
	m := threadForm.FindStringSubmatch(chat)
	if m == nil {
		return t, false
	}
	var err, err2 error
	t.kind = m[1]
	t.owner, err = strconv.ParseInt(m[2], 10, 64)
	t.id, err2 = strconv.ParseInt(m[3], 10, 64)
	return t, err == nil && err2 == nil
}

// thread says where a comment of an event stands, by the event's kind.
func (c *comment) thread(kind string) (t thread) {
	switch {
	case strings.HasPrefix(kind, "wall_post"):
		t = thread{"wall", c.Owner, c.ID}
	case strings.HasPrefix(kind, "wall"):
		t = thread{"wall", c.Owner, c.Post}
	case strings.HasPrefix(kind, "board"):
		t = thread{"board", c.TopicOwner, c.Topic}
	case strings.HasPrefix(kind, "photo"):
		t = thread{"photo", either(c.PhotoOwner, c.Owner), c.Photo}
	case strings.HasPrefix(kind, "video"):
		t = thread{"video", either(c.VideoOwner, c.Owner), c.Video}
	}
	if t.kind != "wall" && t.owner > 0 { // the schema has no sign there, VK at times has
		t.owner = -t.owner
	}
	return t
}

func either(a, b int64) int64 {
	if a != 0 {
		return a
	}
	return b
}

// public reads an event of what stands in public.
func (r reader) public(e event) (came, error) {
	var c comment
	if err := json.Unmarshal(e.Object, &c); err != nil {
		return came{}, err
	}
	t := c.thread(e.Type)
	if t.owner == 0 || t.id == 0 || c.ID == 0 {
		return came{}, errors.New("it stands nowhere")
	}
	ref := bot.Ref(strconv.FormatInt(c.ID, 10))
	if e.Type == "wall_post_new" {
		ref = postRef
	}
	u := bot.Update{Channel: Name, Peer: t.peer(), Group: true, Ref: ref}
	r.stands(&u, t, ref)
	switch {
	case strings.HasSuffix(e.Type, "_delete"):
		u.Kind, u.ID, u.Time = bot.Deleted, "e"+e.ID, r.now
		return came{updates: []bot.Update{u}}, nil
	case c.From == -r.group || c.Deleted: // we ourselves, or the community's own news
		return came{}, nil
	case strings.HasSuffix(e.Type, "_edit"):
		u.Kind, u.ID, u.Time = bot.Edited, "e"+e.ID, r.now
	default:
		u.Kind, u.ID, u.Time = bot.Written, wallID(t, ref), time.Unix(c.Date, 0)
	}
	if !r.says(&u, &c) {
		return came{}, nil
	}
	return came{updates: []bot.Update{u}}, nil
}

// wallID is the same for a comment whichever way it is found.
func wallID(t thread, ref bot.Ref) string { return "w" + t.peer().Chat + "." + string(ref) }

// stands says where a comment stands. The community's key comments on walls only.
func (r reader) stands(u *bot.Update, t thread, ref bot.Ref) {
	u.Source = bot.Peer{Channel: Name, Chat: strconv.FormatInt(t.owner, 10)}
	u.Title, u.Link = nameLater(t.owner), t.link(ref)
	u.ReadOnly = t.kind != "wall" || t.owner != -r.group
}

// says reads what a comment says and shows; false when there is nothing.
func (r reader) says(u *bot.Update, c *comment) bool {
	u.From = person(c.From)
	u.Text = mention.ReplaceAllString(bot.Clean(plain(c.Text)), "$3")
	if c.ReplyTo != 0 {
		u.ReplyTo = bot.Ref(strconv.FormatInt(c.ReplyTo, 10))
	} else if u.Ref != postRef && strings.HasPrefix(u.Peer.Chat, "wall") {
		u.ReplyTo = postRef
	}
	r.files(u, c.Files)
	for i := range c.Copy {
		r.post(u, &c.Copy[i])
	}
	if c.Geo != nil {
		u.Location = pointOf(c.Geo.Coordinates)
	}
	return u.Text != "" || len(u.Media) > 0
}

// pointOf reads a place: VK writes it in two ways.
func pointOf(raw json.RawMessage) *bot.Location {
	var both string
	l := &bot.Location{}
	if json.Unmarshal(raw, &both) == nil {
		if _, err := fmt.Sscan(both, &l.Lat, &l.Lon); err != nil {
			return nil
		}
		return l
	}
	var o struct {
		Lat float64 `json:"latitude"`
		Lon float64 `json:"longitude"`
	}
	if json.Unmarshal(raw, &o) != nil || o.Lat == 0 && o.Lon == 0 {
		return nil
	}
	return &bot.Location{Lat: o.Lat, Lon: o.Lon}
}

// comment posts under a post, as the community. The same key posts it once. Its photos stay out: the community's key
// cannot put photos on a wall.
func (c *Channel) comment(ctx context.Context, t thread, m bot.Message, key string) (bot.Receipt, error) {
	if t.kind != "wall" {
		return bot.Receipt{}, &bot.Failure{Reason: bot.Never, Err: errors.New("the community's key comments on walls only")}
	}
	us := c.self().ID
	if us == 0 {
		return bot.Receipt{}, &bot.Failure{Reason: bot.Later, After: time.Second, Err: errors.New("wall.createComment: nobody knows yet who we are")}
	}
	text := m.Text
	if parts := kit.Pieces(m.Text, nil, maxText); len(parts) > 1 {
		text = parts[0].Text
	}
	p := vkapi.Params{"owner_id": t.owner, "post_id": t.id, "from_group": us, "message": escape(text), "guid": strconv.Itoa(int(randomID(key, 0)))}
	if n, ok := numberOf(m.ReplyTo); ok {
		p["reply_to_comment"] = n
	}
	var done struct {
		ID int64 `json:"comment_id"`
	}
	err := c.api.call(ctx, "wall.createComment", p, &done)
	if codeOf(err) == codeParam && p["reply_to_comment"] != nil { // it may be deleted meanwhile
		delete(p, "reply_to_comment")
		err = c.api.call(ctx, "wall.createComment", p, &done)
	}
	if err != nil {
		return bot.Receipt{}, onWall(err)
	}
	if done.ID == 0 {
		return bot.Receipt{}, &bot.Failure{Reason: bot.Later, Err: errors.New("wall.createComment: VK does not name the comment that it took")}
	}
	ref := bot.Ref(strconv.FormatInt(done.ID, 10))
	r := bot.Receipt{Ref: ref, Link: t.link(ref)}
	if len(m.Photos) > 0 {
		r.Media = make([]string, len(m.Photos))
	}
	return r, nil
}

// onWall is what a refusal means on a wall: nobody is gone there, and no chat.
func onWall(err error) error {
	f := bot.FailureOf(err)
	switch codeOf(err) {
	case 223: // too many comments
		f.Reason, f.After, f.Whole = bot.Later, dailyWait, false
	case codeCaptcha:
		f.Whole = false // the rest goes on
	case 7, 17, 27, 28, codeAccess, 18, 30, codeParam, 203, 210, 211, 212, 213, 222:
		f.Reason, f.Whole = bot.Never, false
	}
	return f
}

var (
	_         bot.Locator = (*Channel)(nil)
	pageForm              = regexp.MustCompile(`^(?:https?://)?(?:www\.|m\.)?vk\.(?:com|ru)/([A-Za-z0-9_.]{2,64})/?(?:\?.*)?$`)
	clubForms             = regexp.MustCompile(`^(?:club|public|event)(\d+)$`)
)

// Locate finds the community of an address. One with a name of its own is found by VK later.
func (c *Channel) Locate(address string) (bot.Source, bool) {
	m := pageForm.FindStringSubmatch(strings.TrimSpace(address))
	if m == nil {
		return bot.Source{}, false
	}
	name := strings.ToLower(m[1])
	chat := name
	if n := clubForms.FindStringSubmatch(name); n != nil {
		chat = "-" + n[1]
	} else if g := c.self(); g.ID != 0 && strings.EqualFold(g.Screen, name) {
		chat = "-" + strconv.FormatInt(g.ID, 10)
	}
	return bot.Source{Peer: bot.Peer{Channel: Name, Chat: chat}, Address: "https://vk.com/" + m[1]}, true
}
