package year

import (
	"container/heap"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/all"
	"otklik/flows/flowtest"
	"otklik/storage"
	"otklik/storage/bolt"
	"otklik/storage/storagetest"
)

// desk is the program under test: its engine over its store, with a clock that the test turns, and no messenger.
type desk struct {
	tb     testing.TB
	ground flowtest.Ground
	file   string // the store's; "" for one in memory
	kv     storage.KV
	store  *storage.Store
	engine *flows.Engine
	spool  *flows.Spool
	now    time.Time
	next   time.Time // the first timer
	log    strings.Builder

	mail    letters // what waits to be sent
	ticks   bool    // a timer is being worked off
	byTimer map[uint64]bool
	heard   func(e bot.Entry, byTimer bool)
	updates int
	refs    int
	sent    int
	peak    int // timers
}

var (
	curatorGroup = bot.Peer{Channel: "telegram", Chat: "-100"}
	controlGroup = bot.Peer{Channel: "telegram", Chat: "-200"}
)

// newDesk opens a desk: over a file in the folder that OTKLIK_YEAR_DIR names, otherwise in memory.
func newDesk(tb testing.TB, g flowtest.Ground, at time.Time) *desk {
	d := &desk{tb: tb, ground: g, now: at, byTimer: map[uint64]bool{}}
	if dir := os.Getenv("OTKLIK_YEAR_DIR"); dir != "" {
		temp, err := os.MkdirTemp(dir, "year")
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() {
			if err := os.RemoveAll(temp); err != nil {
				tb.Error(err)
			}
		})
		d.file = filepath.Join(temp, "otklik.db")
	}
	d.open()
	tb.Cleanup(func() { d.kv.Close() })
	return d
}

func (d *desk) open() {
	if d.file != "" {
		kv, err := bolt.Open(d.file)
		if err != nil {
			d.tb.Fatal(err)
		}
		d.kv = kv
	} else if d.kv == nil {
		d.kv = storagetest.NewMemory()
	}
	d.store = storage.Over(d.kv)
	d.spool = &flows.Spool{Store: d.store}
	var err error
	d.engine, err = flows.New(flows.Options{
		Store: d.store, Pack: d.ground.Pack, Place: flowtest.Made(d.ground.Place), Topics: flowtest.Made(d.ground.Topics), Sieve: flowtest.Made(d.ground.Sieve), Flows: all.Flows(),
		Now: func() time.Time { return d.now }, Log: slog.New(slog.NewTextHandler(&d.log, &slog.HandlerOptions{Level: slog.LevelError})),
		Curators: []bot.Peer{curatorGroup}, Control: []bot.Peer{controlGroup}, Notify: d.notify,
		Link: func(channel, start string) string { return "https://example.org/" + channel + "?start=" + start },
	})
	if err != nil {
		d.tb.Fatal(err)
	}
}

func (d *desk) notify(list []bot.Ticket) {
	for _, t := range list {
		heap.Push(&d.mail, t)
		if d.ticks {
			d.byTimer[t.ID] = true
		}
	}
}

// restart ends the program and begins it again: all that it knows is in its store.
func (d *desk) restart() {
	if d.file != "" {
		if err := d.kv.Close(); err != nil {
			d.tb.Fatal(err)
		}
	}
	d.open()
	tickets, err := d.spool.Waiting(context.Background())
	if err != nil {
		d.tb.Fatal(err)
	}
	d.mail = d.mail[:0]
	for _, t := range tickets {
		heap.Push(&d.mail, t)
	}
}

// do is a transaction of the engine's.
func (d *desk) do(fn func(*flows.Turn) error) {
	if err := d.engine.Do(context.Background(), fn); err != nil {
		d.tb.Fatal(err)
	}
}

func (d *desk) view(fn func(*storage.Tx) error) {
	if err := d.store.View(context.Background(), fn); err != nil {
		d.tb.Fatal(err)
	}
}

// give gives an update, as often as a messenger may.
func (d *desk) give(p *person, u bot.Update, times int) {
	d.updates++
	u.Channel, u.ID, u.Time, u.Peer, u.From = p.peer.Channel, fmt.Sprint(d.updates), d.now, p.peer, p.user
	if u.Kind == bot.Written {
		d.refs++
		u.Ref = bot.Ref(fmt.Sprint("u", d.refs))
	}
	for range times {
		if err := d.engine.Handle(context.Background(), u); err != nil {
			d.tb.Fatal(err)
		}
	}
}

func (d *desk) press(p *person, times int, format string, args ...any) {
	d.give(p, bot.Update{Kind: bot.Pressed, Ref: "b0", Press: "p", Data: fmt.Sprintf(format, args...)}, times)
}

