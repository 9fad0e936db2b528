// Package flowtest plays transcripts against the engine: what people write and press, and what they read then, in
// files that a non-programmer can read and judge.
package flowtest

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"otklik/bot"
	"otklik/config"
	"otklik/flows"
	"otklik/flows/all"
	"otklik/flows/lessons"
	"otklik/flows/place"
	"otklik/flows/understand"
	"otklik/storage"
	"otklik/storage/bolt"
	"otklik/storage/storagetest"
)

// Start is when every play begins unless it says otherwise: a Monday morning, 10:00 in Kirov.
var start = time.Date(2026, time.November, 23, 7, 0, 0, 0, time.UTC)

// Actor is somebody in a play, or a group chat.
type Actor struct {
	Name  string
	Peer  bot.Peer
	User  bot.User
	Group bool
	// ReadOnly: nothing can be posted in the group.
	ReadOnly bool
	Role     storage.Role
}

// Stage is an engine with people before it and no messenger: what waits in the spool is shown at once.
type Stage struct {
	tb     testing.TB
	Engine *flows.Engine
	Store  *storage.Store
	Now    time.Time
	Cast   map[string]*Actor
	Log    strings.Builder

	spool     *flows.Spool
	screens   map[string][]*Shown // by peer
	toasts    []string
	news      []News
	out       []string
	updates   int
	random    int
	refs      int
	last      map[string]bot.Ref // the last message of each actor
	Repeat    bool               // every update is given twice
	deeds     Deeds
	options   flows.Options
	collects  bool // updates wait, to be given together
	collected []bot.Update
	file      string     // the store's; "" for one in memory
	mu        sync.Mutex // what the engine calls from several updates at once

	Keeper   *lessons.Keeper  // learns, once Learns was called
	Fail     *Fail            // makes the store fail
	Notified []bot.Ticket     // what the outbox was told of
	Check    func(bot.Ticket) // called with each of them
}

// Shown is a message on a screen.
type Shown struct {
	Ref   bot.Ref
	Mine  bool // of the actor, not of the bot
	Text  string
	Rows  [][]bot.Button
	Photo int      // photos that somebody took
	Made  []string // what the program makes for it, as transcripts name it …
	Makes []string // … and as its makers are told
}

// Pack reads the built-in region once for all tests of a package.
func Pack(tb testing.TB) *config.Pack {
	tb.Helper()
	pack, err := config.Default()
	if err != nil {
		tb.Fatal(err)
	}
	return pack
}

// New sets the stage with the usual cast: Анна and Иван are residents, Ольга a curator, Пётр an official of the
// administration of Kirov, Марина one of the ministry of transport.
func New(tb testing.TB, curators ...bot.Peer) *Stage {
	tb.Helper()
	return On(tb, Region(tb), curators...)
}

// On is New on ground that was made before.
func On(tb testing.TB, g Ground, curators ...bot.Peer) *Stage {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "otklik.db")
	kv, err := bolt.Open(file)
	if err != nil {
		tb.Fatal(err)
	}
	s := on(tb, storagetest.Pure(kv), g, curators)
	s.file = file
	return s
}

// Ground is what a stage stands on: the region, and who understands what is written in it.
type Ground struct {
	Pack   *config.Pack
	Place  *place.Finder
	Topics *understand.Judge
	Sieve  *understand.Sieve
}

// Made gives what is made already to whom would wait for it.
func Made[T any](v T) func() T { return func() T { return v } }

// Region makes the ground of the built-in region.
func Region(tb testing.TB) Ground {
	tb.Helper()
	pack := Pack(tb)
	topics := understand.New(pack)
	return Ground{pack, place.New(pack, nil), topics, understand.NewSieve(topics)}
}

// on sets the stage on a store.
func on(tb testing.TB, kv storage.KV, g Ground, curators []bot.Peer) *Stage {
	tb.Helper()
	s := &Stage{tb: tb, Now: start, Cast: map[string]*Actor{}, screens: map[string][]*Shown{}, last: map[string]bot.Ref{}, deeds: Deeds{}}
	s.Fail = &Fail{KV: kv}
	s.Store = storage.Over(s.Fail)
	tb.Cleanup(func() {
		if err := s.Store.Close(); err != nil {
			s.tb.Error(err)
		}
	})
	s.spool = &flows.Spool{Store: s.Store}
	s.options = s.wired(g, curators)
	var err error
	if s.Engine, err = flows.New(s.options); err != nil {
		tb.Fatal(err)
	}
	for i, a := range []Actor{
		{Name: "Анна", User: bot.User{Name: "Анна Ветрова"}},
		{Name: "Иван", User: bot.User{Name: "Иван Седых"}},
		{Name: "Ольга", User: bot.User{Name: "Ольга Куратова"}, Role: storage.Role{Kind: storage.Curator}},
		{Name: "Пётр", User: bot.User{Name: "Пётр Лузин"}, Role: storage.Role{Kind: storage.Official, Org: "adm-kirov"}},
		{Name: "Марина", User: bot.User{Name: "Марина Чепцова"}, Role: storage.Role{Kind: storage.Official, Org: "min-transport"}},
	} {
		a.User.ID = fmt.Sprint(i + 1)
		a.Peer = bot.Peer{Channel: "desk", Chat: a.User.ID}
		s.Join(a)
	}
	return s
}

