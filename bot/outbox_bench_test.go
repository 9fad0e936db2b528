package bot

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"
)

// big is a spool of n equal messages for a number of chats, each two kilobytes of words.
type big struct {
	n, chats int
	takes    time.Duration // a commit
	all      func()        // everything is sent

	mu   sync.Mutex
	sent int
	out  int64 // loaded and not settled
	most int64
}

func (s *big) ticket(i int) Ticket {
	return Ticket{ID: uint64(i + 1), Peer: Peer{Channel: "fake", Chat: strconv.Itoa(i % s.chats)}, Priority: Priority(i % 3)}
}

func (s *big) Waiting(context.Context) ([]Ticket, error) {
	list := make([]Ticket, s.n)
	for i := range list {
		list[i] = s.ticket(i)
	}
	return list, nil
}

func (s *big) Load(_ context.Context, id uint64) (Entry, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out++
	s.most = max(s.most, s.out)
	return Entry{Ticket: s.ticket(int(id - 1)), Message: Message{Text: string(make([]byte, 2048))}}, true, nil
}

func (s *big) Sent(context.Context, Entry, Receipt) (bool, error) {
	if s.takes > 0 {
		time.Sleep(s.takes)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out--
	s.sent++
	if s.sent == s.n && s.all != nil {
		s.all()
	}
	return false, nil
}

func (s *big) Hasten() {}

func (s *big) Failed(context.Context, Entry, *Failure, time.Time) error { return nil }

// counter is a messenger that only counts.
type counter struct {
	post
	takes time.Duration
	each  func(sent int)
	mu    sync.Mutex
	sent  int
}

func (c *counter) Send(context.Context, Peer, Message, string, Opener) (Receipt, error) {
	if c.takes > 0 {
		time.Sleep(c.takes)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent++
	if c.each != nil {
		c.each(c.sent)
	}
	return Receipt{Ref: "1"}, nil
}

// BenchmarkOutbox compares the outbox with a loop that sends one after the other, to a thousand chats: over a
// messenger that answers at once (what the outbox itself costs) and over one that takes its time.
func BenchmarkOutbox(b *testing.B) {
	for _, takes := range []time.Duration{0, 2 * time.Millisecond} {
		b.Run(fmt.Sprintf("naive/call=%v", takes), func(b *testing.B) {
			s, p := &big{n: b.N, chats: 1000, takes: takes}, &counter{takes: takes}
			tickets, _ := s.Waiting(b.Context())
			for _, t := range tickets {
				e, _, _ := s.Load(b.Context(), t.ID)
				r, _ := p.Send(b.Context(), e.Peer, e.Message, e.Key, nil)
				_, _ = s.Sent(b.Context(), e, r)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
		})
		b.Run(fmt.Sprintf("outbox/call=%v", takes), func(b *testing.B) {
			s, p := &big{n: b.N, chats: 1000, takes: takes}, &counter{takes: takes}
			ctx, cancel := context.WithCancel(b.Context())
			s.all = cancel
			if err := NewOutbox(OutboxOptions{Spool: s, Channels: []Channel{p}}).Run(ctx); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
		})
	}
}
