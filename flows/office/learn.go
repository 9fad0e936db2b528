package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"otklik/flows/learn"
	"otklik/flows/lessons"
	"otklik/flows/understand"
)

// Learn teaches years of labelled history in one go.
type Learn struct {
	File string `arg:"" help:"Table (CSV) with columns such as «Текст инцидента», «Группа тем», «Тема», «Исполнитель»." type:"existingfile"`
}

// mostNamed is how many labels that stand for nothing are named.
const mostNamed = 20

// Run teaches the table; the running program does it where one runs.
func (l Learn) Run(ctx context.Context, p *Program) error {
	file, err := filepath.Abs(l.File) // the running program may stand in another folder
	if err != nil {
		return err
	}
	l.File = file
	var done lessons.Learnt
	bar := &bar{out: p.Out, terminal: isTerminal(p.Out), now: p.Now, began: p.Now()}
	err = p.await(ctx, request{Learn: &l}, &done, func(raw json.RawMessage) error {
		var at lessons.Progress
		if err := json.Unmarshal(raw, &at); err != nil {
			return err
		}
		bar.show(at)
		return nil
	})
	bar.end()
	if err != nil {
		return fmt.Errorf("%s: %w", l.File, err)
	}
	return told(p.Out, l.File, done)
}

// learn teaches a table that lies where this program can read it.
func (c *Clerk) learn(ctx context.Context, l Learn, piece func(any) error) (lessons.Learnt, error) {
	topics := understand.New(c.Pack)
	keeper := c.Learner
	if keeper == nil { // no program runs
		keeper = lessons.New(lessons.Options{Store: c.Store, Topics: func() *understand.Judge { return topics }, File: lessons.File(c.Settings.Data),
			Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
		keeper.Open(ctx)
		select {
		case <-keeper.Opened():
		default:
			return lessons.Learnt{}, errors.New("what was learnt before cannot be read")
		}
		if err := keeper.Learn(ctx); err != nil {
			return lessons.Learnt{}, err
		}
	}
	open := func() (io.ReadCloser, error) { return os.Open(l.File) }
	return keeper.History(ctx, lessons.NewNames(c.Pack, topics), open, func(at lessons.Progress) error { return piece(at) })
}

// told prints what was learnt.
func told(out io.Writer, file string, done lessons.Learnt) error {
	fmt.Fprintf(out, "%s: %s, %d taught\n", file, count(done.Rows, "row"), done.Taught)
	unknown := map[learn.Dimension]int{}
	var lines []string
	for _, m := range done.Matches {
		switch {
		case m.Code == "":
			if unknown[m.Dimension]++; unknown[m.Dimension] <= mostNamed {
				lines = append(lines, fmt.Sprintf("  %s «%s», %s: nothing of the region pack; not learnt", m.Dimension, m.Label, count(m.Rows, "row")))
			}
		case m.Words:
			lines = append(lines, fmt.Sprintf("  %s «%s», %s: taken for %s by its words", m.Dimension, m.Label, count(m.Rows, "row"), m.Code))
		}
	}
	for _, d := range slices.Sorted(maps.Keys(unknown)) {
		if more := unknown[d] - mostNamed; more > 0 {
			lines = append(lines, fmt.Sprintf("  … and %d more of %s that stand for nothing", more, d))
		}
	}
	if len(lines) > 0 {
		fmt.Fprintln(out, strings.Join(lines, "\n"))
	}
	if len(done.Judged) == 0 {
		_, err := fmt.Fprintln(out, "How well it judges cannot be told: the last tenth has no row that was new.")
		return err
	}
	fmt.Fprintln(out, "The last tenth, each row judged before it was taught:")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\trows\tright\tamong the first three\t")
	for _, d := range slices.Sorted(maps.Keys(done.Judged)) {
		f := done.Judged[d]
		fmt.Fprintf(w, "%s\t%d\t%.0f %%\t%.0f %%\t\n", d, f.Lessons, 100*f.Accuracy, 100*f.Top3)
	}
	return w.Flush()
}

// bar shows progress: a bar that fills on a terminal, a line for each tenth elsewhere.
type bar struct {
	out      io.Writer
	terminal bool
	now      func() time.Time
	began    time.Time
	tenth    int
	drawn    bool
}

const barWidth = 30

func (b *bar) show(at lessons.Progress) {
	passed := b.now().Sub(b.began)
	speed := float64(at.Done) / max(passed.Seconds(), 1e-3)
	left := time.Duration(float64(at.Total-at.Done) / max(speed, 1e-3) * float64(time.Second)).Round(time.Second)
	percent := 100 * at.Done / max(at.Total, 1)
	if b.terminal {
		full := barWidth * at.Done / max(at.Total, 1)
		fmt.Fprintf(b.out, "\r[%s%s] %3d %%, %.0f rows a second, %s left   ", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), percent, speed, left)
		b.drawn = true
		return
	}
	if percent/10 > b.tenth {
		b.tenth = percent / 10
		fmt.Fprintf(b.out, "%d %%, %.0f rows a second\n", percent, speed)
	}
}

// end leaves the bar's line.
func (b *bar) end() {
	if b.drawn {
		fmt.Fprintln(b.out)
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
