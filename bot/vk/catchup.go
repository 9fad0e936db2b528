package vk

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"
	"golang.org/x/sync/errgroup"

	"otklik/bot"
	"otklik/bot/kit"
)

const (
	// overlap is by how much more than what was missed is looked through: clocks differ. What was taken is known by its ID.
	overlap = 2 * time.Minute
	// visiting is how many conversations are looked through side by side: the store has something to group, and VK's pace
	// is left to those who wait for an answer.
	visiting = 4
	// refusals is how often a conversation that VK refuses is asked for at least, and refusing for how long.
	refusals = 5
	refusing = 10 * time.Minute
)

// catchUp takes the messages that people wrote since a time, from the conversations themselves: a messenger's stream of
// events is short, and a server may be down for longer. It goes on beside the stream, a page of a conversation at a time.
// The order within a conversation is kept: what the stream brings waits until that conversation was looked through, and
// only that one (see before).
type catchUp struct {
	*Channel
	sink  bot.Sink
	since time.Time // without the overlap
	brief bool

	through atomic.Bool // all was taken
	ended   chan struct{}
	cancel  context.CancelFunc

	mu       sync.Mutex
	visits   map[string]*visit  // by chat: those under way and done
	refused  map[string]refused // by chat: since when VK itself refuses it
	read     int                // conversations that were looked through
	messages int
}

// refused is a conversation that VK does not give.
type refused struct {
	since time.Time
	times int
	read  int // how many were looked through by then
}

// visit looks through one conversation, once.
type visit struct {
	done chan struct{} // closed when it ended
	err  error
}

// catchUpFrom begins to take what was missed until at, together with what an earlier one had not taken yet. at is the place
// from where the stream goes on; it is kept first, with since when something is missing. A brief one, of the first time
// ever, goes through the conversations once, as we have not written to anybody yet; the place is kept when it has.
func (c *Channel) catchUpFrom(ctx context.Context, sink bot.Sink, at position, brief bool) *catchUp {
	since := at.At
	if !at.Missed.IsZero() {
		since = at.Missed
	}
	if old := c.missed.Load(); old != nil {
		old.stop()
		if !old.through.Load() && old.since.Before(since) {
			since = old.since
		}
	}
	k := &catchUp{Channel: c, sink: sink, since: since, brief: brief, ended: make(chan struct{}), visits: map[string]*visit{}, refused: map[string]refused{}}
	ctx, k.cancel = context.WithCancel(ctx)
	c.missed.Store(k)
	if brief {
		c.placing.Lock()
		c.place = at
		c.placing.Unlock()
	} else {
		c.savePosition(ctx, at)
	}
	go k.run(ctx)
	return k
}

// missing gives since when not all was taken yet; zero if all was. It is kept with the place in the stream: another
// program takes the rest.
func (c *Channel) missing() time.Time {
	k := c.missed.Load()
	switch {
	case k == nil:
		return time.Time{}
	case k.through.Load():
		c.missed.CompareAndSwap(k, nil) // it knows many conversations
		return time.Time{}
	}
	return k.since
}

// stopCatchingUp waits until no call of the sink is under way.
func (c *Channel) stopCatchingUp() {
	if k := c.missed.Load(); k != nil {
		k.stop()
	}
}

func (k *catchUp) stop() {
	k.cancel()
	<-k.ended
}

// before has the conversations of updates that the stream brought looked through, so that nobody's newest words overtake
// those that were missed. It gives the updates of those that were; the error is of the others, which must come again.
func (c *Channel) before(ctx context.Context, list []bot.Update) ([]bot.Update, error) {
	k := c.missed.Load()
	if k == nil || k.through.Load() {
		return list, nil
	}
	conversation := func(u bot.Update) string {
		if _, public := threadOf(u.Peer.Chat); public {
			return "" // it stands in no conversation
		}
		return u.Peer.Chat
	}
	var chats []string
	for _, u := range list {
		if chat := conversation(u); chat != "" && !slices.Contains(chats, chat) {
			chats = append(chats, chat)
		}
	}
	behind, err := k.visit(ctx, chats)
	return slices.DeleteFunc(list, func(u bot.Update) bool { return slices.Contains(behind, conversation(u)) }), err
}

