package telegram

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
	"otklik/bot/kit"
)

func TestAnEditInEveryShape(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("слово ", 200))
	huge := strings.TrimSpace(strings.Repeat("слово ", 1000))
	for name, c := range map[string]struct {
		was, is bot.Message
		shows   string
		anew    bool // it stands under another ref
		forgets bool // the program was restarted in between
	}{
		"a text":           {bot.Message{Text: "было", Keyboard: yes()}, bot.Message{Text: "стало"}, "Отклик: стало\n", false, false},
		"only the buttons": {bot.Message{Text: "было"}, bot.Message{Text: "было", Keyboard: yes()}, "Отклик: было\n  [Да]\n", false, false},
		"a caption": {bot.Message{Text: "было", Photos: photos("a")}, bot.Message{Text: "стало", Photos: photos("a"), Keyboard: yes()},
			"Отклик: [фото] стало\n  [Да]\n", false, false},
		"a caption, after a restart": {bot.Message{Text: "было", Photos: photos("a")}, bot.Message{Text: "стало", Photos: photos("a"), Keyboard: yes()},
			"Отклик: [фото] стало\n  [Да]\n", false, true},
		"a caption that goes": {bot.Message{Text: "было", Photos: photos("a")}, bot.Message{Photos: photos("a"), Keyboard: yes()},
			"Отклик: [фото]\n  [Да]\n", false, false},
		"another photo": {bot.Message{Text: "№ 7", Photos: photos("a")}, bot.Message{Text: "№ 7", Photos: photos("b")}, "Отклик: [фото] № 7\n", false, false},
		"a text gets a photo": {bot.Message{Text: "№ 7", Keyboard: yes()}, bot.Message{Text: "№ 7", Photos: photos("a"), Keyboard: yes()},
			"Отклик: [фото] № 7\n  [Да]\n", false, false},
		"a photo goes":                  {bot.Message{Text: "№ 7", Photos: photos("a"), Keyboard: yes()}, bot.Message{Text: "№ 7"}, "Отклик: № 7\n", true, false},
		"a photo goes, after a restart": {bot.Message{Text: "№ 7", Photos: photos("a"), Keyboard: yes()}, bot.Message{Text: "№ 7"}, "Отклик: № 7\n", true, true},
		"the text under an album": {bot.Message{Text: "№ 7", Photos: photos("a", "b"), Keyboard: yes()}, bot.Message{Text: "№ 7 закрыто", Photos: photos("a", "b"), Keyboard: yes()},
			"Отклик: [фото]\nОтклик: [фото]\nОтклик: № 7 закрыто\n  [Да]\n", false, false},
		"the text under an album loses its buttons": {bot.Message{Text: "№ 7", Photos: photos("a", "b"), Keyboard: yes()}, bot.Message{Text: "№ 7 закрыто", Photos: photos("a", "b")},
			"Отклик: [фото]\nОтклик: [фото]\nОтклик: № 7 закрыто\n", false, false},
		"the text under an album, after a restart": {bot.Message{Text: "№ 7", Photos: photos("a", "b"), Keyboard: yes()}, bot.Message{Text: "№ 7 закрыто", Photos: photos("a", "b")},
			"Отклик: [фото]\nОтклик: [фото]\nОтклик: № 7 закрыто\n", false, true},
		"the caption of an album": {bot.Message{Text: "было", Photos: photos("a", "b")}, bot.Message{Text: "стало", Photos: photos("a", "b")},
			"Отклик: [фото] стало\nОтклик: [фото]\n", false, false},
		"the caption of an album, after a restart": {bot.Message{Text: "было", Photos: photos("a", "b")}, bot.Message{Text: "стало", Photos: photos("a", "b")},
			"Отклик: [фото] стало\nОтклик: [фото]\n", false, true},
		"an album gets buttons": {bot.Message{Text: "было", Photos: photos("a", "b")}, bot.Message{Text: "стало", Photos: photos("a", "b"), Keyboard: yes()},
			"Отклик: [фото]\nОтклик: [фото]\nОтклик: стало\n  [Да]\n", true, false},
		"an album grows": {bot.Message{Text: "№ 7", Photos: photos("a", "b"), Keyboard: yes()}, bot.Message{Text: "№ 7", Photos: photos("a", "b", "c"), Keyboard: yes()},
			"Отклик: [фото]\nОтклик: [фото]\nОтклик: [фото]\nОтклик: № 7\n  [Да]\n", true, false},
		"a photo becomes an album": {bot.Message{Text: "№ 7", Photos: photos("a"), Keyboard: yes()}, bot.Message{Text: "№ 7", Photos: photos("a", "b"), Keyboard: yes()},
			"Отклик: [фото]\nОтклик: [фото]\nОтклик: № 7\n  [Да]\n", true, false},
		"a photo becomes an album, after a restart": {bot.Message{Text: "№ 7", Photos: photos("a"), Keyboard: yes()}, bot.Message{Text: "№ 7", Photos: photos("a", "b"), Keyboard: yes()},
			"Отклик: [фото]\nОтклик: [фото]\nОтклик: № 7\n  [Да]\n", true, true},
		"a long text under a photo": {bot.Message{Text: long, Photos: photos("a"), Keyboard: yes()}, bot.Message{Text: long + "!", Photos: photos("a")},
			"Отклик: [фото]\nОтклик: " + long + "!\n", false, false},
		"a long text under a photo gets short": {bot.Message{Text: long, Photos: photos("a"), Keyboard: yes()}, bot.Message{Text: "коротко", Photos: photos("a")},
			"Отклик: [фото]\nОтклик: коротко\n", false, false},
		"a caption outgrows its photo": {bot.Message{Text: "коротко", Photos: photos("a"), Keyboard: yes()}, bot.Message{Text: long, Photos: photos("a"), Keyboard: yes()},
			"Отклик: [фото]\nОтклик: " + long + "\n  [Да]\n", true, false},
		"a text outgrows a message": {bot.Message{Text: "коротко"}, bot.Message{Text: huge, Keyboard: yes()},
			"Отклик: " + strings.TrimSpace(strings.Repeat("слово ", 682)) + "\nОтклик: " + strings.TrimSpace(strings.Repeat("слово ", 318)) + "\n  [Да]\n", true, false},
		"a text of two becomes one": {bot.Message{Text: huge, Keyboard: yes()}, bot.Message{Text: "коротко"}, "Отклик: коротко\n", true, false},
		"a file": {bot.Message{Text: "было", Files: table("x"), Keyboard: yes()}, bot.Message{Text: "стало", Files: table("x")},
			"Отклик: [файл x.csv, 5 Б] стало\n", false, false},
		"a file, after a restart": {bot.Message{Text: "было", Files: table("x")}, bot.Message{Files: table("x"), Keyboard: yes()},
			"Отклик: [файл x.csv, 5 Б]\n  [Да]\n", false, true},
		"another file": {bot.Message{Text: "№ 7", Files: table("x"), Keyboard: yes()}, bot.Message{Text: "№ 7", Files: table("y"), Keyboard: yes()},
			"Отклик: [файл y.csv, 5 Б] № 7\n  [Да]\n", true, false},
		"a long text below a file gets short": {bot.Message{Text: long, Files: table("x"), Keyboard: yes()}, bot.Message{Text: "коротко", Files: table("x")},
			"Отклик: [файл x.csv, 5 Б]\nОтклик: коротко\n", false, false},
		"a long text below a file gets short, after a restart": {bot.Message{Text: long, Files: table("x")}, bot.Message{Text: "коротко", Files: table("x"), Keyboard: yes()},
			"Отклик: [файл x.csv, 5 Б]\nОтклик: коротко\n  [Да]\n", false, true},
		"words outgrow their file": {bot.Message{Text: "коротко", Files: table("x"), Keyboard: yes()}, bot.Message{Text: long, Files: table("x"), Keyboard: yes()},
			"Отклик: [файл x.csv, 5 Б]\nОтклик: " + long + "\n  [Да]\n", true, false},
		"words outgrow their file, after a restart": {bot.Message{Text: "коротко", Files: table("x"), Keyboard: yes()}, bot.Message{Text: long, Files: table("x"), Keyboard: yes()},
			"Отклик: [файл x.csv, 5 Б]\nОтклик: " + long + "\n  [Да]\n", true, true},
		"a chart and a file, after a restart": {bot.Message{Text: "было", Photos: chart("a"), Files: table("x"), Keyboard: yes()}, bot.Message{Text: "стало", Photos: chart("a"), Files: table("x")},
			"Отклик: [фото]\nОтклик: [файл x.csv, 5 Б] стало\n", false, true},
		"a chart": {bot.Message{Text: "было", Photos: chart("a"), Keyboard: yes()}, bot.Message{Text: "стало", Photos: chart("a")}, "Отклик: [фото] стало\n", false, false},
		"a chart, after a restart": {bot.Message{Text: "было", Photos: chart("a")}, bot.Message{Text: "стало", Photos: chart("b"), Keyboard: yes()},
			"Отклик: [фото] стало\n  [Да]\n", false, true},
		"a photo that is gone, its words are not": {bot.Message{Text: "было"}, bot.Message{Text: "стало", Photos: photos("gone")}, "Отклик: стало\n", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.anna.Opens()
				first := s.send(s.anna.Peer(), c.was)
				if c.forgets {
					s.ch.sends = kit.NewMemory(10)
				}
				r := s.edit(s.anna.Peer(), first.Ref, c.is)
				s.shows(s.anna, c.shows)
				if (r.Ref != first.Ref) != c.anew {
					t.Errorf("it was at %s and is at %s", first.Ref, r.Ref)
				}
				again := s.edit(s.anna.Peer(), r.Ref, c.is)
				if again.Ref != r.Ref {
					t.Errorf("the same again is at %s", again.Ref)
				}
				s.shows(s.anna, c.shows)
			})
		})
	}
}

