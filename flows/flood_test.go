package flows_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/flows/flowtest"
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
