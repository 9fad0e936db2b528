package vk

import (
	"errors"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

// TestNothingTellsTheTokenOrTheKeys: whatever fails, and wherever, neither an error nor a line of the log holds them.
func TestNothingTellsTheTokenOrTheKeys(t *testing.T) {
	for name, fault := range map[string]bottest.Fault{"drop": bottest.Drop(), "page": bottest.HTML(), "empty": bottest.Empty502(), "broken": bottest.Garbage(),
		"refusal": bottest.VKRefusal(100, "something with a token")} {
		for _, where := range []string{"", "poll", "upload", "file", "groups.getLongPollServer"} {
			t.Run(name+" "+where, func(t *testing.T) {
				play(t, func(s *stage) {
					s.run()
					s.anna.SendsPhoto(bottest.JPEG(1), "яма")
					u := s.one()
					s.Fail(where, 3, fault)
					s.ExpireKey()
					var said strings.Builder
					note := func(err error) {
						if err != nil {
							said.WriteString(err.Error() + "\n")
							for e := err; e != nil; e = errors.Unwrap(e) {
								said.WriteString(e.Error() + "\n")
							}
						}
					}
					_, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: "а", Photos: photos("a")}, "k", jpegs)
					note(err)
					_, err = s.ch.Edit(s.Context(), s.anna.Peer(), "1", bot.Message{Text: "б"}, "k", nil)
					note(err)
					if body, err := s.ch.Fetch(s.Context(), u.Media[0].Refs[Name]); err != nil {
						note(err)
					} else {
						body.Close()
					}
					note(s.ch.Answer(s.Context(), "1 2 3", "x", false))
					time.Sleep(5 * time.Minute)
					s.quiet()
					all := said.String() + s.log.String()
					for _, secret := range []string{s.Token(), "key=", "act=a_check"} {
						if strings.Contains(all, secret) {
							t.Errorf("%q is told:\n%s", secret, all)
						}
					}
				})
			})
		}
	}
}
