package bottest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// VKPost is a post on the community's wall, with its comments.
type VKPost struct {
	g        *VK
	owner    int64
	id       int64
	by       *VKUser
	text     string
	at       time.Time
	comments []*vkComment
}

// vkComment is one under a post; from nil is the community's.
type vkComment struct {
	id, reply int64
	from      *VKUser
	text      string
	at        time.Time
	deleted   bool
}

// Posts writes on the community's wall, which is open.
func (u *VKUser) Posts(text string) *VKPost {
	u.g.mu.Lock()
	defer u.g.mu.Unlock()
	p := &VKPost{g: u.g, owner: -vkGroup, id: u.g.number(), by: u, text: text, at: u.g.now()}
	u.g.walls = append(u.g.walls, p)
	u.g.tell("wall_post_new", p.object(), nil)
	return p
}

func (p *VKPost) object() map[string]any {
	from := p.owner
	if p.by != nil {
		from = p.by.id
	}
	return map[string]any{"inner_type": "wall_wallpost", "id": p.id, "owner_id": p.owner, "from_id": from, "date": p.at.Unix(), "text": p.text,
		"post_type": "post", "attachments": []any{}}
}

// Comment writes under a post, as this person; over are words of the comment that it replies to, "" for none.
func (p *VKPost) Comment(by *VKUser, over, text string) {
	p.g.mu.Lock()
	defer p.g.mu.Unlock()
	c := &vkComment{id: p.g.number(), from: by, text: text, at: p.g.now()}
	if over != "" {
		if to := p.find(over); to != nil {
			c.reply = to.id
		} else {
			p.g.fault("nothing under the post says %q", over)
		}
	}
	p.comments = append(p.comments, c)
	p.tell("wall_reply_new", p.told(c))
}

// Edits changes the newest comment with these words.
func (p *VKPost) Edits(words, text string) {
	p.g.mu.Lock()
	defer p.g.mu.Unlock()
	if c := p.find(words); c != nil {
		c.text = text
		p.tell("wall_reply_edit", p.told(c))
	}
}

// Rewrites changes the post itself. VK tells nobody.
func (p *VKPost) Rewrites(text string) {
	p.g.mu.Lock()
	defer p.g.mu.Unlock()
	p.text = text
	p.g.change()
}

// Deletes takes the newest comment with these words away, whoever wrote it.
func (p *VKPost) Deletes(words string) {
	p.g.mu.Lock()
	defer p.g.mu.Unlock()
	if c := p.find(words); c != nil {
		c.deleted = true
		p.tell("wall_reply_delete", map[string]any{"owner_id": p.owner, "id": c.id, "user_id": 0, "post_id": p.id})
	}
}

// tell brings an event, if the wall is the community's own.
func (p *VKPost) tell(kind string, what any) {
	if p.owner == -vkGroup {
		p.g.tell(kind, what, nil)
	}
	p.g.change()
}

func (p *VKPost) find(words string) *vkComment {
	for _, c := range slices.Backward(p.comments) {
		if !c.deleted && strings.Contains(c.text, words) {
			return c
		}
	}
	return nil
}

func (p *VKPost) told(c *vkComment) map[string]any {
	from := int64(-vkGroup)
	if c.from != nil {
		from = c.from.id
	}
	o := map[string]any{"id": c.id, "from_id": from, "date": c.at.Unix(), "text": c.text, "post_id": p.id, "owner_id": p.owner}
	if c.reply != 0 {
		o["reply_to_comment"] = c.reply
	}
	return o
}

// Awaits waits until the community has a comment under the post in which all these words stand, and gives its text.
func (p *VKPost) Awaits(words ...string) (text string) {
	p.g.t.Helper()
	p.g.wait(fmt.Sprintf("a comment with %q", words), func() bool {
		for _, c := range slices.Backward(p.comments) {
			if c.from == nil && !c.deleted && containsAll(c.text, words) {
				text = c.text
				return true
			}
		}
		return false
	})
	return text
}

// Ours gives what the community has written under the post, and above which comment each stands; "" for the post itself.
func (p *VKPost) Ours() (texts, over []string) {
	p.g.mu.Lock()
	defer p.g.mu.Unlock()
	for _, c := range p.comments {
		if c.from != nil {
			continue
		}
		texts = append(texts, c.text)
		to := ""
		for _, o := range p.comments {
			if o.id == c.reply {
				to = o.text
			}
		}
		over = append(over, to)
	}
	return texts, over
}

func vkCreateComment(g *VK, p vkParams) (any, *refused) {
	i := slices.IndexFunc(g.walls, func(w *VKPost) bool { return w.id == p.number("post_id") })
	switch {
	case p.number("owner_id") != -vkGroup || p.number("from_group") != vkGroup:
		return nil, &refused{213, "Access to status replies denied", nil}
	case i < 0:
		return nil, vkBad("post_id is incorrect")
	case p.text("message") == "" && !p.has("attachments"):
		return nil, vkBad("message is empty")
	}
	w := g.walls[i]
	if id := g.guids[p.text("guid")]; p.has("guid") && id != 0 {
		return map[string]any{"comment_id": id, "parents_stack": []any{}}, nil
	}
	c := &vkComment{id: g.number(), text: p.text("message"), at: g.now(), reply: p.number("reply_to_comment")}
	if c.reply != 0 && !slices.ContainsFunc(w.comments, func(o *vkComment) bool { return o.id == c.reply && !o.deleted }) {
		return nil, vkBad("reply_to_comment is incorrect")
	}
	w.comments = append(w.comments, c)
	if p.has("guid") {
		g.guids[p.text("guid")] = c.id
	}
	g.tell("wall_reply_new", w.told(c), nil)
	return map[string]any{"comment_id": c.id, "parents_stack": []any{}}, nil
}

