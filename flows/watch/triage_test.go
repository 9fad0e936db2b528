package watch_test

import (
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows/flowtest"
)

// TestWhatWasJudgedElsewhereComesToTheCurators: where messages are judged in a group of their own, what is taken comes to
// the curators' group as every incident does, and the card of the judges says that it was taken.
func TestWhatWasJudgedElsewhereComesToTheCurators(t *testing.T) {
	curators := bot.Peer{Channel: "desk", Chat: "curators"}
	triage := bot.Peer{Channel: "desk", Chat: "triage"}
	s := flowtest.New(t, curators)
	s.Engine.Triage = []bot.Peer{triage}
	s.Join(flowtest.Actor{Name: "Кураторы", Peer: curators, Group: true})
	s.Join(flowtest.Actor{Name: "Разбор", Peer: triage, Group: true})
	s.Play("@ группа Подслушано kirov\nСвета в Подслушано: Яма на дороге у дома 12 на Ленина в Кирове, сколько можно\n")
	if !strings.Contains(s.Screen("Разбор"), "🔎 № 1") || strings.Contains(s.Screen("Кураторы"), "№ 1") {
		t.Fatalf("judges:\n%s\ncurators:\n%s", s.Screen("Разбор"), s.Screen("Кураторы"))
	}
	a := s.Cast["Ольга"]
	for _, b := range s.Buttons("Разбор") {
		if b.Text == "✓ В работу" {
			s.Give(s.Update(a, triage, true, bot.Update{Kind: bot.Pressed, Ref: b.On, Data: b.Data, Press: "Ольга"}))
		}
	}
	if !strings.Contains(s.Screen("Разбор"), "Взято в работу") || !strings.Contains(s.Screen("Кураторы"), "Передать до") {
		t.Errorf("judges:\n%s\ncurators:\n%s", s.Screen("Разбор"), s.Screen("Кураторы"))
	}
}
