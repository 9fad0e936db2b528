package telegram

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

func TestWhatAMessageBecomes(t *testing.T) {
	long := strings.Repeat("слово ", 200) // 1200 units
	many := photos("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l")
	for name, c := range map[string]struct {
		m     bot.Message
		calls string
		shows string
		ref   bot.Ref
		more  int
	}{
		"a text": {bot.Message{Text: " раз\nдва\n"}, "sendMessage", "Отклик: раз\n  два\n", "1", 0},
		"a text with buttons": {bot.Message{Text: "верно?", Keyboard: [][]bot.Button{{{Text: "Да", Data: "y"}, {Text: "Сайт", URL: "https://example.org/"}}, {{Text: "Нет", Data: "n"}}}},
			"sendMessage", "Отклик: верно?\n  [Да] [Сайт]\n  [Нет]\n", "1", 0},
		"a wide row is broken": {bot.Message{Text: "выбор", Keyboard: [][]bot.Button{row(10)}},
			"sendMessage", "Отклик: выбор\n  [1] [2] [3] [4] [5] [6] [7] [8]\n  [9] [10]\n", "1", 0},
		"a photo with a caption and buttons": {bot.Message{Text: "№ 7", Photos: photos("a"), Keyboard: yes()},
			"sendPhoto", "Отклик: [фото] № 7\n  [Да]\n", "1", 0},
		"a photo alone": {bot.Message{Photos: photos("a")}, "sendPhoto", "Отклик: [фото]\n", "1", 0},
		"a photo and a text too long for a caption": {bot.Message{Text: long, Photos: photos("a"), Keyboard: yes()},
			"sendPhoto sendMessage", "Отклик: [фото]\nОтклик: " + strings.TrimSpace(long) + "\n  [Да]\n", "2", 1},
		"an album without buttons carries its words": {bot.Message{Text: "два", Photos: photos("a", "b")},
			"sendMediaGroup", "Отклик: [фото] два\nОтклик: [фото]\n", "1", 1},
		"an album bears no buttons": {bot.Message{Text: "два", Photos: photos("a", "b"), Keyboard: yes()},
			"sendMediaGroup sendMessage", "Отклик: [фото]\nОтклик: [фото]\nОтклик: два\n  [Да]\n", "3", 2},
		"an album with buttons and no words": {bot.Message{Photos: photos("a", "b"), Keyboard: yes()},
			"sendMediaGroup sendMessage", "Отклик: [фото]\nОтклик: [фото]\nОтклик: ↑\n  [Да]\n", "3", 2},
		"twelve photos": {bot.Message{Text: "много", Photos: many},
			"sendMediaGroup sendMediaGroup sendMessage", strings.Repeat("Отклик: [фото]\n", 12) + "Отклик: много\n", "13", 12},
		"eleven photos": {bot.Message{Photos: many[:11]},
			"sendMediaGroup sendPhoto", strings.Repeat("Отклик: [фото]\n", 11), "11", 10},
		"a photo that is gone leaves the words": {bot.Message{Text: "№ 7", Photos: photos("gone"), Keyboard: yes()},
			"sendMessage", "Отклик: № 7\n  [Да]\n", "1", 0},
		"an album of which one is gone": {bot.Message{Text: "два", Photos: photos("a", "gone", "b")},
			"sendMediaGroup", "Отклик: [фото] два\nОтклик: [фото]\n", "1", 1},
		"an album of which one is left": {bot.Message{Text: "два", Photos: photos("gone", "b"), Keyboard: yes()},
			"sendPhoto sendMessage", "Отклик: [фото]\nОтклик: два\n  [Да]\n", "2", 1},
		"what is no photo goes as a file": {bot.Message{Text: "акт", Photos: photos("broken"), Keyboard: yes()},
			"sendPhoto sendDocument", "Отклик: [файл] акт\n  [Да]\n", "1", 0},
		"an album of which one is no photo": {bot.Message{Text: "два", Photos: photos("a", "broken")},
			"sendMediaGroup sendMediaGroup", "Отклик: [файл] два\nОтклик: [файл]\n", "1", 1},
		"a name that Telegram does not know": {bot.Message{Text: "№ 7", Photos: []bot.Media{{ID: "a", Refs: map[string]string{Name: "of-another-bot"}}}},
			"sendPhoto sendPhoto", "Отклик: [фото] № 7\n", "1", 0},
		"another messenger's photo": {bot.Message{Text: "№ 7", Photos: []bot.Media{{ID: "a", Refs: map[string]string{"vk": "photo1_2"}}}},
			"sendPhoto", "Отклик: [фото] № 7\n", "1", 0},
		"a text of two": {bot.Message{Text: strings.Repeat("слово ", 1000), Keyboard: yes()}, "sendMessage sendMessage",
			"Отклик: " + strings.TrimSpace(strings.Repeat("слово ", 682)) + "\nОтклик: " + strings.TrimSpace(strings.Repeat("слово ", 318)) + "\n  [Да]\n", "2", 1},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.anna.Opens()
				r := s.send(s.anna.Peer(), c.m)
				var calls []string
				for _, call := range s.Calls("") {
					calls = append(calls, call.Method)
				}
				if got := strings.Join(calls, " "); got != c.calls {
					t.Errorf("calls %s, want %s", got, c.calls)
				}
				s.shows(s.anna, c.shows)
				if r.Ref != c.ref || len(r.More) != c.more {
					t.Errorf("receipt %+v", r)
				}
				if len(r.Media) != len(c.m.Photos) {
					t.Errorf("%d names of %d photos", len(r.Media), len(c.m.Photos))
				}
				for i, id := range r.Media {
					if gone := c.m.Photos[i].ID == "gone"; (id == "") != gone {
						t.Errorf("photo %d is known as %q", i, id)
					}
				}
			})
		})
	}
}

