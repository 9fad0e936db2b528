package curate_test

import (
	"context"
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows/flowtest"
	"otklik/storage"
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

// TestABlankIsNotApproved: an answer that was kept with a blank of a template in it goes back, not to the resident.
func TestABlankIsNotApproved(t *testing.T) {
	s := flowtest.New(t)
	s.Play("Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\nОльга: /assign 1 adm-kirov\nПётр: /close 1 Убрали мусор.\n")
	err := s.Store.Update(context.Background(), func(tx *storage.Tx) error {
		inc, err := tx.Incident(1)
		if err != nil {
			return err
		}
		inc.Answer.Text = "Убрали [что] вчера"
		return tx.PutIncident(inc)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Play("Ольга: /approve 1\n")
	if got := s.Screen("Ольга"); !strings.Contains(got, "не заполнено [что]") {
		t.Errorf("the curator reads:\n%s", got)
	}
	if got := s.Screen("Анна"); strings.Contains(got, "[что]") {
		t.Errorf("the resident reads:\n%s", got)
	}
}
