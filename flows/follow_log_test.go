package flows_test

import (
	"log/slog"
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows/flowtest"
)

// TestAnUpdateCanBeFollowedInTheLog, and above debug level the log tells nothing of what people are called and write.
func TestAnUpdateCanBeFollowedInTheLog(t *testing.T) {
	s := flowtest.New(t)
	var out strings.Builder
	s.Engine.Log = slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	anna := s.Cast["Анна"]
	u := s.Update(anna, anna.Peer, false, bot.Update{Kind: bot.Written, Text: "/help"})
	s.Give(u)
	if line := "update=" + u.Channel + ":" + u.ID; !strings.Contains(out.String(), line) || !strings.Contains(out.String(), "messages=[1]") {
		t.Errorf("%s is not followed:\n%s", line, out.String())
	}
	out.Reset()
	s.Engine.Log = slog.New(slog.NewTextHandler(&out, nil))
	s.Play(assigned)
	for _, of := range []string{"Анна", "Ольга", "Пётр", "Яма", "Ленина"} {
		if strings.Contains(out.String(), of) {
			t.Errorf("the log tells %q:\n%s", of, out.String())
		}
	}
}