func row(n int) (list []bot.Button) {
	for i := range n {
		list = append(list, bot.Button{Text: fmt.Sprint(i + 1), Data: fmt.Sprint(i)})
	}
	return list
}

func TestAReplyIsAskedForInAGroup(t *testing.T) {
	play(t, func(s *stage) {
		seat := s.Group("Дом 12").Seat(s.anna)
		seat.Says("яма")
		s.send(seat.Peer(), bot.Message{Text: "где?", WantReply: true, ReplyTo: "1"})
		s.send(seat.Peer(), bot.Message{Text: "где же?", WantReply: true})
		s.send(seat.Peer(), bot.Message{Text: "тут?", WantReply: true, Keyboard: yes()})
		var got []string
		for _, c := range s.Calls("sendMessage") {
			got = append(got, c.Params["reply_markup"])
		}
		want := []string{`{"force_reply":true,"selective":true}`, `{"force_reply":true}`, `{"inline_keyboard":[[{"text":"Да","callback_data":"y"}]]}`}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%q", got)
		}
	})
}

func TestAPhotoThatCameAsAFileIsUploadedAsAPhoto(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.SendsFile("яма.png", "image/png", bottest.JPEG('a'), "яма")
		in := s.one()
		in.Media[0].ID = "a"
		r := s.send(s.anna.Peer(), bot.Message{Text: "№ 7", Photos: in.Media})
		s.shows(s.anna, "Анна: [файл] яма\nОтклик: [фото] № 7\n")
		if strings.HasPrefix(r.Media[0], asDocument) || len(s.Calls("sendPhoto")) != 1 {
			t.Errorf("%+v", r)
		}
	})
}

func TestAnAttemptGoesOnWhereTheLastEnded(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		m := bot.Message{Text: "два", Photos: photos("a", "b"), Keyboard: yes()}
		for _, f := range []bottest.Fault{bottest.ServerError(), bottest.TooMany(3), bottest.Drop()} {
			s.Fail("sendMessage", 1, f)
			if _, err := s.ch.Send(s.Context(), s.anna.Peer(), m, "k", jpegs); reason(err) != bot.Later {
				t.Errorf("%v", err)
			}
		}
		var last bot.Receipt
		for range 2 { // the second after a receipt that was lost on our side
			r, err := s.ch.Send(s.Context(), s.anna.Peer(), m, "k", jpegs)
			if err != nil || r.Ref != "3" || len(r.More) != 2 || len(r.Media) != 2 {
				t.Errorf("%+v, %v", r, err)
			}
			last = r
		}
		s.shows(s.anna, "Отклик: [фото]\nОтклик: [фото]\nОтклик: два\n  [Да]\n")
		m.Text = "другие слова" // under the same key: they are not sent yet
		r, err := s.ch.Send(s.Context(), s.anna.Peer(), m, "k", jpegs)
		if err != nil || r.Ref == last.Ref {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestWhatEndsWithoutAnAnswerIsTriedAgain(t *testing.T) {
	for name, f := range map[string]bottest.Fault{"lost": bottest.Lost(), "hangs": bottest.Hang(), "broken": bottest.Garbage(), "page": bottest.HTML()} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.anna.Opens()
				for _, m := range []bot.Message{{Text: "слово"}, {Text: "фото", Photos: photos("a")}, {Text: "альбом", Photos: photos("a", "b")}} {
					s.Fail("", 1, f)
					begin := time.Now()
					_, err := s.ch.Send(s.Context(), s.anna.Peer(), m, m.Text, jpegs)
					if reason(err) != bot.Later || time.Since(begin) > uploadTime {
						t.Errorf("%v after %v", err, time.Since(begin))
					}
					s.send(s.anna.Peer(), m)
				}
			})
		})
	}
}