// VKPage is a community that is not ours: whoever has the service key reads it.
type VKPage struct {
	g             *VK
	id            int64
	screen, title string
	closed        bool
}

// Page makes another community.
func (g *VK) Page(screen, title string) *VKPage {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := &VKPage{g: g, id: g.number(), screen: screen, title: title}
	g.pages = append(g.pages, p)
	return p
}

// ID is the community's number, without its sign.
func (p *VKPage) ID() int64 { return p.id }

// Posts publishes, in the community's name.
func (p *VKPage) Posts(text string) *VKPost {
	p.g.mu.Lock()
	defer p.g.mu.Unlock()
	w := &VKPost{g: p.g, owner: -p.id, id: p.g.number(), text: text, at: p.g.now()}
	p.g.walls = append(p.g.walls, w)
	p.g.change()
	return w
}

// Closes makes it one that only its members read, or opens it again.
func (p *VKPage) Closes(closed bool) {
	p.g.mu.Lock()
	defer p.g.mu.Unlock()
	p.closed = closed
}

// Service is the service key: it reads walls, and names.
func (g *VK) Service() string { return "service-key-of-the-tests-0123456789" }

// OneByOne refuses execute to the service key, as VK did in 2017; asked gives how often.
func (g *VK) OneByOne() (asked func() int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.oneByOne = true
	return func() int {
		g.mu.Lock()
		defer g.mu.Unlock()
		return g.denied
	}
}

func (g *VK) alone() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.oneByOne {
		g.denied++
	}
	return g.oneByOne
}

// public are the methods that a service key may call.
var vkPublic = []string{"execute", "wall.get", "wall.getComments", "users.get", "groups.getById"}

func (g *VK) page(p vkParams) (*VKPage, *refused) {
	i := slices.IndexFunc(g.pages, func(o *VKPage) bool {
		return p.has("domain") && (o.screen == p.text("domain") || p.text("domain") == fmt.Sprintf("club%d", o.id)) || p.has("owner_id") && -o.id == p.number("owner_id")
	})
	switch {
	case i < 0:
		return nil, vkBad("owner_id is undefined")
	case g.pages[i].closed:
		return nil, &refused{15, "Access denied: group is blocked", nil}
	}
	return g.pages[i], nil
}

func vkWallGet(g *VK, p vkParams) (any, *refused) {
	page, no := g.page(p)
	if no != nil {
		return nil, no
	}
	var all []*VKPost
	for _, w := range slices.Backward(g.walls) {
		if w.owner == -page.id {
			all = append(all, w)
		}
	}
	from, to := vkSlice(p, len(all), 20)
	items := []any{}
	for _, w := range all[from:to] {
		o := w.object()
		n := 0
		for _, c := range w.comments {
			if !c.deleted {
				n++
			}
		}
		o["comments"] = map[string]any{"count": n, "can_post": 1, "groups_can_post": false}
		items = append(items, o)
	}
	return map[string]any{"count": len(all), "items": items}, nil
}

// vkSlice is the part of a list that a call asks for.
func vkSlice(p vkParams, n int, otherwise int64) (from, to int) {
	from = min(p.count("offset", 0), n)
	return from, min(from+min(p.count("count", otherwise), 100), n)
}

func vkGetComments(g *VK, p vkParams) (any, *refused) {
	if _, no := g.page(p); no != nil {
		return nil, no
	}
	i := slices.IndexFunc(g.walls, func(w *VKPost) bool { return w.owner == p.number("owner_id") && w.id == p.number("post_id") })
	if i < 0 {
		return nil, vkBad("post_id is incorrect")
	}
	w := g.walls[i]
	level := w.level(p.number("comment_id"))
	if p.text("sort") == "desc" {
		slices.Reverse(level)
	}
	from, to := vkSlice(p, len(level), 10)
	items := []any{}
	for _, c := range level[from:to] {
		o := w.told(c)
		if p.number("comment_id") == 0 {
			under, list := w.level(c.id), []any{}
			for _, a := range under[:min(len(under), int(p.number("thread_items_count")))] {
				list = append(list, w.told(a))
			}
			o["thread"] = map[string]any{"count": len(under), "items": list, "can_post": true, "show_reply_button": true, "groups_can_post": false}
		}
		items = append(items, o)
	}
	return map[string]any{"count": len(w.comments), "items": items, "current_level_count": len(level), "can_post": true, "show_reply_button": true}, nil
}

// level gives the comments under a post, or the answers under one of them, the oldest first.
func (p *VKPost) level(under int64) (list []*vkComment) {
	for _, c := range p.comments {
		if !c.deleted && p.root(c) == under {
			list = append(list, c)
		}
	}
	return list
}

// root is the comment of the first level that another belongs to; 0 for one of that level.
func (p *VKPost) root(c *vkComment) int64 {
	at := c.reply
	for at != 0 {
		i := slices.IndexFunc(p.comments, func(o *vkComment) bool { return o.id == at })
		if i < 0 || p.comments[i].reply == 0 {
			break
		}
		at = p.comments[i].reply
	}
	return at
}
