package lessons

import (
	"context"
	"errors"
	"fmt"
	"io"

	"otklik/flows/learn"
	"otklik/flows/personal"
	"otklik/flows/understand"
	"otklik/storage"
)

// Progress tells how far the teaching of a history is.
type Progress struct {
	Done  int `json:"done"`  // rows read, of two readings
	Total int `json:"total"` // … of so many
}

// Learnt tells what a history taught.
type Learnt struct {
	Rows    int                               `json:"rows"`    // with a text
	Taught  int                               `json:"taught"`  // with a label that the pack knows
	Matches []Match                           `json:"matches"` // every label, and what it was taken for
	Judged  map[learn.Dimension]learn.Figures `json:"judged"`  // of the last tenth, each row before it was taught
}

// told is after how many rows Teach tells how far it is.
const told = 200

// History teaches a table of the past and makes a checkpoint. open opens it anew: it is read three times, to count its rows
// and learn what its themes are called, to teach them, and once more, as one look is little. The last tenth is judged row by row before it is taught: that
// is how good the learner is at what it has not seen; texts that were taught before do not count. Others may ask the
// learner meanwhile.
func (k *Keeper) History(ctx context.Context, names *Names, open func() (io.ReadCloser, error), progress func(Progress) error) (done Learnt, err error) {
	select {
	case <-k.ready:
	case <-ctx.Done():
		return done, ctx.Err()
	}
	rows, known := 0, map[string]bool{}
	var called []learn.Lesson // what its themes are called
	err = each(ctx, open, func(row learn.Lesson) error {
		rows++
		if theme := row.Labels[learn.Theme]; !known[theme] {
			known[theme] = true
			called = append(called, learn.Names([]learn.Lesson{row})...)
		}
		return nil
	})
	if err != nil {
		return done, err
	}
	apart := NewNames(names.pack, names.topics) // a name is no row, and is not to count as one
	for _, one := range called {
		if one = Row(k.Topics(), apart.Coded(one)); len(one.Labels) > 0 {
			if err := k.teachRow(one); err != nil {
				return done, err
			}
		}
	}
	at := Progress{Total: 2 * rows}
	step := func() error {
		if at.Done++; at.Done%told == 0 || at.Done == at.Total {
			return progress(at)
		}
		return nil
	}
	tallies := map[learn.Dimension]*learn.Tally{}
	err = each(ctx, open, func(row learn.Lesson) error {
		done.Rows++
		one := Row(k.Topics(), names.Coded(row))
		if len(one.Labels) == 0 {
			return step()
		}
		done.Taught++
		if done.Rows > rows-rows/10 {
			k.tally(tallies, one)
		}
		if err := k.teachRow(one); err != nil {
			return err
		}
		return step()
	})
	if err == nil {
		done.Matches = names.Matches()
		err = each(ctx, open, func(row learn.Lesson) error {
			if one := Row(k.Topics(), names.Coded(row)); len(one.Labels) > 0 {
				k.learner.Load().Again(one)
			}
			return step()
		})
	}
	if done.Taught > 0 { // what was taught before it failed is taught
		err = errors.Join(err, k.Save(context.WithoutCancel(ctx)))
	}
	done.Judged = map[learn.Dimension]learn.Figures{}
	for d, t := range tallies {
		done.Judged[d] = t.Figures()
	}
	return done, err
}

// each reads a table row by row.
func each(ctx context.Context, open func() (io.ReadCloser, error), fn func(learn.Lesson) error) error {
	f, err := open()
	if err != nil {
		return err
	}
	defer f.Close()
	for row, err := range learn.Rows(f) {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = fn(row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Row is a row of the past as decisions are: without numbers of people, with the hints that its words give.
func Row(topics *understand.Judge, one learn.Lesson) learn.Lesson {
	one.Text = personal.Mask(one.Text)
	one.Hints = hints(topics, one.Text, storage.Place{})
	return one
}

func (k *Keeper) teachRow(one learn.Lesson) error {
	k.work.Lock()
	defer k.work.Unlock()
	l := k.learner.Load()
	if l == nil {
		l = learn.New()
		k.learner.Store(l)
	}
	k.fresh++
	if err := l.Teach(one); err != nil {
		return fmt.Errorf("the learner is full: %w", err)
	}
	return nil
}

// tally judges a row that was not taught yet.
func (k *Keeper) tally(tallies map[learn.Dimension]*learn.Tally, one learn.Lesson) {
	l := k.learner.Load()
	if l == nil || l.Known(one.Text, one.Hints...) {
		return
	}
	verdict := l.JudgeAll(one.Text, guesses, one.Hints...)
	for d, want := range one.Labels {
		if tallies[d] == nil {
			tallies[d] = &learn.Tally{}
		}
		tallies[d].Add(want, verdict[d])
	}
}
