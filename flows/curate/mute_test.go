package curate_test

import (
	"fmt"
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows/flowtest"
)

// TestMutedPages: however many are muted, each can be found and let speak again.
func TestMutedPages(t *testing.T) {
	s := flowtest.New(t)
	for n := range 11 {
		id := fmt.Sprint("r", n)
		s.Join(flowtest.Actor{Name: id, User: bot.User{ID: id, Name: fmt.Sprintf("Житель %d", n)}, Peer: bot.Peer{Channel: "desk", Chat: id}})
		s.Play(fmt.Sprintf("%s: Яма на дороге, Киров, Ленина %d\n", id, n+1))
		if strings.Contains(s.Screen(id), "[Нет, у меня другое]") {
			s.Play(id + " ▸ Нет, у меня другое\n")
		}
		s.Play(id + " ▸ ✓ Отправить\nОльга ▸ Ещё…\nОльга ▸ Заглушить\nОльга ▸ 1 день\n")
	}
	s.Play("Ольга: /muted\nОльга ▸ Ещё 3 →\n")
	got := s.Screen("Ольга")
	for n := range 11 {
		if !strings.Contains(got, fmt.Sprintf("[Принимать: Житель %d]", n)) {
			t.Errorf("Житель %d is on no page", n)
		}
	}
	s.Play("Ольга ▸ Принимать: Житель 0\n")
	if !strings.Contains(s.Screen("Ольга"), "Житель 0: сообщения снова принимаются") {
		t.Error(s.Screen("Ольга"))
	}
}
