package flows

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"otklik/bot"
	"otklik/config"
	"otklik/flows/place"
	"otklik/flows/understand"
	"otklik/flows/worktime"
	"otklik/storage"
)

// Options are what an engine stands on. Curators lists the groups that incidents come to; without one they come to each
// curator. Admins lists who may do everything, as "channel:user".
type Options struct {
	Store    *storage.Store
	Pack     *config.Pack
	Place    func() *place.Finder
	Topics   func() *understand.Judge
	Flows    []Flow
	Texts    *Texts // of the flows; nil reads them
	Now      func() time.Time
	Log      *slog.Logger
	Admins   []string
	Language string // of those who chose none; "" is the first of Languages
	Curators []bot.Peer
	// Privately lets incidents come to each curator as well as to the groups.
	Privately bool
	// PerMinute is how many messages and presses of a resident are taken in a minute; what is more is left, and they are
	// told once. 0 is no bound.
	PerMinute int
	// Digest is the hour of the morning, "08:30", at which everybody is told what waits; "" tells nobody.
	Digest string
	// Control lists the groups that hear of deadlines long past.
	Control []bot.Peer
	// Triage lists where found messages come to be judged; without one they come where incidents do.
	Triage []bot.Peer
	// Registered has it said where a message stands that it was registered, before the answer.
	Registered bool
	// Sieve tells problems from talk; nil holds everything for a problem.
	Sieve func() *understand.Sieve
	// Locate finds the source that an address stands for; nil knows none.
	Locate func(address string) (bot.Source, bool)
	// LongestText and MostPhotos bound one report: in characters, in number. 0 is this package's LongestText and MostPhotos.
	LongestText, MostPhotos int
	// Random gives bytes that nobody can guess; nil is the machine's.
	Random func() [16]byte
	// Notify hears of messages to send, after the commit.
	Notify func([]bot.Ticket)
	// Answer answers a press, after the commit.
	Answer func(channel, press, note string, alert bool)
	// Menu shows a person their commands, after the commit that changed them.
	Menu func(peer bot.Peer, list []bot.Command)
	// Limits tells what a channel bears, so that lists fit: nil is no bound.
	Limits func(channel string) bot.Limits
	// Wanted hears, after the commit, that photos are to be fetched and kept.
	Wanted func()
	// Learner has a say in what is likely; nil leaves that to keywords.
	Learner Learner
	// Taught hears, after the commit, that there are lessons for the learner.
	Taught func()
	// Link makes the link that takes an invitation's code in a channel; "" where the channel has none.
	Link func(channel, start string) string
}

// Engine turns updates into transactions: the update's mark, the person, the conversation, the incident, its event, its
// cards and every message that follows commit together.
type Engine struct {
	Options
	texts *Texts
	zone  *time.Location
	work  *worktime.Calendar
	flow  map[string]*Flow
	admin map[string]bool
	cmds  map[string]command
	quiet [2]time.Duration // since midnight; equal: never
	flood flood

	cities sync.Map // municipality → the settlement that it nearly consists of, once somebody asked
}

type command struct {
	flow *Flow
	*Command
}

// New checks the flows' tables and makes an engine.
func New(o Options) (*Engine, error) {
	e := &Engine{Options: o, flow: map[string]*Flow{}, admin: map[string]bool{}, cmds: map[string]command{}}
	e.Flows = append(slices.Clone(e.Flows), lists())
	for i := range e.Flows {
		f := &e.Flows[i]
		if e.flow[f.Name] != nil {
			return nil, fmt.Errorf("two flows are named %q", f.Name)
		}
		if err := f.check(); err != nil {
			return nil, err
		}
		e.flow[f.Name] = f
		for j := range f.Commands {
			c := &f.Commands[j]
			if _, taken := e.cmds[c.Name]; taken {
				return nil, fmt.Errorf("two commands are named /%s", c.Name)
			}
			e.cmds[c.Name] = command{f, c}
		}
	}
	for _, a := range e.Admins {
		e.admin[a] = true
	}
	var err error
	if e.texts = e.Texts; e.texts == nil {
		if e.texts, err = ReadTexts(e.Flows); err != nil {
			return nil, err
		}
	}
	if e.zone, err = time.LoadLocation(e.Pack.Region.TimeZone); err != nil {
		return nil, err
	}
	if e.work, err = worktime.New(e.Pack.Calendar, e.zone); err != nil {
		return nil, err
	}
	for i, s := range e.Pack.Calendar.Quiet {
		if s == "" {
			continue
		}
		at, err := time.Parse("15:04", s)
		if err != nil {
			return nil, fmt.Errorf("quiet hours: %w", err)
		}
		e.quiet[i] = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	}
	if e.Random == nil {
		e.Random = func() (b [16]byte) {
			rand.Read(b[:])
			return b
		}
	}
	if e.LongestText == 0 {
		e.LongestText = LongestText
	}
	if e.MostPhotos == 0 {
		e.MostPhotos = MostPhotos
	}
	if e.Notify == nil {
		e.Notify = func([]bot.Ticket) {}
	}
	if e.Answer == nil {
		e.Answer = func(string, string, string, bool) {}
	}
	if e.Menu == nil {
		e.Menu = func(bot.Peer, []bot.Command) {}
	}
	if e.Wanted == nil {
		e.Wanted = func() {}
	}
	if e.Taught == nil {
		e.Taught = func() {}
	}
	if e.Link == nil {
		e.Link = func(string, string) string { return "" }
	}
	return e, nil
}