// wired are the engine's options: what it says goes onto the stage.
func (s *Stage) wired(g Ground, curators []bot.Peer) flows.Options {
	return flows.Options{
		Store: s.Store, Pack: g.Pack, Place: Made(g.Place), Topics: Made(g.Topics), Sieve: Made(g.Sieve), Flows: all.Flows(),
		Now: func() time.Time { return s.Now }, Log: slog.New(slog.NewTextHandler(&s.Log, nil)), Curators: curators, Admins: []string{"desk:admin"},
		Random: func() (b [16]byte) { // the same in every play
			s.mu.Lock()
			defer s.mu.Unlock()
			s.random++
			b[15], b[14] = byte(s.random), byte(s.random>>8)
			return b
		},
		Answer: func(_, press, note string, _ bool) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if note != "" {
				s.toasts = append(s.toasts, press+"\x00"+note)
			}
		},
		Notify: func(list []bot.Ticket) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.Notified = append(s.Notified, list...)
			for _, ticket := range list {
				if s.Check != nil {
					s.Check(ticket)
				}
			}
		},
		Link: func(channel, start string) string { return "https://example.org/" + channel + "?start=" + start },
	}
}

// Learns gives the engine a learner, which has learnt from every decision before anybody does the next thing. Its checkpoint
// is in the file. After Reopen it is to be called anew.
func (s *Stage) Learns(file string) {
	s.tb.Helper()
	topics := s.options.Topics
	s.Keeper = lessons.New(lessons.Options{Store: s.Store, Topics: topics, File: file, Log: s.options.Log})
	s.Keeper.Open(context.Background())
	s.learn()
	s.Engine.Learner, s.Engine.Taught = s.Keeper, s.learn
}

func (s *Stage) learn() {
	if err := s.Keeper.Learn(context.Background()); err != nil {
		s.tb.Error(err)
	}
}

// Join brings somebody on the stage.
func (s *Stage) Join(a Actor) {
	s.tb.Helper()
	s.Cast[a.Name] = &a
	if a.Group {
		return
	}
	err := s.Store.Update(context.Background(), func(tx *storage.Tx) error {
		p := &storage.Person{Channel: a.Peer.Channel, User: a.User.ID, Name: a.User.Name, Chat: a.Peer.String(), Created: s.Now}
		if a.Role.Kind != "" {
			p.Roles = []storage.Role{a.Role}
		}
		return tx.PutPerson(p)
	})
	if err != nil {
		s.tb.Fatal(err)
	}
}

// Update fills in what every update of an actor has.
func (s *Stage) Update(a *Actor, where bot.Peer, group bool, u bot.Update) bot.Update {
	s.updates++
	u.Channel, u.ID, u.Time = a.Peer.Channel, fmt.Sprint(s.updates), s.Now
	u.Peer, u.Group, u.From = where, group, a.User
	if u.Kind == bot.Written {
		s.refs++
		u.Ref = bot.Ref(fmt.Sprintf("u%d", s.refs))
		s.last[a.Name] = u.Ref
		s.screens[where.String()] = append(s.screens[where.String()], &Shown{Ref: u.Ref, Mine: true, Text: u.Text})
	}
	return u
}

