package telegram

import (
	"io"
	"strings"
	"testing"

	"otklik/bot"
	"otklik/bot/bottest"
)

func TestCommandsAreShownToEachRole(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		set := func(peer bot.Peer, language string, list ...bot.Command) {
			t.Helper()
			if err := s.ch.SetCommands(s.Context(), peer, language, list); err != nil {
				t.Error(err)
			}
		}
		mine := bot.Command{Name: "my", Description: "мои обращения"}
		set(bot.Peer{}, "ru-RU", mine, bot.Command{Name: "Not A Name", Description: "x"}, bot.Command{Name: "empty"})
		set(bot.Peer{}, "", bot.Command{Name: "my", Description: strings.Repeat("long ", 100)})
		set(s.anna.Peer(), "ru", mine, bot.Command{Name: "accept", Description: "принять"})
		set(s.anna.Peer(), "ru", mine, bot.Command{Name: "accept", Description: "принять"}) // the same: no call
		if got := s.Commands(0, "ru"); len(got) != 1 || got[0] != "/my мои обращения" {
			t.Errorf("%q", got)
		}
		if got := s.Commands(0, ""); len(got) != 1 || len(got[0]) > 3+1+maxDescription+3 {
			t.Errorf("%q", got)
		}
		if got := s.Commands(s.anna.ID(), "ru"); len(got) != 2 || got[1] != "/accept принять" {
			t.Errorf("%q", got)
		}
		if n := len(s.Calls("setMyCommands")); n != 3 {
			t.Errorf("%d calls", n)
		}
		set(s.anna.Peer(), "ru")
		if got := s.Commands(s.anna.ID(), "ru"); len(got) != 0 || len(s.Calls("deleteMyCommands")) != 1 {
			t.Errorf("%q", got)
		}
		if err := s.ch.SetCommands(s.Context(), bot.Peer{Channel: Name, Chat: "9999"}, "ru", []bot.Command{mine}); reason(err) != bot.NoPeer {
			t.Errorf("%v", err)
		}
	})
}

func TestLinks(t *testing.T) {
	play(t, func(s *stage) {
		if got := s.ch.Link("inv_1"); got != "" {
			t.Errorf("before Telegram told the name: %q", got)
		}
		s.run()
		for start, want := range map[string]string{
			"inv_Ab-9": "https://t.me/OtklikTestBot?start=inv_Ab-9", "": "", "с пробелом": "", "a&b": "", strings.Repeat("a", 65): "",
		} {
			if got := s.ch.Link(start); got != want {
				t.Errorf("%q: %q", start, got)
			}
		}
	})
}

func TestFetchingAPhoto(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.SendsPhoto(bottest.JPEG(9), "")
		ref := s.one().Media[0].Refs[Name]
		get := func(ref string) (string, error) {
			body, err := s.ch.Fetch(s.Context(), ref)
			if err != nil {
				return "", err
			}
			defer body.Close()
			data, err := io.ReadAll(body)
			return string(data), err
		}
		if got, err := get(ref); err != nil || got != string(bottest.JPEG(9)) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		if _, err := get("unknown"); reason(err) != bot.Later { // Telegram says the same of one that it has, when it is busy
			t.Errorf("%v", err)
		}
		s.Fail("getFile", 1, bottest.Refusal(400, "Bad Request: file is too big"))
		if _, err := get(ref); reason(err) != bot.Never || !strings.Contains(err.Error(), "20 MB") {
			t.Errorf("%v", err)
		}
		for _, f := range []bottest.Fault{bottest.HTML(), bottest.Drop()} {
			s.Fail("file", 1, f)
			if _, err := get(ref); reason(err) != bot.Later {
				t.Errorf("%v", err)
			}
		}
		s.Fail("file", 1, bottest.Refusal(404, "Not Found"))
		if _, err := get(ref); reason(err) != bot.Never {
			t.Errorf("%v", err)
		}
	})
}

func TestAFileThatCameAsOneIsFetchedToo(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.SendsFile("яма.jpg", "image/jpeg", bottest.JPEG(9), "")
		body, err := s.ch.Fetch(s.Context(), s.one().Media[0].Refs[Name])
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		if data, err := io.ReadAll(body); err != nil || string(data) != string(bottest.JPEG(9)) {
			t.Errorf("%d bytes, %v", len(data), err)
		}
	})
}