func (d *desk) write(p *person, times int, format string, args ...any) {
	d.give(p, bot.Update{Kind: bot.Written, Text: fmt.Sprintf(format, args...)}, times)
}

// answer presses a button of the conversation that somebody is in.
func (d *desk) answer(p *person, format string, args ...any) {
	var talk uint64
	d.view(func(tx *storage.Tx) error {
		s, err := tx.Session(p.peer.String(), p.id)
		if err == nil && len(s.Talks) > 0 {
			talk = s.Talks[len(s.Talks)-1].ID
		}
		return err
	})
	d.press(p, 1, "t%s:"+format, append([]any{base36(talk)}, args...)...)
}

// tick works off what is due, and sends what waits.
func (d *desk) tick() {
	d.ticks = true
	next, err := d.engine.Tick(context.Background())
	d.ticks = false
	if err != nil {
		d.tb.Fatal(err)
	}
	d.next = next
	d.send()
	if d.log.Len() > 0 {
		d.tb.Fatalf("%s: %s", d.now, d.log.String())
	}
}

// send sends what is due.
func (d *desk) send() {
	ctx := context.Background()
	for len(d.mail) > 0 && !d.mail[0].NotBefore.After(d.now) {
		var list []bot.Entry
		for len(d.mail) > 0 && !d.mail[0].NotBefore.After(d.now) {
			t := heap.Pop(&d.mail).(bot.Ticket)
			e, ok, err := d.spool.Load(ctx, t.ID)
			if err != nil {
				d.tb.Fatal(err)
			}
			if !ok { // sent already
				continue
			}
			if e.NotBefore.After(d.now) {
				heap.Push(&d.mail, e.Ticket)
				continue
			}
			list = append(list, e)
			d.heard(e, d.byTimer[t.ID])
			delete(d.byTimer, t.ID)
		}
		var all sync.WaitGroup
		for _, e := range list {
			d.refs++
			d.sent++
			r := bot.Receipt{Ref: bot.Ref(fmt.Sprint("b", d.refs))}
			if e.Edit != "" {
				r.Ref = e.Edit
			}
			all.Go(func() {
				if again, err := d.spool.Sent(ctx, e, r); err != nil || again {
					d.tb.Error(again, err)
				}
			})
		}
		all.Wait()
	}
}

// until lets time pass: what comes due happens at its time, or after the downtime.
func (d *desk) until(at time.Time, downtime func(time.Time) *span) {
	for {
		next := d.next
		if len(d.mail) > 0 && (next.IsZero() || d.mail[0].NotBefore.Before(next)) {
			next = d.mail[0].NotBefore
		}
		if next.IsZero() || next.After(at) {
			break
		}
		if down := downtime(next); down != nil {
			d.now = down.to
			d.restart()
		} else if next.After(d.now) {
			d.now = next
		}
		d.tick()
	}
	if at.After(d.now) {
		d.now = at
	}
}

// letters are tickets, those to leave first at the top.
type letters []bot.Ticket

func (l letters) Len() int           { return len(l) }
func (l letters) Less(i, j int) bool { return l[i].NotBefore.Before(l[j].NotBefore) }
func (l letters) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l *letters) Push(x any)        { *l = append(*l, x.(bot.Ticket)) }
func (l *letters) Pop() any {
	old := *l
	last := old[len(old)-1]
	*l = old[:len(old)-1]
	return last
}

// person is somebody who writes to the desk.
type person struct {
	id   uint64
	user bot.User
	peer bot.Peer
}

// hire brings somebody to the desk.
func (d *desk) hire(channel string, roles ...storage.Role) *person {
	d.refs++
	p := &person{user: bot.User{ID: fmt.Sprint(d.refs), Name: fmt.Sprint("Человек ", d.refs)}, peer: bot.Peer{Channel: channel, Chat: fmt.Sprint(d.refs)}}
	d.do(func(t *flows.Turn) error {
		rec := &storage.Person{Channel: channel, User: p.user.ID, Name: p.user.Name, Chat: p.peer.String(), Created: t.Now, Roles: roles}
		err := t.Tx.PutPerson(rec)
		p.id = rec.ID
		return err
	})
	return p
}

// heads are the first words of the ladder's messages.
var heads = []string{"⏳ Подход", "⏰ Срок", "❗ Жител"}

func ladder(text string) bool {
	for _, h := range heads {
		if strings.HasPrefix(text, h) {
			return true
		}
	}
	return false
}

// kinds of clocks, for the spans.
const (
	spanFirst = "first"
	spanFinal = "final"
)
