package vk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"
	"golang.org/x/time/rate"

	"otklik/bot"
)

// Communities that are not ours are read with a service key, which only reads: their walls, and the comments under what
// was posted lately. How far each was read is kept after the sink has taken what was found; an update of a comment has the
// same id whichever way it is found, so nothing is taken twice.
const (
	watchEvery  = 5 * time.Second // for communities that are due
	watchOften  = time.Minute     // between two readings of one community
	watchSeldom = 30 * time.Minute
	lostAfter   = 30 * time.Minute   // of failing, the administrators are told
	lively      = 24 * time.Hour     // so long comments under a post are read again although there are no more of them …
	readAgain   = time.Hour          // … so often
	discussed   = 7 * 24 * time.Hour // so long comments are looked for under a post
	wallPage    = 100
	replies     = 10 // answers to a comment that come with it

	// A service key bears few calls a second.
	serviceRate  = 3
	serviceBurst = 1
)

// pageState is how far a community was read.
type pageState struct {
	Owner   int64               `json:"owner,omitempty"`
	Title   string              `json:"title,omitempty"`
	Last    int64               `json:"last,omitempty"` // the newest post
	Posts   map[int64]postState `json:"posts,omitempty"`
	Every   time.Duration       `json:"every,omitempty"`
	Read    time.Time           `json:"read,omitzero"`
	Failing time.Time           `json:"failing,omitzero"`
	Told    bool                `json:"told,omitempty"`

	due time.Time
}

// postState is how far the comments under a post were read.
type postState struct {
	Date  int64 `json:"d"`
	Count int   `json:"n,omitempty"` // of comments, when they were read
	Last  int64 `json:"l,omitempty"` // the newest comment
	Read  int64 `json:"r,omitempty"` // when they were read, Unix time
	// Print is of the post's text, to notice that it was changed; 0: nobody has looked yet.
	Print uint32 `json:"h,omitempty"`
}

// watcher reads communities.
type watcher struct {
	*Channel
	api    *api
	sink   bot.Sink
	states map[string]*pageState
	// comment is, by community, how comments read.
	comment map[int64]*wordings
	ahead   ahead
}

const pagePrefix = "wall "

// watch reads the communities that are watched until ctx ends.
func (c *Channel) watch(ctx context.Context, sink bot.Sink) {
	w := &watcher{Channel: c, api: c.service, sink: sink, states: map[string]*pageState{}, comment: map[int64]*wordings{},
		ahead: ahead{got: map[string]json.RawMessage{}, most: maxExecute}}
	for {
		list, err := c.sources(ctx)
		if err == nil {
			err = w.round(ctx, list)
		}
		if err != nil && ctx.Err() == nil {
			c.log.Warn("communities are not read for a while", "err", w.api.clean(err.Error()))
		}
		if !c.pause(ctx, watchEvery) {
			return
		}
	}
}

// round reads what is due. An error is the sink's or the keeper's.
func (w *watcher) round(ctx context.Context, list []bot.Source) error {
	own := strconv.FormatInt(-w.self().ID, 10)
	list = slices.DeleteFunc(slices.Clone(list), func(s bot.Source) bool { return s.Peer.Chat == own }) // its events come by themselves
	var chats []string
	for _, s := range list {
		chats = append(chats, s.Peer.Chat)
	}
	calls, err := w.due(ctx, chats)
	if err != nil {
		return err
	}
	defer clear(w.ahead.got) // what it was read for did not come to it
	w.lookAhead(ctx, calls)
	for _, s := range list {
		st, err := w.state(ctx, s.Peer.Chat)
		if err != nil {
			return err
		}
		if w.now().Before(st.due) {
			continue
		}
		if err := w.read(ctx, s, st); err != nil {
			return err
		}
	}
	return nil
}

