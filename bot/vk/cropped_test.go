package vk

import (
	"encoding/json"
	"fmt"
	"testing"

	"otklik/bot/bottest"
)

// TestWhatVKHasCutIsAskedFor: where it does not give the whole, what it gave counts; the network is waited for.
func TestWhatVKHasCutIsAskedFor(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Says("Яма на Ленина, и вот что пишет сосед")
		said := func(inside bool) string {
			s.Helper()
			m := fmt.Sprintf(`{"id":1,"conversation_message_id":1,"date":1,"peer_id":%s,"from_id":%[1]s,"text":"Яма","is_cropped":true}`, s.anna.Peer().Chat)
			kind, object := "message_edit", m
			if inside {
				kind, object = "message_new", `{"message":`+m+`,"client_info":{"inline_keyboard":true}}`
			}
			raw, err := s.ch.uncropped(s.Context(), json.RawMessage(`{"type":"`+kind+`","event_id":"1","object":`+object+`}`))
			if err != nil {
				return err.Error()
			}
			got, err := s.ch.reader(s.Context()).event(raw)
			if err != nil || len(got.updates) != 1 || (got.client != nil) != inside {
				s.Fatalf("%+v, %v", got, err)
			}
			return got.updates[0].Text
		}
		for _, inside := range []bool{true, false} {
			if got := said(inside); got != "Яма на Ленина, и вот что пишет сосед" {
				t.Error(got)
			}
			s.Fail("messages.getByConversationMessageId", 1, bottest.VKRefusal(15, "Access denied"))
			if got := said(inside); got != "Яма" {
				t.Error(got)
			}
		}
		s.Fail("messages.getByConversationMessageId", 1, bottest.Drop())
		if got := said(true); got == "Яма" {
			t.Error("the rest is lost")
		}
	})
}
