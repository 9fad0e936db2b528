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
	p := &VKPost{g: u.g, id: u.g.number(), by: u, text: text, at: u.g.now()}
	u.g.walls = append(u.g.walls, p)
	u.g.tell("wall_post_new", p.object(), nil)
	return p
}

func (p *VKPost) object() map[string]any {
	return map[string]any{"inner_type": "wall_wallpost", "id": p.id, "owner_id": -vkGroup, "from_id": p.by.id, "date": p.at.Unix(), "text": p.text,
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
	p.g.tell("wall_reply_new", p.told(c), nil)
}

// Edits changes the newest comment with these words.
func (p *VKPost) Edits(words, text string) {
	p.g.mu.Lock()
	defer p.g.mu.Unlock()
	if c := p.find(words); c != nil {
		c.text = text
		p.g.tell("wall_reply_edit", p.told(c), nil)
	}
}

// Deletes takes the newest comment with these words away, whoever wrote it.
func (p *VKPost) Deletes(words string) {
	p.g.mu.Lock()
	defer p.g.mu.Unlock()
	if c := p.find(words); c != nil {
		c.deleted = true
		p.g.tell("wall_reply_delete", map[string]any{"owner_id": -vkGroup, "id": c.id, "user_id": 0, "post_id": p.id}, nil)
	}
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
	o := map[string]any{"id": c.id, "from_id": from, "date": c.at.Unix(), "text": c.text, "post_id": p.id, "owner_id": -vkGroup}
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
