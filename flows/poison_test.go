package flows_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/flows/flowtest"
)

// What can neither be worked off nor be put aside is left out with a line in the log: given again it would fail again, and
// everything behind it in its chat would wait for ever.
func TestWhatCannotBeKeptHoldsNobodyUp(t *testing.T) {
	for name, u := range map[string]bot.Update{
		"a number too long for a key": {Kind: bot.Written, ID: strings.Repeat("7", 1100), Text: "яма"},
		"a chat too long for a key":   {Kind: bot.Written, ID: "x", Text: "яма", Peer: bot.Peer{Channel: "desk", Chat: strings.Repeat("7", 1100)}},
		"the same in another age": {Kind: bot.Written, ID: "x", Text: "яма", Peer: bot.Peer{Channel: "desk", Chat: strings.Repeat("7", 1100)},
			Time: time.Unix(math.MaxInt32*1000, 0)},
		"the same from nowhere": {Kind: bot.Written, ID: "x", Text: "яма", Peer: bot.Peer{Channel: "desk", Chat: strings.Repeat("7", 1100)},
			Location: &bot.Location{Lat: math.NaN()}},
		"a person too long for a key": {Kind: bot.Pressed, ID: "x", Data: "x", From: bot.User{ID: strings.Repeat("7", 1100)}},
	} {
		t.Run(name, func(t *testing.T) {
			s := flowtest.New(t)
			a := s.Cast["Анна"]
			u.Channel = "desk"
			if u.Peer.IsZero() {
				u.Peer = a.Peer
			}
			if u.From.ID == "" {
				u.From = a.User
			}
			if err := s.Engine.Handle(context.Background(), u); err != nil {
				t.Fatalf("the channel is told to give it again: %.200v", err)
			}
			if !strings.Contains(s.Log.String(), "level=ERROR") {
				t.Error("nobody is told")
			}
			if raw := s.Log.String(); len(raw) > 64<<10 {
				t.Errorf("the log has %d bytes of it", len(raw))
			}
			s.Play("Анна: Яма на дороге, Киров, Ленина 12\n")
			if !strings.Contains(s.Screen("Анна"), "[✓ Отправить]") {
				t.Errorf("nothing works any more:\n%.500s", s.Screen("Анна"))
			}
		})
	}
}

// A group that is said to go on where no chat can be goes on where it was.
func TestAGroupMovesToAChatOnly(t *testing.T) {
	for _, to := range []string{"", "/start", "a/b", "\xff"} {
		s := flowtest.New(t)
		a, group := s.Cast["Анна"], bot.Peer{Channel: "desk", Chat: "77"}
		s.Give(s.Update(a, group, true, bot.Update{Kind: bot.Moved, MovedTo: to}))
		for _, text := range []string{"/id", "/nothing"} {
			s.Give(s.Update(a, group, true, bot.Update{Kind: bot.Written, ToUs: true, Text: text}))
		}
		if len(s.Notified) != 2 || s.Notified[0].Peer != group || s.Notified[1].Peer != group {
			t.Errorf("moved to %q, the answers go to %+v", to, s.Notified)
		}
	}
}

// A point that is nowhere is told from a place: nothing fails, and the search goes on.
func TestAPointOffTheEarthIsNone(t *testing.T) {
	for _, l := range []bot.Location{{Lat: math.NaN(), Lon: 1}, {Lat: math.Inf(1)}, {Lat: 90.5, Lon: 49}, {Lat: 58, Lon: -181}, {Lat: 1e308, Lon: 1e308}} {
		s := flowtest.New(t)
		a := s.Cast["Анна"]
		for _, begin := range []string{"/near", "Яма на дороге"} {
			s.Play("Анна: " + begin + "\n")
			s.Give(s.Update(a, a.Peer, false, bot.Update{Kind: bot.Written, Location: &l}))
			if strings.Contains(s.Log.String(), "level=ERROR") {
				t.Fatalf("%v: %.400s", l, s.Log.String())
			}
		}
	}
}
