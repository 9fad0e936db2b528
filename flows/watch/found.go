package watch

import (
	"cmp"
	"hash/fnv"
	"strings"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/words"
	"otklik/storage"
)

const (
	// shared is how long the same words elsewhere are the same message.
	shared = 7 * 24 * time.Hour
	// burst is how long messages of one topic in one place are held for one problem.
	burst = 3 * time.Hour
	// similar is from when on two texts of a burst speak of the same: the share of their words.
	similar = 0.2
	// longest is how much of a message is kept.
	longest = 8000
)

// found judges a message: it is passed over, belongs to what is known, or is brought to a curator.
func found(t *flows.Turn, w *storage.Watched) error {
	u := t.In
	if known, err := t.Tx.PostAt(chatOf(u.Peer), string(u.Ref)); err != nil || known != nil {
		return err // brought twice, by two ways
	}
	if u.Link != "" {
		if known, err := t.Tx.PostWith(u.Link); err != nil || known != nil {
			return cmp.Or(err, alsoHere(t, known)) // its copy came before it
		}
	}
	if u.Copy && u.Forward != nil && u.Forward.Link != "" {
		if over, err := moved(t, u); err != nil || over {
			return err
		}
	}
	if u.Album != "" {
		if joined, err := album(t, u); err != nil || joined {
			return err
		}
	}
	if w.Peer == u.Source.String() { // not where a channel is discussed
		if err := beat(t, w); err != nil {
			return err
		}
	}
	w, err := source(t, w)
	if err != nil {
		return err
	}
	p, err := postOf(t, w)
	if err != nil {
		return err
	}
	return weigh(t, w, p)
}

// weigh judges a message as it reads now, and keeps it.
func weigh(t *flows.Turn, w *storage.Watched, p *storage.Post) error {
	if hushed, err := isHushed(t, p); err != nil || hushed {
		return err
	}
	inc := judge(t, w, p)
	into, err := belongs(t, p, inc)
	if err != nil {
		return err
	}
	switch {
	case into != nil:
		return echo(t, into, p)
	case !flows.Brought(p.Problem):
		return t.Tx.PutPost(p)
	}
	if err := t.Tx.Count(inc.Place.Municipality, inc.Topic, t.Now); err != nil {
		return err
	}
	if inc.Sure.Known, err = open(t, inc, 0); err != nil {
		return err
	}
	inc.Posts, inc.Filed = 1, certain(t, inc)
	if err := t.Find(inc); err != nil {
		return err
	}
	p.Incident = inc.Number
	if err := t.Tx.PutPost(p); err != nil {
		return err
	}
	if err := brought(t, inc); err != nil {
		return err
	}
	return rising(t, inc)
}

// source gives the source that a message counts to: the copy of what a channel posted, and what people say to it, are the
// channel's, wherever they stand.
func source(t *flows.Turn, w *storage.Watched) (other *storage.Watched, err error) {
	u := t.In
	switch {
	case u.Copy && u.Forward != nil && u.Forward.Source.Chat != "":
		other, err = t.Tx.WatchedBy(u.Forward.Source.String())
	case u.ReplyTo != "":
		var over *storage.Post
		if over, err = t.Tx.PostAt(chatOf(u.Peer), string(u.ReplyTo)); over != nil {
			other, err = t.Tx.Watched(over.Source)
		}
	}
	if err != nil || other == nil || other.Off {
		return w, err
	}
	return other, nil
}

func postOf(t *flows.Turn, w *storage.Watched) (*storage.Post, error) {
	u := t.In
	p := &storage.Post{Source: w.ID, Thread: u.Peer.String(), Ref: string(u.Ref), Link: u.Link, ReadOnly: u.ReadOnly,
		Author: storage.Author{User: u.From.ID, Name: bot.Clean(u.From.Name), Username: u.From.Username}, Album: u.Album,
		Text: flows.Cut(u.Text, longest), At: u.Time, Came: t.Now, Print: print(u.Text)}
	if u.Copy && u.Forward != nil && u.Forward.Link != "" {
		p.Link = u.Forward.Link
	}
	if l := u.Location; l != nil {
		p.Lat, p.Lon, p.Point = l.Lat, l.Lon, true
	}
	if p.At.IsZero() || p.At.After(t.Now) {
		p.At = t.Now
	}
	if u.Album != "" {
		caption(p, u)
	}
	var err error
	p.Photos, err = t.Keep(u.Media)
	return p, err
}

