package vk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/bot"
)

// column gives n buttons, one below the other, with labels too long for two in a row.
func column(n int) (rows [][]bot.Button) {
	for i := range n {
		rows = append(rows, []bot.Button{{Text: fmt.Sprintf("Организация номер %d", i+1), Data: fmt.Sprint("o:", i+1)}})
	}
	return rows
}

func TestNoButtonIsLostOnPages(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var rows [][]bot.Button
		for range rapid.IntRange(1, 25).Draw(rt, "rows") {
			var row []bot.Button
			for range rapid.IntRange(1, maxColumns).Draw(rt, "buttons") {
				row = append(row, bot.Button{Text: rapid.SampledFrom([]string{"Да", "Администрация города Кирова"}).Draw(rt, "label"), Data: fmt.Sprint(len(rows), ".", len(row))})
			}
			rows = append(rows, row)
		}
		var want, got []string
		for _, r := range rows {
			for _, b := range r {
				want = append(want, b.Data)
			}
		}
		for i, page := range sheets(rows, maxRows, maxButtons) {
			board := sheet{Rows: rows, Inline: true}.board(i, "x", client{true, true})
			if n, k := strings.Count(board, `"type"`), strings.Count(board, "],["); n > maxButtons || k+1 > maxRows {
				rt.Fatalf("page %d has %d buttons in %d rows: %s", i, n, k+1, board)
			}
			for _, r := range page {
				if len(r) > maxColumns {
					rt.Fatalf("a row of %d", len(r))
				}
				for _, b := range r {
					if !slices.Contains(got, b.Data) {
						got = append(got, b.Data)
					}
				}
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			rt.Fatalf("%v became %v", want, got)
		}
	})
}

func TestLongKeyboardsAreTurned(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		rows := append(column(11), []bot.Button{{Text: "Отмена", Data: "x"}})
		s.send(s.anna.Peer(), bot.Message{Text: "Кому?", Keyboard: rows})
		s.shows(s.anna, `Отклик: Кому?
  [Организация номер 1]
  [Организация номер 2]
  [Организация номер 3]
  [Организация номер 4]
  [Отмена]
  [2/3 ▶]
`)
		s.anna.Presses("2/3 ▶")
		if list := s.taken(); len(list) > 0 {
			t.Errorf("the core hears of it: %+v", list)
		}
		s.shows(s.anna, `Отклик: Кому?
  [Организация номер 5]
  [Организация номер 6]
  [Организация номер 7]
  [Организация номер 8]
  [Отмена]
  [◀ 1/3] [3/3 ▶]
`)
		s.halt()
		s.anew() // the program forgets, VK and the keeper do not
		s.run()
		s.anna.Presses("3/3 ▶")
		s.quiet()
		s.anna.Presses("Организация номер 11")
		if u := s.one(); u.Kind != bot.Pressed || u.Data != "o:11" || u.Ref != "1" {
			t.Errorf("%+v", u)
		}
		s.anna.Presses("◀ 2/3")
		s.quiet()
		s.anna.Presses("Организация номер 8")
		if u := s.one(); u.Data != "o:8" {
			t.Errorf("%+v", u)
		}
	})
}

func TestAPageOfAnOldKeyboardIsNotPutBack(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		r := s.send(s.anna.Peer(), bot.Message{Text: "Кому?", Keyboard: column(11)})
		late := payload{Page: 2, Sheet: s.sheetOf(r.Ref)}
		s.edit(s.anna.Peer(), r.Ref, bot.Message{Text: "Передано."})
		s.ch.turnPage(s.Context(), turning{to: s.anna.Peer(), ref: r.Ref, want: late})
		s.shows(s.anna, "Отклик: Передано.\n")
	})
}

// sheetOf names the long keyboard that a message has.
func (s *stage) sheetOf(ref bot.Ref) (name string) {
	s.Helper()
	m, err := s.ch.standing(s.Context(), s.anna.Peer(), ref)
	if err != nil || m == nil {
		s.Fatalf("%v, %v", m, err)
	}
	var k keyboard
	if err := json.Unmarshal(m.Keyboard, &k); err != nil {
		s.Fatal(err)
	}
	for _, row := range k.Buttons {
		for _, b := range row {
			if p := payloadOf([]byte(b.Action.Payload)); p.Sheet != "" {
				return p.Sheet
			}
		}
	}
	s.Fatalf("the message has no pages: %s", m.Keyboard)
	return ""
}

