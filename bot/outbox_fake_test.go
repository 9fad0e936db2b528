package bot

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// paper is a durable spool in memory.
type paper struct {
	mu      sync.Mutex
	last    uint64
	entries map[uint64]*Entry
	gone    map[uint64]Reason // what was given up
	loads   int
	records int
	fail    func(op string, id uint64) error // before anything is done
	moved   func([]Ticket)
	slow    time.Duration // a failure's commit
}

func newPaper() *paper { return &paper{entries: map[uint64]*Entry{}, gone: map[uint64]Reason{}} }

// write puts a message into the spool and gives its ticket.
func (s *paper) write(chat string, p Priority, words string, more ...func(*Entry)) Ticket {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	e := &Entry{Ticket: Ticket{ID: s.last, Peer: Peer{Channel: "fake", Chat: chat}, Priority: p}, Message: Message{Text: words}}
	for _, fn := range more {
		fn(e)
	}
	s.entries[e.ID] = e
	return e.Ticket
}

func group(e *Entry) { e.Group = true }

// rewrite changes the words of a message that waits.
func (s *paper) rewrite(id uint64, words string) Ticket {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[id]
	e.Message.Text = words
	e.Rev++
	return e.Ticket
}

func (s *paper) check(op string, id uint64) error {
	if s.fail != nil {
		return s.fail(op, id)
	}
	return nil
}

func (s *paper) Waiting(ctx context.Context) ([]Ticket, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.check("waiting", 0); err != nil {
		return nil, err
	}
	list := make([]Ticket, 0, len(s.entries))
	for _, e := range s.entries {
		list = append(list, e.Ticket)
	}
	slices.SortFunc(list, func(a, b Ticket) int { return cmp.Compare(a.ID, b.ID) })
	return list, ctx.Err()
}

func (s *paper) Load(ctx context.Context, id uint64) (Entry, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loads++
	if err := s.check("load", id); err != nil {
		return Entry{}, false, err
	}
	e := s.entries[id]
	if e == nil {
		return Entry{}, false, ctx.Err()
	}
	out := *e
	out.Key = fmt.Sprintf("%d.%d", e.ID, e.Rev)
	return out, true, ctx.Err()
}

func (s *paper) Sent(ctx context.Context, e Entry, r Receipt) (again bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records++
	if err := s.check("sent", e.ID); err != nil {
		return false, err
	}
	o := s.entries[e.ID]
	if o == nil {
		return false, ctx.Err()
	}
	if o.Rev > e.Rev {
		o.Edit, o.Attempts, o.NotBefore = r.Ref, 0, time.Time{}
		return true, nil
	}
	delete(s.entries, e.ID)
	return false, nil
}

func (s *paper) Hasten() {}

func (s *paper) Failed(_ context.Context, e Entry, f *Failure, retry time.Time) error {
	if s.slow > 0 {
		time.Sleep(s.slow)
	}
	moved, err := s.failed(e, f, retry)
	s.mu.Lock()
	hear := s.moved
	s.mu.Unlock()
	if moved != nil && hear != nil {
		hear(moved)
	}
	return err
}

func (s *paper) hear(fn func([]Ticket)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moved = fn
}

func (s *paper) failed(e Entry, f *Failure, retry time.Time) (moved []Ticket, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.check("failed", e.ID); err != nil {
		return nil, err
	}
	o := s.entries[e.ID]
	switch {
	case o == nil:
	case f.Reason == MovedOn && f.To != "":
		o.Peer.Chat, o.Edit = f.To, ""
		moved = append(moved, o.Ticket)
	case !retry.IsZero():
		o.Attempts, o.NotBefore = o.Attempts+1, retry
	default:
		delete(s.entries, e.ID)
		s.gone[e.ID] = f.Reason
	}
	return moved, nil
}

func (s *paper) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.entries)
}

func (s *paper) given() map[uint64]Reason {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.gone)
}

func (s *paper) count(n *int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *n
}

func (s *paper) attempts(id uint64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.entries[id].Attempts
}

func (s *paper) withdraw(id uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.entries, id)
}

// call is one that reached the fake messenger.
type call struct {
	at   time.Time
	chat string
	text string
	key  string
	edit Ref
}

// post is a fake messenger: it notes every call and answers as told.
type post struct {
	name   string
	limits Limits
	takes  time.Duration
	answer func(call) error // nil takes everything
	more   int              // further messages that each becomes

	mu    sync.Mutex
	calls []call // that were taken
	tries []call // all
	now   int
	top   int
}

func (p *post) Name() string                    { return cmp.Or(p.name, "fake") }
func (p *post) Limits() Limits                  { return p.limits }
func (p *post) Run(context.Context, Sink) error { return nil }

func (p *post) Send(ctx context.Context, to Peer, m Message, key string, _ Opener) (Receipt, error) {
	return p.take(ctx, call{chat: to.Chat, text: m.Text, key: key})
}

func (p *post) Edit(ctx context.Context, to Peer, ref Ref, m Message, key string, _ Opener) (Receipt, error) {
	return p.take(ctx, call{chat: to.Chat, text: m.Text, key: key, edit: ref})
}

func (p *post) take(ctx context.Context, c call) (Receipt, error) {
	c.at = time.Now()
	p.mu.Lock()
	p.tries = append(p.tries, c)
	p.now++
	p.top = max(p.top, p.now)
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.now--
		p.mu.Unlock()
	}()
	if p.takes > 0 {
		select {
		case <-time.After(p.takes):
		case <-ctx.Done():
			return Receipt{}, ctx.Err()
		}
	}
	if p.answer != nil {
		if err := p.answer(c); err != nil {
			return Receipt{}, err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, c)
	ref := c.edit
	if ref == "" {
		ref = Ref(strconv.Itoa(len(p.calls)))
	}
	return Receipt{Ref: ref, More: make([]Ref, p.more)}, nil
}

func (p *post) taken() []call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.calls)
}

func (p *post) tried() []call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.tries)
}

// words gives what was taken, in order: of one chat, or of all with the chat before it.
func (p *post) words(chat string) (list []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.calls {
		switch chat {
		case "":
			list = append(list, c.chat+":"+c.text)
		case c.chat:
			list = append(list, c.text)
		}
	}
	return list
}

// rig is an outbox that runs until the test ends it.
type rig struct {
	*Outbox
	spool *paper
	post  *post
	log   *lines
	stop  func()
}

type lines struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(b)
}

func (l *lines) count(word string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Count(l.Bytes(), []byte(word))
}

func half() float64 { return 0.5 } // no jitter

// pass lets time go by, and whatever happens in it.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// start runs an outbox in the bubble of a test.
func start(t *testing.T, s *paper, p *post, change ...func(*OutboxOptions)) *rig {
	t.Helper()
	log := &lines{}
	opt := OutboxOptions{Spool: s, Channels: []Channel{p}, Now: time.Now, Jitter: half,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))}
	for _, fn := range change {
		fn(&opt)
	}
	o := NewOutbox(opt)
	s.hear(o.Notify)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.Run(ctx) }()
	ended := false
	stop := func() {
		if !ended {
			ended = true
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Run: %v", err)
			}
		}
	}
	t.Cleanup(stop)
	return &rig{o, s, p, log, stop}
}