// run looks through everything, however often it must begin. What was looked through already is not asked for again.
func (k *catchUp) run(ctx context.Context) {
	defer close(k.ended)
	defer k.cancel()
	var s kit.Spell
	for {
		err := k.all(ctx)
		switch {
		case codeOf(err) == codeAccess: // events come without this right
			k.log.Error("the token may not read the conversations: what was missed stays unread", "err", bot.Quiet(err))
			k.end(ctx)
			return
		case err == nil:
			k.tell(ctx)
			k.end(ctx)
			return
		}
		if !k.fell(ctx, &s, err) {
			return
		}
	}
}

// tell says what was found; behind a callback server, which looks again and again, mostly nothing.
func (k *catchUp) tell(ctx context.Context) {
	k.mu.Lock()
	defer k.mu.Unlock()
	level := slog.LevelDebug
	if k.messages > 0 {
		level = slog.LevelInfo
	}
	k.log.Log(ctx, level, "messages were looked for in the conversations", "conversations", len(k.visits), "messages", k.messages)
}

// end lets the next program know that nothing is missing.
func (k *catchUp) end(ctx context.Context) {
	k.placing.Lock()
	defer k.placing.Unlock()
	k.through.Store(true)
	k.keepPlace(ctx)
}

// all goes through the conversations until there is none that it has not seen: one that somebody writes in, we or they,
// moves to the top of the list meanwhile.
func (k *catchUp) all(ctx context.Context) error {
	for {
		fresh, err := k.pass(ctx)
		if err != nil || fresh == 0 || k.brief {
			return err
		}
	}
}

// pass goes through the list once and tells how many conversations it had not seen. The newest stand first, but for pinned
// ones: the end is a page that has none with anything new.
func (k *catchUp) pass(ctx context.Context) (fresh int, err error) {
	since := k.since.Add(-overlap).Unix()
	for offset := 0; ; offset += pageOf {
		var list struct {
			Items []struct {
				Conversation struct {
					Peer struct{ ID int64 }
				}
				Last lenient `json:"last_message"`
			}
		}
		p := vkapi.Params{"count": pageOf, "offset": offset}
		if err := k.api.patient(ctx, "messages.getConversations", p, &list); err != nil {
			return fresh, err
		}
		var chats []string
		recent := 0
		for _, i := range list.Items {
			if i.Last.err == nil && i.Last.Date < since {
				continue
			}
			recent++
			if chat := strconv.FormatInt(i.Conversation.Peer.ID, 10); !k.seen(chat) {
				chats = append(chats, chat)
			}
		}
		fresh += len(chats)
		if _, err := k.visit(ctx, chats); err != nil || recent == 0 || len(list.Items) < pageOf {
			return fresh, err
		}
	}
}

func (k *catchUp) seen(chat string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.visits[chat] != nil
}