func (w *watcher) state(ctx context.Context, chat string) (*pageState, error) {
	if st := w.states[chat]; st != nil {
		return st, nil
	}
	st := &pageState{Every: watchOften}
	k := pagePrefix + chat
	err := w.keep.Load(ctx, k, func(at string, value []byte) error {
		if at != k {
			return nil
		}
		return json.Unmarshal(value, st)
	})
	if err != nil {
		return nil, err
	}
	if st.Posts == nil {
		st.Posts = map[int64]postState{}
	}
	w.states[chat] = st
	return st, nil
}

func (w *watcher) save(ctx context.Context, chat string, st *pageState) error {
	raw, err := json.Marshal(st)
	if err != nil {
		return err
	}
	return w.keep.Save(context.WithoutCancel(ctx), pagePrefix+chat, raw)
}

// item is a post as wall.get gives it.
type item struct {
	comment
	Comments struct {
		Count     int  `json:"count"`
		GroupsCan bool `json:"groups_can_post"`
	} `json:"comments"`
	Pinned int `json:"is_pinned"`
}

// read reads one community. What VK refuses is noted; an error is ours, and the community is read again.
func (w *watcher) read(ctx context.Context, s bot.Source, st *pageState) error {
	since := s.Since
	if !st.Read.IsZero() && st.Read.Add(-discussed).After(since) {
		since = st.Read.Add(-discussed)
	}
	items, err := w.posts(ctx, s.Peer.Chat, since)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return w.failed(ctx, s, st, err)
	}
	if len(items) > 0 {
		st.Owner = items[0].Owner
	}
	if err := w.regained(ctx, s, st); err != nil {
		return err
	}
	w.lookAhead(ctx, w.commented(st, items))
	found := 0
	var behind error
	for _, it := range items { // the oldest first
		n, err := w.post(ctx, s, st, it)
		var refused *bot.Failure
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case slices.Contains([]int{1, 10, codeCompile, codeRuntime}, codeOf(err)): // VK falls over that one
			behind = err
		case errors.As(err, &refused):
			return w.failed(ctx, s, st, err)
		case err != nil:
			return err
		}
		found += n
	}
	if behind != nil {
		return w.failed(ctx, s, st, behind)
	}
	maps.DeleteFunc(st.Posts, func(_ int64, p postState) bool { return time.Unix(p.Date, 0).Before(w.now().Add(-2 * discussed)) })
	if found > 0 {
		st.Every = max(st.Every/2, watchOften)
	} else {
		st.Every = min(max(st.Every, watchOften)*5/4, watchSeldom)
	}
	if err := w.keepWordings(ctx, st.Owner); err != nil {
		return err
	}
	st.Read, st.due = w.now(), w.now().Add(st.Every)
	return w.save(ctx, s.Peer.Chat, st)
}

// posts gives what was posted since a time, the oldest first.
func (w *watcher) posts(ctx context.Context, chat string, since time.Time) (list []item, err error) {
	for offset := 0; offset < 10*wallPage; offset += wallPage {
		var got struct {
			Items []item `json:"items"`
		}
		if err := w.ask(ctx, "wall.get", wallParams(chat, offset), &got); err != nil {
			return nil, err
		}
		old := 0
		for _, it := range got.Items {
			if time.Unix(it.Date, 0).Before(since) {
				if it.Pinned == 0 {
					old++
				}
				continue
			}
			list = append(list, it)
		}
		if len(got.Items) < wallPage || old > 0 {
			break
		}
	}
	slices.SortStableFunc(list, func(a, b item) int { return int(a.ID - b.ID) })
	return list, nil
}

