package flows_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/all"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// What of a person must not stand in the log above debug level: names, numbers, chats, words, and what a button says.
var personal = []string{"Анна", "Ветрова", "vetrova", "912345678", "91234-56789", "345-67", "345 67", "Ольга", "Куратова", "555777333",
	"тест", "Яма", "яма", "Ленина", "забор", "curate:", "tzz"}

// trip is the whole way of a message: inbox, engine, spool, outbox, and a messenger that does as the test says.
type trip struct {
	*flowtest.Stage
	*testing.T
	in    *bot.Inbox
	out   *bot.Outbox
	log   *slowLog
	anna  *flowtest.Actor
	olga  *flowtest.Actor
	spool *flows.Spool

	mu   sync.Mutex
	fail func(to bot.Peer, m bot.Message) error
}

// slowLog is a log that several write to.
type slowLog struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *slowLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *slowLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// loud gives the lines above debug level.
func (l *slowLog) loud() []string {
	return slices.DeleteFunc(strings.Split(strings.TrimSpace(l.String()), "\n"), func(s string) bool { return strings.Contains(s, "level=DEBUG") || s == "" })
}

// messenger is VK as a trip sees it.
type messenger struct{ r *trip }

func (m messenger) Name() string                        { return "vk" }
func (m messenger) Limits() bot.Limits                  { return bot.Limits{} }
func (m messenger) Run(context.Context, bot.Sink) error { return nil }

func (m messenger) Send(_ context.Context, to bot.Peer, msg bot.Message, key string, _ bot.Opener) (bot.Receipt, error) {
	m.r.mu.Lock()
	fail := m.r.fail
	m.r.mu.Unlock()
	if fail != nil {
		if err := fail(to, msg); err != nil {
			return bot.Receipt{}, err
		}
	}
	return bot.Receipt{Ref: bot.Ref("r" + key)}, nil
}

func (m messenger) Edit(ctx context.Context, to bot.Peer, _ bot.Ref, msg bot.Message, key string, open bot.Opener) (bot.Receipt, error) {
	return m.Send(ctx, to, msg, key, open)
}

// slip is a flow that falls over what people write, in each of the ways there are.
func slip() flows.Flow {
	return flows.Flow{Name: "slip", Texts: fstest.MapFS{"texts/ru.yaml": {Data: []byte("help_slip: x")}, "texts/en.yaml": {Data: []byte("help_slip: x")}},
		Commands: []flows.Command{{Name: "slip", Rare: true, Run: func(t *flows.Turn, words string) error {
			switch how, rest, _ := strings.Cut(words, " "); how {
			case "words":
				panic(rest)
			case "error":
				panic(errors.New(rest))
			case "update":
				panic(t.In)
			case "index":
				_ = []string{rest}[len(rest)]
			case "quote":
				return fmt.Errorf("no place %q, or %s, is known", rest, rest)
			case "timer":
				return t.Tx.AddTimer(&storage.Timer{Due: t.Now, Kind: "slip", Data: rest})
			}
			return nil
		}}},
		Timers: map[string]func(*flows.Turn, *storage.Timer) error{"slip": func(_ *flows.Turn, timer *storage.Timer) error {
			panic(timer.Data)
		}},
	}
}

func newTrip(t *testing.T) *trip {
	t.Helper()
	s := flowtest.New(t)
	r := &trip{Stage: s, T: t, log: &slowLog{}}
	log := slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	for name, a := range map[string]flowtest.Actor{
		"Анна":  {User: bot.User{ID: "912345678", Name: "Анна Ветрова", Username: "annavetrova"}},
		"Ольга": {User: bot.User{ID: "555777333", Name: "Ольга Куратова"}, Role: storage.Role{Kind: storage.Curator}},
	} {
		a.Name, a.Peer = name, bot.Peer{Channel: "vk", Chat: a.User.ID}
		s.Join(a)
	}
	r.anna, r.olga = s.Cast["Анна"], s.Cast["Ольга"]
	o := s.Engine.Options
	o.Log, o.Flows = log, append(all.Flows(), slip())
	r.spool = &flows.Spool{Store: s.Store}
	r.out = bot.NewOutbox(bot.OutboxOptions{Spool: r.spool, Channels: []bot.Channel{messenger{r}}, Log: log})
	o.Notify = r.out.Notify
	var err error
	if s.Engine, err = flows.New(o); err != nil {
		t.Fatal(err)
	}
	r.in = bot.NewInbox(s.Engine.Handle, 8)
	r.in.Log = log
	return r
}

// open lets messages leave.
func (r *trip) open() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.out.Run(ctx) }()
	r.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			r.Error(err)
		}
	})
}

