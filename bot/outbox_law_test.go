package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// life is the program until it dies: from its last step on nothing reaches the spool or the messenger any more, and
// nothing that they did is heard of. The step at which it dies may still have been done, or not.
type life struct {
	*paper
	*post
	mu    sync.Mutex
	steps int // until death; below zero: immortal
	done  bool
	die   context.CancelFunc
}

var errDead = errors.New("the program is dead")

// step tells whether the program lives on after this step, and whether the step is done.
func (l *life) step() (alive, do bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.steps < 0 {
		return true, true
	}
	l.steps = max(l.steps-1, 0)
	if l.steps > 0 {
		return true, true
	}
	do = l.done
	l.done = false
	l.die()
	return false, do
}

func (l *life) Load(ctx context.Context, id uint64) (Entry, bool, error) {
	if alive, _ := l.step(); !alive {
		return Entry{}, false, errDead
	}
	return l.paper.Load(ctx, id)
}

func (l *life) Sent(ctx context.Context, e Entry, r Receipt) (again bool, err error) {
	alive, do := l.step()
	if do {
		again, err = l.paper.Sent(ctx, e, r)
	}
	if !alive {
		return false, errDead
	}
	return again, err
}

func (l *life) Failed(ctx context.Context, e Entry, f *Failure, retry time.Time) (err error) {
	alive, do := l.step()
	if do {
		err = l.paper.Failed(ctx, e, f, retry)
	}
	if !alive {
		return errDead
	}
	return err
}

func (l *life) Send(ctx context.Context, to Peer, m Message, key string, open Opener) (r Receipt, err error) {
	alive, do := l.step()
	if do {
		r, err = l.post.Send(ctx, to, m, key, open)
	}
	if !alive {
		return Receipt{}, errDead
	}
	return r, err
}

// scene is what a run of the law's test is made of.
type scene struct {
	chats  []int  // the chat of each message
	faults []int  // which calls fail, and how
	deaths []int  // after how many steps the program dies, each time
	done   []bool // whether the last step was done
}

// The second law: nothing is said that is not written down; a crash at any point loses no message; what may repeat
// after a crash is one message (of each chat, with the same key), and never out of order.
func TestLawNothingIsLostAndOneMessageMayRepeat(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		sc := scene{
			chats:  rapid.SliceOfN(rapid.IntRange(0, 3), 1, 30).Draw(rt, "chats"),
			faults: rapid.SliceOfN(rapid.IntRange(0, 20), 0, 200).Draw(rt, "faults"),
			deaths: rapid.SliceOfN(rapid.IntRange(1, 25), 0, 6).Draw(rt, "deaths"),
			done:   rapid.SliceOfN(rapid.Bool(), 6, 6).Draw(rt, "done"),
		}
		var fault string
		synctest.Test(t, func(t *testing.T) { fault = sc.play(t.Context()) })
		if fault != "" {
			rt.Fatal(fault)
		}
	})
}

func (sc scene) play(ctx context.Context) (fault string) {
	s, p := newPaper(), &post{limits: Limits{Chat: Rate{1, time.Second, 2}}, takes: 100 * time.Millisecond}
	n := 0
	p.answer = func(c call) error {
		p.mu.Lock()
		n++
		i := n
		p.mu.Unlock()
		if i >= len(sc.faults) {
			return nil
		}
		switch sc.faults[i] {
		case 0:
			return errDown
		case 1:
			return &Failure{Reason: Later, After: 5 * time.Second, Err: errDown}
		case 2:
			return &Failure{Reason: Later, After: 5 * time.Second, Whole: true, Err: errDown}
		case 3:
			return &Failure{Reason: Later, Whole: true, Err: errDown}
		}
		return nil
	}
	written := map[string]bool{}
	for i, c := range sc.chats {
		written[strconv.Itoa(c)+":"+strconv.Itoa(i)] = true
		s.write(strconv.Itoa(c), Priority(i%3), strconv.Itoa(i))
	}
	for i := range len(sc.deaths) + 1 {
		before := len(p.words(""))
		sc.live(ctx, i, s, p)
		if fault = repeats(p.taken(), before); fault != "" {
			return fault
		}
	}
	if s.len() > 0 || len(s.given()) > 0 {
		return fmt.Sprintf("%d are left, %v given up", s.len(), s.given())
	}
	return judge(p.taken(), written)
}

// live runs the program until its i-th death, or a day.
func (sc scene) live(ctx context.Context, i int, s *paper, p *post) {
	ctx, cancel := context.WithTimeout(ctx, 24*time.Hour)
	defer cancel()
	l := &life{paper: s, post: p, steps: -1, die: cancel}
	if i < len(sc.deaths) {
		l.steps, l.done = sc.deaths[i], sc.done[i]
	}
	o := NewOutbox(OutboxOptions{Spool: l, Channels: []Channel{l}, Now: time.Now, Jitter: half})
	_ = o.Run(ctx)
}