func TestWhatIsTooLargeForAPhotoGoesAsAFileOrNotAtAll(t *testing.T) {
	large := bottest.Fault{Status: 413, Body: "<html>413 Request Entity Too Large</html>"}
	play(t, func(s *stage) {
		s.anna.Opens()
		m := bot.Message{Text: "№ 7", Photos: photos("a")}
		s.Fail("sendPhoto", 1, large)
		s.send(s.anna.Peer(), m)
		s.shows(s.anna, "Отклик: [файл] № 7\n")
		s.Fail("sendPhoto", 1, large)
		s.Fail("sendDocument", 1, large)
		if _, err := s.ch.Send(s.Context(), s.anna.Peer(), m, "again", jpegs); reason(err) != bot.Never {
			t.Errorf("%v", err)
		}
	})
}

func TestWhyACallFailed(t *testing.T) {
	for text, want := range map[string]bot.Reason{
		"400 Bad Request: chat not found":                                      bot.NoPeer,
		"400 Bad Request: PEER_ID_INVALID":                                     bot.NoPeer,
		"400 Bad Request: not enough rights to send text messages to the chat": bot.NoPeer,
		"400 Bad Request: have no rights to send a message":                    bot.NoPeer,
		"400 Bad Request: need administrator rights in the channel chat":       bot.NoPeer,
		"400 Bad Request: CHAT_WRITE_FORBIDDEN":                                bot.NoPeer,
		"403 Forbidden: bot was blocked by the user":                           bot.NoPeer,
		"403 Forbidden: user is deactivated":                                   bot.NoPeer,
		"403 Forbidden: bot was kicked from the supergroup chat":               bot.NoPeer,
		"403 Forbidden: bot can't initiate conversation with a user":           bot.NoPeer,
		"400 Bad Request: message to edit not found":                           bot.NoRef,
		"400 Bad Request: message can't be edited":                             bot.NoRef,
		"400 Bad Request: MESSAGE_ID_INVALID":                                  bot.NoRef,
		"400 Bad Request: message is too long":                                 bot.Never,
		"400 Bad Request: can't parse entities":                                bot.Never,
		"400 Bad Request: BUTTON_DATA_INVALID":                                 bot.Never,
		"400 Bad Request: wrong HTTP URL specified":                            bot.Never,
		"401 Unauthorized":                                                     bot.NoRights,
		"404 Not Found":                                                        bot.NoRights,
		"409 Conflict: terminated by other getUpdates request":                 bot.Later,
		"429 Too Many Requests: retry after 5":                                 bot.Later,
		"500 Internal Server Error":                                            bot.Later,
		"502 Bad Gateway":                                                      bot.Later,
	} {
		code := 0
		_, err := fmt.Sscan(text, &code)
		if err != nil {
			t.Fatal(err)
		}
		play(t, func(s *stage) {
			s.anna.Opens()
			s.Fail("editMessageText", 1, bottest.Refusal(code, text[4:]))
			_, err := s.ch.Edit(s.Context(), s.anna.Peer(), "1", bot.Message{Text: "слово"}, "k", nil)
			f, ok := errors.AsType[*bot.Failure](err)
			if !ok || f.Reason != want || !strings.Contains(f.Error(), "editMessageText: "+text) {
				t.Errorf("%s: %v, want %s", text, err, want)
			}
			if want == bot.Later && code == 429 && f.After <= 0 {
				t.Errorf("%s: no time", text)
			}
		})
	}
}

