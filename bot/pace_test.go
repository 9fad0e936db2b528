package bot

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// telegram is what a large messenger bears.
var telegram = Limits{
	All: Rate{30, time.Second, 10}, Chat: Rate{1, time.Second, 3}, Group: Rate{20, time.Minute, 3},
}

// fastest counts the most events in any window of this length, closed at its start and open at its end.
func fastest(events []time.Time, window time.Duration) (most int) {
	first := 0
	for i, t := range events {
		for !t.Before(events[first].Add(window)) {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

func TestNoWindowExceedsARate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Rate{
			Events: rapid.IntRange(1, 40).Draw(t, "events"),
			Per:    time.Duration(rapid.IntRange(1, 120).Draw(t, "seconds")) * time.Second,
			Burst:  rapid.IntRange(0, 50).Draw(t, "burst"),
		}
		p := newPace(r)
		now := time.Unix(0, 0)
		var events []time.Time
		for range rapid.IntRange(1, 200).Draw(t, "traffic") {
			if rapid.IntRange(0, 9).Draw(t, "pause?") == 0 {
				now = now.Add(time.Duration(rapid.IntRange(0, 300_000).Draw(t, "ms")) * time.Millisecond)
			}
			at := p.ready(now)
			if at.Before(now) {
				t.Fatalf("ready %v before now %v", at, now)
			}
			now = at
			if again := p.ready(now); again != now {
				t.Fatalf("ready at %v, but then only at %v", now, again)
			}
			p.spend(now, 1)
			events = append(events, now)
		}
		burst := max(r.Burst, 1)
		if n := fastest(events, r.Per); n > max(r.Events, burst) {
			t.Fatalf("%+v: %d in %v", r, n, r.Per)
		}
		for _, w := range []time.Duration{r.Per / 10, r.Per / 2, 3 * r.Per, 20 * r.Per} {
			if n, most := fastest(events, w), burst+int(w*time.Duration(r.Events)/r.Per); n > most {
				t.Fatalf("%+v: %d in %v, the bucket allows %d", r, n, w, most)
			}
		}
	})
}

func TestAPaceUsesWhatItMay(t *testing.T) {
	for _, r := range []Rate{telegram.All, telegram.Chat, telegram.Group, {20, time.Second, 20}, {1, time.Second, 0}} {
		t.Run(fmt.Sprint(r), func(t *testing.T) {
			p := newPace(r)
			begin := time.Unix(0, 0)
			now, n := begin, 0
			for ; now.Before(begin.Add(100 * r.Per)); n++ {
				p.spend(now, 1)
				now = p.ready(now)
			}
			if share := float64(n) / float64(100*r.Events); share < 0.94 || share > 1.05 {
				t.Errorf("%d events of %d", n, 100*r.Events)
			}
		})
	}
}

func TestAPaceWithoutARateIsFree(t *testing.T) {
	for _, r := range []Rate{{}, {Events: 5}, {Per: time.Second}} {
		p := newPace(r)
		now := time.Unix(0, 0)
		for range 1000 {
			p.spend(now, 3)
		}
		if p.ready(now) != now || p.rested().After(now) {
			t.Errorf("%+v: ready %v, rested %v", r, p.ready(now), p.rested())
		}
	}
}

func TestWhatWasTooMuchIsPaidForLater(t *testing.T) {
	p := newPace(Rate{20, time.Minute, 3})
	now := time.Unix(0, 0)
	p.spend(now, 1)
	p.spend(now, 9) // an album
	if wait := p.ready(now).Sub(now); wait < 7*3*time.Second {
		t.Errorf("an album of ten costs %v", wait)
	}
	if rested := p.rested().Sub(now); rested < time.Minute {
		t.Errorf("forgotten after %v", rested)
	}
	if again := p.ready(p.rested()); again != p.rested() {
		t.Errorf("rested at %v, ready only at %v", p.rested(), again)
	}
}
