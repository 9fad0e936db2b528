package follow_test

import (
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows/flowtest"
)

// TestJoinInGroup: who follows something, and what it says, is for them alone, wherever the button stands.
func TestJoinInGroup(t *testing.T) {
	s := flowtest.New(t)
	group := bot.Peer{Channel: "desk", Chat: "yard"}
	s.Join(flowtest.Actor{Name: "Двор", Peer: group, Group: true})
	s.Play("Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\n")
	press := func(data string) {
		s.Give(s.Update(s.Cast["Иван"], group, true, bot.Update{Kind: bot.Pressed, Ref: "g1", Data: data, Press: "Иван"}))
	}
	press("follow:join:1")
	if got := s.Screen("Двор"); got != "" {
		t.Errorf("the group reads along:\n%s", got)
	}
	if got := s.Screen("Иван"); !strings.Contains(got, "Теперь вы следите за № 1") || !strings.Contains(got, "[Больше не следить]") {
		t.Errorf("he does not read it privately:\n%s", got)
	}
	if n := len(s.Toasts()); n != 1 {
		t.Errorf("%d words beside the button, want one", n)
	}
	s.Play("Ольга: /assign 1 adm-kirov\nПётр: /close 1 Засыпали.\nОльга: /approve 1\n")
	press("follow:leave:1")
	s.Give(s.Update(s.Cast["Марина"], group, true, bot.Update{Kind: bot.Pressed, Ref: "g1", Data: "follow:join:1", Press: "Марина"}))
	if got := s.Screen("Марина"); !strings.Contains(got, "уже не в работе: есть ответ") || !strings.Contains(got, "Засыпали.") {
		t.Errorf("who comes late is not told how it ended:\n%s", got)
	}
	if got := s.Screen("Двор"); got != "" {
		t.Errorf("the group reads along:\n%s", got)
	}
}
