package telegram

import (
	"encoding/json"
	"testing"
	"time"
	"unicode/utf8"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
)

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
