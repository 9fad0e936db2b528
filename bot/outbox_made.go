package bot

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
)

// makeTries is how often making or fetching something may fail for no lasting reason before the message goes without it: with
// the waits between, a quarter of an hour.
const makeTries = 10

// prepare has everything made that a message carries, before its channel hears of it: so that nothing of the message stands
// in the chat when something fails. The message goes without what cannot be made.
func (c *carrier) prepare(ctx context.Context, b *bench, e *Entry) error {
	if !e.Message.Makes() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	list := slices.Clone(e.Message.Photos)
	for _, f := range e.Message.Files {
		list = append(list, f.Media())
	}
	for _, m := range list {
		if m.Make == "" {
			continue
		}
		if _, err := b.Open(ctx, m); err != nil && FailureOf(err).Reason != Never {
			if !b.last {
				return err
			}
			b.giveUp(m.Make, err)
		}
	}
	if b.short() {
		e.Message = c.leaveOut(ctx, b, e)
	}
	return nil
}

// giveUp takes a thing for one that cannot be made.
func (b *bench) giveUp(making string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keep(making, &thing{none: givenUp(err)})
}

func givenUp(err error) *Failure {
	return &Failure{Reason: Never, Err: fmt.Errorf("given up after %d attempts: %w", makeTries, err)}
}

// leaveOut gives the message without what cannot be made, and tells the operator.
func (c *carrier) leaveOut(ctx context.Context, b *bench, e *Entry) Message {
	b.mu.Lock()
	things := maps.Clone(b.things)
	b.mu.Unlock()
	for _, making := range slices.Sorted(maps.Keys(things)) {
		if f := things[making].none; f != nil {
			c.say(ctx, slog.LevelError, "something cannot be made; the message goes without it", e, f)
		}
	}
	return b.without(e.Message)
}

// unmade: a message whose making failed stays the first of its chat. Its messenger was not asked, and no other chat waits.
func (c *carrier) unmade(ctx context.Context, e Entry, err error) outcome {
	if ctx.Err() != nil {
		return outcome{} // the program ends: the message waits in the spool
	}
	f := FailureOf(err)
	wait := max(f.After, c.backoff(e.Attempts+1, longestWait))
	level := slog.LevelDebug
	if e.Attempts == 0 {
		level = slog.LevelWarn
	}
	c.say(ctx, level, "what a message carries cannot be had now; it is tried again", &e, f)
	c.failed(ctx, e, &Failure{Reason: Later, After: f.After, Err: f.Err}, c.Now().Add(wait))
	return outcome{wait: wait, soft: true}
}
