package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"otklik/bot"
	"otklik/storage"
	"otklik/storage/bolt"
)

// What Telegram bears: messages a second in all, and at once in a chat.
const (
	bears       = 30
	bearsOfChat = 3
)

const notices = 10_000

// firstReader is the chat of the first who gets a notice; the crowd's own are below.
const firstReader = 1_000_001

// outbox has a broadcast under way, at the messenger's pace, and a few people who write meanwhile.
func outbox(ctx context.Context, b *bench) error {
	length := b.lasts(30 * time.Second)
	people := b.crowds(5)[0]
	var rates, p50s, p99s []float64
	overtook := 0
	refused, left := 0, notices
	for i := range b.runs {
		r, err := b.broadcast(ctx, people, length)
		if err != nil {
			return err
		}
		b.say("  run %d: %.2f messages a second of %d, %d refused; a reply within %.0f ms (median), %.0f ms (p99), %d notices overtook it at most; %d notices still wait", i+1, r.rate, bears, r.refused, r.p50, r.p99, r.overtook, r.left)
		rates, p50s, p99s = append(rates, r.rate), append(p50s, r.p50), append(p99s, r.p99)
		refused, left, overtook = refused+r.refused, min(left, r.left), max(overtook, r.overtook)
	}
	b.table.note("a broadcast of 10,000 notices under way: what still waits at the end", float64(left), "%d", left)
	b.table.least("messages a second, 95% of the 30 that Telegram bears", middle(rates), 0.95*bears, "%.2f")
	b.table.most("of its own making refused with 429", float64(refused), 0, "%.0f")
	b.table.note(fmt.Sprintf("replies to %d people who write meanwhile", people), middle(p50s), "p50 %.0f ms, p99 %.0f ms", middle(p50s), middle(p99s))
	b.table.most("notices that left between what they wrote and the reply, a second's worth at most", float64(overtook), bears, "%.0f")
	return nil
}

// steady gives how many a second there were. Where they come in bursts it counts whole ones: a second more or less would
// tell a burst more or less.
func steady(list []time.Time) float64 {
	const apart = 100 * time.Millisecond
	first, last := 0, len(list)-1
	var starts []int
	for i := 1; i < len(list); i++ {
		if list[i].Sub(list[i-1]) > apart {
			starts = append(starts, i)
		}
	}
	if len(starts) > 2 {
		first, last = starts[0], starts[len(starts)-1]
	}
	if last <= first {
		return 0
	}
	return float64(last-first) / list[last].Sub(list[first]).Seconds()
}

type broadcasting struct {
	rate, p50, p99          float64
	refused, overtook, left int
}

func (b *bench) broadcast(ctx context.Context, people int, length time.Duration) (r broadcasting, err error) {
	count := newTally()
	set := setup{people: people, think: 1500 * time.Millisecond, bound: newBound(bears, bearsOfChat), sent: count.sent}
	s, err := b.set(set)
	if err != nil {
		return r, err
	}
	if err := b.found(ctx, s.home); err != nil {
		return r, err
	}
	if err := queue(ctx, data(s.home), notices); err != nil {
		return r, err
	}
	if err := b.launch(ctx, s); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.end()) }()
	if err := s.replies(); err != nil {
		return r, err
	}
	if err := s.lasts(ctx, warm); err != nil {
		return r, err
	}
	s.crowd.reset()
	s.crowd.begin()
	began := time.Now()
	if err := s.lasts(ctx, length); err != nil {
		return r, err
	}
	r.rate, r.refused = steady(s.bound.since(began)), s.bound.refusals()
	r.p50, r.p99 = percent(s.crowd.taken(nil), 50), percent(s.crowd.taken(nil), 99)
	r.overtook = count.overtook(s.crowd)
	r.left = notices - count.notices()
	if r.left <= 0 {
		return r, errors.New("the broadcast was over before the time was: there are more messages a second than the messenger bears")
	}
	return r, nil
}

// tally notes when something left to those who are not of the crowd.
type tally struct {
	mu   sync.Mutex
	left []time.Time
	to   map[string]bool
}

func newTally() *tally { return &tally{to: map[string]bool{}} }

func (t *tally) sent(chat string) {
	if number(chat) < firstReader {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left = append(t.left, time.Now())
	t.to[chat] = true
}

// chats gives how many got something.
func (t *tally) chats() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.to)
}

func (t *tally) notices() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.left)
}

// overtook gives how many notices left while a person waited for a reply, at most.
func (t *tally) overtook(c *crowd) (most int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.waits {
		n := 0
		for _, at := range t.left {
			if at.After(w.asked) && at.Before(w.asked.Add(w.length)) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// found lets the program make its store, so that it holds what the program keeps in every store.
func (b *bench) found(ctx context.Context, home string) error {
	w := newWorld(newCrowd(0, 1, true, 0))
	defer w.close()
	polled, _ := w.arrivals().expect()
	p, err := start(b.otklik(ctx, home, w.env()), home)
	if err != nil {
		return err
	}
	select {
	case <-polled:
		return p.stop()
	case <-p.ended:
		return p.failed()
	case <-time.After(patience):
		p.kill()
		return errors.New("the bot does not ask for updates")
	}
}

// queue lets n people be known who each have a notice waiting.
func queue(ctx context.Context, path string, n int) error {
	db, err := bolt.Open(path)
	if err != nil {
		return err
	}
	defer db.Close()
	body, err := json.Marshal(bot.Message{Text: "Обращение № 1: " + preview})
	if err != nil {
		return err
	}
	return storage.Over(db).Update(ctx, func(tx *storage.Tx) error {
		for i := range n {
			user := fmt.Sprint(firstReader + i)
			chat := "telegram:" + user
			if err := tx.PutPerson(&storage.Person{Channel: "telegram", User: user, Name: "Житель", Chat: chat, Created: time.Now()}); err != nil {
				return err
			}
			if err := tx.PutOutgoing(&storage.Outgoing{Peer: chat, Priority: uint8(bot.Notice), Body: body, Created: time.Now()}); err != nil {
				return err
			}
		}
		return nil
	})
}
