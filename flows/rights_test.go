package flows_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// assigned is an incident in the hands of the administration.
const assigned = `
Анна: Яма на дороге, Киров, Ленина 12
Анна ▸ ✓ Отправить
Ольга ▸ → Администрация города Кирова
`

// forge presses a button that no keyboard showed.
func forge(s *flowtest.Stage, name, data string) {
	a := s.Cast[name]
	s.Give(s.Update(a, a.Peer, false, bot.Update{Kind: bot.Pressed, Ref: "b1", Data: data, Press: name}))
}

func TestForgedButtonsAreRefused(t *testing.T) {
	for _, tc := range []struct{ who, data, reads string }{
		{"Анна", "curate:to:1:min-transport:2", "вам недоступно"},
		{"Анна", "curate:approve:1", "вам недоступно"},
		{"Анна", "curate:reject:1", "вам недоступно"},
		{"Анна", "execute:accept:1", "вам недоступно"},
		{"Анна", "curate:show:1", ""}, // her own card: she may see it
		{"Иван", "follow:show:1", "вам недоступно"},
		{"Иван", "follow:yes:1", "вам недоступно"},
		{"Иван", "follow:no:1", "вам недоступно"},
		{"Иван", "follow:add:1", "вам недоступно"},
		{"Иван", "follow:when:1", "вам недоступно"},
		{"Иван", "follow:out:1", "вам недоступно"},
		{"Ольга", "follow:mark:1:5", "вам недоступно"},
		{"Анна", "follow:mark:1:5", "уже изменилось"},
		{"Анна", "follow:mark:1:99", "уже не действует"},
		{"Марина", "execute:accept:1", "ведёт другая организация"},
		{"Марина", "execute:answer:1", "ведёт другая организация"},
		{"Марина", "execute:show:1", "вам недоступно"},
		{"Пётр", "curate:approve:1", "вам недоступно"},
		{"Пётр", "execute:accept:999", "больше не действует"},
		{"Ольга", "curate:approve:1", "уже изменилось"},
		{"Ольга", "curate:to:1:nobody:1", "уже изменилось"},
		{"Ольга", "curate:to:1", "уже не действует"},
		{"Пётр", "t1:send", "уже не действует"},
		{"Пётр", "", "уже не действует"},
		{"Пётр", ":::::", "уже не действует"},
		{"Пётр", "execute:accept:-1", "уже не действует"},
		{"Пётр", "execute:accept:99999999999999999999999", "уже не действует"},
		{"Пётр", strings.Repeat("я", 200), "уже не действует"},
		{"Анна", "follow:my:99999999999", "уже не действует"},
		{"Анна", "hello:lang:../../etc", "уже не действует"},
		{"Анна", "curate:more:1", "вам недоступно"},
		{"Анна", "curate:urgent:1", "вам недоступно"},
		{"Пётр", "curate:urgent:1", "вам недоступно"},
		{"Пётр", "curate:unmerge:1", "вам недоступно"},
		{"Пётр", "curate:alike:1", "вам недоступно"},
		{"Пётр", "curate:grant:1", "уже не действует"},
		{"Пётр", "curate:deny:1", "вам недоступно"},
		{"Анна", "curate:unmute:0:1", "для сотрудников"},
		{"Анна", "curate:muted:0:0", "для сотрудников"},
		{"Анна", "curate:resume:1", "вам недоступно"},
		{"Марина", "execute:resume:1", "ведёт другая организация"},
		{"Марина", "execute:more:1", "ведёт другая организация"},
		{"Марина", "execute:promise:1", "ведёт другая организация"},
		{"Марина", "execute:revise:1", "уже не действует"},
		{"Ольга", "execute:more:1", "вам недоступно"},
		{"Анна", "inspect:open:1", "вам недоступно"},
		{"Пётр", "inspect:open:1", "вам недоступно"},
		{"Пётр", "inspect:yes:1:adm-kirov", "ведёт не ваша организация"},
		{"Пётр", "inspect:yes:1:", "ведёт не ваша организация"},
		{"Марина", "inspect:take:1:min-transport", "ведёт не ваша организация"},
		{"Ольга", "inspect:no:1:traffic-police", "вам недоступно"},
		{"Ольга", "inspect:no:1", "уже не действует"},
		{"Анна", "inspect:done:1:traffic-police:0.0", "вам недоступно"},
		{"Иван", "follow:leave:1", "вам недоступно"},
		{"Иван", "follow:whole:1", ""},
		{"Анна", "staff:as:0", "уже не действует"},
		{"Анна", "staff:as:-1", "уже не действует"},
		{"Пётр", "forget:yes", "среди сотрудников"},
		{"Анна", "t1:only:m:kirov", "уже не действует"},
	} {
		t.Run(tc.who+" "+tc.data, func(t *testing.T) {
			s := flowtest.New(t)
			s.Play(assigned)
			before := history(t, s)
			forge(s, tc.who, tc.data)
			if after := history(t, s); after != before {
				t.Errorf("the incident changed:\n%s\n%s", before, after)
			}
			reads := strings.Replace(tc.reads, "больше не действует", "уже не действует", 1)
			if !strings.Contains(s.Screen(tc.who), reads) {
				t.Errorf("no polite refusal %q:\n%s", reads, s.Screen(tc.who))
			}
			if reads != "" && !strings.Contains(s.Log.String(), "refused") {
				t.Errorf("nothing in the log: %s", s.Log.String())
			}
		})
	}
}

