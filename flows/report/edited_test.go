package report_test

import (
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows/flowtest"
)

// TestAnEditOfWhatIsSentIsAnswered: the first message of a report is changed after others came, and after it was sent.
func TestAnEditOfWhatIsSentIsAnswered(t *testing.T) {
	s := flowtest.New(t)
	anna := s.Cast["Анна"]
	give := func(kind bot.Kind, ref bot.Ref, text string) {
		u := s.Update(anna, anna.Peer, false, bot.Update{Kind: kind, Text: text})
		u.Ref = ref
		s.Give(u)
	}
	late := func() int {
		return strings.Count(s.Screen("Анна"), "№ 1 уже отправлено, правка сообщения туда не попадёт")
	}
	give(bot.Written, "m1", "Яма на дороге, Киров, Ленина 12")
	give(bot.Written, "m2", "Очень глубокая")
	give(bot.Edited, "m1", "Большая яма на дороге, Киров, Ленина 12")
	if late() != 0 {
		t.Error("told that it is sent before it is")
	}
	s.Play("Анна ▸ ✓ Отправить\n")
	give(bot.Edited, "other", "Спасибо!")
	if late() != 0 {
		t.Error("told of a message that is in no report")
	}
	give(bot.Edited, "m1", "Огромная яма на дороге, Киров, Ленина 12")
	if late() != 1 {
		t.Errorf("not told:\n%s", s.Screen("Анна"))
	}
	give(bot.Written, "m3", "Не горит фонарь, Киров, Попова 5") // another draft is nothing to do with it
	give(bot.Edited, "m2", "Очень-очень глубокая")
	if late() != 2 {
		t.Errorf("not told while another draft is open:\n%s", s.Screen("Анна"))
	}
	out := s.Play("Анна ↩ «уже отправлено»: Огромная яма\n")
	if !strings.Contains(out, "№ 1") {
		t.Errorf("a reply to it is not added:\n%s", out)
	}
	if got := stored(t, s).Text; got != "Большая яма на дороге, Киров, Ленина 12\nОчень глубокая" {
		t.Errorf("the report reads %q", got)
	}
}