// judge proposes an incident: topic, place and body, and how sure that is.
func judge(t *flows.Turn, w *storage.Watched, p *storage.Post) *storage.Incident {
	inc := &storage.Incident{Text: p.Text, Photos: p.Photos, Sure: &storage.Sureness{},
		Source: storage.Source{Kind: "found", Channel: channelOf(p), Name: w.Title, Link: p.Link, Org: w.Org}}
	where := t.Finder().Find(p.Text)
	place, choices := t.Found(where)
	named := place.Municipality != "" || place.Street != "" || len(choices) > 0
	if p.Point {
		if spot, ok := t.Finder().At(p.Lat, p.Lon); ok {
			place.Municipality, named = spot.Municipality, true
		}
		place.Lat, place.Lon, place.Point = p.Lat, p.Lon, true
	}
	if len(choices) > 0 { // the source tells which of them
		for _, h := range t.Homonyms(choices) {
			if s, ok := t.Finder().Settlement(h.Code); ok && w.Municipality != "" && s.Municipality == w.Municipality {
				place.Municipality, place.Settlement = s.Municipality, s.OKTMO
			}
		}
	}
	if place.Municipality == "" {
		place.Municipality = w.Municipality
	}
	place.Label = t.Label(place)
	inc.Place = place
	p.Problem = 1
	if s := t.Sieve(); s != nil {
		v := s.Problem(p.Text, len(p.Photos), named)
		inc.Raised = v.Danger
		p.Problem, inc.Sure.Learned = t.Problem(p.Text, place, v)
	}
	inc.Sure.Problem = p.Problem
	if topics := t.Topics(p.Text, place, 1); len(topics) > 0 {
		inc.Topic, inc.Sure.Topic = topics[0].Code, topics[0].Confidence
	}
	topic := t.Pack().Topic(inc.Topic)
	inc.Urgent = inc.Raised || topic != nil && topic.Urgent
	return inc
}

// belongs finds what a message is a part of: the message that it replies to, the same words elsewhere, or what others
// wrote of the same problem and nobody has judged yet.
func belongs(t *flows.Turn, p *storage.Post, inc *storage.Incident) (*storage.Incident, error) {
	if t.In.ReplyTo != "" {
		over, err := t.Tx.PostAt(chatOf(t.In.Peer), string(t.In.ReplyTo))
		if err != nil {
			return nil, err
		}
		if over != nil && over.Incident != 0 && (flows.Brought(p.Problem) || over.Author.User == p.Author.User && p.Author.User != "") {
			return whole(t, over.Incident)
		}
	}
	like, err := t.Tx.PostLike(p.Print)
	if err != nil {
		return nil, err
	}
	if like != nil && like.Incident != 0 && t.Now.Sub(like.Came) < shared {
		return whole(t, like.Incident)
	}
	if !flows.Brought(p.Problem) || inc.Topic == "" {
		return nil, nil
	}
	near, err := t.Similar(storage.AsFound(inc.Topic), inc.Place, 0, 1)
	if err != nil {
		return nil, err
	}
	if len(near) > 0 {
		return near[0].Incident, nil
	}
	if filed, err := alreadyFiled(t, inc); err != nil || filed != nil {
		return filed, err
	}
	return bursting(t, inc)
}

// bursting finds what is found already of the same topic in the same place within hours, where one of the two does not
// say the street and both say much the same.
func bursting(t *flows.Turn, inc *storage.Incident) (*storage.Incident, error) {
	if inc.Place.Municipality == "" {
		return nil, nil
	}
	numbers, err := recent(t, storage.QueueFound, inc)
	if err == nil && files(t, inc.Topic) {
		var filed []uint64
		filed, err = recent(t, storage.QueueNew, inc)
		numbers = append(numbers, filed...)
	}
	if err != nil {
		return nil, err
	}
	stems := words.Stems(inc.Text)
	for _, n := range numbers {
		other, err := t.Tx.Incident(n)
		if err != nil {
			return nil, err
		}
		if other == nil || other.State != storage.Found && !flows.Undoable(other) || other.Place.Street != "" && inc.Place.Street != "" || other.Place.Settlement != "" && inc.Place.Settlement != "" && other.Place.Settlement != inc.Place.Settlement {
			continue
		}
		if share(stems, words.Stems(other.Text)) >= similar {
			return other, nil
		}
	}
	return nil, nil
}

// recent gives what stands in a queue of the same topic and municipality, and was due within the time of a burst.
func recent(t *flows.Turn, queue string, inc *storage.Incident) (numbers []uint64, err error) {
	err = t.Tx.Queue(queue, func(q storage.Queued) bool {
		if q.Topic == inc.Topic && q.Municipality == inc.Place.Municipality && t.Now.Sub(q.Due) < burst {
			numbers = append(numbers, q.Number)
		}
		return len(numbers) < 50
	})
	return numbers, err
}

// share is how many of the words of two texts both have, of all that either has.
func share(a, b []string) float64 {
	set := map[string]bool{}
	for _, s := range a {
		set[s] = true
	}
	all, both := len(set), 0
	seen := map[string]bool{}
	for _, s := range b {
		if seen[s] {
			continue
		}
		seen[s] = true
		if set[s] {
			both++
		} else {
			all++
		}
	}
	return float64(both) / float64(max(all, 1))
}

