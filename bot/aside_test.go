package bot

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// slowpoke answers a press after its time, or when it is cut off; it can do nothing else.
type slowpoke struct {
	Channel
	heard    chan string
	takes    time.Duration
	answered int
}

func (s *slowpoke) Name() string { return "slow" }

func (s *slowpoke) Answer(ctx context.Context, press, note string, _ bool) error {
	s.heard <- press + " " + note
	select {
	case <-time.After(s.takes):
		s.answered++
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *slowpoke) SetCommands(context.Context, Peer, string, []Command) error {
	return errors.New("no menu here")
}

func TestAsideHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		s := &slowpoke{heard: make(chan string, 1), takes: time.Hour}
		a := NewAside([]Channel{s}, slog.New(slog.NewTextHandler(&log, nil)))
		a.Answer("slow", "p1", "note", false)
		a.Answer("unknown", "p2", "", false)
		if got := <-s.heard; got != "p1 note" {
			t.Errorf("answered %q", got)
		}
		a.Menu(Peer{Channel: "slow", Chat: "1"}, nil)
		synctest.Wait()
		if !strings.Contains(log.String(), "no menu here") {
			t.Errorf("a failure is not in the log: %s", log.String())
		}
		if a.Link("slow", "x") != "" || a.Fetcher("slow") != nil || a.Channel("nobody") != nil {
			t.Error("abilities that the channel has not")
		}
		a.Close() // ends the answer that is under way
		a.Answer("slow", "p3", "", false)
		if len(s.heard) > 0 {
			t.Error("answered after the end")
		}
	})
}

// TestAsideEndsWhatItBegan: the end of the program does not cut off the answer to a press of a moment ago.
func TestAsideEndsWhatItBegan(t *testing.T) {
	for takes, want := range map[time.Duration]int{time.Second: 1, time.Minute: 0} {
		synctest.Test(t, func(t *testing.T) {
			s := &slowpoke{heard: make(chan string, 1), takes: takes}
			a := NewAside([]Channel{s}, slog.New(slog.DiscardHandler))
			a.Answer("slow", "p1", "", false)
			begun := time.Now()
			a.Close()
			if s.answered != want || time.Since(begun) > lastWords {
				t.Errorf("an answer that takes %v: %d after %v, want %d", takes, s.answered, time.Since(begun), want)
			}
		})
	}
}