func TestATooBusyBotIsToldFromATooBusyChat(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		petr, vera := s.User("Пётр").Opens(), s.User("Вера").Opens()
		try := func(to bot.Peer, key string) *bot.Failure {
			s.Fail("sendMessage", 1, bottest.TooMany(9))
			_, err := s.ch.Send(s.Context(), to, bot.Message{Text: "слово"}, key, nil)
			return bot.FailureOf(err)
		}
		for i := range 2 {
			if f := try(s.anna.Peer(), fmt.Sprint(i)); f.Reason != bot.Later || f.After != 9*time.Second || f.Whole {
				t.Errorf("%+v", f)
			}
		}
		if f := try(petr.Peer(), "p"); f.Whole {
			t.Errorf("two chats at once: %+v", f)
		}
		s.send(vera.Peer(), bot.Message{Text: "ей — можно"})
		if f := try(vera.Peer(), "v"); f.Whole {
			t.Errorf("a third, though somebody was written to meanwhile: %+v", f)
		}
		if f := try(s.anna.Peer(), "a"); f.Whole {
			t.Errorf("the first of a new row: %+v", f)
		}
		if f := try(petr.Peer(), "p2"); !f.Whole {
			t.Errorf("three chats in a row: %+v", f)
		}
		time.Sleep(time.Minute)
		if f := try(petr.Peer(), "q"); f.Whole {
			t.Errorf("a minute later: %+v", f)
		}
	})
}

func TestAPhotoWhoseBytesAreLateWaits(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		for _, m := range []bot.Message{{Photos: photos("later")}, {Photos: photos("a", "later"), Text: "два"}} {
			if _, err := s.ch.Send(s.Context(), s.anna.Peer(), m, "k", jpegs); reason(err) != bot.Later {
				t.Errorf("%v", err)
			}
		}
		for _, m := range []bot.Message{{Photos: photos("gone")}, {Photos: photos("gone", "gone")}} {
			if _, err := s.ch.Send(s.Context(), s.anna.Peer(), m, "k", jpegs); reason(err) != bot.Never {
				t.Errorf("%v", err)
			}
		}
		if _, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: "x", Photos: photos("a")}, "nobody", nil); err != nil {
			t.Errorf("without an opener the words go alone: %v", err)
		}
		if len(s.Calls("")) != 1 {
			t.Errorf("%+v", s.Calls(""))
		}
	})
}

// TestWhereNoPhotosMayBeSentTheWordsArrive: a group may forbid them to those who are no administrators.
func TestWhereNoPhotosMayBeSentTheWordsArrive(t *testing.T) {
	for _, said := range []bottest.Fault{
		bottest.Refusal(400, "Bad Request: not enough rights to send photos to the chat"), bottest.Refusal(403, "Forbidden: CHAT_SEND_PHOTOS_FORBIDDEN"),
		bottest.Refusal(403, "Forbidden: CHAT_SEND_MEDIA_FORBIDDEN"),
	} {
		for name, c := range map[string]struct {
			m     bot.Message
			shows string
		}{
			"a photo":             {bot.Message{Text: "№ 7", Photos: photos("a"), Keyboard: yes()}, "Отклик: № 7\n  [Да]\n"},
			"an album":            {bot.Message{Text: "№ 7", Photos: photos("a", "b"), Keyboard: yes()}, "Отклик: № 7\n  [Да]\n"},
			"a photo and buttons": {bot.Message{Photos: photos("a"), Keyboard: yes()}, "Отклик: ↑\n  [Да]\n"},
		} {
			play(t, func(s *stage) {
				s.run()
				s.anna.Says("яма")
				s.one()
				before := s.anna.Screen()
				for _, method := range []string{"sendPhoto", "sendMediaGroup", "sendDocument"} {
					s.Fail(method, 10, said)
				}
				if _, err := s.ch.Send(s.Context(), s.anna.Peer(), c.m, "k", jpegs); err != nil {
					s.Fatalf("%s: %v", name, err)
				}
				if got := strings.TrimPrefix(s.anna.Screen(), before); got != c.shows {
					t.Errorf("%s shows %q", name, got)
				}
			})
		}
	}
}