// open gives the open incident that a message may be about, but one; 0 for none.
func open(t *flows.Turn, inc *storage.Incident, but uint64) (uint64, error) {
	list, err := t.Similar(inc.Topic, inc.Place, but, 1)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0].Incident.Number, nil
}

func whole(t *flows.Turn, number uint64) (*storage.Incident, error) {
	inc, err := t.Tx.Incident(number)
	if err != nil || inc == nil {
		return nil, err
	}
	return t.Whole(inc)
}

// echo adds a message to what it speaks of.
func echo(t *flows.Turn, inc *storage.Incident, p *storage.Post) error {
	p.Incident = inc.Number
	if err := t.Tx.PutPost(p); err != nil {
		return err
	}
	if err := t.Tx.Count(inc.Place.Municipality, inc.Topic, t.Now); err != nil {
		return err
	}
	var came []storage.Reporter
	if inc.State.Open() { // who wrote before it was an incident became its reporter then
		var err error
		if came, err = reporters(t, []*storage.Post{p}); err != nil {
			return err
		}
	}
	err := t.Act(inc, flows.Echo, storage.Event{Text: p.Text, Photos: p.Photos}, func() {
		inc.Posts++
		for _, r := range came {
			if inc.Reporter(r.Person) == nil {
				inc.Reporters = append(inc.Reporters, r)
			}
		}
	})
	if err != nil {
		return err
	}
	return rising(t, inc)
}

// edited keeps a message as it reads now. What nobody has judged yet is judged by the new words.
func edited(t *flows.Turn, w *storage.Watched) error {
	as := t.In
	p, err := t.Tx.PostAt(chatOf(t.In.Peer), string(t.In.Ref))
	if err == nil && p == nil && t.In.Link != "" {
		if p, err = t.Tx.PostWith(t.In.Link); p != nil && err == nil { // a channel's: it is looked for where its copy stands
			t.In.Ref, t.In.ReadOnly = bot.Ref(p.Ref), p.ReadOnly
			t.In.Peer, err = bot.ParsePeer(p.Thread)
		}
	}
	if err != nil {
		return err
	}
	text := flows.Cut(t.In.Text, longest)
	if t.In.Album != "" {
		if p, text, err = albumEdited(t, as, p); err != nil {
			return err
		}
	}
	if p == nil {
		return found(t, w)
	}
	if text == p.Text || p.Ref != string(t.In.Ref) {
		return nil
	}
	old := p.Text
	if p.Incident == 0 {
		if err := t.Tx.DropPost(p); err != nil {
			return err
		}
		if t.In.Album == "" {
			return found(t, w)
		}
		return weighAnew(t, p, text) // its other photos do not come again
	}
	p.Text = text
	if err := t.Tx.PutPost(p); err != nil {
		return err
	}
	inc, err := whole(t, p.Incident)
	if err != nil || inc == nil {
		return err
	}
	return reads(t, inc, p, old, storage.Event{Text: text})
}

// deleted notes that a message stands there no longer: somebody's, or what we had said.
func deleted(t *flows.Turn) error {
	p, err := t.Tx.PostAt(chatOf(t.In.Peer), string(t.In.Ref))
	if err != nil || p == nil {
		return err
	}
	ours := -1
	for i := range p.Said {
		if p.Said[i].Ref == string(t.In.Ref) && p.Said[i].Gone.IsZero() {
			p.Said[i].Gone, ours = t.Now, i
		}
	}
	if ours < 0 && p.Gone.IsZero() {
		p.Gone = t.Now
	}
	if err := t.Tx.PutPost(p); err != nil || p.Incident == 0 {
		return err
	}
	inc, err := whole(t, p.Incident)
	if err != nil || inc == nil {
		return err
	}
	if err := t.Refresh(inc); err != nil || ours < 0 {
		return err
	}
	return t.Nudge(inc, storage.Curator, "", nil, func(v *flows.Voice) bot.Message {
		return v.Say("watch.reply_gone", "Number", inc.Number, "Link", p.Link)
	})
}

// print is the same for the same words, whatever stands around them; 0 for too few of them.
func print(text string) uint64 {
	stems := words.Stems(text)
	if len(stems) < 5 {
		return 0
	}
	h := fnv.New64a()
	for _, s := range stems {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

func chatOf(p bot.Peer) string { return p.Channel + ":" + p.Chat }

const hushPrefix = "watch/hush/"

func hushKey(p *storage.Post) string { return hushPrefix + channelOf(p) + ":" + p.Author.User }

// channelOf gives the messenger in which a post stands.
func channelOf(p *storage.Post) string {
	channel, _, _ := strings.Cut(p.Thread, ":")
	return channel
}

// isHushed tells whether nothing of an author is looked at any more.
func isHushed(t *flows.Turn, p *storage.Post) (bool, error) {
	if p.Author.User == "" {
		return false, nil
	}
	v, err := t.Tx.Setting(hushKey(p))
	return len(v) > 0, err
}
