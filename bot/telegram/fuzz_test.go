package telegram

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
	"otklik/bot/bottest"
)

// Whatever stands in a text, its parts fit, stand apart, and what is bold is what was marked.
func FuzzPieces(f *testing.F) {
	for _, s := range bottest.Hostile() {
		f.Add(s, 3, 9, 8)
	}
	f.Add("\xff\x00\xc0🇷🇺\u0301", -1, 5, 2)
	f.Fuzz(func(t *testing.T, text string, from, to, limit int) {
		limit = 2 + abs(limit)%200
		marked := ""
		if clean := strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", ""); clean == text && 0 <= from && from < to && to <= len(text) &&
			runeAt(text, from) == from && runeAt(text, to) == to {
			marked = text[from:to]
		}
		var bold, all strings.Builder
		for _, p := range pieces(text, []bot.Span{{Start: from, End: to}}, limit) {
			if n := units(p.text); n == 0 || n > limit || !utf8.ValidString(p.text) || strings.TrimSpace(p.text) != p.text || strings.Contains(p.text, "\x00") {
				t.Fatalf("a piece of %d, limit %d: %q", n, limit, p.text)
			}
			for _, b := range bolds(t, p) {
				bold.WriteString(b)
			}
			all.WriteString(p.text)
		}
		squash := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if whole := squash(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")); !strings.Contains(text, "\x00") && utf8.ValidString(text) && squash(all.String()) != whole {
			t.Fatalf("%q became %q", text, all.String())
		}
		if marked != "" && squash(bold.String()) != squash(marked) {
			t.Fatalf("bold is %q, marked was %q", bold.String(), marked)
		}
	})
}

func abs(n int) int {
	if n < 0 {
		return max(-n, 0)
	}
	return n
}

// Whatever comes as an update, reading it does not fall over, and what is read keeps the contract.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		`{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"from":{"id":5,"first_name":"Я"},"text":"яма"}}`,
		`{"update_id":2,"message":{"message_id":1,"chat":{"id":-5,"type":"group"},"from":{"id":5},"text":"@bot x","entities":[{"type":"mention","offset":0,"length":4}]}}`,
		`{"update_id":3,"message":{"message_id":1,"chat":{"id":-5,"type":"group"},"from":{"id":5},"text":"👷","entities":[{"type":"mention","offset":-9,"length":99}]}}`,
		`{"update_id":4,"edited_message":{"message_id":1,"chat":{"id":5},"photo":[{"file_id":"x"}],"caption":"y","from":{"id":1}}}`,
		`{"update_id":5,"callback_query":{"id":"1","from":{"id":5},"data":"x","message":{"message_id":1,"date":0,"chat":{"id":5}}}}`,
		`{"update_id":6,"my_chat_member":{"chat":{"id":5,"type":"private"},"from":{"id":5},"new_chat_member":{"status":"kicked"},"old_chat_member":{"status":"member"}}}`,
		`{"update_id":7,"message":{"message_id":1,"chat":{"id":-5},"migrate_to_chat_id":-1005}}`,
		`{"update_id":8,"message":{"message_id":1,"chat":{"id":5,"type":"private"},"from":{"id":1},"forward_origin":{},"venue":{},"document":{},"reply_to_message":{}}}`,
		`{"update_id":9,"message":null,"callback_query":null}`, `[]`, `null`, `7`,
	} {
		f.Add([]byte(s))
	}
	r := reader{me: tgbotapi.User{ID: 1, UserName: "bot"}, now: time.Unix(1, 0)}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return // the batch it stands in would not be one
		}
		id, u, ok, orphan, err := r.read(raw)
		if !ok {
			return
		}
		if err != nil || orphan != "" || id == 0 && u.ID != "0" {
			t.Fatalf("%d %+v %q %v", id, u, orphan, err)
		}
		if u.Channel != Name || u.Kind == "" || u.Peer.Chat == "" || !utf8.ValidString(u.Text) || u.Kind == bot.Pressed && (u.Press == "" || u.Data == "") ||
			u.Kind == bot.Moved && u.MovedTo == "" {
			t.Fatalf("%+v", u)
		}
	})
}
