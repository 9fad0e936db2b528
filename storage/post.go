package storage

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"
)

// Post is a message that was found in public. One that is a problem belongs to an incident, many to one.
type Post struct {
	ID       uint64      `json:"id"`
	Source   uint64      `json:"source"`             // the Watched that it stands in
	Incident uint64      `json:"incident,omitempty"` // 0: nobody holds it for a problem
	Thread   string      `json:"thread"`             // "channel:chat/thread": where an answer goes
	Ref      string      `json:"ref"`                // the message in it
	Link     string      `json:"link,omitempty"`
	ReadOnly bool        `json:"read_only,omitempty"` // nothing can be posted there
	Author   Author      `json:"author,omitzero"`
	Album    string      `json:"album,omitempty"`      // of several photos that came one by one
	AlsoIn   string      `json:"also_in,omitempty"`    // "channel:chat" where the album stands as well: the channel's, of a copy …
	AlsoName string      `json:"also_album,omitempty"` // … and what it is called there
	Items    []string    `json:"items,omitempty"`      // the further messages of the album: "channel:chat ref"
	Captions []Caption   `json:"captions,omitempty"`   // of the album's photos that have one; Text is all of them
	Worded   string      `json:"worded,omitempty"`     // which message of the album bears Text where Captions are not kept yet: "channel:chat ref"
	Copied   bool        `json:"copied,omitempty"`     // Thread and Ref are its copy's, where people may talk about it
	Text     string      `json:"text,omitempty"`
	Photos   []string    `json:"photos,omitempty"`
	Lat      float64     `json:"lat,omitempty"` // the place that came with it, where Point is set
	Lon      float64     `json:"lon,omitempty"`
	Point    bool        `json:"point,omitempty"`
	At       time.Time   `json:"at"`              // written
	Came     time.Time   `json:"came"`            // found
	Gone     time.Time   `json:"gone,omitzero"`   // deleted where it stood
	Problem  float64     `json:"problem"`         // how likely it is one, 0 to 1
	Said     []Statement `json:"said,omitempty"`  // what was posted to it
	Print    uint64      `json:"print,omitempty"` // of the words: the same text elsewhere has the same
}

// Caption is what stands under one photo of an album.
type Caption struct {
	Of   string `json:"of"` // the photo's own address, of a copy as well; "channel:chat ref" where it has none
	Text string `json:"text"`
}

// Author is whoever wrote a post, as its network tells.
type Author struct {
	User     string `json:"user,omitempty"`
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"`
}

// Statement is something that was posted to a post, for all to see.
type Statement struct {
	What   string    `json:"what"`            // "registered", "answer", "thanks"
	Of     uint64    `json:"of,omitempty"`    // the incident that it names
	At     time.Time `json:"at"`              // written
	Ref    string    `json:"ref,omitempty"`   // the message, once it stands there
	Link   string    `json:"link,omitempty"`  // … and its address: the proof
	Stands time.Time `json:"stands,omitzero"` // since when
	Failed bool      `json:"failed,omitempty"`
	By     uint64    `json:"by,omitempty"`  // who posted it by hand
	Gone   time.Time `json:"gone,omitzero"` // deleted there
}

// Told tells whether something was said to a post of an incident.
func (p *Post) Told(what string, number uint64) bool {
	return slices.ContainsFunc(p.Said, func(s Statement) bool { return s.What == what && s.Of == number })
}

// Post gives a post by its id, nil if there is none.
func (tx *Tx) Post(id uint64) (*Post, error) { return get[Post](tx, key(spacePost, id)) }

// PostAt gives the post that stands in a thread under a ref, nil if none does. chat is "channel:chat", without a topic.
func (tx *Tx) PostAt(chat, ref string) (*Post, error) { return tx.postBy(key(spacePostBy, chat, ref)) }

// byLink stands for the chat where a post is looked for by its address.
const byLink = "link"

