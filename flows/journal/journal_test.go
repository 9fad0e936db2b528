package journal_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"otklik/flows/flowtest"
	"otklik/flows/journal"
	"otklik/storage"
)

func TestJournal(t *testing.T) {
	s := flowtest.New(t)
	s.Play(tour)
	var out strings.Builder
	p := &journal.Printer{Out: &out, Zone: time.FixedZone("", 3*60*60)}
	err := s.Store.View(context.Background(), func(tx *storage.Tx) error {
		out.Reset()
		for _, n := range []uint64{1, 2} {
			if err := p.Incident(tx, n); err != nil {
				return err
			}
			out.WriteString("\n")
		}
		return p.Staff(tx, 0)
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "Ветрова") {
		t.Error("a resident's name was not asked for")
	}
	flowtest.Golden(t, "journal.txt", out.String())

	err = s.Store.View(context.Background(), func(tx *storage.Tx) error { return p.Incident(tx, 99) })
	if err == nil || !strings.Contains(err.Error(), "no incident 99") {
		t.Errorf("an unknown number: %v", err)
	}
	out.Reset()
	p.JSON, p.Names = true, true
	err = s.Store.View(context.Background(), func(tx *storage.Tx) error { return p.Incident(tx, 1) })
	if n := strings.Count(out.String(), "\n"); err != nil || n < 5 || !strings.HasPrefix(out.String(), `{"number":1`) {
		t.Errorf("JSON: %v\n%s", err, out.String())
	}
}

const tour = `
@ администратор Зоя
Анна: [фото] Яма на дороге, Киров, Ленина 12
Анна ▸ ✓ Отправить
Ольга: /note 1 Звонили\nдважды
Ольга: /assign 1 adm-kirov
Пётр: /promise 1 завтра Заделаем
@ +26h
Пётр: /close 1 Заделали
Ольга: /approve 1
Анна ▸ ✓ Решено
Иван: Не горит фонарь, Киров, Мира 1
Иван ▸ ✓ Отправить
Иван: /forget
Иван ▸ Да, удалить
Зоя: /invite
Зоя ▸ Куратора
Зоя: /dismiss Марина
Зоя ▸ Марина Чепцова
Зоя ▸ Убрать: Министерство транспорта
Зоя ▸ Да, убрать
`
