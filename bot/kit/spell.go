package kit

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	firstPause = time.Second
	// LongestPause is the longest wait between two attempts to reach a messenger.
	LongestPause = time.Minute
)

// Pauser waits; false means that ctx ended.
type Pauser func(ctx context.Context, d time.Duration) bool

// Sleep is the Pauser of every day.
func Sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Spell is a row of failures: how long to wait after the next, and what the log was told already.
type Spell struct {
	Said  string // the newest line in the log; "" while all is well
	count int
}

// Next gives the wait after one more failure: doubling, spread a little so that two programs do not march in step.
func (s *Spell) Next(least time.Duration) time.Duration {
	d := LongestPause
	if s.count < 10 {
		d = min(firstPause<<s.count, LongestPause)
	}
	s.count++
	return max(time.Duration((0.8+0.2*rand.Float64())*float64(d)), least)
}
