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
	p.JSON = true
	err = s.Store.View(context.Background(), func(tx *storage.Tx) error { return p.Incident(tx, 1) })
	if n := strings.Count(out.String(), "\n"); err != nil || n < 5 || strings.Contains(out.String(), "desk:1") || !strings.Contains(out.String(), `"reporters":[{"person":1,`) {
		t.Errorf("JSON without names: %v\n%s", err, out.String())
	}
	out.Reset()
	p.Names = true
	err = s.Store.View(context.Background(), func(tx *storage.Tx) error { return p.Incident(tx, 1) })
	if n := strings.Count(out.String(), "\n"); err != nil || n < 5 || !strings.HasPrefix(out.String(), `{"number":1`) || !strings.Contains(out.String(), `"peer":"desk:1"`) {
		t.Errorf("JSON: %v\n%s", err, out.String())
	}
}

// TestWhoReported: a program is nobody who was erased, and whom a forwarded message is of is as little told as a resident's name.
func TestWhoReported(t *testing.T) {
	s := flowtest.New(t)
	err := s.Store.Update(context.Background(), func(tx *storage.Tx) error {
		for i, source := range []storage.Source{{Kind: "chat", Channel: "open311"}, {Kind: "chat", Channel: "desk", Name: "Света Седых", Link: "https://example.org/sveta/1"},
			{Kind: "found", Channel: "vk", Name: "Подслушано", Link: "https://example.org/sveta/2"}} {
			inc := &storage.Incident{Number: uint64(i + 1), State: storage.New, Created: s.Now, Source: source}
			if err := tx.PutIncident(inc); err != nil {
				return err
			}
			for _, ev := range []storage.Event{{Action: "create", As: storage.Resident}, {Action: "join", From: storage.New, As: storage.Resident}} {
				ev.Incident, ev.At, ev.To = inc.Number, s.Now, storage.New
				if err := tx.AddEvent(inc, &ev); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	printed := func(n uint64, asJSON bool) string {
		t.Helper()
		var out strings.Builder
		err := s.Store.View(context.Background(), func(tx *storage.Tx) error {
			out.Reset()
			return (&journal.Printer{Out: &out, Zone: time.UTC, JSON: asJSON}).Incident(tx, n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if got := printed(1, false); !strings.Contains(got, "create    a program (Open311)") || !strings.Contains(got, "join      resident, erased") {
		t.Error(got)
	}
	if got := printed(2, false); !strings.Contains(got, "create    resident, erased") {
		t.Error(got)
	}
	if got := printed(2, true); strings.Contains(got, "Света") || strings.Contains(got, "sveta") {
		t.Error(got)
	}
	if got := printed(3, true); !strings.Contains(got, "Подслушано") || strings.Contains(got, "sveta") {
		t.Error(got)
	}
}

const tour = `
@ администратор Зоя
Анна: [фото] Яма на дороге, Киров, Ленина 12
Анна ▸ ✓ Отправить
Ольга: /note 1 Звонили\nдважды
Ольга: /assign 1 adm-kirov
Пётр: /promise 1 завтра Заделаем
Пётр ▸ ✓ Отправить жителю
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