func history(t *testing.T, s *flowtest.Stage) string {
	t.Helper()
	var out string
	err := s.Store.View(context.Background(), func(tx *storage.Tx) error {
		inc, err := tx.Incident(1)
		if err != nil {
			return err
		}
		events, err := tx.Events(1)
		raw, merr := json.Marshal([]any{inc, events})
		if merr != nil {
			return merr
		}
		out = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestInvitationIsTakenOnce(t *testing.T) {
	s := flowtest.New(t)
	s.Play(assigned)
	code := flows.NewCode()
	err := s.Store.Update(context.Background(), func(tx *storage.Tx) error {
		return flows.Invite(tx, code, storage.Role{Kind: storage.Official, Org: "adm-kirov"}, 0, s.Now)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Play("Иван: /start " + code + "\n")
	if got := s.Screen("Иван"); !strings.Contains(got, "вы отвечаете за") || !strings.Contains(got, "[✓ Принять]") {
		t.Errorf("the new official was not greeted with what waits:\n%s", got)
	}
	s.Play("Иван ▸ ✓ Принять\n")
	if got := s.Screen("Ольга"); !strings.Contains(got, "В работе") {
		t.Errorf("the new official could not accept:\n%s", got)
	}
	s.Play("Анна: /start " + code + "\n")
	if got := s.Screen("Анна"); !strings.Contains(got, "уже использовано") {
		t.Errorf("the invitation was taken twice:\n%s", got)
	}
}

func TestInvitationGrowsOld(t *testing.T) {
	s := flowtest.New(t)
	code := flows.NewCode()
	err := s.Store.Update(context.Background(), func(tx *storage.Tx) error {
		return flows.Invite(tx, code, storage.Role{Kind: storage.Curator}, 0, s.Now)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Pass(s.Now.Add(flows.InvitationLasts + 1))
	s.Play("Иван: /start " + code + "\nИван: /assign\n")
	if got := s.Screen("Иван"); !strings.Contains(got, "Срок приглашения вышел") || !strings.Contains(got, "для сотрудников") {
		t.Errorf("an old invitation was taken:\n%s", got)
	}
}

func TestCuratorsGroup(t *testing.T) {
	group := bot.Peer{Channel: "desk", Chat: "group", Thread: "7"}
	s := flowtest.New(t, group)
	s.Join(flowtest.Actor{Name: "Группа", Peer: group, Group: true})
	s.Play("Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\n")
	if got := s.Screen("Группа"); !strings.Contains(got, "[→ Администрация города Кирова]") {
		t.Fatalf("the group has no card:\n%s", got)
	}
	if got := s.Screen("Ольга"); got != "" {
		t.Errorf("the curator got a card privately as well:\n%s", got)
	}
	in := func(name string, u bot.Update) {
		s.Give(s.Update(s.Cast[name], group, true, u))
	}
	in("Иван", bot.Update{Kind: bot.Pressed, Ref: s.Find("Группа", "№ 1").Ref, Data: "curate:to:1:adm-kirov:1", Press: "Иван"})
	if got := s.Screen("Группа"); strings.Contains(got, "Передано") || len(s.Toasts()) != 1 {
		t.Errorf("somebody in the group who is no curator assigned, or was not told: %v\n%s", s.Toasts(), got)
	}
	in("Ольга", bot.Update{Kind: bot.Written, Text: "обсудим за обедом"})
	in("Ольга", bot.Update{Kind: bot.Pressed, Ref: s.Find("Группа", "№ 1").Ref, Data: "curate:org:1", Press: "Ольга"})
	in("Ольга", bot.Update{Kind: bot.Written, Text: "транспорта", ReplyTo: s.Find("Группа", "кому передать").Ref, ToUs: true})
	got := s.Screen("Группа")
	if !strings.Contains(got, "передано в министерство транспорта") || !strings.Contains(got, "Ольга К.") {
		t.Errorf("the choice by a reply did not work:\n%s", got)
	}
	in("Ольга", bot.Update{Kind: bot.Written, Text: "спасибо всем", ReplyTo: s.Find("Группа", "№ 1").Ref, ToUs: true})
	if after := s.Screen("Группа"); after != got+"  Группа: спасибо всем\n" {
		t.Errorf("the bot joins in when colleagues talk:\n%s", after)
	}
}

func TestGroupMovesToSupergroup(t *testing.T) {
	group := bot.Peer{Channel: "desk", Chat: "group"}
	s := flowtest.New(t, group)
	s.Join(flowtest.Actor{Name: "Супергруппа", Peer: bot.Peer{Channel: "desk", Chat: "super"}, Group: true})
	s.Play("Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\n")
	s.Give(bot.Update{Channel: "desk", ID: "m", Kind: bot.Moved, Peer: group, Group: true, MovedTo: "super", Time: s.Now})
	s.Play("Анна: Яма на дороге, Киров, Мира 12\nАнна ▸ ✓ Отправить\n")
	if got := s.Screen("Супергруппа"); !strings.Contains(got, "№ 2") || !strings.Contains(got, "Передать до") {
		t.Errorf("a new card did not follow the group:\n%s", got)
	}
	s.Play("Ольга: /assign 1 adm-kirov\n")
	if got := s.Screen("Супергруппа"); !strings.Contains(got, "Передано") {
		t.Errorf("an old card did not follow the group:\n%s", got)
	}
}

func TestBlockedPersonIsLeftAlone(t *testing.T) {
	s := flowtest.New(t)
	s.Play(assigned)
	a := s.Cast["Анна"]
	s.Give(bot.Update{Channel: "desk", ID: "gone", Kind: bot.Gone, Peer: a.Peer, From: a.User, Time: s.Now})
	before := s.Screen("Анна")
	s.Play("Пётр ▸ ✓ Принять\n")
	if got := s.Screen("Анна"); got != before {
		t.Errorf("somebody who blocked the bot was written to:\n%s", got)
	}
	s.Play("Анна: /my\n")
	s.Play("Пётр: /close 1 Сделали.\nОльга: /approve 1\n")
	if got := s.Screen("Анна"); !strings.Contains(got, "Сделали.") {
		t.Errorf("after coming back she hears nothing:\n%s", got)
	}
}

// TestPanicKeepsTheWords: a fault of ours aborts the transaction, the person is told, the words are put aside.
func TestFaultKeepsTheWords(t *testing.T) {
	s := flowtest.New(t)
	s.Play(assigned)
	err := s.Store.Update(context.Background(), func(tx *storage.Tx) error {
		return tx.PutSession("desk:1", 1, &storage.Session{Talks: []storage.Talk{{ID: 99, Flow: "report", State: "preview", Data: []byte(`{"Parts":5}`)}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Play("Анна: Ещё одна яма\n")
	if got := s.Screen("Анна"); !strings.Contains(got, "Ваши слова у меня есть") {
		t.Errorf("she was not told:\n%s", got)
	}
	err = s.Store.View(context.Background(), func(tx *storage.Tx) error {
		failed, err := tx.Settings("failed/")
		if err != nil {
			return err
		}
		if len(failed) != 1 || !strings.Contains(string(failed[0]), "Ещё одна яма") {
			t.Errorf("the words are lost: %q", failed)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
