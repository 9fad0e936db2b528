package curate_test

import (
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows/flowtest"
)

// TestPrivately: incidents, answers and calls come to each curator beside the group, to those of later too; what one
// decides shows on all cards.
func TestPrivately(t *testing.T) {
	group := bot.Peer{Channel: "desk", Chat: "-100"}
	s := flowtest.New(t, group)
	s.Engine.Privately = true
	s.Join(flowtest.Actor{Name: "общая", Peer: group, Group: true})
	s.Play("Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\n")
	for _, who := range []string{"общая", "Ольга"} {
		if !strings.Contains(s.Screen(who), "№ 1 ·") {
			t.Errorf("no card for %s:\n%s", who, s.Screen(who))
		}
	}
	s.Play("@ куратор Тамара\nОльга: /assign 1 adm-kirov\nПётр: /extend 1 25.12 Нет асфальта\n")
	for _, who := range []string{"общая", "Ольга", "Тамара"} {
		if got := s.Screen(who); !strings.Contains(got, "просит срок") || !strings.Contains(got, "Передано: Администрация города Кирова") {
			t.Errorf("%s reads:\n%s", who, got)
		}
	}
	s.Play("Тамара ▸ ✓ Продлить\n")
	for _, who := range []string{"общая", "Ольга", "Тамара"} {
		if got := s.Screen(who); !strings.Contains(got, "срок 18:00 пт 25.12") {
			t.Errorf("%s reads:\n%s", who, got)
		}
	}
}