// Give gives an update to the engine and shows what follows.
func (s *Stage) Give(u bot.Update) {
	s.tb.Helper()
	if s.collects {
		s.collected = append(s.collected, u)
		return
	}
	for range 1 + btoi(s.Repeat) {
		if err := s.Engine.Handle(context.Background(), u); err != nil {
			s.tb.Fatalf("update %s: %v", u.ID, err)
		}
	}
	s.show()
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Pass lets time pass: what comes due meanwhile happens at its time.
func (s *Stage) Pass(until time.Time) {
	s.tb.Helper()
	for {
		var next time.Time
		err := s.Store.View(context.Background(), func(tx *storage.Tx) (err error) {
			next, err = tx.NextTimer()
			return err
		})
		if err != nil {
			s.tb.Fatal(err)
		}
		if planned := s.planned(); !planned.IsZero() && (next.IsZero() || planned.Before(next)) {
			next = planned
		}
		if next.IsZero() || next.After(until) {
			break
		}
		if next.After(s.Now) {
			s.Now = next
		}
		if _, err := s.Engine.Tick(context.Background()); err != nil {
			s.tb.Fatal(err)
		}
		s.show()
	}
	s.Now = until
}

// planned gives when the next message that waits for its time leaves; zero if there is none.
func (s *Stage) planned() (next time.Time) {
	s.tb.Helper()
	tickets, err := s.spool.Waiting(context.Background())
	if err != nil {
		s.tb.Fatal(err)
	}
	for _, t := range tickets {
		if next.IsZero() || t.NotBefore.Before(next) {
			next = t.NotBefore
		}
	}
	return next
}

// show empties the spool onto the screens; what is meant for later stays in it.
func (s *Stage) show() {
	s.tb.Helper()
	ctx := context.Background()
	for {
		tickets, err := s.spool.Waiting(ctx)
		if err != nil {
			s.tb.Fatal(err)
		}
		tickets = slices.DeleteFunc(tickets, func(t bot.Ticket) bool { return t.NotBefore.After(s.Now) })
		if len(tickets) == 0 {
			return
		}
		slices.SortStableFunc(tickets, func(a, b bot.Ticket) int { return int(a.Priority) - int(b.Priority) })
		for _, ticket := range tickets {
			e, ok, err := s.spool.Load(ctx, ticket.ID)
			if err != nil || !ok {
				s.tb.Fatal(ok, err)
			}
			ref := s.put(e)
			link := ""
			if strings.HasPrefix(e.Peer.Chat, "group") {
				link = fmt.Sprintf("https://example.org/%s/%s", e.Peer.Chat, ref)
			}
			if _, err := s.spool.Sent(ctx, e, bot.Receipt{Ref: ref, Link: link}); err != nil {
				s.tb.Fatal(err)
			}
		}
	}
}

func (s *Stage) put(e bot.Entry) bot.Ref {
	s.tb.Helper()
	check(s.tb, e.Message)
	peer := e.Peer.String()
	shown := &Shown{Ref: e.Edit, Text: e.Message.Text, Rows: e.Message.Keyboard}
	shown.carries(e.Message)
	mark := "→"
	if i := slices.IndexFunc(s.screens[peer], func(m *Shown) bool { return e.Edit != "" && m.Ref == e.Edit }); i >= 0 {
		mark = "✎"
		s.screens[peer][i] = shown
	} else {
		s.refs++
		shown.Ref = bot.Ref(fmt.Sprintf("b%d", s.refs))
		s.screens[peer] = append(s.screens[peer], shown)
	}
	s.out = append(s.out, render(mark, s.who(peer), shown))
	s.news = append(s.news, News{Peer: peer, Text: e.Message.Text, Edited: mark != "→"})
	return shown.Ref
}

// News is a message that came to somebody, or changed.
type News struct {
	Peer   string
	Text   string
	Edited bool
}

// News gives what was said since it was asked for last.
func (s *Stage) News() []News {
	list := s.news
	s.news = nil
	return list
}

// check holds every message to what the messengers bear and to how Otklik speaks.
func check(tb testing.TB, m bot.Message) {
	tb.Helper()
	if strings.ContainsAny(m.Text, bot.BoldOn+bot.BoldOff) || strings.Contains(m.Text, "<no value>") || strings.Contains(m.Text, "{{") {
		tb.Errorf("not a finished text: %q", m.Text)
	}
	for _, f := range m.Files {
		if f.Name == "" || f.Make == "" || m.Missing == "" {
			tb.Errorf("a file that cannot be made: %+v", f)
		}
	}
	for _, row := range m.Keyboard {
		for _, b := range row {
			if b.Text == "" || len(b.Data) > 64 || (b.Data == "") == (b.URL == "") {
				tb.Errorf("a button that no messenger takes: %+v", b)
			}
		}
	}
}

// carries notes what a message brings besides its words.
func (m *Shown) carries(message bot.Message) {
	for _, p := range message.Photos {
		if p.Make == "" {
			m.Photo++
			continue
		}
		m.Made, m.Makes = append(m.Made, "картинка "+bot.Maker(p.Make)), append(m.Makes, p.Make)
	}
	for _, f := range message.Files {
		m.Made, m.Makes = append(m.Made, "файл "+f.Name), append(m.Makes, f.Make)
	}
}

func (s *Stage) who(peer string) string {
	for _, a := range s.Cast {
		if a.Peer.String() == peer {
			return a.Name
		}
	}
	return peer
}

func render(mark, who string, m *Shown) string {
	var b strings.Builder
	photos := ""
	if m.Photo > 0 {
		photos = fmt.Sprintf("[фото %d] ", m.Photo)
	}
	for _, made := range m.Made {
		photos += "[" + made + "] "
	}
	fmt.Fprintf(&b, "  %s %s: %s%s\n", mark, who, photos, strings.ReplaceAll(m.Text, "\n", "\n      "))
	for _, row := range m.Rows {
		b.WriteString("      ")
		for i, btn := range row {
			if i > 0 {
				b.WriteString(" ")
			}
			b.WriteString("[" + btn.Text + "]")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// Toasts gives what was said beside pressed buttons since the last line of a transcript.
func (s *Stage) Toasts() []string { return s.toasts }

// Shows is a button on a screen.
type Shows struct {
	bot.Button
	On bot.Ref // the message
}

// Buttons gives every button that a person sees, the oldest first.
func (s *Stage) Buttons(name string) (list []Shows) {
	for _, m := range s.screens[s.Cast[name].Peer.String()] {
		for _, row := range m.Rows {
			for _, b := range row {
				list = append(list, Shows{b, m.Ref})
			}
		}
	}
	return list
}
