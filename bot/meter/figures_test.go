package meter

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"otklik/bot"
)

// reads checks that a page of figures holds these lines.
func (s *stage) reads(lines ...string) {
	s.Helper()
	_, body := s.get("/metrics")
	for _, line := range lines {
		if !strings.Contains(body, "\n"+line+"\n") {
			s.Errorf("%s is not there:\n%s", line, s.own(body))
		}
	}
}

// lacks checks that nothing is counted under a name yet.
func (s *stage) lacks(name string) {
	s.Helper()
	if _, body := s.get("/metrics"); strings.Contains(body, "\n"+name) {
		s.Errorf("%s is there:\n%s", name, s.own(body))
	}
}

// own leaves the runtime's figures out.
func (s *stage) own(body string) string {
	var b strings.Builder
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "otklik_") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func written(id, chat string) *bot.Update {
	return &bot.Update{Channel: "vk", ID: id, Kind: bot.Written, Peer: bot.Peer{Channel: "vk", Chat: chat}}
}

func entry(chat string, of ...*bot.Update) *bot.Entry {
	e := &bot.Entry{Ticket: bot.Ticket{Peer: bot.Peer{Channel: "vk", Chat: chat}}}
	for _, u := range of {
		e.Updates = append(e.Updates, u.Trail())
	}
	return e
}

// TestReplyTimesBeginWithTheArrival, and end with the first message to the chat that the update came from; a message to
// others that follows from it, and a second one, say nothing of how long somebody waited.
func TestReplyTimesBeginWithTheArrival(t *testing.T) {
	play(t, func(s *stage) {
		a, b, c := written("a", "1"), written("b", "1"), written("c", "2")
		s.Came(a)
		time.Sleep(3 * time.Second)
		s.Came(b)
		s.Came(a) // it was not kept the first time, and comes again
		s.Came(&bot.Update{Channel: "vk", ID: "d", Kind: bot.Gone, Peer: a.Peer})
		s.Left(entry("curators", a)) // a card for somebody else
		s.Left(entry("1"))           // a reminder
		s.lacks("otklik_reply_seconds_count")
		time.Sleep(time.Second)
		s.Left(entry("1", a, b)) // one edit stands for both
		s.Left(entry("1", a, b))
		s.reads(`otklik_reply_seconds_count{channel="vk"} 2`, `otklik_reply_seconds_sum{channel="vk"} 5`,
			`otklik_reply_seconds_bucket{channel="vk",le="1"} 1`, `otklik_reply_seconds_bucket{channel="vk",le="5"} 2`)
		s.Came(c)
		time.Sleep(replyWithin)
		s.Left(entry("2", c))
		s.reads(`otklik_reply_seconds_count{channel="vk"} 3`, `otklik_reply_seconds_bucket{channel="vk",le="900"} 3`)
	})
}

// TestUpdatesWithoutAReplyAreForgotten, however many come: most of what a group says has none.
func TestUpdatesWithoutAReplyAreForgotten(t *testing.T) {
	play(t, func(s *stage) {
		for i := range 5 * mostArrivals {
			s.Came(written(strconv.Itoa(i), "group"))
		}
		if n := len(s.arrivals.young) + len(s.arrivals.old); n > 2*mostArrivals {
			t.Errorf("%d are remembered", n)
		}
		late := written("late", "1")
		s.Came(late)
		for range 3 {
			time.Sleep(replyWithin + time.Second)
			s.Came(written(time.Now().String(), "group"))
		}
		s.Left(entry("1", late))
		s.lacks("otklik_reply_seconds_count")
		if n := len(s.arrivals.young) + len(s.arrivals.old); n > 2 {
			t.Errorf("%d are remembered", n)
		}
	})
}

func TestCommitsAreCountedWithTheirSize(t *testing.T) {
	play(t, func(s *stage) {
		for size, err := range map[int]error{1: nil, 3: nil, 100: nil, 7: errors.New("no room")} {
			done := s.Commits(size)
			time.Sleep(20 * time.Millisecond)
			done(err)
		}
		s.reads(`otklik_commits_total{outcome="durable"} 3`, `otklik_commits_total{outcome="failed"} 1`,
			`otklik_commit_updates_bucket{le="1"} 1`, `otklik_commit_updates_bucket{le="4"} 2`, `otklik_commit_updates_bucket{le="128"} 4`,
			`otklik_commit_updates_sum 111`, `otklik_commit_seconds_bucket{le="0.02"} 4`, `otklik_commit_seconds_count 4`)
	})
}

func TestEveryCallAtAMessengerIsCounted(t *testing.T) {
	play(t, func(s *stage) {
		s.Called("vk", bot.CallPoll, bot.OutcomeOK)
		s.Called("vk", bot.CallPoll, bot.OutcomeNetwork)
		s.Called("vk", bot.CallPoll, bot.OutcomeNetwork)
		s.Called("vk", bot.CallAnswer, string(bot.Never))
		s.reads(`otklik_api_calls_total{call="poll",channel="vk",outcome="ok"} 1`, `otklik_api_calls_total{call="poll",channel="vk",outcome="network"} 2`,
			`otklik_api_calls_total{call="answer",channel="vk",outcome="never"} 1`)
	})
}

// TestFiguresAreNamedAsPrometheusAsks.
func TestFiguresAreNamedAsPrometheusAsks(t *testing.T) {
	play(t, func(s *stage) {
		s.Took("vk", bot.Written, time.Second, nil)
		s.Tried("vk", bot.Reply, time.Second, nil)
		s.Called("vk", bot.CallSend, bot.OutcomeOK)
		s.Commits(1)(nil)
		u := written("a", "1")
		s.Came(u)
		s.Left(entry("1", u))
		families, err := s.registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, f := range families {
			name, kind := f.GetName(), f.GetType().String()
			if !strings.HasPrefix(name, "otklik_") {
				continue
			}
			n++
			units := strings.HasSuffix(name, "_seconds") || strings.HasSuffix(name, "_bytes")
			if (kind == "COUNTER") != strings.HasSuffix(name, "_total") || kind == "HISTOGRAM" && !units && name != "otklik_commit_updates" || f.GetHelp() == "" {
				t.Errorf("%s %s: %q", kind, name, f.GetHelp())
			}
		}
		if n != 14 {
			t.Errorf("%d figures: the README's table has 14", n)
		}
	})
}
