package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
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

// menus is a channel that takes no menu until it is back.
type menus struct {
	Channel
	mu    sync.Mutex
	err   error
	tries int
	sets  []string
}

func (m *menus) Name() string { return "tg" }

func (m *menus) SetCommands(_ context.Context, to Peer, language string, list []Command) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tries++; m.err == nil {
		m.sets = append(m.sets, fmt.Sprint(to.Chat, language, list))
	}
	return m.err
}

// TestAMenuIsSetOnceItsMessengerIsBack: with growing pauses, the latest only, and not where it will never be taken.
func TestAMenuIsSetOnceItsMessengerIsBack(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		back bool
	}{
		"out of reach": {&Failure{Reason: Later, Err: errors.New("no such host")}, true},
		"unclassified": {errors.New("no such host"), true},
		"blocked":      {&Failure{Reason: NoPeer, Err: errors.New("blocked")}, false},
		"refused":      {&Failure{Reason: Never, Err: errors.New("bad")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log strings.Builder
				m := &menus{err: tt.err}
				a := NewAside([]Channel{m}, slog.New(slog.NewTextHandler(&log, nil)))
				a.Menus("en", []Command{{Name: "old"}})
				a.Menus("", []Command{{Name: "all"}})
				a.Menu(Peer{Channel: "tg", Chat: "1"}, []Command{{Name: "curator"}})
				a.Menu(Peer{Channel: "tg", Chat: "1"}, []Command{{Name: "resident"}})
				time.Sleep(time.Hour)
				synctest.Wait()
				m.mu.Lock()
				if m.tries > 60 || !tt.back && m.tries != 4 {
					t.Errorf("%d tries in an hour", m.tries)
				}
				if n := strings.Count(log.String(), "level=WARN"); n > 4 {
					t.Errorf("%d warnings:\n%s", n, log.String())
				}
				m.err = nil
				m.mu.Unlock()
				a.Menus("en", []Command{{Name: "new"}})
				time.Sleep(time.Hour)
				a.Close()
				slices.Sort(m.sets)
				want := "[1[{resident }] [{all }] en[{new }]]"
				if !tt.back {
					want = "[en[{new }]]"
				}
				if got := fmt.Sprint(m.sets); got != want {
					t.Errorf("set: %s, want %s", got, want)
				}
			})
		})
	}
}

// TestTheEndWaitsForNoMenu that is to be tried again.
func TestTheEndWaitsForNoMenu(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := NewAside([]Channel{&menus{err: errors.New("no such host")}}, slog.New(slog.DiscardHandler))
		a.Menus("", nil)
		time.Sleep(time.Minute)
		begun := time.Now()
		if a.Close(); time.Since(begun) > 0 {
			t.Errorf("the end took %v", time.Since(begun))
		}
	})
}