func TestALongKeyboardDiesOfAgeOnly(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		var refs []bot.Ref
		for i := range 300 {
			rows := append(column(11), []bot.Button{{Text: "Отмена", Data: fmt.Sprint("x", i)}})
			refs = append(refs, s.send(s.anna.Peer(), bot.Message{Text: fmt.Sprint("Кому? ", i), Keyboard: rows}).Ref)
		}
		s.restart()
		s.run()
		for i, ref := range refs {
			s.ch.turnPage(s.Context(), turning{to: s.anna.Peer(), ref: ref, want: payload{Page: 2, Sheet: s.sheetOf(ref)}})
			if row := s.anna.Sees()[i].Buttons; row[0][0] != "Организация номер 5" || s.anna.Sees()[i].Text != fmt.Sprint("Кому? ", i) {
				t.Fatalf("the list of message %d is gone: %v", i, row)
			}
		}
	})
}

func TestWhoTurnsAForgottenListIsTold(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		s.send(s.anna.Peer(), bot.Message{Text: "Кому?", Keyboard: column(11)})
		s.halt()
		s.o.Keeper = &drawer{}
		s.anew()
		s.run()
		s.anna.Presses("2/3 ▶")
		if note := s.anna.AwaitsNote(); note != staleList {
			t.Errorf("%q", note)
		}
	})
	play(t, func(s *stage) {
		s.run()
		s.anna.OldClient().Says("яма")
		s.one()
		rows := column(50)
		s.send(s.anna.Peer(), bot.Message{Text: "Кому?", Keyboard: rows})
		s.halt()
		s.o.Keeper = &drawer{}
		s.anew()
		s.run()
		s.anna.Presses("2/7 ▶")
		s.quiet()
		if list := s.anna.Sees(); list[len(list)-1].Text != staleList {
			t.Errorf("%s", s.anna.Screen())
		}
	})
}

func TestALongKeyboardKeepsNothingOfTheMessage(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		petr := s.User("Пётр").Opens()
		words := "Тайное слово & <ещё> одно"
		r := s.send(s.anna.Peer(), bot.Message{Text: words, Photos: photos("a"), Keyboard: column(11)})
		s.send(petr.Peer(), bot.Message{Text: "другое", Keyboard: column(11)})
		sheets := 0
		for key, value := range s.o.Keeper.(*drawer).kept {
			if strings.HasPrefix(key, "s/") {
				sheets++
			}
			if strings.Contains(string(value), "Тайное") || strings.Contains(string(value), "photo") {
				t.Errorf("%s holds %s", key, value)
			}
		}
		if sheets != 1 {
			t.Errorf("the same list is kept %d times", sheets)
		}
		s.anna.Presses("2/3 ▶")
		s.quiet()
		if m := s.anna.Sees()[0]; m.Ref != r.Ref || m.Text != words || len(m.Photos) != 1 || m.Buttons[0][0] != "Организация номер 5" {
			t.Errorf("%s", s.anna.Screen())
		}
	})
}

func TestAPageOfAMessageOfYesterdayIsAMessageOfItsOwn(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		s.send(s.anna.Peer(), bot.Message{Text: "Кому?", Keyboard: column(11)})
		time.Sleep(25 * time.Hour)
		s.anna.Presses("2/3 ▶")
		s.quiet()
		s.anna.Presses("Организация номер 6")
		if u := s.one(); u.Data != "o:6" {
			t.Errorf("%+v", u)
		}
	})
}

func TestAClientWithoutInlineButtons(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.OldClient().Says("яма")
		s.one()
		rows := [][]bot.Button{{{Text: "Да", Data: "y:1"}, {Text: "Карта", URL: "https://example.org/map"}}, {{Text: "Нет", Data: "n:1"}}}
		s.send(s.anna.Peer(), bot.Message{Text: "раньше"})
		r := s.send(s.anna.Peer(), bot.Message{Text: "верно?", Keyboard: rows})
		s.shows(s.anna, "Анна: яма\nОтклик: раньше\nОтклик: верно?\n  Карта: https://example.org/map\n⌨ [Да]\n⌨ [Нет]\n")
		s.anna.Presses("Нет")
		if u := s.one(); u.Kind != bot.Pressed || u.Data != "n:1" || u.Ref != r.Ref || u.Text != "" {
			t.Errorf("%+v", u)
		} else if err := s.ch.Answer(s.Context(), u.Press, "Записано", false); err != nil {
			t.Error(err)
		}
		if list := s.anna.Sees(); list[len(list)-1].Text != "Записано" {
			t.Errorf("the note did not come: %+v", list[len(list)-1])
		}
	})
}

