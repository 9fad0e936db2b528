package meter

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"otklik/bot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// messenger is a channel that was heard of at a time.
type messenger struct {
	bot.Channel
	at time.Time
}

func (m *messenger) Name() string         { return "vk" }
func (m *messenger) LastHeard() time.Time { return m.at }

// stage is a meter in synctest's time.
type stage struct {
	*testing.T
	*Meter
	ch  *messenger
	mux *http.ServeMux

	mu    sync.Mutex
	err   error
	stuck bool
	tries int
}

func play(t *testing.T, do func(s *stage)) {
	synctest.Test(t, func(t *testing.T) {
		s := &stage{T: t, ch: &messenger{at: time.Now()}, mux: http.NewServeMux()}
		s.Meter = New(Options{Channels: []bot.Channel{s.ch}, Waiting: func() map[string]int { return map[string]int{"vk": 3} },
			Ages: func() map[string]time.Duration { return map[string]time.Duration{"vk": 90 * time.Second} },
			Size: func() int64 { return 4096 }, Free: func() int64 { return 1 << 30 }, Store: s.write, Now: time.Now})
		s.Routes(s.mux)
		do(s)
	})
}

func (s *stage) write(ctx context.Context) error {
	s.mu.Lock()
	s.tries++
	stuck, err := s.stuck, s.err
	s.mu.Unlock()
	if stuck {
		<-ctx.Done()
		return ctx.Err()
	}
	return err
}

func (s *stage) get(path string) (int, string) {
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func (s *stage) healthy(want bool) condition {
	s.Helper()
	code, body := s.get("/healthz")
	var c condition
	if err := json.Unmarshal([]byte(body), &c); err != nil {
		s.Fatal(err)
	}
	if (code == http.StatusOK) != want || (c.Status == "ok") != want {
		s.Errorf("%d %s", code, body)
	}
	return c
}

func TestHealthy(t *testing.T) {
	play(t, func(s *stage) {
		c := s.healthy(true)
		if !c.Store.Writable || c.Channels["vk"].Waiting != 3 || c.Channels["vk"].Heard.IsZero() {
			t.Errorf("%+v", c)
		}
		for range 100 {
			s.healthy(true)
		}
		if s.tries != 1 {
			t.Errorf("the store was written to %d times", s.tries)
		}
		time.Sleep(6 * time.Second)
		if s.healthy(true); s.tries != 2 {
			t.Errorf("the store was written to %d times", s.tries)
		}
	})
}

func TestAStoreThatCannotBeWrittenTo(t *testing.T) {
	play(t, func(s *stage) {
		s.err = errors.New("no room left for the store: make room on the disk")
		if c := s.healthy(false); !strings.Contains(c.Store.Error, "make room") || len(c.Reasons) != 1 || !strings.Contains(c.Reasons[0], "make room") {
			t.Errorf("%+v", c)
		}
		s.err = nil
		time.Sleep(6 * time.Second)
		s.healthy(true)
		s.mu.Lock()
		s.stuck = true
		s.mu.Unlock()
		time.Sleep(6 * time.Second)
		begin := time.Now()
		s.healthy(false)
		if took := time.Since(begin); took > answerWithin {
			t.Errorf("whoever asks waited %v", took)
		}
		s.mu.Lock()
		s.stuck = false
		s.mu.Unlock()
		time.Sleep(time.Minute)
		s.healthy(true)
	})
}

func TestAMessengerThatIsNotHeardOf(t *testing.T) {
	play(t, func(s *stage) {
		why := func(want string) {
			t.Helper()
			if c := s.healthy(false); len(c.Reasons) != 1 || !strings.Contains(c.Reasons[0], want) {
				t.Errorf("%q, want %q", c.Reasons, want)
			}
		}
		s.ch.at = time.Time{}
		why("vk was not heard of since the program started")
		s.ch.at = time.Now()
		if c := s.healthy(true); len(c.Reasons) > 0 {
			t.Errorf("%q", c.Reasons)
		}
		time.Sleep(silence + time.Second)
		why("vk was not heard of since " + s.ch.at.UTC().Format(time.RFC3339))
		s.ch.at = time.Now()
		s.healthy(true)
		s.Tried("vk", bot.Reply, time.Second, &bot.Failure{Reason: bot.Later, Err: errors.New("x")})
		s.healthy(true) // for a while that is nothing
		s.Tried("vk", bot.Reply, time.Second, &bot.Failure{Reason: bot.NoRights, Err: errors.New("x")})
		time.Sleep(silence + time.Second)
		s.ch.at = time.Now()
		if c := s.healthy(false); c.Channels["vk"].Reason != bot.Later || c.Channels["vk"].Failing.IsZero() {
			t.Errorf("%+v", c)
		}
		why("vk has taken no message since " + s.ch.at.Add(-silence-time.Second).UTC().Format(time.RFC3339) + ": later")
		s.Tried("vk", bot.Reply, time.Second, &bot.Failure{Reason: bot.NoPeer, Err: errors.New("somebody blocked us")})
		s.healthy(true) // it answers
	})
}

func TestWhatIsCounted(t *testing.T) {
	play(t, func(s *stage) {
		s.Took("vk", bot.Written, 3*time.Millisecond, nil)
		s.Took("vk", bot.Written, 3*time.Millisecond, errors.New("x"))
		s.Tried("vk", bot.Reply, 30*time.Millisecond, nil)
		s.Tried("vk", bot.Notice, 30*time.Millisecond, &bot.Failure{Reason: bot.NoPeer})
		_, body := s.get("/metrics")
		for _, line := range []string{
			`otklik_updates_total{channel="vk",kind="written",outcome="kept"} 1`,
			`otklik_updates_total{channel="vk",kind="written",outcome="failed"} 1`,
			`otklik_update_seconds_bucket{channel="vk",le="0.005"} 2`,
			`otklik_messages_total{channel="vk",outcome="sent",priority="reply"} 1`,
			`otklik_messages_total{channel="vk",outcome="no_peer",priority="notice"} 1`,
			`otklik_message_seconds_count{channel="vk"} 2`,
			`otklik_outbox_waiting{channel="vk"} 3`,
			`otklik_outbox_age_seconds{channel="vk"} 90`,
			`otklik_store_bytes 4096`,
			`otklik_heard_timestamp_seconds{channel="vk"}`,
			`go_goroutines`, `process_resident_memory_bytes`,
		} {
			if !strings.Contains(body, line) {
				t.Errorf("%s is not there:\n%s", line, body)
			}
		}
		w := httptest.NewRecorder()
		s.mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/healthz", nil))
		if w.Code != http.StatusMethodNotAllowed {
			t.Errorf("POST: %d", w.Code)
		}
	})
}