func TestAnOldMessageThatMustGoLosesAtLeastItsButtons(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		first := s.send(s.anna.Peer(), bot.Message{Text: "№ 7", Photos: photos("a"), Keyboard: yes()})
		time.Sleep(72 * time.Hour)
		s.edit(s.anna.Peer(), first.Ref, bot.Message{Text: "№ 7 закрыто"})
		s.shows(s.anna, "Отклик: [фото] № 7\nОтклик: № 7 закрыто\n")
	})
}

func TestAnEditThatFindsNothingSaysSo(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		s.send(s.anna.Peer(), bot.Message{Text: "№ 7"})
		for _, ref := range []bot.Ref{"99", "", "x", "-1"} {
			for _, m := range []bot.Message{{Text: "слово"}, {Text: "фото", Photos: photos("a")}, {Text: "альбом", Photos: photos("a", "b")}} {
				if _, err := s.ch.Edit(s.Context(), s.anna.Peer(), ref, m, "k", jpegs); reason(err) != bot.NoRef {
					t.Errorf("%q: %v", ref, err)
				}
			}
		}
	})
}

func TestAnEditMeetsTheSameTroublesAsASend(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		first := s.send(s.anna.Peer(), bot.Message{Text: "было", Photos: photos("a")})
		s.Fail("editMessageMedia", 1, bottest.TooMany(4))
		_, err := s.ch.Edit(s.Context(), s.anna.Peer(), first.Ref, bot.Message{Text: "стало", Photos: photos("a")}, "k", jpegs)
		if f := bot.FailureOf(err); f.Reason != bot.Later || f.After != 4*time.Second {
			t.Errorf("%v", err)
		}
		s.Fail("editMessageMedia", 1, bottest.Lost()) // it was heard: the next finds nothing to change
		if _, err := s.ch.Edit(s.Context(), s.anna.Peer(), first.Ref, bot.Message{Text: "стало", Photos: photos("a")}, "k", jpegs); reason(err) != bot.Later {
			t.Errorf("%v", err)
		}
		s.edit(s.anna.Peer(), first.Ref, bot.Message{Text: "стало", Photos: photos("a")})
		s.shows(s.anna, "Отклик: [фото] стало\n")
	})
}