func TestATextButtonNamesItsMessageAfterARestart(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.OldClient().Says("яма")
		s.one()
		r := s.send(s.anna.Peer(), bot.Message{Text: "верно?", Keyboard: yes()})
		s.halt()
		s.anew()
		s.run()
		s.anna.Presses("Да")
		if u := s.one(); u.Kind != bot.Pressed || u.Data != "y" || u.Ref != r.Ref {
			t.Errorf("%+v, want the message %s", u, r.Ref)
		}
	})
}

func TestAButtonThatAClientDoesNotSupportIsAPress(t *testing.T) {
	r := reader{group: 7}
	for _, raw := range []string{
		`{"type":"message_new","event_id":"1","object":{"message":{"id":5,"date":1,"peer_id":9,"from_id":9,"conversation_message_id":3,"text":"Да",
			"payload":"{\"command\":\"not_supported_button\",\"button_type\":\"callback\",\"payload\":\"{\\\"d\\\":\\\"y:1\\\"}\"}"}}}`,
		`{"type":"message_new","event_id":"1","object":{"message":{"id":5,"date":1,"peer_id":9,"from_id":9,"conversation_message_id":3,"text":"Да","payload":"{\"d\":\"y:1\"}"}}}`,
		`{"type":"message_event","event_id":"1","object":{"user_id":9,"peer_id":9,"event_id":"e","conversation_message_id":3,"payload":{"d":"y:1"}}}`,
		`{"type":"message_event","event_id":"1","object":{"user_id":9,"peer_id":9,"event_id":"e","conversation_message_id":3,"payload":"{\"d\":\"y:1\"}"}}`,
	} {
		got, err := r.event([]byte(raw))
		if err != nil || len(got.updates) != 1 || got.updates[0].Kind != bot.Pressed || got.updates[0].Data != "y:1" {
			t.Errorf("%s: %+v, %v", raw, got, err)
		}
	}
}

func TestAKeyboardThatCannotBeKeptWaits(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		keeper := s.o.Keeper.(*drawer)
		keeper.mu.Lock()
		keeper.fail = context.DeadlineExceeded
		keeper.mu.Unlock()
		_, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: "Кому?", Keyboard: column(11)}, "k", nil)
		if reason(err) != bot.Later {
			t.Errorf("%v", err)
		}
		keeper.mu.Lock()
		keeper.fail = nil
		keeper.mu.Unlock()
		s.send(s.anna.Peer(), bot.Message{Text: "Кому?", Keyboard: column(11)})
	})
}

func TestWhatAClientCannotShowOutlastsARestart(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.OldClient().Says("яма")
		boris := s.User("Борис")
		boris.Says("и тут")
		s.taken()
		s.restart()
		s.run()
		s.send(s.anna.Peer(), bot.Message{Text: "верно?", Keyboard: yes()})
		s.send(boris.Peer(), bot.Message{Text: "верно?", Keyboard: yes()})
		s.shows(s.anna, "Анна: яма\nОтклик: верно?\n⌨ [Да]\n")
		s.shows(boris, "Борис: и тут\nОтклик: верно?\n  [Да]\n")
		s.anna.NewClient().Says("обновила")
		s.taken()
		s.restart()
		s.run()
		s.send(s.anna.Peer(), bot.Message{Text: "точно?", Keyboard: yes()})
		if sees := s.anna.Sees(); len(sees[len(sees)-1].Buttons) != 1 {
			t.Errorf("%s", s.anna.Screen())
		}
		for key, value := range s.o.Keeper.(*drawer).kept {
			if id := fmt.Sprint(s.anna.ID()); strings.Contains(key, id) || strings.Contains(string(value), id) {
				t.Errorf("her number is kept: %s %s", key, value)
			}
		}
	})
}