// Handle works off one update. An error means that the store failed and nothing was kept: give the update again.
func (e *Engine) Handle(ctx context.Context, u bot.Update) error {
	cut := false
	if u.Text != "" {
		u.Text, cut = e.cleaned(u.Text)
	}
	ground(&u)
	date(&u)
	if left, err := e.aloof(ctx, &u); err != nil || left {
		return bot.Quiet(err)
	}
	err := e.judged(ctx, &u, cut)
	if err == nil || errors.Is(err, storage.ErrFailed) || ctx.Err() != nil {
		return bot.Quiet(err)
	}
	// Nothing of the attempt was kept. The update is worked off all the same: with a polite no, or with an apology and
	// the update itself put aside for whoever mends the cause.
	if no, ok := errors.AsType[*Refusal](err); ok {
		e.refused(&u, no)
		err = e.commit(ctx, &u, func(t *Turn) error { return t.refuse(no) })
		if err == nil || errors.Is(err, storage.ErrFailed) || ctx.Err() != nil {
			return bot.Quiet(err)
		}
	}
	e.failed("update failed", err, "update", u.Trail())
	return bot.Quiet(e.putAside(ctx, &u))
}

// judged works off an update, unless it is too much of its person. What is left without a transaction leaves no mark
// that it was seen, and needs none: nothing was done, and when it comes again it is judged again.
func (e *Engine) judged(ctx context.Context, u *bot.Update, cut bool) error {
	much, hired, person := within, uint64(0), u.Channel+":"+u.From.ID
	if counted(u) {
		much, hired = e.flood.judge(person, e.PerMinute, e.Now())
	}
	if much == nothing {
		if u.Press != "" {
			e.Answer(u.Channel, u.Press, "", false)
		}
		return nil
	}
	e.read(u)
	plain := false
	err := e.commit(ctx, u, func(t *Turn) error {
		t.verdict, t.cut = much, cut
		err := t.dispatch()
		plain = t.plain
		return err
	})
	switch {
	case err != nil && much == over:
		e.flood.untold(person)
	case err == nil && plain:
		e.flood.plain(person, hired, e.Now())
	}
	return err
}

// read reads what a person wrote, before the transaction and beside others': within it, where one stands behind the other,
// the results are remembered.
func (e *Engine) read(u *bot.Update) {
	if u.Kind == bot.Written && u.Text != "" && !strings.HasPrefix(u.Text, "/") {
		e.Topics().Topics(u.Text, 0)
		e.Place().Find(u.Text)
	}
}

// commit runs fn in a transaction that marks the update as seen, and lets out what follows from it after the commit.
func (e *Engine) commit(ctx context.Context, u *bot.Update, fn func(*Turn) error) error {
	var t *Turn
	var before bool
	random := e.Random() // outside the transaction, which may run twice
	heard := asked{}
	err := e.Store.Update(ctx, func(tx *storage.Tx) (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = bot.Recovered(r)
			}
		}()
		t = &Turn{e: e, ctx: ctx, Tx: tx, Now: e.Now(), In: *u, random: random, trail: u.Trail(), asked: heard}
		if before, err = tx.See(u.Channel, u.ID, t.Now); err != nil || before {
			return err
		}
		if err := t.enter(); err != nil {
			return err
		}
		if err := fn(t); err != nil {
			return err
		}
		return t.leave()
	})
	if err != nil {
		return err
	}
	e.heed(t)
	e.kept(ctx, u, before, t.tickets)
	if u.Press != "" {
		e.Answer(u.Channel, u.Press, t.note, t.alert)
	}
	if t.menu {
		e.Menu(u.Peer, t.Commands())
	}
	for _, m := range t.menus {
		e.Menu(m.peer, m.list)
	}
	if len(t.tickets) > 0 {
		e.Notify(t.tickets)
	}
	return nil
}