// post takes a post that is new or changed, and comments that are.
func (w *watcher) post(ctx context.Context, s bot.Source, st *pageState, it item) (found int, err error) {
	t := thread{"wall", it.Owner, it.ID}
	r := w.reader(ctx)
	old, known := st.Posts[it.ID]
	now := postState{Date: it.Date, Count: it.Comments.Count, Last: old.Last, Read: old.Read, Print: printOf(it.Text)}
	fresh := it.ID > st.Last && !time.Unix(it.Date, 0).Before(s.Since)
	if fresh || old.Print != 0 && old.Print != now.Print {
		if u := w.update(r, t, postRef, &it.comment, it.Comments.GroupsCan); u != nil {
			if !fresh {
				*u = w.revised(*u, st, now.Print)
			}
			if err := w.hand(ctx, w.sink, []bot.Update{*u}); err != nil {
				return 0, err
			}
			found++
		}
		st.Last = max(st.Last, it.ID)
	}
	if !w.news(st, it) {
		st.Posts[it.ID] = now
		return found, nil
	}
	if known { // what follows may fail, and the post itself is taken
		old.Print = now.Print
		st.Posts[it.ID] = old
	}
	list, err := w.comments(ctx, t, s.Since)
	switch {
	case err == nil:
	case shut(err):
		w.log.Info("comments under a post cannot be read", "post", t.link(postRef), "err", err)
		st.Posts[it.ID] = now
		return found, nil
	default:
		return found, err
	}
	before, err := w.wordings(ctx, it.Owner)
	if err != nil {
		return found, err
	}
	var updates []bot.Update
	for i := range list {
		c := &list[i]
		print, fresh := printOf(c.Text), c.ID > old.Last
		now.Last = max(now.Last, c.ID)
		if !fresh && !before.otherwise(c.ID, print) {
			continue
		}
		if u := w.update(r, t, bot.Ref(strconv.FormatInt(c.ID, 10)), c, it.Comments.GroupsCan); u != nil {
			if !fresh {
				*u = w.revised(*u, st, print)
			}
			updates = append(updates, *u)
		}
	}
	if err := w.hand(ctx, w.sink, updates); err != nil {
		return found, err
	}
	for _, c := range list {
		before.note(c.ID, printOf(c.Text))
	}
	now.Read = w.now().Unix()
	st.Posts[it.ID] = now
	return found + len(updates), nil
}

// shut tells a refusal that is about the comments of one post: they are closed, for some only, or the post is gone meanwhile.
func shut(err error) bool {
	switch codeOf(err) {
	case codeAccess, 18, 30, codeParam, 104, 210, 211, 212, 213:
		return bot.FailureOf(err).Reason != bot.NoRights
	}
	return false
}

// news tells whether comments under a post are to be read: there are more than there were, or fewer. Where many posts are
// read by one call, those under the newest are looked at from time to time, as one of them may have been changed.
func (w *watcher) news(st *pageState, it item) bool {
	old, known := st.Posts[it.ID]
	if it.Comments.Count == 0 || !known || it.Comments.Count != old.Count {
		return it.Comments.Count != 0
	}
	now := w.now()
	return w.ahead.most > 1 && now.Sub(time.Unix(it.Date, 0)) < lively && now.Sub(time.Unix(old.Read, 0)) >= readAgain
}

// comments gives those under a post, the oldest first, answers to others among them.
func (w *watcher) comments(ctx context.Context, t thread, since time.Time) (list []comment, err error) {
	type node struct {
		comment
		Thread struct {
			Count int       `json:"count"`
			Items []comment `json:"items"`
		} `json:"thread"`
	}
	take := func(c comment) {
		if !time.Unix(c.Date, 0).Before(since) && !c.Deleted {
			list = append(list, c)
		}
	}
	for offset := 0; offset < 20*wallPage; offset += wallPage {
		var got struct {
			Items []node `json:"items"`
		}
		if err := w.ask(ctx, "wall.getComments", commentParams(t, offset), &got); err != nil {
			return nil, err
		}
		for _, n := range got.Items {
			take(n.comment)
			for _, c := range n.Thread.Items {
				take(c)
			}
			if n.Thread.Count <= len(n.Thread.Items) {
				continue
			}
			var rest struct {
				Items []comment `json:"items"`
			}
			p := vkapi.Params{"owner_id": t.owner, "post_id": t.id, "comment_id": n.ID, "count": wallPage, "sort": "desc"}
			if err := w.api.call(ctx, "wall.getComments", p, &rest); err != nil {
				return nil, err
			}
			for _, c := range rest.Items {
				take(c)
			}
		}
		if len(got.Items) < wallPage {
			break
		}
	}
	slices.SortFunc(list, func(a, b comment) int { return int(a.ID - b.ID) })
	return slices.CompactFunc(list, func(a, b comment) bool { return a.ID == b.ID }), nil
}

