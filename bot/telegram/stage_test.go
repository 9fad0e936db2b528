package telegram

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"otklik/bot"
	"otklik/bot/bottest"
	"otklik/bot/kit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// drawer is a Keeper in memory.
type drawer struct {
	mu   sync.Mutex
	kept map[string][]byte
	fail error
}

func (d *drawer) Save(_ context.Context, key string, value []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return d.fail
	}
	if d.kept == nil {
		d.kept = map[string][]byte{}
	}
	d.kept[key] = slices.Clone(value)
	return nil
}

func (d *drawer) Load(_ context.Context, prefix string, fn func(key string, value []byte) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return d.fail
	}
	for key, value := range d.kept {
		if strings.HasPrefix(key, prefix) {
			if err := fn(key, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// stage is a channel on a fake Telegram, in synctest's time.
type stage struct {
	*testing.T
	*bottest.Telegram
	ch   *Channel
	o    Options
	anna *bottest.User
	log  *journal

	mu   sync.Mutex
	took []bot.Update
	fail func(bot.Update) error
	end  chan error
	stop context.CancelFunc
}

// play sets a stage and plays on it; the channel runs once run is called.
func play(t *testing.T, do func(s *stage)) {
	t.Helper()
	playOn(t, Options{}, do)
}

func playOn(t *testing.T, o Options, do func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g := bottest.NewTelegram(t)
		s := &stage{T: t, Telegram: g, log: &journal{}, anna: g.User("Анна")}
		o.Token, o.API, o.Client = g.Token, bottest.Near, g.Client()
		o.Log = slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		s.o = o
		s.anew()
		defer s.halt()
		do(s)
	})
}

// anew is a restart of the program: what is not kept is forgotten.
func (s *stage) anew() {
	s.Helper()
	var err error
	if s.ch, err = New(s.o); err != nil {
		s.Fatal(err)
	}
}

// restart ends the program, if it runs, and begins another.
func (s *stage) restart() {
	s.Helper()
	s.halt()
	s.anew()
}

// installed is a stage whose program has run before, and does not now.
func installed(t *testing.T, do func(s *stage)) {
	t.Helper()
	playOn(t, Options{Keeper: &drawer{}}, func(s *stage) {
		s.run()
		s.restart()
		do(s)
	})
}

// run starts the channel and waits until it is quiet.
func (s *stage) run() {
	s.Helper()
	ctx, cancel := context.WithCancel(s.Context())
	s.end, s.stop = make(chan error, 1), cancel
	end := s.end
	go func() { end <- s.ch.Run(ctx, s.sink) }()
	synctest.Wait()
}

// halt ends the channel, if it runs.
func (s *stage) halt() {
	s.Helper()
	if s.stop == nil {
		return
	}
	s.stop()
	if err := <-s.end; err != nil {
		s.Errorf("Run: %v", err)
	}
	s.stop = nil
}

func (s *stage) sink(ctx context.Context, u bot.Update) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(u); err != nil {
			return err
		}
	}
	s.took = append(s.took, u)
	return ctx.Err()
}

// taken waits until all is quiet and gives what the sink took since it was asked last.
func (s *stage) taken() []bot.Update {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.took
	s.took = nil
	return list
}

// one is the only update taken since the last was.
func (s *stage) one() bot.Update {
	s.Helper()
	list := s.taken()
	if len(list) != 1 {
		s.Fatalf("%d updates, want one: %+v\n%s", len(list), list, s.log)
	}
	return list[0]
}

// settle is Settled for troubles that last longer than a person's patience.
func (s *stage) settle() {
	s.Helper()
	for range 100 {
		if synctest.Wait(); s.Failing() == 0 && s.Waiting() == 0 {
			return
		}
		time.Sleep(kit.LongestPause)
	}
	s.Fatalf("%d faults left, %d updates wait\n%s", s.Failing(), s.Waiting(), s.log)
}

func (s *stage) send(to bot.Peer, m bot.Message) bot.Receipt {
	s.Helper()
	r, err := s.ch.Send(s.Context(), to, m, "k"+m.Text, jpegs)
	if err != nil {
		s.Fatalf("Send: %v", err)
	}
	return r
}

func (s *stage) edit(to bot.Peer, ref bot.Ref, m bot.Message) bot.Receipt {
	s.Helper()
	r, err := s.ch.Edit(s.Context(), to, ref, m, "e"+m.Text, jpegs)
	if err != nil {
		s.Fatalf("Edit: %v", err)
	}
	return r
}

// shows holds the screen against what it should be.
func (s *stage) shows(seat interface{ Screen() string }, want string) {
	s.Helper()
	synctest.Wait()
	if got := seat.Screen(); got != want {
		s.Errorf("the screen:\n%s\nwant:\n%s", got, want)
	}
}

// jpegs gives bytes for photos "a", "b", ...; "gone" has none any more, "broken" is no picture. What is made is "chart" or
// "table".
func jpegs(_ context.Context, m bot.Media) (io.ReadCloser, error) {
	switch m.ID + bot.Maker(m.Make) {
	case "chart":
		return io.NopCloser(bytes.NewReader(bottest.JPEG(m.Make[len(m.Make)-1]))), nil
	case "table":
		return io.NopCloser(strings.NewReader("а;б")), nil
	case "gone":
		return nil, &bot.Failure{Reason: bot.Never, Err: errors.New("the file was removed")}
	case "later":
		return nil, errors.New("the disk is slow")
	case "broken":
		return io.NopCloser(strings.NewReader("this is no picture at all")), nil
	}
	return io.NopCloser(bytes.NewReader(bottest.JPEG(m.ID[0]))), nil
}

func photos(ids ...string) (list []bot.Media) {
	for _, id := range ids {
		list = append(list, bot.Media{ID: id})
	}
	return list
}

// table is a file, and chart a picture, that is made of x.
func table(x string) []bot.File  { return []bot.File{{Name: x + ".csv", Make: "table:" + x}} }
func chart(x string) []bot.Media { return []bot.Media{{Make: "chart:" + x}} }

func yes() [][]bot.Button { return [][]bot.Button{{{Text: "Да", Data: "y"}}} }

// journal is a log that tests read.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// count tells how many lines of a level say these words.
func (j *journal) count(level, words string) (n int) {
	for line := range strings.SplitSeq(j.String(), "\n") {
		if strings.Contains(line, "level="+level) && strings.Contains(line, words) {
			n++
		}
	}
	return n
}

func reason(err error) bot.Reason {
	if err == nil {
		return ""
	}
	return bot.FailureOf(err).Reason
}
