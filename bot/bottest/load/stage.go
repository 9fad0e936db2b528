package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// setup says who talks with what.
type setup struct {
	bot       string // "" is the program; "null", "plain", "telegraf"
	people    int
	first     int64 // the number of the first of them; 0: one
	think     time.Duration
	trip      time.Duration
	trouble   *trouble
	bound     *bound // with it the program keeps its pace
	perMinute int    // messages of a person that are taken in a minute; 0: all
	home      string // where the data are; "": somewhere new
	curators  string // a group that cards come to
	photo     []byte
	sent      func(chat string)
}

// stage is a bot and the people who talk with it on Telegram.
type stage struct {
	*process
	setup
	world *world
	crowd *crowd
	start time.Duration // from the start of the process to the first reply
}

// warm is how long people talk before it counts.
const warm = 2 * time.Second

// patience is how long a person waits before they tell that they hear nothing.
const patience = 20 * time.Second

// set makes a stage whose bot does not run yet.
func (b *bench) set(s setup) (*stage, error) {
	if s.home == "" {
		var err error
		if s.home, err = os.MkdirTemp(b.dir, "home-"); err != nil {
			return nil, err
		}
	}
	c := newCrowd(s.people, max(s.first, 1), s.bot == "" || s.bot == wizardBot, s.think)
	w := newWorld(c, func(w *world) {
		w.trip, w.trouble, w.bound, w.photo, w.sent = s.trip, s.trouble, s.bound, s.photo, s.sent
	})
	return &stage{setup: s, world: w, crowd: c}, nil
}

// launch starts the bot of a stage.
func (b *bench) launch(ctx context.Context, s *stage) (err error) {
	s.process, err = start(b.command(ctx, s), s.home)
	return err
}

// play starts a bot, lets people talk with it and gives the stage when they are warm. End it.
func (b *bench) play(ctx context.Context, set setup) (*stage, error) {
	s, err := b.set(set)
	if err != nil {
		return nil, err
	}
	if err := b.launch(ctx, s); err != nil {
		s.world.close()
		return nil, err
	}
	s.crowd.begin()
	if err := s.replies(); err != nil {
		return nil, errors.Join(err, s.end())
	}
	if err := s.lasts(ctx, warm); err != nil {
		return nil, errors.Join(err, s.end())
	}
	return s, nil
}

// replies waits for the first reply.
func (s *stage) replies() error {
	select {
	case <-s.crowd.first:
		s.start = time.Since(s.began)
		return nil
	case <-s.ended:
		return s.failed()
	case <-time.After(patience):
		return errors.New("the bot does not answer")
	}
}

// lasts waits while the bot runs.
func (s *stage) lasts(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-s.ended:
		return s.failed()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// end ends the bot, and the messenger.
func (s *stage) end() error {
	err := s.stop()
	s.world.close()
	return err
}

func (b *bench) command(ctx context.Context, s *stage) *exec.Cmd {
	if s.bot == wizardBot {
		return b.wizardCommand(ctx, s)
	}
	if s.bot != "" {
		self, err := os.Executable()
		if err != nil {
			self = os.Args[0]
		}
		return exec.CommandContext(ctx, self, botWord, s.bot, s.world.address(), filepath.Join(s.home, "bot.db"))
	}
	args := []string{"--per-minute", fmt.Sprint(s.perMinute)}
	if s.bound == nil {
		args = append(args, "--telegram-unpaced")
	}
	if s.curators != "" {
		args = append(args, "--curators", s.curators)
	}
	return b.otklik(ctx, s.home, s.world.env(), args...)
}

// otklik is the program with its data in a folder.
func (b *bench) otklik(ctx context.Context, home string, env []string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, b.binary, append([]string{"--data", data(home), "--listen", "127.0.0.1:0"}, args...)...)
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "OTKLIK_") { // settings of whoever measures are not the measured program's
			c.Env = append(c.Env, e)
		}
	}
	c.Env = append(c.Env, env...)
	return c
}

func data(home string) string { return filepath.Join(home, "otklik.db") }

// figures of a run.
type figures struct {
	rate      float64 // conversations a second
	p50, p99  float64 // milliseconds from a person's step to the reply
	calls     float64 // calls of a conversation
	cpu       float64 // seconds of CPU for a thousand conversations
	rss, anon float64 // memory, MiB: see mostMemory and ownMemory
	start     float64 // milliseconds from the start to the first reply
}

// measure takes figures for a while.
func (s *stage) measure(ctx context.Context, length time.Duration) (f figures, err error) {
	s.crowd.reset()
	s.world.calls.Store(0)
	before, err := s.cpu()
	if err != nil {
		return f, err
	}
	if err := s.lasts(ctx, length); err != nil {
		return f, err
	}
	calls, waits := float64(s.world.calls.Load()), s.crowd.taken(nil)
	after, err := s.cpu()
	if err != nil {
		return f, err
	}
	if f.rss, err = s.memory(mostMemory); err != nil {
		return f, err
	}
	if f.anon, err = s.memory(ownMemory); err != nil {
		return f, err
	}
	if stuck := s.crowd.stuck(min(patience, length)); len(stuck) > 0 {
		return f, fmt.Errorf("%d people hear nothing: %s", len(stuck), stuck[0])
	}
	// Counted by steps: people who all began at one moment end their conversations so, too.
	done := float64(len(waits)) / stepsOf
	f.rate, f.calls = done/length.Seconds(), calls/max(done, 1)
	f.cpu = (after - before).Seconds() * 1000 / max(done, 1)
	f.p50, f.p99, f.start = percent(waits, 50), percent(waits, 99), ms(s.start)
	return f, nil
}

// once plays a setup and takes its figures.
func (b *bench) once(ctx context.Context, set setup, length time.Duration) (figures, error) {
	s, err := b.play(ctx, set)
	if err != nil {
		return figures{}, err
	}
	f, err := s.measure(ctx, length)
	if err = errors.Join(err, s.end()); err == nil && set.bot == wizardBot {
		err = b.keeps(ctx, s)
	}
	return f, err
}

// median takes the middle of each figure.
func median(list []figures) (m figures) {
	of := func(get func(*figures) *float64) {
		var all []float64
		for i := range list {
			all = append(all, *get(&list[i]))
		}
		*get(&m) = middle(all)
	}
	of(func(f *figures) *float64 { return &f.rate })
	of(func(f *figures) *float64 { return &f.p50 })
	of(func(f *figures) *float64 { return &f.p99 })
	of(func(f *figures) *float64 { return &f.calls })
	of(func(f *figures) *float64 { return &f.cpu })
	of(func(f *figures) *float64 { return &f.rss })
	of(func(f *figures) *float64 { return &f.anon })
	of(func(f *figures) *float64 { return &f.start })
	return m
}

func (f figures) String() string {
	return fmt.Sprintf("%.0f conv/s, p50 %.1f ms, p99 %.1f ms, %.1f calls, CPU %.2f s/1000, RSS %.0f MiB (%.0f its own), up in %.0f ms",
		f.rate, f.p50, f.p99, f.calls, f.cpu, f.rss, f.anon, f.start)
}
