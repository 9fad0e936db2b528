package office

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// Unhurried lets the collector of garbage wait while the program starts: that leaves little of it, and to look for it would
// take a fifth of the time. Whoever sets GOGC has it their own way.
func Unhurried() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(startGC)
	time.AfterFunc(300*time.Millisecond, func() { tidy(startGC) })
}

const (
	startGC = 400 // per cent
	usualGC = 200
	leastGC = 32 << 20 // bytes of garbage are always waited for
)

// tidy has the collector wait for as much garbage as there is to look through, and goes on to. By itself it would wait for
// as much as there is at all: the learner's tables, which hold nothing to look through, would have it keep a hundred
// megabytes of garbage.
func tidy(now int) {
	at := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/heap:bytes"}}
	metrics.Read(at)
	percent := patience(at[0].Value.Uint64(), at[1].Value.Uint64())
	if percent != now {
		debug.SetGCPercent(percent)
	}
	time.AfterFunc(5*time.Second, func() { tidy(percent) })
}

// patience gives how much garbage the collector waits for, in per cent of what lives.
func patience(live, looked uint64) int {
	if live == 0 {
		return usualGC
	}
	percent := int(100 * max(looked, leastGC) / live) //nolint:gosec // bytes of memory
	return max(10, min(usualGC, percent/10*10))       // in steps: each change holds up everybody for a moment
}
