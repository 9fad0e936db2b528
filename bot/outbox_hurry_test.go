package bot

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// leisurely is a spool that records a receipt when it must hurry, or after an hour.
type leisurely struct {
	*paper
	mu    sync.Mutex
	hurry chan struct{}
}

func (s *leisurely) Sent(ctx context.Context, e Entry, r Receipt) (again bool, err error) {
	s.mu.Lock()
	if s.hurry == nil {
		s.hurry = make(chan struct{})
	}
	hurry := s.hurry
	s.mu.Unlock()
	if !e.Hurry {
		select {
		case <-hurry:
		case <-time.After(time.Hour):
		}
	}
	return s.paper.Sent(ctx, e, r)
}

func (s *leisurely) Hasten() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hurry != nil {
		close(s.hurry)
		s.hurry = nil
	}
}

// TestReceiptsHurryForWhatIsBehind: of two messages that wait for one chat, the second does not wait for the first one's receipt to find
// company; nor does one that comes while the receipt waits.
func TestReceiptsHurryForWhatIsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		s.write("a", Reply, "one")
		s.write("a", Reply, "two")
		r := start(t, s, p, func(o *OutboxOptions) { o.Spool = &leisurely{paper: s}; o.Timeout = 5 * time.Hour })
		pass(time.Second)
		if got := p.words("a"); !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("there are %q", got)
		}
		r.Notify([]Ticket{s.write("a", Reply, "three")})
		pass(time.Second)
		if got := p.words("a"); !slices.Equal(got, []string{"one", "two", "three"}) {
			t.Errorf("there are %q", got)
		}
		if got := s.count(&s.records); got != 2 {
			t.Errorf("%d receipts are recorded, the last is in no hurry", got)
		}
		r.stop()
	})
}

// TestReceiptsHurryForNewWords: the words of a message change while it is on its way. The edit waits for the receipt, and not for more.
func TestReceiptsHurryForNewWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		var r *rig
		one := s.write("a", Reply, "one")
		p.answer = func(c call) error {
			if c.text == "one" {
				r.Notify([]Ticket{s.rewrite(one.ID, "two")})
			}
			return nil
		}
		ready := make(chan struct{})
		hold := p.answer
		p.answer = func(c call) error { <-ready; return hold(c) }
		r = start(t, s, p, func(o *OutboxOptions) { o.Spool = &leisurely{paper: s}; o.Timeout = 5 * time.Hour })
		close(ready)
		pass(time.Second)
		if got := p.words("a"); !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("there are %q", got)
		}
		r.stop()
	})
}
