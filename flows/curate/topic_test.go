package curate_test

import (
	"context"
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// TestTopicsOfAGroup: with /here in a topic a district's incidents come there, the others to the group; one whose place
// turns out to be another goes over to that topic.
func TestTopicsOfAGroup(t *testing.T) {
	group := bot.Peer{Channel: "desk", Chat: "-100"}
	s := flowtest.New(t, group)
	room := group
	room.Thread = "7"
	say := func(where bot.Peer, text string) {
		s.Give(s.Update(s.Cast["Ольга"], where, true, bot.Update{Kind: bot.Written, Text: text, ToUs: true}))
	}
	s.Join(flowtest.Actor{Name: "общая", Peer: group, Group: true})
	s.Join(flowtest.Actor{Name: "слободской", Peer: room, Group: true})

	say(group, "/here Слободской")
	if got := s.Screen("общая"); !strings.Contains(got, "для темы") {
		t.Errorf("outside a topic: %s", got)
	}
	say(room, "/here Нигде")
	say(room, "/here Слободской")
	if got := s.Screen("слободской"); !strings.Contains(got, "Не знаю района «Нигде»") || !strings.Contains(got, "Слободской") {
		t.Errorf("in the topic: %s", got)
	}

	s.Play("Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\nИван: Яма, Слободской, Советская 5\nИван ▸ ✓ Отправить\n")
	if got := s.Screen("общая"); !strings.Contains(got, "№ 1 ·") || strings.Contains(got, "№ 2 ·") {
		t.Errorf("the group shows: %s", got)
	}
	if got := s.Screen("слободской"); !strings.Contains(got, "№ 2 ·") || strings.Contains(got, "№ 1 ·") {
		t.Errorf("the topic shows: %s", got)
	}

	forge(s, "Ольга", group, "curate:place:1")
	say(group, "Слободской, Советская 7")
	if got := s.Screen("общая"); !strings.Contains(got, "Теперь в теме своего района") {
		t.Errorf("the old card: %s", got)
	}
	if got := s.Screen("слободской"); !strings.Contains(got, "№ 1 ·") {
		t.Errorf("the new card: %s", got)
	}

	say(room, "/here -")
	s.Play("Анна: Фонарь не горит, Слободской, Советская 5\nАнна ▸ ✓ Отправить\n")
	if got := s.Screen("общая"); !strings.Contains(got, "№ 3 ·") {
		t.Errorf("after /here -: %s", got)
	}
}

func forge(s *flowtest.Stage, name string, where bot.Peer, data string) {
	s.Give(s.Update(s.Cast[name], where, true, bot.Update{Kind: bot.Pressed, Ref: "b1", Data: data, Press: name}))
}

// TestHiddenPhotos: a photo that a curator hid is shown to no resident any more, and kept for the staff.
func TestHiddenPhotos(t *testing.T) {
	s := flowtest.New(t)
	s.Play("Анна: [фото] Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\nОльга ▸ Ещё…\nОльга ▸ Скрыть фото\nОльга ▸ Скрыть 1\n")
	err := s.Store.View(context.Background(), func(tx *storage.Tx) error {
		inc, err := tx.Incident(1)
		if err == nil && (len(inc.Photos) != 1 || len(inc.Public(inc.Photos)) != 0) {
			t.Errorf("kept %v, public %v", inc.Photos, inc.Public(inc.Photos))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Play("Ольга ▸ Вернуть 1\nОльга ▸ Готово\n")
	if !strings.Contains(s.Screen("Ольга"), "скрыто 0 фото") {
		t.Error(s.Screen("Ольга"))
	}
}
