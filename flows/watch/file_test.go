package watch_test

import (
	"context"
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

func incident(t *testing.T, s *flowtest.Stage, n uint64) (inc *storage.Incident) {
	t.Helper()
	err := s.Store.View(context.Background(), func(tx *storage.Tx) (err error) {
		inc, err = tx.Incident(n)
		return err
	})
	if err != nil || inc == nil {
		t.Fatalf("№ %d: %v, %v", n, inc, err)
	}
	return inc
}

// TestNothingIsFiledUnlessThePackSaysSo: of the built-in pack no topic lets the desk file anything.
func TestNothingIsFiledUnlessThePackSaysSo(t *testing.T) {
	s := flowtest.New(t)
	for _, g := range s.Engine.Pack.Groups {
		for _, topic := range g.Topics {
			if topic.FileAbove != 0 {
				t.Errorf("%s is filed above %v", topic.Code, topic.FileAbove)
			}
		}
	}
}

// TestDangerIsForACurator: what sounds dangerous in a topic that is not urgent is not filed, however sure the judge is.
func TestDangerIsForACurator(t *testing.T) {
	s := flowtest.New(t)
	s.Play("@ сам road-potholes 0.5\n@ группа Подслушано kirov\nСвета в Подслушано: Яма на дороге у дома 12 на Ленина в Кирове, огромная яма, провал асфальта, сколько можно\n" +
		"Света в Подслушано: Яма на дороге у дома 40 на Мира в Кирове, провал асфальта, ребёнок провалился, сильно пострадал, скорая увезла\n")
	if inc := incident(t, s, 1); inc.State != storage.New || inc.Filed <= 0.5 {
		t.Errorf("№ 1 is %s, filed %v", inc.State, inc.Filed)
	}
	if inc := incident(t, s, 2); !inc.Raised || inc.Sure.Topic <= 0.5 || inc.State != storage.Found || inc.Filed != 0 {
		t.Errorf("№ 2 is %s, filed %v, raised %v, %+v", inc.State, inc.Filed, inc.Raised, inc.Sure)
	}
}

// TestWhatIsFiledIsSaidOnceACuratorHasSeenIt: nothing is said in public before, once then, and routing it teaches that it is a
// problem.
func TestWhatIsFiledIsSaidOnceACuratorHasSeenIt(t *testing.T) {
	s := flowtest.New(t)
	s.Engine.Registered = true
	s.Play("@ сам road-potholes 0.5\n@ группа Подслушано kirov\nСвета в Подслушано: Яма на дороге у дома 12 на Ленина в Кирове, огромная яма, провал асфальта, сколько можно\n")
	if said := s.Screen("Подслушано"); strings.Contains(said, "Записал") {
		t.Fatalf("said before any curator saw it:\n%s", said)
	}
	s.Play("Ольга: /assign 1 adm-kirov\nПётр: /decline 1 не наше\nОльга: /assign 1 adm-kirov\n@ +1m\n")
	if said := s.Screen("Подслушано"); strings.Count(said, "Записал") != 1 {
		t.Errorf("registered once, not as here:\n%s", said)
	}
	if inc := incident(t, s, 1); inc.Taught.Problem != "yes" {
		t.Errorf("taught: %+v", inc.Taught)
	}
}

// TestOnlyWhatTheDeskFiledIsUndone: a report and what a curator took are not made «no problem» by a forged button.
func TestOnlyWhatTheDeskFiledIsUndone(t *testing.T) {
	s := flowtest.New(t)
	s.Play("@ сам road-potholes 0.5\n@ группа Подслушано kirov\n@ куратор Тамара\nАнна: Не горит фонарь, Киров, Ленина 12\nАнна ▸ ✓ Отправить\nОльга ▸▸ watch:pass:1\nОльга ▸▸ watch:hush:1\nОльга ▸▸ watch:thanks:1\n" +
		"Света в Подслушано: Яма на дороге у дома 12 на Ленина в Кирове, огромная яма, провал асфальта, сколько можно\nАнна ▸▸ follow:join:2\nОльга ▸▸ watch:pass:2\n")
	for n := uint64(1); n <= 2; n++ {
		if inc := incident(t, s, n); inc.State != storage.New {
			t.Errorf("№ %d is %s", n, inc.State)
		}
	}
	s.Play("Анна ▸▸ follow:leave:2\nПётр ▸▸ watch:pass:2\n")
	if inc := incident(t, s, 2); inc.State != storage.New {
		t.Errorf("an official made it %s", inc.State)
	}
	s.Play("Ольга ▸▸ watch:pass:2\nТамара ▸▸ watch:pass:2\n")
	if inc := incident(t, s, 2); inc.State != storage.Passed || len(inc.Reporters) != 0 || inc.Taught.Problem != "no" {
		t.Errorf("№ 2 is %s, %+v, taught %+v", inc.State, inc.Reporters, inc.Taught)
	}
}

// TestAMessageIsTakenOutOnce: two curators who press the same make one card of it, and nothing is counted twice.
func TestAMessageIsTakenOutOnce(t *testing.T) {
	s := flowtest.New(t)
	s.Play("@ куратор Тамара\n@ группа Подслушано kirov\nСвета в Подслушано: Мусор на Ленина 5 не вывозят вторую неделю, безобразие\n" +
		"Олег в Подслушано ↩ «Мусор»: а у нас на Попова 7 фонари не горят\nВера в Подслушано ↩ «Мусор»: и у нас не вывозят мусор\n" +
		"Ольга ▸ Вынести отдельно…\nТамара ▸ Вынести отдельно…\nОльга ▸ 2. а у нас на Попова 7 фонари не горят\nТамара ▸ 2. а у нас на Попова 7 фонари не горят\n" +
		"Олег в Подслушано ↩ «а у нас на Попова»: вторую неделю не горят\n")
	first, second := incident(t, s, 1), incident(t, s, 2)
	if first.Posts != 2 || second.Posts != 2 || second.Topic != "street-lights" || second.Origin != 1 {
		t.Errorf("№ 1 has %d messages, № 2 %d, %s, out of № %d", first.Posts, second.Posts, second.Topic, second.Origin)
	}
	err := s.Store.View(context.Background(), func(tx *storage.Tx) error {
		if third, err := tx.Incident(3); err != nil || third != nil {
			t.Errorf("there is a third: %+v, %v", third, err)
		}
		for n := uint64(1); n <= 2; n++ {
			if _, had, err := tx.Posts(n, 10); err != nil || had != 2 {
				t.Errorf("№ %d has %d messages, %v", n, had, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	// The last message is not taken out, and an official takes none.
	s.Play("Пётр ▸▸ watch:part:1\nОльга ▸ Вынести отдельно…\n")
	if !strings.Contains(s.Screen("Ольга"), "Какое из них") {
		t.Error("nothing was asked")
	}
	s.Give(s.Update(s.Cast["Ольга"], s.Cast["Ольга"].Peer, false, bot.Update{Kind: bot.Pressed, Data: flows.CardKey("watch", "part", 7), Press: "Ольга"}))
}

// TestAMessageOfAMergedIncidentIsTakenOut: what had been merged comes back when its only message is taken out; of more, the
// message alone goes, and its author with it.
func TestAMessageOfAMergedIncidentIsTakenOut(t *testing.T) {
	s := flowtest.New(t)
	s.Play("@ группа Подслушано kirov\n@ группа Новости kirov\nСвета в Подслушано: Мусор на Ленина 5 не вывозят вторую неделю, безобразие\n" +
		"Ольга ▸ ✓ В работу\nАнна в Новости: Не горят фонари на Попова 7 вторую неделю, темно\nИван в Новости ↩ «Не горят»: фонари не горят и на Сурикова\nОльга: /merge 2 1\n")
	who := func() (n int) { return len(incident(t, s, 1).Reporters) }
	if who() != 3 {
		t.Fatalf("№ 1 has %d reporters", who())
	}
	s.Play("Ольга ▸ Вынести сообщение…\nОльга ▸ 3. фонари не горят и на Сурикова\n")
	if inc := incident(t, s, 3); inc.State != storage.Found || inc.Origin != 2 || who() != 2 || len(incident(t, s, 2).Reporters) != 1 {
		t.Errorf("№ 3 is %s out of № %d; № 1 has %d reporters, № 2 %d", inc.State, inc.Origin, who(), len(incident(t, s, 2).Reporters))
	}
	s.Play("Ольга ▸ 2. Не горят фонари на Попова 7 вторую…\n")
	if inc := incident(t, s, 2); inc.State != storage.Found || who() != 1 {
		t.Errorf("№ 2 is %s; № 1 has %d reporters", inc.State, who())
	}
}
