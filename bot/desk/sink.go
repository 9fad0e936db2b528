package desk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"otklik/bot"
)

// errClosed is the answer while no engine listens.
var errClosed = errors.New("the desk is not open")

// lineToSink is the way to the engine: open while Run runs.
type lineToSink struct {
	mu   sync.RWMutex // read while the sink works
	ctx  context.Context
	sink bot.Sink
}

func (l *lineToSink) open(ctx context.Context, sink bot.Sink) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ctx, l.sink = ctx, sink
}

// close waits for calls that are under way.
func (l *lineToSink) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ctx, l.sink = nil, nil
}

// give hands an update over. It goes on when the browser that brought it goes away, and ends when Run ends.
func (l *lineToSink) give(u bot.Update) error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.sink == nil {
		return errClosed
	}
	return l.sink(l.ctx, u)
}

// enter takes the chair's turn: its updates reach the engine one after the other, in the order of their refs.
func (c *chair) enter(ctx context.Context) error {
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *chair) leave() { <-c.turn }

// deliver gives the engine all that waits in a chair, in order, up to the first fault. The caller has the turn.
func (d *Desk) deliver(ctx context.Context, c *chair) error {
	for _, r := range d.waiting(c) {
		if r.Waits {
			if err := d.line.give(d.update(c, r, bot.Written)); err != nil {
				d.ring()
				return fmt.Errorf("message %d of %s was not taken: %w", r.N, c.ID, err)
			}
		}
		if r.EditWait {
			if err := d.line.give(d.update(c, r, bot.Edited)); err != nil {
				d.ring()
				return fmt.Errorf("edit of message %d of %s was not taken: %w", r.N, c.ID, err)
			}
		}
		if err := d.change(ctx, c, r.N, func(r *record) { r.Waits, r.EditWait = false, false }); err != nil {
			return err
		}
	}
	return nil
}

// update says what a record means to the engine; the same record always gives the same ID.
func (d *Desk) update(c *chair, r *record, kind bot.Kind) bot.Update {
	u := d.blank(c, r.Key, r.Language)
	u.Kind, u.Time, u.Ref, u.Text, u.Location, u.ReplyTo = kind, r.Time, r.ref(), r.Text, r.Location, r.ReplyTo
	if u.Group {
		u.Link = d.linkTo(c, r)
	}
	if kind == bot.Edited {
		u.ID, u.Time = c.ID+"/"+r.EditKey, r.Edited
	}
	for _, p := range r.Photos {
		u.Media = append(u.Media, bot.Media{Refs: map[string]string{Name: p.ID}, Blob: p.ID})
	}
	return u
}

func (d *Desk) blank(c *chair, key, language string) bot.Update {
	u := bot.Update{
		Channel: Name, ID: c.ID + "/" + key, Time: d.now(), Peer: bot.Peer{Channel: Name, Chat: c.ID},
		From: bot.User{ID: c.ID, Name: c.Name, Language: language},
	}
	if c.Role == Group { // whoever speaks there is a neighbour, and speaks to all
		u.Group, u.Source, u.Title = true, u.Peer, c.Name
		u.From = bot.User{ID: c.ID + "-" + neighbour, Name: neighbours[language]}
	}
	return u
}

// neighbour is who speaks in a group of the desk.
const neighbour = "neighbour"

// neighbours are their names, by language; read only.
var neighbours = map[string]string{"ru": "Сосед", "en": "A neighbour"}

func (d *Desk) ring() {
	select {
	case d.retry <- struct{}{}:
	default:
	}
}

// again is how long a message that could not be handed over waits for another attempt, should its page not make one.
const again = 5 * time.Second

// handOver gives the engine what waits, now and whenever something was left behind, until ctx ends.
func (d *Desk) handOver(ctx context.Context) {
	for {
		for _, c := range d.order {
			if len(d.waiting(c)) == 0 || c.enter(ctx) != nil {
				continue
			}
			if err := d.deliver(ctx, c); err != nil && ctx.Err() == nil {
				d.log.Warn("a message waits", "chair", c.ID, "cause", err)
			}
			c.leave()
		}
		select {
		case <-d.retry:
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(again):
		case <-ctx.Done():
			return
		}
	}
}