// give brings an update, whose ID tells whose chat it is from, as VK's does, and gives its trail.
func (r *trip) give(a *flowtest.Actor, u bot.Update) (trail string) {
	r.Helper()
	u = r.Update(a, a.Peer, false, u)
	u.ID = "m" + a.Peer.Chat + "." + u.ID
	if err := r.in.Handle(r.Context(), u); err != nil {
		r.Error(err)
	}
	return u.Trail()
}

func (r *trip) writes(a *flowtest.Actor, words string) string {
	return r.give(a, bot.Update{Kind: bot.Written, Text: words})
}

// logged waits for a line.
func (r *trip) logged(line string) {
	r.Helper()
	is := regexp.MustCompile(line)
	for range 2000 {
		if is.MatchString(r.log.String()) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	r.Fatalf("no line %s:\n%s", line, r.log)
}

// discreet checks that nobody is told of above debug level, and that something is told at all.
func (r *trip) discreet() {
	r.Helper()
	loud := r.log.loud()
	if len(loud) == 0 {
		r.Errorf("nothing is told:\n%s", r.log)
	}
	for _, line := range loud {
		for _, of := range personal {
			if strings.Contains(line, of) {
				r.Errorf("the log tells %q:\n%s", of, line)
			}
		}
	}
}

// TestAnUpdateCanBeFollowedInTheLog from its arrival to the receipt of each message that it led to, by one name.
func TestAnUpdateCanBeFollowedInTheLog(t *testing.T) {
	r := newTrip(t)
	r.open()
	trail := r.writes(r.anna, "/help")
	r.logged(`(?s)"an update came in" update=` + trail + ` channel=vk id=m912345678\.\d+ .*` +
		`"an update was kept" update=` + trail + ` .*messages=\[1\].*"a message has left" channel=vk update=` + trail + ` id=1 `)
	if loud := r.log.loud(); len(loud) > 0 {
		t.Errorf("an update that fares well is told above debug level: %q", loud)
	}
}

// TestOneMessageMayAnswerSeveralUpdates: an edit that waits stands for all before it, and its receipt ends the trail of each.
func TestOneMessageMayAnswerSeveralUpdates(t *testing.T) {
	r := newTrip(t)
	first := r.writes(r.anna, "Яма на дороге, Киров, Ленина 1")
	second := r.give(r.anna, bot.Update{Kind: bot.Edited, Ref: "u1", Text: "Яма на дороге, Киров, Ленина 2"})
	r.open()
	r.logged(`"a message has left" [^\n]*update=` + first + `,` + second + ` id=1 `)
}

// TestAMessageRemembersTheLatestOfItsUpdates, and not all: a card may wait for weeks while it changes.
func TestAMessageRemembersTheLatestOfItsUpdates(t *testing.T) {
	r := newTrip(t)
	r.writes(r.anna, "Яма на дороге, Киров, Ленина 1")
	last := ""
	for house := range 30 {
		last = r.give(r.anna, bot.Update{Kind: bot.Edited, Ref: "u1", Text: fmt.Sprintf("Яма на дороге, Киров, Ленина %d", house+2)})
	}
	r.open()
	r.logged(`"a message has left" [^\n]*update=([0-9a-f]{8},){7}` + last + ` id=1 `)
}

// TestARefusalTellsNobody: its trail, its text and a fixed cause stand in the log, whatever was written or forged.
func TestARefusalTellsNobody(t *testing.T) {
	r := newTrip(t)
	r.writes(r.anna, "Яма на дороге, Киров, Ленина 12, 8 912 345-67-89")
	for _, c := range []struct {
		who   *flowtest.Actor
		u     bot.Update
		cause string
	}{
		{r.anna, bot.Update{Kind: bot.Written, Text: "/0912345678 тест"}, `text=desk.no_command cause="unknown command"`},
		{r.anna, bot.Update{Kind: bot.Written, Text: "/Ветрова_Анна@бот"}, `text=desk.no_command cause="unknown command"`},
		{r.anna, bot.Update{Kind: bot.Written, Text: "/find Ветрова 8 912 345-67-89"}, `text=desk.not_your_command cause=/find`},
		{r.anna, bot.Update{Kind: bot.Pressed, Data: "tzz:912345678"}, `text=desk.old_button cause="a conversation that is over"`},
		{r.anna, bot.Update{Kind: bot.Pressed, Data: "Анна Ветрова:забор"}, `text=desk.old_button cause="unknown button"`},
		{r.anna, bot.Update{Kind: bot.Pressed, Data: "curate:approve:912345678"}, `text=`},
		{r.olga, bot.Update{Kind: bot.Written, Text: "/merge 89123456789 забор"}, `text=`},
		{r.olga, bot.Update{Kind: bot.Written, Text: "/merge Ветрова"}, `text=`},
	} {
		if c.u.Kind == bot.Pressed {
			c.u.Press, c.u.Ref = "p912345678", "b1"
		}
		trail := r.give(c.who, c.u)
		r.logged(`level=INFO msg=refused update=` + trail + ` ` + regexp.QuoteMeta(c.cause))
		if c.u.Data != "" && !strings.Contains(r.log.String(), c.u.Data) {
			t.Errorf("at debug level nobody learns of %q", c.u.Data)
		}
	}
	r.discreet()
}

// TestWhatNobodyThoughtOfTellsNobody: the log has the update's trail, where it was and the type, or the runtime's own word;
// what it fell over stands at debug level.
func TestWhatNobodyThoughtOfTellsNobody(t *testing.T) {
	r := newTrip(t)
	const words = "Анна Ветрова, забор, +7 (912) 345-67-89, 912345678"
	for how, told := range map[string]string{"words": "panic with a string", "error": "panic with a .errors.errorString", "update": "panic with a bot.Update",
		"index": "index out of range", "quote": `no place \[…\], or \[…\].* is known`} {
		trail := r.writes(r.anna, "/slip "+how+" "+words)
		r.logged(`level=ERROR msg="update failed" update=` + trail + ` err="[^\n]*` + told)
		if how != "quote" {
			r.logged(`level=ERROR msg="update failed" update=` + trail + ` [^\n]*stack=[^\n]*follow_log_test.go`)
		}
	}
	if n := strings.Count(r.log.String(), "забор"); n < 4 {
		t.Errorf("at debug level it is told %d times what it was:\n%s", n, r.log)
	}
	r.writes(r.anna, "/slip timer "+words)
	if _, err := r.Engine.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.logged(`level=ERROR msg="timer failed" kind=slip [^\n]*err="panic with a string"`)
	r.discreet()
}

// TestAMessageThatDoesNotArriveTellsNobody: neither one to somebody who blocked the bot, nor one that the messenger refuses
// and quotes, nor one that its adapter falls over. Its trail is told.
func TestAMessageThatDoesNotArriveTellsNobody(t *testing.T) {
	for told, fail := range map[string]func(to bot.Peer, m bot.Message) error{
		"a chat cannot be reached any more": func(to bot.Peer, m bot.Message) error {
			return &bot.Failure{Reason: bot.NoPeer, Err: fmt.Errorf("messages.send: 901 to %s: %q", to.Chat, m.Text)}
		},
		"a message will never arrive": func(to bot.Peer, m bot.Message) error {
			return &bot.Failure{Reason: bot.Never, Err: fmt.Errorf("messages.send: 100 to %s: %s", to.Chat, m.Text)}
		},
		"a message is tried again": func(to bot.Peer, m bot.Message) error {
			return fmt.Errorf("messages.send to %s: %s", to, m.Text)
		},
		"a message was too much for its messenger's adapter": func(to bot.Peer, m bot.Message) error { panic(to.Chat + m.Text) },
	} {
		r := newTrip(t)
		r.fail = fail
		r.open()
		trail := r.writes(r.anna, "Яма на дороге, Киров, Ленина 12, 8 912 345-67-89")
		r.logged(`msg="` + told + `" channel=vk update=` + trail)
		r.discreet()
	}
}

// TestAnUpdateThatIsNotKeptTellsNobody: the adapters log the error that they get.
func TestAnUpdateThatIsNotKeptTellsNobody(t *testing.T) {
	r := newTrip(t)
	r.Fail.Next()
	u := r.Update(r.anna, r.anna.Peer, false, bot.Update{Kind: bot.Written, Text: "Яма"})
	u.ID = "m912345678.1"
	done, err := bot.Deliver(t.Context(), r.in.Handle, []bot.Update{u})
	if done != 0 || !errors.Is(err, storage.ErrFailed) || !strings.Contains(err.Error(), u.Trail()) || strings.Contains(err.Error(), "912345678") {
		t.Errorf("%d, %v", done, err)
	}
}

// TestADayTellsNobody: what people do on an ordinary day leaves nothing of them in the log above debug level.
func TestADayTellsNobody(t *testing.T) {
	s := flowtest.New(t)
	var out strings.Builder
	s.Engine.Log = slog.New(slog.NewTextHandler(&out, nil))
	s.Play(assigned)
	for _, of := range []string{"Анна", "Ольга", "Пётр", "Яма", "Ленина"} {
		if strings.Contains(out.String(), of) {
			t.Errorf("the log tells %q:\n%s", of, out.String())
		}
	}
}
