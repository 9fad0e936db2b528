package forget_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// Who is erased, by names and numbers that occur nowhere else.
const (
	number   = 0x5a17c0de5a17c0de // the person's own in the store
	user     = "55500017"
	first    = "евпракси" // in any case: indexes fold and stem
	last     = "тетерин"
	username = "evpraxia_t"
	phone    = "9123456789"
	mail     = "evpraxia"
	who      = "Жительница"
)

// traces gives where in the store somebody still occurs.
func traces(t *testing.T, s *flowtest.Stage) (list []string) {
	t.Helper()
	id := binary.BigEndian.AppendUint64(nil, number)
	err := s.Fail.View(context.Background(), func(r storage.Reader) error {
		list = nil
		return r.Scan([]byte{0}, nil, false, func(k, v []byte) bool {
			for _, piece := range [][]byte{k, v} {
				digits := strings.Map(func(r rune) rune {
					if r < '0' || r > '9' {
						return -1
					}
					return r
				}, string(piece))
				for _, sign := range []string{user, first, last, username, mail, strconv.FormatUint(number, 10)} {
					if bytes.Contains(bytes.ToLower(piece), []byte(sign)) {
						list = append(list, fmt.Sprintf("%s in %q: %.300q", sign, k, v))
					}
				}
				if strings.Contains(digits, phone) {
					list = append(list, fmt.Sprintf("the telephone in %q: %.300q", k, v))
				}
				if !bytes.HasPrefix(k, []byte("n\x00")) && bytes.Contains(piece, id) {
					list = append(list, fmt.Sprintf("her number in %q: %.300q", k, v))
				}
			}
			return true
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// stage is a play in which she has done everything that leaves a trace.
func stage(t *testing.T) *flowtest.Stage {
	t.Helper()
	s := flowtest.New(t)
	err := s.Fail.Update(context.Background(), func(w storage.Writer) error {
		return w.Put([]byte("n\x00person\x00"), binary.BigEndian.AppendUint64(nil, number-1))
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Join(flowtest.Actor{Name: who, User: bot.User{ID: user, Name: "Евпраксия Тетерина", Username: username}, Peer: bot.Peer{Channel: "desk", Chat: user}})
	s.Play(strings.ReplaceAll(`
# One report is answered, disputed and in work again.
Она: [переслано Евпраксия Соседка] [фото] Яма на дороге, Киров, Ленина 12. Звоните 8 (912) 345-67-89
Она ✎ Яма на дороге у аптеки, Киров, Ленина 12. Звоните 8 (912) 345-67-89
Она: [альбом 3] Вот ещё
Она ▸ ✓ Отправить
Ольга ▸ → Администрация города Кирова
Она ▸ Посмотреть
Она ▸ Дополнить
Она: [фото] Номер для связи +79123456789, почта Evpraxia@mail.ru и evpraxia@mail.ru
Она ▸ ✓ Добавить
Она ▸ Когда?
Пётр ▸ ✓ Принять
Пётр ↩ «№ 1»: Звонили на 8 912 345 67 89, никто не ответил. Наш телефон 8 (8332) 12-34-56
Пётр: /close 1 Сделали. Ваш номер 89123456789 записан.
Ольга ▸ ✓ Одобрить
Она ▸ ✗ Не решено
Она: Нет, не сделали. 8-912-345-67-89
Она: [фото]
Она ▸ Вернуть в работу
# One is withdrawn with a reason, one is new.
Она: Не горит фонарь, Киров, Попова 1
Она ▸ ✓ Отправить
Она: /my
Она ▸ № 2 · Не горят фонари
Она ▸ Отозвать
Она: Уже не надо, вопросы: 8(912)3456789
Она: Мусор не вывозят, Киров, Попова 5, тел. 89123456789
Она ▸ ✓ Отправить
# A draft, with photos, that waits, and another that she dropped.
Она: [альбом 2] Яма
Она ▸ Отмена
Она: [фото] Ещё одна яма у дома, звоните 89123456789
@ +25h
Она: [фото] и вот
`, "Она", who))
	// An update that could not be worked off was put aside.
	broken := &storage.Session{Talks: []storage.Talk{{ID: 99, Flow: "report", State: "preview", Data: []byte(`{"Parts":5}`)}}}
	var kept *storage.Session
	put := func(sess *storage.Session) {
		err := s.Store.Update(context.Background(), func(tx *storage.Tx) error {
			if kept == nil {
				var err error
				if kept, err = tx.Session("desk:"+user, number); err != nil {
					return err
				}
			}
			return tx.PutSession("desk:"+user, number, sess)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put(broken)
	s.Play(who + ": Мой номер 89123456789\n")
	put(kept)
	// She spoke in a group, was muted once, and had used an invitation before she left the staff.
	err = s.Store.Update(context.Background(), func(tx *storage.Tx) error {
		slot := &storage.Slot{Peer: "desk:group/7", Group: true, Ref: "g1", Person: number, Talk: 77}
		if err := tx.PutSlot(slot); err != nil {
			return err
		}
		if err := tx.Point("desk:group", "g1", storage.Pointer{Slot: slot.ID}); err != nil {
			return err
		}
		if err := tx.PutSession("desk:group/7", number, &storage.Session{Talks: []storage.Talk{{ID: 77, Flow: "report", State: "words", Prompt: slot.ID}}}); err != nil {
			return err
		}
		if err := tx.Log(&storage.Entry{At: s.Now, Action: "mute", Actor: 3, Person: number, Text: "звонит с 89123456789"}); err != nil {
			return err
		}
		return tx.PutInvitation("hash", &storage.Invitation{Role: storage.Role{Kind: storage.Curator}, UsedBy: number, UsedAt: s.Now})
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNoTraceStays: after /forget nothing in the store leads to the person, and the desk goes on with their incidents.
func TestNoTraceStays(t *testing.T) {
	s := stage(t)
	if n := len(traces(t, s)); n < 40 {
		t.Fatalf("only %d traces before, the play is too tame", n)
	}
	s.Play(who + ": /language en\n" + who + ": /forget\n") // her cards are drawn in English at their next change
	// Something waits to be sent to her, and cards of hers change meanwhile.
	a := s.Cast["Ольга"]
	u := s.Update(a, a.Peer, false, bot.Update{Kind: bot.Written, Text: "/assign 3 adm-kirov"})
	if err := s.Engine.Handle(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	told := 0
	s.Check = func(ticket bot.Ticket) {
		if ticket.Peer.Chat != user {
			return
		}
		told++
		err := s.Store.View(t.Context(), func(tx *storage.Tx) error {
			if o, err := tx.Outgoing(ticket.ID); err != nil || o == nil {
				t.Errorf("the outbox was told of message %d, which is not there: %v", ticket.ID, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	s.Play(who + " ▸ Yes, erase\n")
	s.Check = nil
	if told != 1 || !strings.Contains(s.Screen(who), "Done.") || strings.Contains(s.Screen(who), "№ 3: p") {
		t.Errorf("she heard %d things:\n%s", told, s.Screen(who))
	}
	untraced := func(when string) {
		t.Helper()
		for _, trace := range traces(t, s) {
			t.Errorf("%s: %s", when, trace)
		}
		if strings.Contains(s.Log.String(), "level=ERROR") && !strings.Contains(s.Log.String(), "update failed") {
			t.Errorf("%s: %s", when, s.Log.String())
		}
	}
	untraced("after the word of farewell")
	screen := s.Screen(who)
	// Blocking the bot, or changing an old message, is no new acquaintance.
	her := s.Cast[who]
	s.Give(s.Update(her, her.Peer, false, bot.Update{Kind: bot.Gone}))
	s.Give(s.Update(her, her.Peer, false, bot.Update{Kind: bot.Back}))
	s.Give(s.Update(her, her.Peer, false, bot.Update{Kind: bot.Edited, Ref: "u1", Text: "Яма"}))
	untraced("after she blocked the bot")
	// The work goes on.
	s.Play("Пётр: /close 1 Заделали.\nОльга: /approve 1\nПётр: /accept 3\n@ +500h\nПётр: /close 3 Вывезли.\nОльга: /approve 3\n")
	untraced("after the work")
	if s.Screen(who) != screen {
		t.Errorf("she was written to:\n%s", s.Screen(who))
	}
	err := s.Store.View(t.Context(), func(tx *storage.Tx) error {
		for n, want := range map[uint64]storage.State{1: storage.Settled, 2: storage.Withdrawn, 3: storage.Closed} {
			inc, err := tx.Incident(n)
			if err != nil {
				return err
			}
			events, err := tx.Events(n)
			if err != nil {
				return err
			}
			if inc.State != want || len(inc.Reporters) != 0 || uint64(len(events)) != inc.Version {
				t.Errorf("№ %d is %s, version %d with %d events, reporters %v", n, inc.State, inc.Version, len(events), inc.Reporters)
			}
			forgot := 0
			for _, ev := range events {
				if ev.Action == "forget" {
					forgot++
				}
				for _, id := range ev.Photos {
					if m, err := tx.Media(id); err != nil || m == nil {
						t.Errorf("№ %d has lost a photo: %v", n, err)
					}
				}
			}
			if forgot != 1 || events[0].As != storage.Resident || events[0].Actor != 0 {
				t.Errorf("№ %d: %d times forgotten, began with %+v", n, forgot, events[0])
			}
		}
		inc, err := tx.Incident(1)
		if err != nil {
			return err
		}
		if !strings.Contains(inc.Text, "8 (912) ***-**-89") || len(inc.Photos) != 4 {
			t.Errorf("№ 1 reads %q, with %d photos", inc.Text, len(inc.Photos))
		}
		if inv, err := tx.Invitation("hash"); err != nil || inv.UsedBy != storage.Erased {
			t.Errorf("the invitation can be used again: %+v, %v", inv, err)
		}
		left := 0
		for n := range 40 {
			m, err := tx.Media("f" + strconv.FormatInt(int64(n), 36))
			if err != nil {
				return err
			}
			if m != nil {
				left++
			}
		}
		if left != 6 { // four of the report, one added, one of the dispute
			t.Errorf("%d photos are left", left)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Screen("Пётр") + s.Screen("Ольга"); !strings.Contains(got, "Житель удалил свои данные") || !strings.Contains(got, "8 (8332) 12-34-56") {
		t.Errorf("staff do not see that she had herself erased, or the body's own telephone is gone:\n%s", got)
	}
	// Whoever writes again is somebody new.
	s.Play(who + ": /my\n")
	if !strings.Contains(s.Screen(who), "Вы ещё ничего не сообщали") {
		t.Errorf("she is still known:\n%s", s.Screen(who))
	}
}

// TestSomebodyElsesStay: what others reported, wrote and sent is as it was.
func TestSomebodyElsesStay(t *testing.T) {
	s := flowtest.New(t)
	s.Play("Иван: [фото] Яма на дороге, Киров, Ленина 12, тел. 89223334455\nИван ▸ ✓ Отправить\nИван: Не горит фонарь, звоните 89223334455\n" +
		"Анна: [фото] Мусор, Киров, Попова 5, тел. 89123456789\n")
	before := s.Screen("Иван")
	s.Play("Анна: /forget\nАнна ▸ Да, удалить\n")
	if s.Screen("Иван") != before {
		t.Errorf("Иван reads otherwise:\n%s", s.Screen("Иван"))
	}
	s.Play("Иван: /my\nИван: Киров, Попова 7\n")
	for _, want := range []string{"№ 1 · Ямы на дорогах — у куратора", "ул. Попова, 7", "89223334455"} {
		if !strings.Contains(s.Screen("Иван"), want) {
			t.Errorf("no %q:\n%s", want, s.Screen("Иван"))
		}
	}
}

// TestNotForEverybody: in a group, for staff and while muted it is refused, whatever button is forged.
func TestNotForEverybody(t *testing.T) {
	s := flowtest.New(t)
	group := bot.Peer{Channel: "desk", Chat: "group"}
	s.Join(flowtest.Actor{Name: "Группа", Peer: group, Group: true})
	err := s.Store.Update(t.Context(), func(tx *storage.Tx) error {
		p, err := tx.PersonBy("desk", "2")
		if err != nil {
			return err
		}
		p.Muted = s.Now.Add(time.Hour)
		return tx.PutPerson(p)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who   string
		where bot.Peer
		reads string
	}{
		{"Анна", group, "в личные сообщения"}, {"Ольга", s.Cast["Ольга"].Peer, "Вы среди сотрудников"},
		{"Марина", s.Cast["Марина"].Peer, "Вы среди сотрудников"}, {"Иван", s.Cast["Иван"].Peer, "после 11:00 сегодня"},
	} {
		screen := c.who
		if c.where == group {
			screen = "Группа"
		}
		for _, u := range []bot.Update{{Kind: bot.Written, Text: "/forget"}, {Kind: bot.Pressed, Data: "forget:yes", Ref: "b1", Press: c.who}} {
			s.Give(s.Update(s.Cast[c.who], c.where, c.where == group, u))
			if got := s.Screen(screen) + strings.Join(s.Toasts(), ""); !strings.Contains(got, c.reads) {
				t.Errorf("%s does not read %q after %s:\n%s", c.who, c.reads, u.Kind, got)
			}
		}
		err := s.Store.View(t.Context(), func(tx *storage.Tx) error {
			p, err := tx.PersonBy("desk", s.Cast[c.who].User.ID)
			if err == nil && p == nil {
				t.Errorf("%s is gone", c.who)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
