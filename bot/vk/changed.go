package vk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"

	"otklik/bot"
)

// Nothing tells of a change on a wall that is not ours. Posts of the last days are read again anyway, and so are the comments
// under one as soon as there are more of them or fewer, and under those of the last day every hour: what reads otherwise than it did was changed.

// remembers is of how many comments in a community it is known how they read.
const remembers = 2000

const wordsPrefix = "words "

// wordings tell how the newest comments in a community read.
type wordings struct {
	prints map[int64]uint32
	fresh  bool // some are not kept yet
}

// printOf is short for a text, never 0.
func printOf(text string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(text))
	return max(h.Sum32(), 1)
}

// otherwise tells whether a comment is known to have read otherwise.
func (s *wordings) otherwise(id int64, print uint32) bool {
	was := s.prints[id]
	return was != 0 && was != print
}

// note remembers how a comment reads.
func (s *wordings) note(id int64, print uint32) {
	if s.prints[id] != print {
		s.prints[id], s.fresh = print, true
	}
}

// wordings gives what is remembered of a community.
func (w *watcher) wordings(ctx context.Context, owner int64) (*wordings, error) {
	if s := w.comment[owner]; s != nil {
		return s, nil
	}
	s := &wordings{prints: map[int64]uint32{}}
	k := wordsPrefix + strconv.FormatInt(owner, 10)
	err := w.keep.Load(ctx, k, func(at string, value []byte) error {
		if at != k {
			return nil
		}
		return json.Unmarshal(value, &s.prints)
	})
	if err != nil {
		return nil, err
	}
	w.comment[owner] = s
	return s, nil
}

// keepWordings keeps what is new.
func (w *watcher) keepWordings(ctx context.Context, owner int64) error {
	s := w.comment[owner]
	if s == nil || !s.fresh {
		return nil
	}
	if more := len(s.prints) - remembers; more > 0 {
		for _, id := range slices.SortedFunc(maps.Keys(s.prints), cmp.Compare[int64])[:more] {
			delete(s.prints, id)
		}
	}
	raw, err := json.Marshal(s.prints)
	if err == nil {
		err = w.keep.Save(context.WithoutCancel(ctx), wordsPrefix+strconv.FormatInt(owner, 10), raw)
	}
	s.fresh = err != nil
	return err
}

// revised makes an update one of a change. What is found again after a crash has the same id, as the reading before it is
// the same; the same words at another time have another.
func (w *watcher) revised(u bot.Update, st *pageState, print uint32) bot.Update {
	u.ID = fmt.Sprintf("%s e%08x.%d", u.ID, print, st.Read.Unix())
	u.Kind, u.Time = bot.Edited, w.now()
	return u
}
