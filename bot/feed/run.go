package feed

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"otklik/bot"
	"otklik/bot/kit"
)

const (
	lookEvery = 15 * time.Second // for feeds that are due
	shortest  = 2 * time.Minute  // between two readings of one feed
	longest   = time.Hour
	lostAfter = 30 * time.Minute // of failing, the administrators are told
	remembers = 2000             // items of a feed; no feed shows as many
)

// state is what is known of a feed.
type state struct {
	ETag     string        `json:"etag,omitempty"`
	Modified string        `json:"modified,omitempty"`
	Seen     []string      `json:"seen,omitempty"` // items, the newest last
	Every    time.Duration `json:"every,omitempty"`
	Title    string        `json:"title,omitempty"`
	Failing  time.Time     `json:"failing,omitzero"` // since when
	Told     bool          `json:"told,omitempty"`   // … and it was told
	Read     time.Time     `json:"read,omitzero"`

	due time.Time
}

// reader is a run of the channel.
type reader struct {
	*Channel
	sink   bot.Sink
	states map[string]*state // by the feed's chat
}

// Run reads every feed again and again, as often as it changes, until ctx ends.
func (c *Channel) Run(ctx context.Context, sink bot.Sink) error {
	defer c.client.CloseIdleConnections()
	r := &reader{Channel: c, sink: sink, states: map[string]*state{}}
	for ctx.Err() == nil {
		list, err := c.sources(ctx)
		if err == nil {
			c.hears()
			err = r.round(ctx, list)
		}
		if err != nil && ctx.Err() == nil {
			c.log.Warn("feeds are not read for a while", "err", err)
		}
		if !kit.Sleep(ctx, lookEvery) {
			break
		}
	}
	return nil
}

// round reads the feeds that are due, a few side by side. An error is the sink's or the keeper's.
func (r *reader) round(ctx context.Context, list []bot.Source) error {
	for _, s := range list {
		st, err := r.state(ctx, s.Peer.Chat)
		if err != nil {
			return err
		}
		if r.now().Before(st.due) {
			continue
		}
		if err := r.read(ctx, s, st); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (r *reader) state(ctx context.Context, chat string) (*state, error) {
	if st := r.states[chat]; st != nil {
		return st, nil
	}
	st := &state{Every: shortest}
	err := r.keep.Load(ctx, chat, func(_ string, value []byte) error { return json.Unmarshal(value, st) })
	if err != nil {
		return nil, err
	}
	r.states[chat] = st
	return st, nil
}

func (r *reader) save(ctx context.Context, chat string, st *state) error {
	raw, err := json.Marshal(st)
	if err != nil {
		return err
	}
	return r.keep.Save(context.WithoutCancel(ctx), chat, raw)
}

// read reads one feed. What fails at the feed's side is noted; an error is ours, and the feed is read again.
func (r *reader) read(ctx context.Context, s bot.Source, st *state) error {
	got, err := r.fetch(ctx, s.Address, st)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return r.failed(ctx, s, st, err)
	}
	if err := r.regained(ctx, s, st, got.title); err != nil {
		return err
	}
	fresh := 0
	seen := map[string]bool{}
	for _, id := range st.Seen {
		seen[id] = true
	}
	first := st.Read.IsZero()
	for _, it := range got.items { // the oldest first
		if seen[it.id] {
			continue
		}
		if it.isFor(s.Since, first) {
			if err := r.sink(ctx, it.update(s, got.title, r.now())); err != nil {
				return err
			}
			fresh++
		}
		st.Seen = append(st.Seen, it.id)
		seen[it.id] = true
	}
	st.Seen = st.Seen[max(len(st.Seen)-remembers, 0):]
	if fresh > 0 {
		st.Every = max(st.Every/2, shortest)
	} else {
		st.Every = min(st.Every*5/4, longest)
	}
	st.ETag, st.Modified, st.Read = got.etag, got.modified, r.now()
	st.due = r.now().Add(max(st.Every, got.wait))
	return r.save(ctx, s.Peer.Chat, st)
}

// isFor tells whether an item is for us: what stood there before it was watched is not. Of what has no date, what the
// first reading finds is as old as any.
func (it item) isFor(since time.Time, first bool) bool {
	if it.at.IsZero() {
		return !first
	}
	return !it.at.Before(since)
}

func (r *reader) failed(ctx context.Context, s bot.Source, st *state, cause error) error {
	now := r.now()
	if st.Failing.IsZero() {
		st.Failing = now
	}
	st.Every = min(max(st.Every, shortest)*3/2, longest/2)
	st.due = now.Add(st.Every)
	r.log.Info("a feed cannot be read", "feed", s.Peer.Chat, "err", cause)
	if !st.Told && now.Sub(st.Failing) >= lostAfter {
		u := r.about(s, bot.Lost, st)
		u.Text = bot.Clean(cause.Error())
		if err := r.sink(ctx, u); err != nil {
			return err
		}
		st.Told = true
	}
	return r.save(ctx, s.Peer.Chat, st)
}

// regained tells that a feed can be read: the first time, under another title, or again.
func (r *reader) regained(ctx context.Context, s bot.Source, st *state, title string) error {
	if !st.Told && !st.Read.IsZero() && title == st.Title {
		st.Failing = time.Time{}
		return nil
	}
	u := r.about(s, bot.Found, st)
	u.Title = title
	if err := r.sink(ctx, u); err != nil {
		return err
	}
	st.Failing, st.Told, st.Title = time.Time{}, false, title
	return nil
}

func (r *reader) about(s bot.Source, kind bot.Kind, st *state) bot.Update {
	now := r.now()
	return bot.Update{Channel: Name, ID: fmt.Sprintf("%s %s %d", kind, s.Peer.Chat, now.Unix()), Kind: kind, Time: now, Peer: s.Peer, Source: s.Peer,
		Group: true, Title: st.Title}
}

// update is an item in the core's words.
func (it item) update(s bot.Source, title string, now time.Time) bot.Update {
	u := bot.Update{Channel: Name, ID: s.Peer.Chat + " " + it.id, Kind: bot.Written, Time: it.at, Peer: s.Peer, Group: true, Ref: bot.Ref(it.id),
		From: bot.User{Name: it.author}, Text: it.text, Source: s.Peer, Title: title, Link: it.link, ReadOnly: true}
	if u.Time.IsZero() {
		u.Time = now
	}
	for _, p := range it.photos[:min(len(it.photos), 10)] {
		u.Media = append(u.Media, bot.Media{Refs: map[string]string{Name: p}})
	}
	if len(u.Media) > 0 && strings.TrimSpace(u.Text) == "" {
		u.Text = title
	}
	return u
}

// ordered gives items the oldest first; those without a date stay where the feed has them, which is newest first.
func ordered(list []item) []item {
	slices.Reverse(list)
	slices.SortStableFunc(list, func(a, b item) int {
		if a.at.IsZero() || b.at.IsZero() {
			return 0
		}
		return a.at.Compare(b.at)
	})
	return list
}
