package curate_test

import (
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows/flowtest"
)

// TestOnlyAReadAnswerIsApproved: a button that was drawn for an answer does not approve another one.
func TestOnlyAReadAnswerIsApproved(t *testing.T) {
	s := flowtest.New(t)
	s.Play("Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\nОльга: /assign 1 adm-kirov\nПётр: /close 1 Заделали.\n")
	old := ""
	for _, b := range s.Buttons("Ольга") {
		if strings.HasPrefix(b.Data, "curate:approve:1") {
			old = b.Data
		}
	}
	s.Play("@ +1m\nПётр ▸ Изменить ответ\nПётр ▸ Написать заново\nПётр: Не заделали.\nПётр ▸ ✓ Заменить ответ\n")
	a := s.Cast["Ольга"]
	s.Give(s.Update(a, a.Peer, false, bot.Update{Kind: bot.Pressed, Ref: "b1", Data: old, Press: a.Name}))
	if got := s.Screen("Анна"); strings.Contains(got, "Ответ на № 1") {
		t.Errorf("an answer went out that the curator had not read:\n%s", got)
	}
	if got := s.Screen("Ольга"); !strings.Contains(got, "изменил ответ") {
		t.Errorf("the curator is not told:\n%s", got)
	}
	s.Play("Ольга ▸ ✓ Одобрить\n")
	if got := s.Screen("Анна"); !strings.Contains(got, "Не заделали.") {
		t.Errorf("the new answer did not go out:\n%s", got)
	}
}
