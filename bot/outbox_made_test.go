package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// bearer is a fake messenger that takes what is made, twice, as one that needs a second way does.
type bearer struct {
	*post
	got []string // what came with each message, in order
}

func (p *bearer) bytes(ctx context.Context, m Message, open Opener) error {
	list := slices.Clone(m.Photos)
	for _, f := range m.Files {
		list = append(list, f.Media())
	}
	var all []string
	for _, one := range list {
		for range 2 {
			r, err := open(ctx, one)
			if err != nil && FailureOf(err).Reason == Never {
				continue // it goes without it
			}
			if err != nil {
				return err
			}
			b, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			all = append(all, string(b))
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, strings.Join(slices.Compact(all), "+"))
	return nil
}

func (p *bearer) Send(ctx context.Context, to Peer, m Message, key string, open Opener) (Receipt, error) {
	if err := p.bytes(ctx, m, open); err != nil {
		return Receipt{}, err
	}
	return p.post.Send(ctx, to, m, key, open)
}

// Edit asks for pictures only, as the adapters do.
func (p *bearer) Edit(ctx context.Context, to Peer, ref Ref, m Message, key string, open Opener) (Receipt, error) {
	if err := p.bytes(ctx, Message{Photos: m.Photos}, open); err != nil {
		return Receipt{}, err
	}
	return p.post.Edit(ctx, to, ref, m, key, open)
}

// works is who makes things.
type works struct {
	mu    sync.Mutex
	asked map[string]int
	fail  func(making string) error
}

func (w *works) open(_ context.Context, m Media) (io.ReadCloser, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.asked == nil {
		w.asked = map[string]int{}
	}
	w.asked[m.Make]++
	if w.fail != nil {
		if err := w.fail(m.Make); err != nil {
			return nil, err
		}
	}
	return io.NopCloser(strings.NewReader("bytes of " + m.Make)), nil
}

// carries makes an entry's message carry two charts and a table.
func carries(e *Entry) {
	e.Message.Photos = []Media{{Make: "chart:a"}, {Make: "chart:b"}}
	e.Message.Files = []File{{Name: "t.xlsx", Make: "table:x"}}
	e.Message.Missing = "something is missing"
}

// making runs an outbox with a messenger that bears files, in a temporary folder of its own.
func making(t *testing.T, s *paper, w *works) (*rig, *bearer) {
	t.Helper()
	p := &bearer{post: &post{}}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Cleanup(func() {
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		open, _ := filepath.Glob("/proc/self/fd/*")
		for _, fd := range open {
			if to, err := os.Readlink(fd); err == nil && strings.HasPrefix(to, dir) {
				t.Errorf("left open: %s", to)
			}
		}
	})
	r := start(t, s, p.post, func(o *OutboxOptions) { o.Channels, o.Open = []Channel{p}, w.open })
	return r, p
}

const both = "bytes of chart:a+bytes of chart:b+bytes of table:x"

func TestWhatAMessageCarriesIsMadeOnceWhenItLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, w := newPaper(), &works{}
		s.write("a", Reply, "report", carries)
		_, p := making(t, s, w)
		pass(time.Second)
		if got := fmt.Sprint(p.got, p.words("a"), w.asked); got != "["+both+"] [report] map[chart:a:1 chart:b:1 table:x:1]" {
			t.Error(got)
		}
	})
}

func TestWhatCannotBeMadeIsSaidInTheMessage(t *testing.T) {
	for name, fault := range map[string]func() error{
		"a failure": func() error { return &Failure{Reason: Never, Err: errors.New("unknown")} },
		"a panic":   func() error { panic("a bug") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, w := newPaper(), &works{fail: func(making string) error {
					if making == "chart:b" {
						return fault()
					}
					return nil
				}}
				s.write("a", Reply, "report", carries)
				s.write("a", Reply, "next")
				r, p := making(t, s, w)
				pass(time.Second)
				if got := fmt.Sprintf("%q %q", p.got, p.words("a")); got !=
					`["bytes of chart:a+bytes of table:x" ""] ["report\n\nsomething is missing" "next"]` {
					t.Error(got)
				}
				if r.log.count("level=ERROR msg=\"something cannot be made") != 1 {
					t.Error(r.log.String())
				}
			})
		})
	}
}

