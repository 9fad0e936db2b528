package flows_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

func TestWhoWritesTooMuchIsToldOnceAndHoldsNobodyUp(t *testing.T) {
	s := flowtest.New(t)
	s.Engine.PerMinute = 10
	anna, olga := s.Cast["Анна"], s.Cast["Ольга"]
	write := func(a *flowtest.Actor, text string) {
		s.Give(s.Update(a, a.Peer, false, bot.Update{Kind: bot.Written, Text: text}))
	}
	told := func() int {
		return strings.Count(s.Screen("Анна"), "Слишком много сообщений подряд")
	}
	for i := range 40 {
		write(anna, fmt.Sprint("/help ", i))
	}
	if n := strings.Count(s.Screen("Анна"), "Ещё я понимаю"); n != 10 || told() != 1 {
		t.Errorf("%d of 40 were answered, told %d times", n, told())
	}
	for range 30 {
		write(olga, "/help")
	}
	if n := strings.Count(s.Screen("Ольга"), "Вы — куратор"); n != 30 {
		t.Errorf("a curator is held up: %d of 30", n)
	}
	s.Pass(s.Now.Add(time.Minute))
	write(anna, "/help")
	if n := strings.Count(s.Screen("Анна"), "Ещё я понимаю"); n != 11 {
		t.Errorf("after a minute: %d", n)
	}
	for range 20 {
		write(anna, "/help")
	}
	if told() != 2 {
		t.Errorf("the second time: told %d times", told())
	}
}

// TestWhatIsNotForTheBotIsNotCountedAndSaysNothing: neighbours chat, and the bot stands beside them.
func TestWhatIsNotForTheBotIsNotCountedAndSaysNothing(t *testing.T) {
	s := flowtest.New(t)
	s.Engine.PerMinute = 10
	anna := s.Cast["Анна"]
	yard := bot.Peer{Channel: "desk", Chat: "yard"}
	s.Join(flowtest.Actor{Name: "Двор", Peer: yard, Group: true})
	before := dump(t, s)
	for i := range 100 {
		u := bot.Update{Kind: bot.Written, Text: fmt.Sprint("соседи, ", i)}
		switch i % 3 {
		case 1:
			u.Kind, u.Ref = bot.Edited, "u1"
		case 2:
			u.ReplyTo = "u1"
		}
		u = s.Update(anna, yard, true, u)
		s.Fail.Next() // it costs no commit
		s.Give(u)
	}
	s.Fail.Well()
	if after := dump(t, s); after != before {
		t.Errorf("what is not for the bot was kept:\n%s\n---\n%s", before, after)
	}
	s.Give(s.Update(anna, anna.Peer, false, bot.Update{Kind: bot.Written, Text: "/help"}))
	if got := s.Screen("Анна"); !strings.Contains(got, "Ещё я понимаю") {
		t.Errorf("what was not for the bot counts against her:\n%s", got)
	}
	for range 20 {
		s.Give(s.Update(anna, anna.Peer, false, bot.Update{Kind: bot.Written, Text: "/help"}))
	}
	s.Give(s.Update(anna, yard, true, bot.Update{Kind: bot.Written, Text: "соседи!"}))
	if got := s.Screen("Двор"); strings.Contains(got, "Слишком много") {
		t.Errorf("the neighbours read it:\n%s", got)
	}
	s.Give(s.Update(s.Cast["Иван"], yard, true, bot.Update{Kind: bot.Written, Text: "/help"}))
	if got := s.Screen("Двор"); !strings.Contains(got, "Ещё я понимаю") {
		t.Errorf("a command in a group is for the bot:\n%s", got)
	}
}

// TestWhoWasToldCostsNoCommit: nothing is written of what is left, so nothing need be known of it when it comes again.
func TestWhoWasToldCostsNoCommit(t *testing.T) {
	s := flowtest.New(t)
	s.Engine.PerMinute = 10
	flood := func(name string, n int) (failed int) {
		for range n {
			u := s.Update(s.Cast[name], s.Cast[name].Peer, false, bot.Update{Kind: bot.Written, Text: "/help"})
			s.Fail.Next()
			if err := s.Engine.Handle(t.Context(), u); err != nil {
				failed++
			}
		}
		s.Fail.Well()
		return failed
	}
	help := func(name string, n int) {
		for range n {
			s.Give(s.Update(s.Cast[name], s.Cast[name].Peer, false, bot.Update{Kind: bot.Written, Text: "/help"}))
		}
	}
	help("Анна", 12)
	help("Ольга", 12)
	if n := flood("Анна", 50); n != 0 {
		t.Errorf("%d of 50 came to the store", n)
	}
	if n := flood("Ольга", 50); n != 50 {
		t.Errorf("a curator's were left: %d of 50 came to the store", n)
	}
	pressed := ""
	s.Engine.Answer = func(_, press, note string, _ bool) { pressed += press + note }
	s.Fail.Next()
	s.Give(s.Update(s.Cast["Анна"], s.Cast["Анна"].Peer, false, bot.Update{Kind: bot.Pressed, Press: "p", Data: "follow:show:1"}))
	s.Fail.Well()
	if pressed != "p" {
		t.Errorf("the press has the answer %q", pressed)
	}
	// Whoever lets her in is not to wait until she has been quiet.
	err := s.Engine.Do(t.Context(), func(turn *flows.Turn) error {
		p, err := turn.Tx.PersonBy("desk", s.Cast["Анна"].User.ID)
		if err != nil {
			return err
		}
		p.Roles = []storage.Role{{Kind: storage.Curator}}
		return turn.Tx.PutPerson(p)
	})
	if err != nil {
		t.Fatal(err)
	}
	help("Анна", 1)
	if got := s.Screen("Анна"); !strings.Contains(got, "Вы — куратор") {
		t.Errorf("staff is left:\n%s", got)
	}
}

// TestACommitThatFailsTellsNobody: the words come when the update does again.
func TestACommitThatFailsTellsNobody(t *testing.T) {
	s := flowtest.New(t)
	s.Engine.PerMinute = 2
	write := func() bot.Update {
		return s.Update(s.Cast["Анна"], s.Cast["Анна"].Peer, false, bot.Update{Kind: bot.Written, Text: "/help"})
	}
	s.Give(write())
	s.Give(write())
	u := write()
	s.Fail.Next()
	if err := s.Engine.Handle(t.Context(), u); err == nil {
		t.Fatal("the store did not fail")
	}
	s.Give(u)
	if got := s.Screen("Анна"); !strings.Contains(got, "Слишком много") {
		t.Errorf("she is not told:\n%s", got)
	}
}
