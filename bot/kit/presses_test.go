package kit

import (
	"context"
	"strconv"
	"sync/atomic"
	"testing"
)

// TestEachPressIsAnsweredOnce: also one whose time ends just when all ends.
func TestEachPressIsAnsweredOnce(t *testing.T) {
	const presses = 64
	for range 500 {
		var answers atomic.Int32
		p := NewPresses(func(context.Context, string) { answers.Add(1) })
		p.Open(t.Context())
		for k := range presses {
			p.Dismiss(strconv.Itoa(k))
		}
		p.Expect("late")
		p.Close()
		if n := answers.Load(); n != presses+1 {
			t.Fatalf("%d answers to %d presses", n, presses+1)
		}
	}
}