// PostWith gives the post of an address, nil if there is none.
func (tx *Tx) PostWith(link string) (*Post, error) { return tx.postBy(key(spacePostBy, byLink, link)) }

// PostLike gives the newest post of the same words, nil if there is none.
func (tx *Tx) PostLike(print uint64) (*Post, error) {
	if print == 0 {
		return nil, nil
	}
	return tx.postBy(key(spacePostLike, print))
}

func (tx *Tx) postBy(k []byte) (*Post, error) {
	v, err := tx.r.Get(k)
	if err != nil || len(v) != 8 {
		return nil, err
	}
	return tx.Post(binary.BigEndian.Uint64(v))
}

// PutPost keeps a post and what finds it; one without ID gets one. chat is its thread without a topic.
func (tx *Tx) PutPost(p *Post) error {
	if p.ID == 0 {
		id, err := tx.Next("post")
		if err != nil {
			return err
		}
		p.ID = id
	}
	old, err := tx.Post(p.ID)
	if err != nil {
		return err
	}
	if old != nil && old.Incident != 0 && old.Incident != p.Incident {
		if err := tx.w.Delete(key(spacePostOf, old.Incident, p.ID)); err != nil {
			return err
		}
	}
	for _, e := range p.index() {
		if err := tx.w.Put(e.key, e.value); err != nil {
			return err
		}
	}
	if p.Print != 0 {
		if err := tx.w.Put(key(spacePostLike, p.Print), binary.BigEndian.AppendUint64(nil, p.ID)); err != nil {
			return err
		}
	}
	return put(tx, key(spacePost, p.ID), p)
}

// index gives the entries that find the post.
func (p *Post) index() []entry {
	list := []entry{{key(spacePostBy, chat(p.Thread), p.Ref), binary.BigEndian.AppendUint64(nil, p.ID)}}
	if p.Incident != 0 {
		list = append(list, entry{key: key(spacePostOf, p.Incident, p.ID)})
	}
	if p.Link != "" {
		list = append(list, entry{key(spacePostBy, byLink, p.Link), binary.BigEndian.AppendUint64(nil, p.ID)})
	}
	if p.Album != "" {
		list = append(list, entry{key(spacePostBy, chat(p.Thread), OfAlbum(p.Album)), binary.BigEndian.AppendUint64(nil, p.ID)})
	}
	if p.AlsoIn != "" {
		list = append(list, entry{key(spacePostBy, p.AlsoIn, OfAlbum(p.AlsoName)), binary.BigEndian.AppendUint64(nil, p.ID)})
	}
	for _, it := range p.Items {
		if chat, ref, ok := strings.Cut(it, " "); ok {
			list = append(list, entry{key(spacePostBy, chat, ref), binary.BigEndian.AppendUint64(nil, p.ID)})
		}
	}
	for _, s := range p.Said { // an answer to what we said belongs to the post
		if s.Ref != "" && s.Ref != p.Ref {
			list = append(list, entry{key(spacePostBy, chat(p.Thread), s.Ref), binary.BigEndian.AppendUint64(nil, p.ID)})
		}
	}
	if p.Author.User != "" {
		list = append(list, entry{key: key(spacePostFrom, channel(p.Thread), p.Author.User, p.ID)})
	}
	return list
}

// OfAlbum stands for the message of an album that its first photo made.
func OfAlbum(album string) string { return "album " + album }

// chat is a peer without its topic, channel the messenger of a peer.
func chat(peer string) string {
	for i := range peer {
		if peer[i] == '/' {
			return peer[:i]
		}
	}
	return peer
}

func channel(peer string) string {
	for i := range peer {
		if peer[i] == ':' {
			return peer[:i]
		}
	}
	return peer
}

// Posts gives an incident's posts, the first found first, at most limit, and how many there are.
func (tx *Tx) Posts(number uint64, limit int) (list []*Post, n int, err error) {
	ids, err := tx.numbers(key(spacePostOf, number), 0, 1<<20, false)
	if err != nil {
		return nil, 0, err
	}
	for _, id := range ids[:min(len(ids), limit)] {
		p, err := tx.Post(id)
		if err != nil {
			return nil, 0, err
		}
		if p != nil {
			list = append(list, p)
		}
	}
	return list, len(ids), nil
}