// repeats: in one life, from its first call on, no message is sent twice, and at most one of each chat that was sent
// before.
func repeats(calls []call, from int) string {
	again := map[string]int{}
	for i, c := range calls[from:] {
		if j := slices.IndexFunc(calls, func(b call) bool { return b.chat == c.chat && b.text == c.text }); j < from+i {
			again[c.chat]++
			if j >= from || again[c.chat] > 1 {
				return fmt.Sprintf("%s:%s is sent again", c.chat, c.text)
			}
			if calls[j].key != c.key {
				return fmt.Sprintf("%s:%s is sent again with another key", c.chat, c.text)
			}
		}
	}
	return ""
}

func judge(calls []call, written map[string]bool) string {
	last := map[string]int{}
	said := map[string]bool{}
	for _, c := range calls {
		n, _ := strconv.Atoi(c.text)
		if before, ok := last[c.chat]; ok && n < before {
			return fmt.Sprintf("chat %s: %d after %d", c.chat, n, before)
		}
		last[c.chat] = n
		said[c.chat+":"+c.text] = true
		if !written[c.chat+":"+c.text] {
			return fmt.Sprintf("%s:%s was never written", c.chat, c.text)
		}
	}
	if len(said) != len(written) {
		return fmt.Sprintf("%d of %d arrived", len(said), len(written))
	}
	return ""
}

// Whatever the traffic, no window of the messenger's limits has more calls than it bears.
func TestTheOutboxNeverExceedsThePace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		groups := rapid.IntRange(1, 3).Draw(rt, "groups")
		burst := rapid.SliceOfN(rapid.IntRange(0, 60), 80, 250).Draw(rt, "chats")
		gaps := rapid.SliceOfN(rapid.SampledFrom([]int{0, 0, 0, 40, 400, 3000}), 1, 10).Draw(rt, "gaps")
		var calls []call
		left := 0
		synctest.Test(t, func(t *testing.T) {
			s, p := newPaper(), &post{limits: telegram, takes: 70 * time.Millisecond}
			r := start(t, s, p)
			for i, c := range burst {
				kind := func(*Entry) {}
				if c < groups {
					kind = group
				}
				r.Notify([]Ticket{s.write(strconv.Itoa(c), Priority(i%3), strconv.Itoa(i), kind)})
				if i%10 == 0 {
					pass(time.Duration(gaps[i/10%len(gaps)]) * time.Millisecond)
				}
			}
			pass(time.Hour)
			calls, left = p.tried(), r.Len()
		})
		if left > 0 || len(calls) != len(burst) {
			rt.Fatalf("%d calls of %d, %d left", len(calls), len(burst), left)
		}
		of := map[string][]time.Time{}
		for _, c := range calls {
			of[""] = append(of[""], c.at)
			of[c.chat] = append(of[c.chat], c.at)
		}
		for chat, at := range of {
			n, _ := strconv.Atoi(chat)
			rate := telegram.Chat
			switch {
			case chat == "":
				rate = telegram.All
			case n < groups:
				rate = telegram.Group
			}
			if got := fastest(at, rate.Per); got > max(rate.Events, rate.Burst) {
				rt.Fatalf("chat %q: %d calls in %v", chat, got, rate.Per)
			}
		}
	})
}

func TestAChatThatTurnsOutAGroupKeepsTheGroupsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{limits: telegram}
		s.write("g", Notice, "unaware")
		for i := range 40 {
			s.write("g", Notice, strconv.Itoa(i), group)
		}
		start(t, s, p)
		pass(time.Hour)
		var at []time.Time
		for _, c := range p.taken() {
			at = append(at, c.at)
		}
		if n := fastest(at, time.Minute); n > 20 || len(at) != 41 {
			t.Errorf("%d in a minute, %d in all", n, len(at))
		}
	})
}

func TestAnAlbumCountsAsWhatItBecomes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{limits: telegram, more: 9}
		for i := range 10 {
			s.write("g", Notice, strconv.Itoa(i), group)
		}
		start(t, s, p)
		pass(time.Hour)
		if took := p.taken()[9].at.Sub(p.taken()[0].at); took < 4*time.Minute {
			t.Errorf("a hundred photos went to a group in %v", took)
		}
	})
}

func TestABigSpoolIsWorkedOffInLittleMemory(t *testing.T) {
	const n = 100_000
	for name, chats := range map[string]int{"one chat": 1, "a chat each": n} {
		t.Run(name, func(t *testing.T) {
			s := &big{n: n, chats: chats}
			before := heapInUse()
			p := &counter{}
			o := NewOutbox(OutboxOptions{Spool: s, Channels: []Channel{p}})
			ctx, cancel := context.WithCancel(t.Context())
			p.each = func(sent int) {
				if sent == n/2 {
					used := heapInUse() - before
					t.Logf("%d MiB in use", used>>20)
					if used > 64<<20 {
						t.Error("too much")
					}
				}
			}
			s.all = cancel
			if err := o.Run(ctx); err != nil || o.Len() != 0 {
				t.Errorf("%v, %d left", err, o.Len())
			}
			if s.most > int64(o.opt.Width) {
				t.Errorf("the words of %d messages at once", s.most)
			}
			for _, c := range o.carriers {
				if len(c.lanes) != 0 {
					t.Errorf("%d lanes are left", len(c.lanes))
				}
			}
		})
	}
}

func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