// hopeless tells whether VK itself refuses a conversation for so long, while it gives others, that nobody waits for it any
// more. What concerns all of them, such as a pause, does not count.
func (k *catchUp) hopeless(chat string, err error) bool {
	switch code := codeOf(err); {
	case code == 0, slices.Contains([]int{codeAuth, codeTooMany, codeFlood, codeCaptcha, codeRateLimit}, code):
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	r, again := k.refused[chat]
	if !again {
		r = refused{since: k.now(), read: k.read}
	}
	r.times++
	k.refused[chat] = r
	return r.times >= refusals && k.now().Sub(r.since) >= refusing && k.read > r.read
}

// visit looks through conversations side by side, and waits for those that others look through. One that cannot be had, of
// which the error tells, ends no other's.
func (k *catchUp) visit(ctx context.Context, chats []string) (behind []string, err error) {
	var people []int64 // their names are asked for at once
	for _, chat := range chats {
		if id, err := strconv.ParseInt(chat, 10, 64); err == nil && id < firstChat {
			people = append(people, id)
		}
	}
	k.askNames(ctx, people)
	var g errgroup.Group
	g.SetLimit(visiting)
	failed := make([]bool, len(chats))
	for i, chat := range chats {
		g.Go(func() error {
			err := k.once(ctx, chat)
			failed[i] = err != nil
			return err
		})
	}
	err = g.Wait()
	for i, chat := range chats {
		if failed[i] {
			behind = append(behind, chat)
		}
	}
	return behind, err
}

// once looks through a conversation, unless somebody has or does. After a failure it is the next one's turn.
func (k *catchUp) once(ctx context.Context, chat string) error {
	for {
		k.mu.Lock()
		v := k.visits[chat]
		mine := v == nil
		if mine {
			v = &visit{done: make(chan struct{})}
			k.visits[chat] = v
		}
		k.mu.Unlock()
		if mine {
			v.err = k.take(ctx, chat)
			if v.err != nil && k.hopeless(chat, v.err) {
				k.log.Error("a conversation cannot be read: what was missed in it stays unread", "chat", chat, "err", bot.Quiet(v.err))
				v.err = nil
			}
			k.mu.Lock()
			if v.err != nil {
				delete(k.visits, chat)
			} else {
				k.read++
			}
			k.mu.Unlock()
			close(v.done)
			return v.err
		}
		select {
		case <-v.done:
			if v.err == nil {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// take takes what people wrote in a conversation, oldest first, page by page.
func (k *catchUp) take(ctx context.Context, chat string) error {
	page, all, err := k.page(ctx, chat, 0)
	switch {
	case codeOf(err) == codeAccess:
		return nil // run says so
	case codeOf(err) != 0 && bot.FailureOf(err).Reason == bot.NoPeer: // a chat that we were put out of
		k.log.Debug("a conversation cannot be read any more", "chat", chat, "err", err)
		return nil
	case err != nil:
		return err
	case all:
		return k.give(ctx, page, 0)
	}
	depth := len(page)
	for !all { // where does it begin?
		if page, all, err = k.page(ctx, chat, depth); err != nil {
			return err
		}
		depth += len(page)
	}
	return k.rise(ctx, chat, depth)
}

// rise takes the newest messages of a conversation, depth of them, from the oldest on. Pages are counted from the newest,
// which new ones move: each page must reach down to the last message that was taken, or to where nothing was missed.
func (k *catchUp) rise(ctx context.Context, chat string, depth int) error {
	last := 0
	for {
		from := max(depth-pageOf, 0)
		page, all, err := k.page(ctx, chat, from)
		if err != nil {
			return err
		}
		if n := len(page); n > 0 {
			if last != 0 && page[n-1].number() > last && !all {
				depth += pageOf / 2
				continue
			}
			if err := k.give(ctx, page, last); err != nil {
				return err
			}
			last = max(page[0].number(), last)
		}
		if from == 0 {
			return nil
		}
		depth = from + 1
	}
}

// page gives messages that were missed, newest first, from an offset on; all tells that nothing older was missed.
func (k *catchUp) page(ctx context.Context, chat string, offset int) (list []message, all bool, err error) {
	var page struct{ Items []lenient }
	p := vkapi.Params{"peer_id": chat, "count": pageOf, "offset": offset}
	if err := k.api.patient(ctx, "messages.getHistory", p, &page); err != nil {
		return nil, false, err
	}
	since := k.since.Add(-overlap).Unix()
	for _, m := range page.Items {
		switch {
		case m.err != nil: // it keeps its place: pages are counted
			k.log.Error("a message could not be read and is left out", "chat", chat, "err", bot.Quiet(m.err))
			list = append(list, message{})
		case m.Date < since:
			return list, true, nil
		default:
			list = append(list, m.message)
		}
	}
	return list, len(page.Items) < pageOf, nil
}

// lenient is a message that makes no other unreadable.
type lenient struct {
	message
	err error
}

func (l *lenient) UnmarshalJSON(raw []byte) error {
	l.err = json.Unmarshal(raw, &l.message)
	return nil
}

// give hands a page to the sink, oldest first, but for what has a number up to last.
func (k *catchUp) give(ctx context.Context, page []message, last int) error {
	var list []bot.Update
	for i := len(page) - 1; i >= 0; i-- {
		m := &page[i]
		if last != 0 && m.number() <= last {
			continue
		}
		got, err := k.reader(ctx).message(m)
		if err != nil {
			k.log.Error("a message could not be read and is left out", "err", bot.Quiet(err))
			continue
		}
		for _, u := range got.updates {
			if k.taken.Get(u.ID) == nil {
				list = append(list, u)
			}
		}
	}
	k.mu.Lock()
	k.messages += len(list)
	k.mu.Unlock()
	return k.hand(ctx, k.sink, list)
}
