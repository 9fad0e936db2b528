// Package lessons keeps a learner beside a store: it is taught what curators decide as soon as that is committed, and a
// checkpoint of it is kept in a file, so that a restart begins where the last one ended.
//
// Every decision writes a lesson in its own transaction. Lessons are taught in the order of their numbers, each once: the
// keeper remembers the number of the last one, and so does the checkpoint. What was committed and not taught, or taught
// and not in the checkpoint when the program ended, is taught at the next start. Once a checkpoint is on the disk its
// lessons are deleted.
package lessons

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"otklik/flows/learn"
	"otklik/flows/personal"
	"otklik/flows/understand"
	"otklik/storage"
)

const (
	// Least is how many lessons a dimension must have before anything is said of it.
	Least = 20
	// guesses are given in each dimension.
	guesses = 3
	// likely are so many topics by keywords.
	likely = 3
	// every is after how many lessons a checkpoint is made.
	every = 500
	// batch is how many lessons are read in one transaction.
	batch = 64
)

// Options are what a keeper stands on.
type Options struct {
	Store  *storage.Store
	Topics func() *understand.Judge // gives a text's topic by its keywords
	File   string                   // of the checkpoint
	Log    *slog.Logger
	Every  int           // lessons from one checkpoint to the next; 0 is 500
	After  time.Duration // Run begins so long after it was called: a program that starts has other things to do
}

// Keeper is a learner that is taught from a store. It is safe for use by many at once; one keeper works on a store.
type Keeper struct {
	Options
	learner atomic.Pointer[learn.Learner] // nil: nothing was taught, or the checkpoint is not read yet
	wake    chan struct{}
	ready   chan struct{} // closed once the checkpoint is read, or there is none

	work   sync.Mutex // teaching and saving
	opened bool
	last   uint64 // the last lesson that is taught, or left out
	fresh  int    // lessons since the last checkpoint
}

// New makes a keeper that knows nothing yet.
func New(o Options) *Keeper {
	if o.Every == 0 {
		o.Every = every
	}
	return &Keeper{Options: o, wake: make(chan struct{}, 1), ready: make(chan struct{})}
}

// Run reads the checkpoint, teaches what is new whenever Wake is called, and makes checkpoints, the last one at the end. It
// returns when ctx ends.
func (k *Keeper) Run(ctx context.Context) {
	later := time.NewTimer(k.After)
	defer later.Stop()
	select {
	case <-ctx.Done():
		return
	case <-later.C:
	}
	for ctx.Err() == nil {
		k.Open(ctx)
		if err := k.Learn(ctx); err != nil && ctx.Err() == nil {
			k.Log.Error("lessons were not taught yet; the next decision tries again", "err", err)
		}
		if k.due() {
			k.checkpoint(ctx)
		}
		select {
		case <-ctx.Done():
		case <-k.wake:
		}
	}
	k.checkpoint(context.WithoutCancel(ctx))
}

// Wake lets Run teach what was committed. It waits for nothing.
func (k *Keeper) Wake() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Opened is closed once the keeper knows what the checkpoint holds.
func (k *Keeper) Opened() <-chan struct{} { return k.ready }

// Guess gives what curators would decide of a text at a place, by what they decided before. There is no opinion in a
// dimension with fewer than Least lessons, nor before the checkpoint is read.
func (k *Keeper) Guess(text string, p storage.Place) map[learn.Dimension]learn.Opinion {
	l := k.learner.Load()
	if l == nil || !says(text) {
		return nil
	}
	text = personal.Mask(text)
	return l.Opinions(text, guesses, Least, hints(k.Topics(), text, p)...)
}

// Learn teaches the lessons that were committed since, in their order.
func (k *Keeper) Learn(ctx context.Context) error {
	k.work.Lock()
	defer k.work.Unlock()
	if !k.opened {
		return nil
	}
	for {
		list, next, err := k.read(ctx)
		if err != nil {
			return err
		}
		for _, one := range list {
			k.teach(one)
		}
		if k.fresh += len(list); next == k.last {
			return nil
		}
		k.last = next
	}
}

// read gives the next lessons with their texts as these are now, and the number of the last of them.
func (k *Keeper) read(ctx context.Context) (list []learn.Lesson, next uint64, err error) {
	err = k.Store.View(ctx, func(tx *storage.Tx) error {
		list, next = nil, k.last
		records, err := tx.Lessons(k.last, batch)
		if err != nil {
			return err
		}
		for _, r := range records {
			inc, err := tx.Incident(r.Incident)
			if err != nil {
				return err
			}
			if next = r.ID; inc != nil {
				list = append(list, k.lesson(inc, r.Labels))
			}
		}
		return nil
	})
	return list, next, err
}

// lesson is what a decision on an incident teaches.
func (k *Keeper) lesson(inc *storage.Incident, l storage.Labels) learn.Lesson {
	text := personal.Mask(inc.Text)
	return learn.Lesson{Text: text, Hints: hints(k.Topics(), text, inc.Place), Labels: map[learn.Dimension]string{
		learn.Theme: l.Theme, learn.Group: l.Group, learn.Executor: l.Executor, learn.Problem: l.Problem,
	}}
}

func (k *Keeper) teach(one learn.Lesson) {
	if !says(one.Text) {
		return
	}
	l := k.learner.Load()
	if l == nil {
		l = learn.New()
		defer k.learner.Store(l)
	}
	if err := l.Teach(one); err != nil {
		k.Log.Error("a lesson is not learnt", "err", err)
	}
}

// hints are what is known beside a text: where it is, and its likeliest topics by keywords.
func hints(topics *understand.Judge, text string, p storage.Place) (list []string) {
	if p.Municipality != "" {
		list = append(list, "in "+p.Municipality)
	}
	if p.Settlement != "" {
		list = append(list, "at "+p.Settlement)
	}
	for _, t := range topics.Topics(text, likely) {
		list = append(list, "on "+t.Topic)
	}
	return list
}

// says tells whether a text has words.
func says(text string) bool { return strings.ContainsFunc(text, unicode.IsLetter) }