// heed does at once what a commit asks of the rest of the program.
func (e *Engine) heed(t *Turn) {
	if t.Tx.Hired() {
		e.flood.hire()
	}
	if t.Tx.Wants() {
		e.Wanted()
	}
	if len(t.lessons) > 0 {
		e.Taught()
	}
}

// Do runs fn in a transaction outside any update: for timers and for the command line.
func (e *Engine) Do(ctx context.Context, fn func(*Turn) error) error {
	var t *Turn
	heard := asked{}
	err := e.Store.Update(ctx, func(tx *storage.Tx) (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = bot.Recovered(r)
			}
		}()
		t = &Turn{e: e, ctx: ctx, Tx: tx, Now: e.Now(), sess: &storage.Session{}, asked: heard}
		if err := fn(t); err != nil {
			return err
		}
		return t.leave()
	})
	if err != nil {
		return err
	}
	e.heed(t)
	if len(t.tickets) > 0 {
		e.Notify(t.tickets)
	}
	return nil
}

// Tick fires what is due, in order, each timer in a transaction of its own, and gives the time of the next; zero if
// there is none.
func (e *Engine) Tick(ctx context.Context) (time.Time, error) {
	for ctx.Err() == nil {
		var due []*storage.Timer
		err := e.Store.View(ctx, func(tx *storage.Tx) (err error) {
			due, err = tx.DueTimers(e.Now(), 64)
			return err
		})
		if err != nil || len(due) == 0 {
			return e.next(ctx, err)
		}
		for _, timer := range due {
			if err := e.fire(ctx, timer); err != nil {
				return time.Time{}, err
			}
		}
	}
	return time.Time{}, ctx.Err()
}

func (e *Engine) next(ctx context.Context, err error) (next time.Time, _ error) {
	if err != nil {
		return next, err
	}
	err = e.Store.View(ctx, func(tx *storage.Tx) (err error) {
		next, err = tx.NextTimer()
		return err
	})
	return next, err
}

func (e *Engine) fire(ctx context.Context, timer *storage.Timer) error {
	run := e.timer(timer.Kind)
	err := e.Do(ctx, func(t *Turn) error {
		if there, err := t.Tx.TakeTimer(timer); err != nil || !there || run == nil {
			return err
		}
		t.fires = true
		return run(t, timer)
	})
	if err == nil || errors.Is(err, storage.ErrFailed) || ctx.Err() != nil {
		return err
	}
	// A timer that cannot be worked off must not hold up those behind it.
	e.failed("timer failed", err, "kind", timer.Kind, "incident", timer.Incident)
	return e.Do(ctx, func(t *Turn) error {
		_, err := t.Tx.TakeTimer(timer)
		return err
	})
}

func (e *Engine) timer(kind string) func(*Turn, *storage.Timer) error {
	if kind == claimTimer {
		return claimOver
	}
	for _, f := range e.Flows {
		if run := f.Timers[kind]; run != nil {
			return run
		}
	}
	e.Log.Error("no flow knows this timer", "kind", kind)
	return nil
}

// keepPointers is how long it is known what a message was, and sweepAt how many messages are looked at a minute: a
// nation's year of them in some days.
const (
	keepPointers = 180 * 24 * time.Hour
	sweepAt      = 2000
)

// keepSeen is how long an update is remembered: no messenger delivers one again later than a few days. After a downtime
// that was longer the last ones are still remembered when a messenger is asked for what was missed: each minute drops
// those of forgetSpan only.
const (
	keepSeen   = 7 * 24 * time.Hour
	forgetSpan = 10 * time.Minute
)

// Run fires timers as they come due and drops old marks, until ctx ends.
func (e *Engine) Run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	swept := ""
	for n := 0; ; n++ {
		if _, err := e.Tick(ctx); err != nil && ctx.Err() == nil {
			e.Log.Error("timers", "err", bot.Quiet(err))
		}
		if n%60 == 0 {
			next := ""
			err := e.Do(ctx, func(t *Turn) error {
				if _, err := t.Tx.ForgetSeen(t.Now.Add(-keepSeen), forgetSpan, 1000); err != nil {
					return err
				}
				var err error
				next, _, err = t.Tx.Sweep(swept, sweepAt, t.Now.Add(-keepPointers))
				return err
			})
			swept = next
			if err != nil && ctx.Err() == nil {
				e.Log.Error("old marks", "err", bot.Quiet(err))
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
