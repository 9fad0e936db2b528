package watch

import (
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// An album comes photo by photo: the first one makes the post, the others join it. What a channel posts comes a second time,
// as copies in its discussion group, in whatever order; one of the two is counted.

// moved has a post that can only be read answered where its copy stands.
func moved(t *flows.Turn, u bot.Update) (bool, error) {
	p, err := t.Tx.PostWith(u.Forward.Link)
	if err != nil || p == nil {
		return false, err
	}
	if err := t.Tx.DropPost(p); err != nil {
		return true, err
	}
	if p.Album != "" { // further photos may come both from there and from here
		p.AlsoIn, p.AlsoName = chatOfPost(p), p.Album
	}
	p.Thread, p.Ref, p.ReadOnly, p.Copied = u.Peer.String(), string(u.Ref), u.ReadOnly, true
	if u.Album != "" {
		p.Album = u.Album
	}
	return true, t.Tx.PutPost(p)
}

// alsoHere notes by which name an album goes where it was posted, as its copy is known already.
func alsoHere(t *flows.Turn, p *storage.Post) error {
	if p == nil || t.In.Album == "" || p.Album == "" || p.AlsoIn != "" || chatOf(t.In.Peer) == chatOfPost(p) {
		return nil
	}
	p.AlsoIn, p.AlsoName = chatOf(t.In.Peer), t.In.Album
	return t.Tx.PutPost(p)
}

// album adds the further photos of an album to the post that its first one made.
func album(t *flows.Turn, u bot.Update) (bool, error) {
	p, err := t.Tx.PostAt(chatOf(u.Peer), storage.OfAlbum(u.Album))
	if err != nil || p == nil {
		return false, err
	}
	var more []string
	if counts(p, u) {
		if more, err = t.Keep(u.Media); err != nil {
			return true, err
		}
	}
	worded := p.Text == "" && u.Text != ""
	p.Items = append(p.Items, itemOf(u)) // what replies to it replies to the post
	p.Photos = append(p.Photos, more...)
	if worded {
		p.Worded = itemOf(u)
	}
	if p.Incident == 0 && worded { // nobody could judge it yet
		if err := t.Tx.DropPost(p); err != nil {
			return true, err
		}
		return true, weighAnew(t, p, flows.Cut(u.Text, longest))
	}
	if worded {
		p.Text = flows.Cut(u.Text, longest)
	}
	if err := t.Tx.PutPost(p); err != nil || p.Incident == 0 || !worded && len(more) == 0 {
		return true, err
	}
	inc, err := t.Tx.Incident(p.Incident)
	if err != nil || inc == nil {
		return true, err
	}
	var now *storage.Incident
	if worded && inc.Text == "" && inc.State == storage.Found && inc.Taught == (storage.Labels{}) { // nobody has looked at the photos yet
		if now, err = anew(t, p); err != nil {
			return true, err
		}
	}
	return true, t.Act(inc, flows.Echo, storage.Event{Photos: more}, func() {
		inc.Photos = append(inc.Photos, more...)
		rejudge(t, inc, now)
	})
}

// rejudge has a message that nobody has decided on stand as it is judged now; nil changes nothing.
func rejudge(t *flows.Turn, inc, now *storage.Incident) {
	if now != nil {
		inc.Text, inc.Topic, inc.Place, inc.Urgent, inc.Raised, inc.Sure = now.Text, now.Topic, now.Place, now.Urgent, now.Raised, now.Sure
		t.Route(inc)
	}
}

// counts tells whether the photos of an album are taken from here: the album as it was posted, or its copies, whichever
// made the post.
func counts(p *storage.Post, u bot.Update) bool {
	if u.Copy {
		return !p.Copied
	}
	return p.Copied || chatOf(u.Peer) == chatOfPost(p)
}

// albumEdited finds the post of an album one message of which was changed; p is the post where that is its first. other
// tells that the words do not stand in that message.
func albumEdited(t *flows.Turn, u bot.Update, p *storage.Post) (_ *storage.Post, other bool, err error) {
	first := p != nil && p.Ref == string(t.In.Ref)
	if p == nil {
		if p, err = t.Tx.PostAt(chatOf(u.Peer), storage.OfAlbum(u.Album)); err != nil || p == nil {
			return nil, false, err
		}
	}
	t.In.Ref = bot.Ref(p.Ref)
	if item := itemOf(u); p.Worded != item {
		if u.Text == "" || !first && p.Text != "" {
			return p, true, nil
		}
		p.Worded = item
	}
	return p, false, nil
}

// weighAnew judges a post of which nothing is kept any more by other words.
func weighAnew(t *flows.Turn, p *storage.Post, text string) error {
	w, err := t.Tx.Watched(p.Source)
	if err != nil {
		return err
	}
	if w == nil {
		w = &storage.Watched{}
	}
	p.Text, p.Print = text, print(text)
	return weigh(t, w, p)
}

// itemOf names a message of an album.
func itemOf(u bot.Update) string { return chatOf(u.Peer) + " " + string(u.Ref) }

// chatOfPost is where a post stands, without a topic.
func chatOfPost(p *storage.Post) string {
	chat, _, _ := strings.Cut(p.Thread, "/")
	return chat
}
