package vk

import (
	"encoding/json"
	"html"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"otklik/bot"
	"otklik/bot/bottest"
)

// Whatever comes as an event, reading it does not fall over, and what is read keeps the contract.
func FuzzEvent(f *testing.F) {
	for _, s := range []string{
		`{"type":"message_new","event_id":"1","object":{"message":{"id":1,"date":1,"peer_id":5,"from_id":5,"conversation_message_id":1,"text":"яма"},"client_info":{"inline_keyboard":true,"lang_id":3}}}`,
		`{"type":"message_new","event_id":"1","object":{"id":1,"date":1,"peer_id":5,"from_id":5,"conversation_message_id":1,"text":"яма","payload":"{\"command\":\"start\"}","ref":"abc"}}`,
		`{"type":"message_new","event_id":"1","object":{"message":{"peer_id":2000000001,"from_id":5,"cmid":1,"text":"[club7|@x] [id1|Пётр] яма","reply_message":{"from_id":-7,"cmid":4},"fwd_messages":[{"from_id":6,"text":"х"}]}}}`,
		`{"type":"message_new","event_id":"1","object":{"message":{"peer_id":5,"from_id":5,"cmid":1,"geo":{"coordinates":{"latitude":999}},"attachments":[{"type":"photo","photo":{"sizes":[{"url":"https://x","width":1,"height":1}]}},{"type":"wall","wall":{"id":1,"owner_id":-2,"text":"п"}},{"type":"doc"},7]}}}`,
		`{"type":"message_edit","event_id":"1","object":{"peer_id":5,"from_id":5,"cmid":1,"text":"x"}}`,
		`{"type":"message_event","event_id":"1","object":{"user_id":5,"peer_id":5,"event_id":"e","payload":{"d":"y"},"conversation_message_id":2}}`,
		`{"type":"message_event","event_id":"1","object":{"user_id":5,"peer_id":5,"event_id":"e","payload":{"p":2,"s":"x"}}}`,
		`{"type":"message_allow","event_id":"1","object":{"user_id":5}}`, `{"type":"message_deny","event_id":"1","object":{}}`,
		`{"type":"message_new","event_id":"1","object":{"message":{"peer_id":2000000001,"from_id":5,"cmid":1,"action":{"type":"chat_kick_user","member_id":-7}}}}`,
		`[]`, `null`, `7`, `{"type":"message_new","object":null}`,
	} {
		f.Add([]byte(s))
	}
	r := reader{group: 7, now: time.Unix(1, 0), shown: func(bot.Peer, int32) bot.Ref { return "" }}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return // the batch it stands in would not be one
		}
		got, err := r.event(raw)
		if err != nil && len(got.updates) > 0 {
			t.Fatalf("%+v and %v", got, err)
		}
		for _, u := range got.updates {
			if u.Channel != Name || u.ID == "" || u.Kind == "" || u.Peer.Chat == "" || u.From.ID == "" || !utf8.ValidString(u.Text) || len(u.Data) > maxData ||
				u.Kind == bot.Pressed && (u.Press == "" || u.Data == "") || u.Kind == bot.Written && u.Ref == "" {
				t.Fatalf("%+v", u)
			}
			if at, err := bot.ParsePeer(u.Peer.String()); err != nil || at != u.Peer {
				t.Fatalf("no peer: %+v, %v", u.Peer, err)
			}
			if _, err := json.Marshal(u); err != nil || u.Time.IsZero() {
				t.Fatalf("it could not be put aside: %v, %+v", err, u)
			}
		}
	})
}

// What VK makes of an escaped text is the text.
func FuzzEscape(f *testing.F) {
	for _, s := range bottest.Hostile() {
		f.Add(s)
	}
	f.Add("&lt; &#33; &amp;amp; AT&T; &nbsp;x &copy &ampx")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return
		}
		if got := html.UnescapeString(escape(text)); got != text {
			t.Fatalf("%q leaves as %q and arrives as %q", text, escape(text), got)
		}
	})
}
