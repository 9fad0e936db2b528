package watch

import (
	"slices"
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
	p.Items = append(p.Items, itemOf(u)) // what replies to it replies to the post
	p.Photos = append(p.Photos, more...)
	old, text := p.Text, caption(p, u)
	worded := text != old
	if p.Incident == 0 && worded { // it was judged by fewer words
		if err := t.Tx.DropPost(p); err != nil {
			return true, err
		}
		return true, weighAnew(t, p, text)
	}
	p.Text = text
	if err := t.Tx.PutPost(p); err != nil || p.Incident == 0 || !worded && len(more) == 0 {
		return true, err
	}
	inc, err := t.Tx.Incident(p.Incident)
	if err != nil || inc == nil {
		return true, err
	}
	ev := storage.Event{Photos: more}
	if worded && inc.State != storage.Found { // the words stand nowhere else
		ev.Text = text
	}
	return true, reads(t, inc, p, old, ev)
}

// reads has what is known of a post's problem say what the post says now. old is what it said when it was judged; what
// somebody has decided on stands.
func reads(t *flows.Turn, inc *storage.Incident, p *storage.Post, old string, ev storage.Event) (err error) {
	var now *storage.Incident
	undecided := inc.State == storage.Found && inc.Text == old
	if undecided && p.Text != old && (old == "" || inc.Topic == "") && inc.Taught == (storage.Labels{}) { // it said nothing that could be judged
		if now, err = anew(t, p); err != nil {
			return err
		}
	}
	return t.Act(inc, flows.Echo, ev, func() {
		inc.Photos = append(inc.Photos, ev.Photos...)
		if undecided {
			inc.Text = p.Text
		}
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

// albumEdited finds the post of an album one message of which was changed, and gives what all of it says now; p is the post
// where that is its first.
func albumEdited(t *flows.Turn, u bot.Update, p *storage.Post) (_ *storage.Post, text string, err error) {
	if p == nil {
		if p, err = t.Tx.PostAt(chatOf(u.Peer), storage.OfAlbum(u.Album)); err != nil || p == nil {
			return nil, "", err
		}
	}
	t.In.Ref = bot.Ref(p.Ref)
	if text = caption(p, u); text == p.Text {
		return p, text, t.Tx.PutPost(p) // whose words they are may have changed
	}
	return p, text, nil
}

// caption notes what a message of an album says, and gives what all of them say: a photo and its copy say it once.
func caption(p *storage.Post, u bot.Update) string {
	if len(p.Captions) == 0 && p.Text != "" && p.Worded != "" {
		p.Captions = []storage.Caption{{Of: p.Worded, Text: p.Text}}
	}
	of, item := itemOf(u), itemOf(u)
	switch {
	case u.Copy && u.Forward != nil && u.Forward.Link != "":
		of = u.Forward.Link
	case u.Link != "":
		of = u.Link
	}
	own := storage.Caption{Of: of, Text: flows.Cut(u.Text, longest)}
	at := slices.IndexFunc(p.Captions, func(c storage.Caption) bool { return c.Of == of || c.Of == item })
	switch {
	case at >= 0 && own.Text == "":
		p.Captions = slices.Delete(p.Captions, at, at+1)
	case at >= 0:
		p.Captions[at] = own
	case own.Text != "":
		p.Captions = append(p.Captions, own)
	}
	var all []string
	for _, c := range p.Captions {
		if !slices.Contains(all, c.Text) {
			all = append(all, c.Text)
		}
	}
	return flows.Cut(strings.Join(all, "\n"), longest)
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
