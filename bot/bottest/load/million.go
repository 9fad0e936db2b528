package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const few = 1000 // incidents of the store that the big one is compared with

// million compares a step's cost in a big store with that in a small one, and looks at how the big one starts.
func million(ctx context.Context, b *bench) error {
	length := b.lasts(10 * time.Second)
	big, err := b.history(ctx, b.incidents, b.store)
	if err != nil {
		return err
	}
	size, err := os.Stat(data(big))
	if err != nil {
		return err
	}
	at := fmt.Sprintf(", %s incidents", thousands(b.incidents))
	b.table.note("the file"+at, float64(size.Size()), "%.2f GiB, %.1f KiB an incident", float64(size.Size())/(1<<30), float64(size.Size())/1024/float64(b.incidents))
	for _, n := range b.crowds(64) {
		if err := b.compare(ctx, big, n, length); err != nil {
			return err
		}
	}
	return b.colds(ctx, big, at)
}

// compare lets people talk with both stores in turn.
func (b *bench) compare(ctx context.Context, big string, n int, length time.Duration) error {
	var bigs, smalls []figures
	var cpu, wall []float64
	for i := range b.runs {
		small, err := b.history(ctx, few, "")
		if err != nil {
			return err
		}
		s, err := b.once(ctx, setup{people: n, home: small}, length)
		if err != nil {
			return err
		}
		m, err := b.once(ctx, setup{people: n, first: strangers(), home: big}, length)
		if err != nil {
			return err
		}
		b.say("  run %d, %d people: %d incidents: %s", i+1, n, few, s)
		b.say("  run %d, %d people: %d incidents: %s", i+1, n, b.incidents, m)
		smalls, bigs = append(smalls, s), append(bigs, m)
		cpu, wall = append(cpu, m.cpu/s.cpu), append(wall, s.rate/m.rate)
	}
	at := fmt.Sprintf(", %d people", n)
	b.table.note(thousands(few)+" incidents"+at, 0, "%s", median(smalls))
	b.table.note(thousands(b.incidents)+" incidents"+at, 0, "%s", median(bigs))
	b.table.most(fmt.Sprintf("CPU of a conversation, times that at %s%s", thousands(few), at), middle(cpu), 1.3, "%.2f")
	b.table.most(fmt.Sprintf("time of a conversation, times that at %s%s", thousands(few), at), middle(wall), 1.3, "%.2f")
	return nil
}

// strangers gives the number of the first of a crowd that a store has hardly heard of: who has begun a report, in an earlier
// run, is asked to go on with it.
func strangers() int64 { return 1 + rand.Int64N(firstReader-100_000) }

// colds starts the program with an update waiting, once with the file in the system's memory and once without.
func (b *bench) colds(ctx context.Context, home, at string) error {
	for _, cold := range []bool{false, true} {
		var all []float64
		var rss float64
		for range max(b.runs, 3) {
			if cold {
				if err := evict(data(home)); err != nil {
					b.table.note("cold start: the file could not be put out of memory", 0, "%v", err)
					return nil
				}
			}
			took, memory, err := b.starts(ctx, home)
			if err != nil {
				return err
			}
			all, rss = append(all, took), memory
		}
		what := "start to the first reply" + at
		if cold {
			what += ", the file not in memory"
		}
		b.table.most(what, middle(all), 200, "%.0f ms")
		b.table.note(what+": memory then (RSS)", rss, "%.0f MiB", rss)
	}
	return nil
}

// starts gives how many milliseconds it takes from the start to the reply to an update that waits, and the memory then.
func (b *bench) starts(ctx context.Context, home string) (took, memory float64, err error) {
	s, err := b.set(setup{people: 1, first: strangers(), home: home})
	if err != nil {
		return 0, 0, err
	}
	s.crowd.begin()
	if err := b.launch(ctx, s); err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, s.end()) }()
	if err := s.replies(); err != nil {
		return 0, 0, err
	}
	s.crowd.resting.Store(true)
	memory, err = s.memory(mostMemory)
	return ms(s.start), memory, err
}

// history gives a folder with a store of so many incidents, in keep if that names one, where it may be already.
func (b *bench) history(ctx context.Context, n int, keep string) (home string, err error) {
	if keep == "" {
		home, err = os.MkdirTemp(b.dir, "history-")
	} else {
		home = filepath.Join(keep, fmt.Sprint("incidents-", n))
		if _, err := os.Stat(filepath.Join(home, "whole")); err == nil {
			return home, nil
		}
		_ = os.RemoveAll(home) // it was not ended
		err = os.MkdirAll(home, 0o700)
	}
	if err != nil {
		return "", err
	}
	if err := b.found(ctx, home); err != nil {
		return "", err
	}
	began := time.Now()
	err = history(ctx, data(home), n, func(done int) {
		if n > few {
			fmt.Fprintf(b.log, "\r  making a store: [%-30s] %s of %s incidents, %v ", strings.Repeat("#", 30*done/n), thousands(done), thousands(n), time.Since(began).Round(time.Second))
		}
	})
	if n > few {
		b.say("")
	}
	if err != nil {
		return "", err
	}
	return home, os.WriteFile(filepath.Join(home, "whole"), nil, 0o600)
}

func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