func TestAFailureOfTheMakerIsTriedAgainAndHoldsUpNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, bad := newPaper(), true
		w := &works{fail: func(making string) error {
			if bad && making == "table:x" {
				return errors.New("the store is busy")
			}
			return nil
		}}
		for i := range 8 { // more chats than it takes to doubt the messenger
			s.write(fmt.Sprint("a", i), Reply, "report", carries)
		}
		s.write("a0", Reply, "next")
		r, p := making(t, s, w)
		synctest.Wait()
		r.Notify([]Ticket{s.write("b", Reply, "other")})
		pass(time.Second / 2)
		if got := p.words(""); fmt.Sprint(got) != "[b:other]" {
			t.Fatal(got)
		}
		w.mu.Lock()
		bad = false
		w.mu.Unlock()
		pass(time.Minute)
		if got := fmt.Sprint(p.words("a0"), len(p.tried()), s.len()); got != "[report next] 10 0" {
			t.Error(got)
		}
	})
}

func TestAMakerThatFailsForLongLetsTheWordsGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, w := newPaper(), &works{fail: func(making string) error {
			if making == "table:x" {
				return errors.New("the store is busy")
			}
			return nil
		}}
		s.write("a", Reply, "report", carries)
		_, p := making(t, s, w)
		pass(5 * time.Minute)
		if n := len(p.words("a")); n != 0 {
			t.Fatalf("given up after five minutes")
		}
		pass(time.Hour)
		if got := fmt.Sprintf("%q %q %d", p.got, p.words("a"), w.asked["table:x"]); got !=
			`["bytes of chart:a+bytes of chart:b"] ["report\n\nsomething is missing"] 10` {
			t.Error(got)
		}
	})
}

// TestAPhotoThatCannotBeHadNow: what another messenger says of it holds up that message only, and not for ever.
func TestAPhotoThatCannotBeHadNow(t *testing.T) {
	for name, fault := range map[string]error{
		"no answer":       errors.New("timeout"),
		"a messenger off": &Failure{Reason: Later, Whole: true, Err: errDown},
		"a token refused": &Failure{Reason: NoRights, Err: errors.New("401")},
		"a pause":         &Failure{Reason: Later, After: 7 * time.Second, Err: errors.New("429")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, w := newPaper(), &works{fail: func(string) error { return fault }}
				for i := range 8 { // more chats than it takes to doubt the messenger
					s.write(fmt.Sprint("a", i), Reply, "card", func(e *Entry) { e.Message.Photos = []Media{{ID: "9"}} })
				}
				r, p := making(t, s, w)
				synctest.Wait()
				r.Notify([]Ticket{s.write("b", Reply, "other")})
				pass(time.Second / 2)
				if got := p.words(""); fmt.Sprint(got) != "[b:other]" {
					t.Fatal(got)
				}
				pass(time.Hour)
				if got := fmt.Sprintf("%q %d", p.words("a3"), s.len()); got != `["card"] 0` {
					t.Error(got)
				}
			})
		})
	}
}

func TestAnEditMakesOnlyWhatItsChannelAsksFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, w := newPaper(), &works{}
		s.write("a", Reply, "report", carries, func(e *Entry) { e.Edit = "7" })
		_, p := making(t, s, w)
		pass(time.Second)
		if got := fmt.Sprint(p.words("a"), w.asked); got != "[report] map[chart:a:1 chart:b:1]" {
			t.Error(got)
		}
	})
	synctest.Test(t, func(t *testing.T) { // and says what is missing then
		s, w := newPaper(), &works{fail: func(string) error { return &Failure{Reason: Never, Err: errors.New("unknown")} }}
		s.write("a", Reply, "report", carries, func(e *Entry) { e.Edit = "7" })
		_, p := making(t, s, w)
		pass(time.Second)
		if got := fmt.Sprintf("%q", p.words("a")); got != `["report" "report\n\nsomething is missing"]` {
			t.Error(got)
		}
	})
}

func TestWhatIsTooLargeOrEmptyIsNotMade(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for size, want := range map[int64]bool{0: false, 1: true, LargestMade: true, LargestMade + 1: false} {
		zero, err := os.Open("/dev/zero")
		if err != nil {
			t.Skip(err)
		}
		open := func(context.Context, Media) (io.ReadCloser, error) {
			return struct {
				io.Reader
				io.Closer
			}{io.LimitReader(zero, size), zero}, nil
		}
		m, err := Whole(t.Context(), open, Media{Make: "table:secret"})
		if (err == nil) != want || err != nil && (FailureOf(err).Reason != Never || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%d bytes: %v", size, err)
		}
		if err == nil {
			_ = m.Close()
		}
	}
}
