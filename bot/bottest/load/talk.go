package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

const mostRSS = 40 // MiB, at 1,000 people

// talk runs the bots in turn, so that what the machine does besides meets all of them alike.
func talk(ctx context.Context, b *bench) error {
	length := b.lasts(10 * time.Second)
	bots, err := b.talkers(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(bots, wizardBot) {
		b.table.note("Telegraf + SQLite, as the issue has it (no run of this machine)", 0, "1/64/1000 people: 191/388/393 conv/s, p99 2.2/58/725 ms, CPU 2.0 s/1000")
	}
	for _, n := range b.crowds(1, 64, 1000) {
		all := map[string][]figures{}
		for i := range b.runs {
			for _, name := range bots {
				set := setup{bot: name, people: n}
				if name == "otklik" {
					set.bot = ""
				}
				f, err := b.once(ctx, set, length)
				if err != nil {
					return fmt.Errorf("%s, %d people: %w", name, n, err)
				}
				b.say("  run %d, %d people, %s: %s", i+1, n, name, f)
				all[name] = append(all[name], f)
			}
		}
		for _, name := range bots {
			f := median(all[name])
			b.table.note(fmt.Sprintf("%d people, %s", n, name), f.rate, "%s", f)
		}
		if len(all["otklik"]) > 0 {
			b.judgeTalk(n, median(all["otklik"]), median(all["null"]), all[wizardBot])
		}
	}
	return nil
}

// judgeTalk holds the program's figures against the null bot's, and Telegraf's: of this run if it took part in it.
func (b *bench) judgeTalk(n int, ours, null figures, wizard []figures) {
	at := fmt.Sprintf(", %d people", n)
	known, there := rivalAt(n, wizard)
	if n == 1 {
		b.table.least(known.name("rate")+at, ours.rate, known.rate, "%.0f conv/s")
	} else if null.rate > 0 {
		b.table.least("half of the null bot's rate"+at, ours.rate, null.rate/2, "%.0f conv/s")
	}
	if !there {
		return
	}
	b.table.most("0.4 of "+known.name("p99")+at, ours.p99, 0.4*known.p99, "%.2f ms")
	if known.cpu > 0 {
		b.table.most("half of "+known.name("CPU")+at, ours.cpu, known.cpu/2, "%.2f s/1000")
	}
	if n == 1000 {
		b.table.most("memory (RSS)"+at, ours.rss, mostRSS, "%.0f MiB")
	}
}

// trip has every call take a while on its way.
func trip(ctx context.Context, b *bench) error {
	length := b.lasts(10 * time.Second)
	for _, n := range b.crowds(64) {
		var all []figures
		for range b.runs {
			f, err := b.once(ctx, setup{people: n, trip: b.trip}, length)
			if err != nil {
				return err
			}
			b.say("  %d people, %v: %s", n, b.trip, f)
			all = append(all, f)
		}
		f := median(all)
		at := fmt.Sprintf(", %d people, %v", n, b.trip)
		b.table.note("the program"+at, f.rate, "%s", f)
		// A conversation of eight calls, one after the other, and nothing else.
		b.table.least("0.7 of what two calls in a row per press allow"+at, f.rate, 0.7*float64(n)/(8*b.trip.Seconds()), "%.0f conv/s")
		b.table.most("the median reply, 1.5 trips"+at, f.p50, 1.5*ms(b.trip), "%.1f ms")
	}
	return nil
}
