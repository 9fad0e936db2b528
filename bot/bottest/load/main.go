// Load measures what the program bears and whether it loses anything, and prints one table with the figures, their
// targets and verdicts:
//
//	go run ./bot/bottest/load                       # everything; about an hour
//	go run ./bot/bottest/load -scenario talk,kill   # some of it
//	go run ./bot/bottest/load -scenario talk -only otklik,telegraf
//
// The program runs as a process of its own and talks over loopback to a simulated Bot API server, or to a simulated VK,
// everything durable. A conversation is six steps of a person: a start, a text, a place and three buttons. Beside it, in
// the same run, stand two small bots that do the same talk: one that keeps nothing and one that commits each update by
// itself. Beside them stands a bot such as one writes with Telegraf, in JavaScript, with sessions and incidents in SQLite
// (the folder telegraf). It needs Node.js 20 or later and npm, which installs it into the user's cache the first time and
// compiles SQLite, and so make and a C++ compiler. Without them it is left out, and the figures stand in for it that the
// issue has of another machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == botWord {
		small(os.Args[2:])
		return
	}
	o := defaults()
	o.register(flag.CommandLine)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// scenario is something that is measured.
type scenario struct {
	name, what string
	run        func(context.Context, *bench) error
}

// scenarios are listed in the order in which they run.
func scenarios() []scenario {
	return []scenario{
		{"talk", "conversations a second at 1, 64 and 1,000 people, beside the null, the plain and Telegraf's bot", talk},
		{"trip", "the same with a simulated round trip to the messenger", trip},
		{"faults", "sends that fail, drawn at random", faults},
		{"outbox", "the messenger's pace, and a broadcast of 10,000 notices under way", outbox},
		{"million", "a store of a million incidents beside one of a thousand (-incidents 10000000 for ten)", million},
		{"backlog", "100,000 updates that wait at the start", backlog},
		{"kill", "SIGKILL at random under load, Telegram and VK", kill},
		{"replay", "a region's year of found messages, 66,468 of them, through the whole program", replay},
		{"abuse", "one who floods, a photo of 20 MB, a text of 1 MB, a loud group", abuse},
	}
}

// options are what the flags say.
type options struct {
	scenario  string
	people    string
	length    time.Duration
	runs      int
	trip      time.Duration
	faults    float64
	only      string
	binary    string
	store     string
	incidents int
	kills     int
	backlog   int
	messages  int
	texts     string
	seed      uint64
}

func defaults() options {
	return options{runs: 3, trip: 30 * time.Millisecond, faults: 0.5, only: "otklik,null,plain,telegraf", incidents: 1_000_000, kills: 100, backlog: 100_000, messages: 66_468, texts: "../shared/data/appeals_dev.csv", seed: 1}
}

func (o *options) register(f *flag.FlagSet) {
	var list []string
	for _, s := range scenarios() {
		list = append(list, "  "+s.name+": "+s.what)
	}
	f.StringVar(&o.scenario, "scenario", o.scenario, "what to measure, separated by commas; all of it by default\n"+strings.Join(list, "\n"))
	f.StringVar(&o.people, "people", o.people, "how many people talk at once; each scenario has its own number (talk: a list, 1,64,1000)")
	f.DurationVar(&o.length, "time", o.length, "how long each run lasts; each scenario has its own time")
	f.IntVar(&o.runs, "runs", o.runs, "paired runs, of which the medians count")
	f.DurationVar(&o.trip, "trip", o.trip, "trip: the simulated round trip of each call but the poll, which answers as soon as there is something")
	f.Float64Var(&o.faults, "faults", o.faults, "faults: percent of the sends that fail")
	f.StringVar(&o.only, "only", o.only, "talk: which bots; telegraf needs Node.js and npm, which installs it the first time, and is left out without them")
	f.StringVar(&o.binary, "binary", o.binary, "the program to measure; by default it is built")
	f.StringVar(&o.store, "store", o.store, "million: a folder in which the big store is kept and found again; by default it is made anew")
	f.IntVar(&o.incidents, "incidents", o.incidents, "million: how many incidents the big store has")
	f.IntVar(&o.kills, "kills", o.kills, "kill: how often, for each messenger")
	f.IntVar(&o.backlog, "backlog", o.backlog, "backlog: how many updates wait")
	f.IntVar(&o.messages, "messages", o.messages, "replay: how many")
	f.StringVar(&o.texts, "texts", o.texts, "replay: a table with a column «text», of whose texts they are made")
	f.Uint64Var(&o.seed, "seed", o.seed, "of what is drawn at random")
}

// bench is a run of the tool.
type bench struct {
	options
	dir   string
	table table
	// wizard is the folder of Telegraf's bot, once it is installed.
	wizard string
	log    io.Writer
}

// run measures what the options ask for and prints the table, of what could be measured if the rest failed.
func run(ctx context.Context, o options, out, log io.Writer) (err error) {
	chosen, err := choose(o.scenario)
	if err != nil {
		return err
	}
	b, done, err := newBench(ctx, o, log)
	if err != nil {
		return err
	}
	defer done()
	defer func() { b.table.print(out) }()
	for _, s := range chosen {
		b.say("%s: %s", s.name, s.what)
		b.table.scenario = s.name
		if err := s.run(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

func newBench(ctx context.Context, o options, log io.Writer) (b *bench, done func(), err error) {
	dir, err := os.MkdirTemp("", "otklik-load-")
	if err != nil {
		return nil, nil, err
	}
	done = func() { _ = os.RemoveAll(dir) } // what stays is the system's to sweep
	if o.binary == "" {
		o.binary = filepath.Join(dir, "otklik")
		if err := build(ctx, o.binary); err != nil {
			done()
			return nil, nil, err
		}
	}
	return &bench{options: o, dir: dir, log: log}, done, nil
}

func choose(list string) (chosen []scenario, err error) {
	all := scenarios()
	if list == "" {
		return all, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(all, func(s scenario) bool { return s.name == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("there is no scenario %q", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// say tells whoever waits what happens.
func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.log, format+"\n", args...) }

// lasts gives how long each run lasts.
func (b *bench) lasts(otherwise time.Duration) time.Duration {
	if b.length > 0 {
		return b.length
	}
	return otherwise
}

// crowds gives how many people talk, of one run after the other.
func (b *bench) crowds(otherwise ...int) (list []int) {
	for text := range strings.SplitSeq(b.people, ",") {
		if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && n > 0 {
			list = append(list, n)
		}
	}
	if len(list) == 0 {
		return otherwise
	}
	return list
}
