// Load prints how many conversations a second the program bears, beside two small bots that do the same talk: one that
// keeps nothing and one that commits each update by itself. All three are programs of their own and talk to the same
// simulated Bot API server, over loopback:
//
//	go run ./bot/bottest/load
//
// A conversation is six steps of a person: a start, a text, a place and three buttons.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "bot" {
		bot(os.Args[2:])
		return
	}
	var o options
	people := flag.String("people", "1,64,1000", "how many people talk at once")
	flag.DurationVar(&o.length, "time", 10*time.Second, "how long each run lasts")
	flag.IntVar(&o.runs, "runs", 3, "paired runs, of which the medians count")
	flag.DurationVar(&o.trip, "trip", 0, "a simulated round trip of each call but the poll, which answers as soon as there is something")
	flag.Float64Var(&o.faults, "faults", 0, "percent of the calls that send that fail, one kind after the other")
	only := flag.String("only", "otklik,null,plain", "which bots")
	flag.StringVar(&o.binary, "binary", "", "the program to measure; by default it is built")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, o, numbers(*people), strings.Split(*only, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

type options struct {
	length time.Duration
	runs   int
	trip   time.Duration
	faults float64
	binary string
}

func numbers(list string) (out []int) {
	for text := range strings.SplitSeq(list, ",") {
		if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && n > 0 {
			out = append(out, n)
		}
	}
	return out
}

// measure runs the bots in turn, so that what the machine does besides meets all of them alike.
func measure(ctx context.Context, o options, people []int, bots []string) error {
	dir, err := os.MkdirTemp("", "otklik-load-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what stays is the system's to sweep
	if o.binary == "" && slices.Contains(bots, "otklik") {
		o.binary = filepath.Join(dir, "otklik")
		if err := build(ctx, o.binary); err != nil {
			return err
		}
	}
	fmt.Printf("%-8s %7s %9s %9s %9s %9s %8s %8s %8s %7s\n", "bot", "people", "conv/s", "p50 ms", "p99 ms", "calls", "CPU s/k", "RSS MiB", "anon", "start")
	for _, n := range people {
		all := map[string][]figures{}
		for range o.runs {
			for _, name := range bots {
				f, err := run(ctx, dir, name, n, o)
				if err != nil {
					return fmt.Errorf("%s, %d people: %w", name, n, err)
				}
				all[name] = append(all[name], f)
			}
		}
		for _, name := range bots {
			f := median(all[name])
			fmt.Printf("%-8s %7d %9.0f %9.1f %9.1f %9.1f %8.2f %8.1f %8.1f %7s\n", name, n, f.rate, f.p50, f.p99, f.calls, f.cpu, f.rss, f.anon, f.start.Round(time.Millisecond))
		}
	}
	return nil
}

// median takes the middle of each figure.
func median(list []figures) (m figures) {
	middle := func(get func(figures) float64) float64 {
		var all []float64
		for _, f := range list {
			all = append(all, get(f))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	m.rate = middle(func(f figures) float64 { return f.rate })
	m.p50 = middle(func(f figures) float64 { return f.p50 })
	m.p99 = middle(func(f figures) float64 { return f.p99 })
	m.calls = middle(func(f figures) float64 { return f.calls })
	m.cpu = middle(func(f figures) float64 { return f.cpu })
	m.rss = middle(func(f figures) float64 { return f.rss })
	m.anon = middle(func(f figures) float64 { return f.anon })
	m.start = time.Duration(middle(func(f figures) float64 { return float64(f.start) }))
	return m
}
