package vk

import (
	"bytes"
	"strings"
	"testing"

	"otklik/bot"
	"otklik/bot/bottest"
	"otklik/bot/kit"
)

// report carries a chart and a table.
func report(text string) bot.Message {
	return bot.Message{Text: text, Photos: []bot.Media{{Make: "chart:a"}}, Files: []bot.File{{Name: "x.csv", Make: "table:x"}}, Missing: "Не всё приложено."}
}

func TestATokenWithoutTheRightToFilesSendsTheWordsAndSaysSo(t *testing.T) {
	play(t, func(s *stage) {
		s.Permit("messages", "manage", "photos")
		s.anna.Opens()
		first := s.send(s.anna.Peer(), report("один"))
		s.send(s.anna.Peer(), report("два"))
		s.edit(s.anna.Peer(), first.Ref, report("раз"))
		s.shows(s.anna, "Отклик: [фото] раз\n  \n  Не всё приложено.\nОтклик: [фото] два\n  \n  Не всё приложено.\n")
		if n := strings.Count(s.log.String(), "level=ERROR"); n != 1 || !strings.Contains(s.log.String(), "документы") {
			t.Errorf("said %d times:\n%s", n, s.log)
		}
	})
}

func TestAFileThatVKDoesNotTakeIsLeftOut(t *testing.T) {
	for name, do := range map[string]func(s *stage, m *bot.Message){
		"its ending":   func(_ *stage, m *bot.Message) { m.Files[0].Name = "x.exe" },
		"its size":     func(s *stage, _ *bot.Message) { s.Fail("upload", 1, bottest.Fault{Status: 413}) },
		"not saved":    func(s *stage, _ *bot.Message) { s.Fail("docs.save", 1, bottest.VKRefusal(105, "Couldn't save file")) },
		"nobody makes": func(_ *stage, m *bot.Message) { m.Files[0].Make = "gone" },
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.anna.Opens()
				m := report("№ 7")
				m.Photos = nil
				do(s, &m)
				s.send(s.anna.Peer(), m)
				s.shows(s.anna, "Отклик: № 7\n  \n  Не всё приложено.\n")
			})
		})
	}
}

func TestAnotherAttemptTakesWhatIsUploaded(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		s.Fail("messages.send", 2, bottest.VKRefusal(9, "Flood control"))
		for range 2 {
			if _, err := s.ch.Send(s.Context(), s.anna.Peer(), report("№ 7"), "k№ 7", jpegs); reason(err) != bot.Later {
				t.Fatal(err)
			}
		}
		s.send(s.anna.Peer(), report("№ 7"))
		s.send(s.anna.Peer(), report("№ 8")) // another message has its own
		if a, b := len(s.Calls("docs.save")), len(s.Calls("photos.saveMessagesPhoto")); a != 2 || b != 2 {
			t.Errorf("%d files and %d photos were uploaded", a, b)
		}
		s.shows(s.anna, "Отклик: [фото] [файл x.csv, 5 Б] № 7\nОтклик: [фото] [файл x.csv, 5 Б] № 8\n")
	})
}

func TestAnEditAfterARestartKeepsTheFiles(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		first := s.send(s.anna.Peer(), report("октябрь"))
		s.ch.sends, s.ch.uploads = kit.NewMemory(10), kit.NewMemory(10)
		next := report("ноябрь")
		next.Photos[0].Make = "chart:b"
		if r := s.edit(s.anna.Peer(), first.Ref, next); r.Ref != first.Ref {
			t.Errorf("it is at %s", r.Ref)
		}
		s.shows(s.anna, "Отклик: [фото] [файл x.csv, 5 Б] ноябрь\n")
		if n := len(s.Calls("docs.save")); n != 1 || !bytes.Equal(s.anna.Sees()[0].Photos[0], bottest.JPEG('b')) {
			t.Errorf("%d files were uploaded, or another picture stands there", n)
		}
	})
}

func TestMoreThanAMessageBearsGoesInSeveral(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		m := bot.Message{Text: "итог", Photos: photos("a", "b", "c", "d", "e", "f", "g", "h", "i"), Files: report("").Files}
		m.Files = append(m.Files, m.Files...)
		s.send(s.anna.Peer(), m)
		s.shows(s.anna, "Отклик: "+strings.Repeat("[фото] ", 9)+"[файл x.csv, 5 Б]\nОтклик: [файл x.csv, 5 Б] итог\n")
	})
}