// PostsFrom gives the posts of one author, the newest first.
func (tx *Tx) PostsFrom(channel, user string, limit int) (list []*Post, err error) {
	ids, err := tx.numbers(key(spacePostFrom, channel, user), 0, limit, true)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		p, err := tx.Post(id)
		if err != nil {
			return nil, err
		}
		if p != nil {
			list = append(list, p)
		}
	}
	return list, nil
}

// DropPost forgets a post.
func (tx *Tx) DropPost(p *Post) error {
	for _, e := range p.index() {
		if err := tx.w.Delete(e.key); err != nil {
			return err
		}
	}
	if like, err := tx.PostLike(p.Print); err != nil {
		return err
	} else if like != nil && like.ID == p.ID {
		if err := tx.w.Delete(key(spacePostLike, p.Print)); err != nil {
			return err
		}
	}
	return tx.w.Delete(key(spacePost, p.ID))
}

// SweepPosts forgets posts found before a time that belong to no incident: it looks at n of them from an id on and gives
// where to go on, 0 at the end.
func (tx *Tx) SweepPosts(from uint64, n int, before time.Time) (next uint64, dropped int, err error) {
	var old []*Post
	seen := 0
	var fault error
	err = tx.r.Scan(key(spacePost, from), After(key(spacePost)), false, func(k, _ []byte) bool {
		if seen++; seen > n {
			next = last(k)
			return false
		}
		var p *Post
		if p, fault = get[Post](tx, k); fault != nil || p == nil {
			return fault == nil
		}
		if p.Came.After(before) {
			return false // ids grow with time
		}
		if p.Incident == 0 {
			old = append(old, p)
		}
		return true
	})
	if err == nil {
		err = fault
	}
	for _, p := range old {
		if err != nil {
			break
		}
		err = tx.DropPost(p)
	}
	return next, len(old), err
}

// Count adds one to how many posts of a topic came from a municipality in an hour.
func (tx *Tx) Count(municipality, topic string, at time.Time) error {
	k := key(spaceHour, municipality, topic, hour(at))
	v, err := tx.r.Get(k)
	if err != nil {
		return err
	}
	n := uint64(1)
	if len(v) == 8 {
		n += binary.BigEndian.Uint64(v)
	}
	return tx.w.Put(k, binary.BigEndian.AppendUint64(nil, n))
}

func hour(at time.Time) uint64 { return uint64(max(at.Unix(), 0)) / 3600 }

// Counted gives how many posts of a topic came from a municipality in each hour of [from, to), by the hour's number since
// 1970; hours without any are left out.
func (tx *Tx) Counted(municipality, topic string, from, to time.Time) (map[uint64]uint64, error) {
	hours := map[uint64]uint64{}
	err := tx.r.Scan(key(spaceHour, municipality, topic, hour(from)), key(spaceHour, municipality, topic, hour(to)), false, func(k, v []byte) bool {
		if len(v) == 8 {
			hours[last(k)] = binary.BigEndian.Uint64(v)
		}
		return true
	})
	return hours, err
}

// erasePosts takes a person out of what they wrote in public: their name, and the numbers that they gave. The message itself
// stands where it stood.
func (tx *Tx) erasePosts(p *Person, mask Mask) error {
	list, err := tx.PostsFrom(p.Channel, p.User, 1<<20)
	if err != nil {
		return err
	}
	for _, post := range list {
		if err := tx.DropPost(post); err != nil {
			return err
		}
		post.Author, post.Text = Author{}, mask(post.Text, nil)
		for i := range post.Captions {
			post.Captions[i].Text = mask(post.Captions[i].Text, nil)
		}
		if err := tx.PutPost(post); err != nil {
			return err
		}
	}
	return nil
}
