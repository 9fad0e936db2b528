package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Of a six-step conversation so many calls send something.
const sendsOf = 6

// faults has a share of the sends fail, one kind in each run, and looks at what becomes of the rate, of those whose sends
// did not fail, and of the messages. Each kind stands beside a run without faults. Many people talk, so that the program is
// busy: the one whose send is refused for a second waits for that second whatever anybody does, which at few people who do
// not think is most of their time.
func faults(ctx context.Context, b *bench) error {
	length := b.lasts(8 * time.Second)
	for _, n := range b.crowds(1000) {
		for _, kind := range []string{too, broken, cut, heard} {
			if err := b.faulty(ctx, n, kind, length); err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
		}
		if err := b.paused(ctx, n, length); err != nil {
			return fmt.Errorf("one chat that is paused: %w", err)
		}
	}
	return nil
}

// faulty measures one kind of faults.
func (b *bench) faulty(ctx context.Context, n int, kind string, length time.Duration) error {
	var ratios, clean, untouched, before, rates []float64
	var all account
	var stuck []string
	dealt, repeats := int64(0), int64(0)
	for i := range b.runs {
		good, err := b.once(ctx, setup{people: n}, length)
		if err != nil {
			return err
		}
		t := newTrouble(kind, b.faults/100, b.seed+uint64(i))
		r, err := b.troubled(ctx, setup{people: n, trouble: t}, length)
		if err != nil {
			return err
		}
		b.say("  run %d, %d people, %s: %.0f of %.0f conv/s, %d faults; p99 of the others %.1f ms, without faults %.1f ms", i+1, n, kind, r.rate, good.rate, t.dealt.Load(), r.others, good.p99)
		ratios, rates, clean = append(ratios, r.rate/good.rate), append(rates, r.rate), append(clean, good.rate)
		untouched, before = append(untouched, r.others), append(before, good.p99)
		all.add(r.account)
		stuck, dealt, repeats = append(stuck, r.stuck...), dealt+t.dealt.Load(), repeats+r.repeats
	}
	what := fmt.Sprintf("%s, %g%% of sends, %d people", kind, b.faults, n)
	b.table.note(what+": rate with and without", middle(rates), "%.0f and %.0f conv/s, %d faults", middle(rates), middle(clean), dealt)
	if kind == too || kind == broken {
		// If people's own time were all that counts: a conversation is longer by what its faults cost, a second or so each.
		took := float64(n) / middle(clean)
		b.table.note(what+": what is left of the rate if nobody else took the time of those who are paused", 0, "%.2f", took/(took+sendsOf*b.faults/100*1.05))
	}
	b.table.least(what+": share of its own rate", middle(ratios), 0.8, "%.2f")
	b.table.most(what+": p99 of replies that no fault hit, twice that without faults", middle(untouched), 2*middle(before), "%.1f ms")
	b.table.account(what, all, stuck)
	mayRepeat := 0.0
	if kind == heard {
		mayRepeat = float64(dealt)
	}
	b.table.most(what+": messages that people saw twice", float64(repeats), mayRepeat, "%.0f")
	return nil
}

// troubles are the figures of a run with faults.
type troubles struct {
	rate, others float64
	account      account
	stuck        []string
	repeats      int64
}

// troubled plays a run with faults to its end: until everybody has had their last reply.
func (b *bench) troubled(ctx context.Context, set setup, length time.Duration) (r troubles, err error) {
	s, err := b.play(ctx, set)
	if err != nil {
		return r, err
	}
	f, err := s.measure(ctx, length)
	if err != nil {
		return r, errors.Join(err, s.end())
	}
	r.rate = f.rate
	r.others = percent(s.crowd.taken(func(w wait) bool { return !w.touched }), 99)
	r.stuck = s.crowd.rest(ctx, 2*time.Minute)
	if err := s.end(); err != nil {
		return r, err
	}
	r.repeats = s.crowd.repeats.Load()
	r.account, err = audit(ctx, data(s.home), "telegram", s.crowd, 0)
	return r, err
}

// add sums accounts up.
func (a *account) add(other account) {
	a.incidents += other.incidents
	a.missing += other.missing
	a.doubled += other.doubled
	a.lost += other.lost
	a.unheard += other.unheard
	a.orphans += other.orphans
	a.faults += other.faults
	a.said = max(a.said, other.said)
}

// paused refuses everything for one chat, again and again, and looks at the others.
func (b *bench) paused(ctx context.Context, n int, length time.Duration) error {
	var ratios []float64
	for range b.runs {
		good, err := b.once(ctx, setup{people: n}, length)
		if err != nil {
			return err
		}
		t := newTrouble(too, 1, b.seed)
		t.chat, t.pause = "1", 3
		bad, err := b.once(ctx, setup{people: n, trouble: t}, length)
		if err != nil {
			return err
		}
		ratios = append(ratios, bad.rate/good.rate)
	}
	b.table.least(fmt.Sprintf("one chat refused for 3 s again and again, %d people: the others' share of the rate", n), middle(ratios), 0.8, "%.2f")
	return nil
}