// TestAChartIsDrawnAnewOnlyIfItMayBeAnother: what nobody remembers may have been drawn of something else.
func TestAChartIsDrawnAnewOnlyIfItMayBeAnother(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		first := s.send(s.anna.Peer(), bot.Message{Text: "октябрь", Photos: chart("a")})
		s.edit(s.anna.Peer(), first.Ref, bot.Message{Text: "октябрь, исправлено", Photos: chart("a")})
		if n := len(s.Calls("editMessageMedia")); n != 0 {
			t.Errorf("uploaded %d times for its words", n)
		}
		for i, again := range []func(){func() {}, func() { s.ch.sends = kit.NewMemory(10) }} {
			again()
			made := "bc"[i : i+1]
			s.edit(s.anna.Peer(), first.Ref, bot.Message{Text: "ноябрь", Photos: chart(made)})
			if got := s.anna.Sees(); len(got) != 1 || !bytes.Equal(got[0].Photos[0], bottest.JPEG(made[0])) {
				t.Errorf("%d: another picture stands there", i)
			}
		}
	})
}

func TestAFileIsKnownByItsName(t *testing.T) {
	for name, want := range map[string]string{
		"обращения «Киров» 2026-11.xlsx": "обращения «Киров» 2026-11.xlsx", "../../etc/passwd": "-..-etc-passwd", "a\x00b\nc.csv": "ab c.csv", " . ": "file",
		strings.Repeat("ы", 300) + ".xlsx": strings.Repeat("ы", 75) + ".xlsx",
	} {
		play(t, func(s *stage) {
			s.anna.Opens()
			s.send(s.anna.Peer(), bot.Message{Files: []bot.File{{Name: name, Make: "table:x"}}})
			if got := s.anna.Sees(); len(got) != 1 || len(got[0].Files) != 1 || got[0].Files[0].Name != want {
				t.Errorf("%q: %+v", name, got)
			}
		})
	}
}
