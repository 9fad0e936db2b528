package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// table is all that was measured.
type table struct {
	scenario string
	rows     []row
}

// row is one figure.
type row struct {
	scenario, what, figure, target, verdict string
	value                                   float64
}

const (
	reached = "ok"
	short   = "SHORT"
)

// note keeps a figure that has no target.
func (t *table) note(what string, value float64, format string, args ...any) {
	t.rows = append(t.rows, row{scenario: t.scenario, what: what, figure: fmt.Sprintf(format, args...), value: value})
}

// least keeps a figure that should be target at least; unit says how both are written, such as "%.0f conv/s".
func (t *table) least(what string, value, target float64, unit string) {
	t.judge(what, value, "≥ "+fmt.Sprintf(unit, target), value >= target, unit)
}

// most keeps a figure that should be target at most.
func (t *table) most(what string, value, target float64, unit string) {
	t.judge(what, value, "≤ "+fmt.Sprintf(unit, target), value <= target, unit)
}

func (t *table) judge(what string, value float64, target string, good bool, unit string) {
	verdict := short
	if good {
		verdict = reached
	}
	t.rows = append(t.rows, row{t.scenario, what, fmt.Sprintf(unit, value), target, verdict, value})
}

// print writes the table.
func (t *table) print(out io.Writer) {
	if len(t.rows) == 0 {
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "scenario\twhat\tfigure\ttarget\tverdict")
	for _, r := range t.rows {
		fmt.Fprintln(w, strings.Join([]string{r.scenario, r.what, r.figure, r.target, r.verdict}, "\t"))
	}
	_ = w.Flush() // whoever does not read the table misses it
}

// middle gives the median.
func middle(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

// percent gives the time that so many percent of the waits are within, in milliseconds.
func percent(list []time.Duration, p int) float64 {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return ms(sorted[min(len(sorted)*p/100, len(sorted)-1)])
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