// update is a post or a comment in the core's words; nil when there is nothing in it for us.
func (w *watcher) update(r reader, t thread, ref bot.Ref, c *comment, groupsCan bool) *bot.Update {
	if c.From == -r.group && r.group != 0 {
		return nil
	}
	u := bot.Update{Channel: Name, ID: wallID(t, ref), Kind: bot.Written, Time: time.Unix(c.Date, 0), Peer: t.peer(), Group: true, Ref: ref}
	r.stands(&u, t, ref)
	u.ReadOnly = !groupsCan
	if !r.says(&u, c) {
		return nil
	}
	return &u
}

// failed notes that a community cannot be read, and has it told when that lasts, or is for ever.
func (w *watcher) failed(ctx context.Context, s bot.Source, st *pageState, cause error) error {
	now := w.now()
	f := bot.FailureOf(cause)
	if st.Failing.IsZero() {
		st.Failing = now
	}
	st.Every = min(max(st.Every, watchOften)*2, watchSeldom)
	st.due = now.Add(max(st.Every, f.After))
	w.log.Info("a community cannot be read", "community", s.Peer.Chat, "err", cause)
	if !st.Told && (f.Reason != bot.Later || now.Sub(st.Failing) >= lostAfter) {
		u := w.about(s, bot.Lost, st)
		u.Text = reasonOf(cause)
		if err := w.sink(ctx, u); err != nil {
			return err
		}
		st.Told = true
	}
	return w.save(ctx, s.Peer.Chat, st)
}

// reasonOf says in VK's words why.
func reasonOf(err error) string {
	if r, ok := errors.AsType[*refusal](err); ok {
		return fmt.Sprintf("VK: %s (%d)", r.text, r.code)
	}
	return "VK"
}

// regained tells that a community can be read: the first time, or again; and by which number it goes.
func (w *watcher) regained(ctx context.Context, s bot.Source, st *pageState) error {
	if !st.Told && st.Title != "" {
		st.Failing = time.Time{}
		return nil
	}
	if st.Owner == 0 { // nothing was ever posted there
		if n, err := strconv.ParseInt(s.Peer.Chat, 10, 64); err == nil {
			st.Owner = n
		}
	}
	u := w.about(s, bot.Found, st)
	if st.Owner != 0 {
		name := strconv.FormatInt(st.Owner, 10)
		w.askNames(ctx, []int64{st.Owner})
		if u.Title = w.nameOf(name); name != s.Peer.Chat {
			u.MovedTo = name
		}
	}
	if u.Title == "" {
		u.Title = strings.TrimPrefix(s.Address, "https://vk.com/")
	}
	if err := w.sink(ctx, u); err != nil {
		return err
	}
	st.Failing, st.Told, st.Title = time.Time{}, false, u.Title
	if u.MovedTo == "" {
		return nil
	}
	w.states[u.MovedTo] = st // it is asked for by its number from now on
	return w.save(ctx, u.MovedTo, st)
}

func (w *watcher) about(s bot.Source, kind bot.Kind, st *pageState) bot.Update {
	now := w.now()
	return bot.Update{Channel: Name, ID: fmt.Sprintf("%s %s %d", kind, s.Peer.Chat, now.Unix()), Kind: kind, Time: now, Peer: s.Peer, Source: s.Peer,
		Group: true, Title: st.Title}
}

// newService gives an api with a key that reads what is public.
func newService(o Options, base string) *api {
	a := newAPI(o.Service, base, o.Client)
	a.pace = rate.NewLimiter(serviceRate, serviceBurst)
	return a
}
