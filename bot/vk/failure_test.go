package vk

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
	"otklik/bot/bottest"
)

func TestWhatARefusalMeans(t *testing.T) {
	for _, c := range []struct {
		code   int
		text   string
		reason bot.Reason
		after  bool
		whole  bool
	}{
		{1, "Unknown error occurred", bot.Later, false, false},
		{5, "User authorization failed", bot.NoRights, false, false},
		{6, "Too many requests per second", bot.Later, true, true},
		{7, "Permission to perform this action is denied", bot.NoPeer, false, false},
		{9, "Flood control", bot.Later, true, false},
		{10, "Internal server error", bot.Later, false, false},
		{14, "Captcha needed", bot.Later, true, true},
		{15, "Access denied: user is deactivated", bot.NoPeer, false, false},
		{15, "Access denied: no access to call this method. It cannot be called with current scopes.", bot.NoRights, false, false},
		{18, "User was deleted or banned", bot.NoPeer, false, false},
		{29, "Rate limit reached", bot.Later, true, true},
		{100, "One of the parameters specified was missing or invalid: keyboard", bot.Never, false, false},
		{100, "One of the parameters specified was missing or invalid: peer_id is undefined", bot.NoPeer, false, false},
		{900, "Can't send messages for users from blacklist", bot.NoPeer, false, false},
		{901, "Can't send messages for users without permission", bot.NoPeer, false, false},
		{902, "Can't send messages to this user due to their privacy settings", bot.NoPeer, false, false},
		{909, "Can't edit this message, because it's too old", bot.NoRef, false, false},
		{911, "Keyboard format is invalid", bot.Never, false, false},
		{912, "This is a chat bot feature, change this status in settings", bot.NoRights, false, false},
		{914, "Message is too long", bot.Never, false, false},
		{917, "You don't have access to this chat", bot.NoPeer, false, false},
		{936, "Contact not found", bot.NoPeer, false, false},
		{945, "Chat was disabled", bot.NoPeer, false, false},
		{777, "something new", bot.Later, false, false},
	} {
		a := newAPI(func() string { return "secret" }, PublicAPI, nil)
		f := a.failure("messages.send", &vkapi.Error{Code: vkapi.ErrorType(c.code), Message: c.text})
		if f.Reason != c.reason || (f.After > 0) != c.after || f.Whole != c.whole {
			t.Errorf("%d %s: %+v", c.code, c.text, f)
		}
		if codeOf(f) != c.code {
			t.Errorf("%d: the code is lost: %v", c.code, f)
		}
	}
}

func TestAFailureHoldsNoToken(t *testing.T) {
	a := newAPI(func() string { return "vk1.a.secret" }, PublicAPI, nil)
	for _, err := range []error{
		fmt.Errorf("Post %q: broken", "https://api.vk.ru/method/x?access_token=vk1.a.secret"),
		&vkapi.Error{Code: 100, Message: "access_token vk1.a.secret"},
		errors.New("vk1.a.secret"),
	} {
		if f := a.failure("x", err); strings.Contains(f.Error(), "secret") {
			t.Errorf("%v", f)
		}
	}
}

func TestAMethodsOwnLimitStopsOnlyThatMethod(t *testing.T) {
	a := newAPI(func() string { return "secret" }, PublicAPI, nil)
	for method, whole := range map[string]bool{"messages.send": true, "messages.edit": false, "messages.sendMessageEventAnswer": false} {
		f := a.failure(method, &vkapi.Error{Code: codeRateLimit, Message: "Rate limit reached"})
		if f.Reason != bot.Later || f.After < time.Minute || f.Whole != whole {
			t.Errorf("%s: %+v", method, f)
		}
	}
}

// TestAReplyThatCannotBeQuotedArrivesWithoutTheQuote: what it answers was deleted, or disappears.
func TestAReplyThatCannotBeQuotedArrivesWithoutTheQuote(t *testing.T) {
	for _, code := range []int{913, 921, 969} {
		play(t, func(s *stage) {
			s.run()
			s.anna.Says("яма")
			s.one()
			s.Fail("messages.send", 1, bottest.VKRefusal(code, "Can't forward these messages"))
			if _, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: "принято", ReplyTo: "1"}, "k", jpegs); err != nil || !strings.Contains(s.anna.Screen(), "принято") {
				t.Errorf("%d: %v\n%s", code, err, s.anna.Screen())
			}
		})
	}
}

// TestARefusalOnAWallStopsNoConversation: nor does what the token may not do there.
func TestARefusalOnAWallStopsNoConversation(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.User("Пётр").Posts("яма")
		u := s.one()
		for code, want := range map[int]bot.Reason{14: bot.Later, 17: bot.Never, 27: bot.Never, 28: bot.Never} {
			s.Fail("wall.createComment", 1, bottest.VKRefusal(code, "no"))
			_, err := s.ch.Send(s.Context(), u.Peer, bot.Message{Text: "принято"}, "k", jpegs)
			if f := bot.FailureOf(err); err == nil || f.Reason != want || f.Whole {
				t.Errorf("%d: %+v", code, f)
			}
		}
	})
}

// TestOneRefusalOfTheCallbackServer ends nothing: VK errs, too.
func TestOneRefusalOfTheCallbackServer(t *testing.T) {
	playOn(t, Options{Webhook: "https://desk.example.org/vk"}, func(s *stage) {
		s.Fail("groups.getCallbackConfirmationCode", doubts-1, bottest.VKRefusal(5, "User authorization failed"))
		s.run()
		select {
		case err := <-s.end:
			s.stop = nil
			t.Error(err)
		default:
		}
	})
}
