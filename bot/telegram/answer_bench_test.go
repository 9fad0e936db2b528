package telegram

import (
	"bytes"
	"context"
	stdjson "encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
)

// polled is the answer to a poll that brings one message with this text; escaped is how Telegram writes it.
func polled(text string, escaped bool) []byte {
	raw := fmt.Sprintf(`%q`, text)
	if escaped {
		raw = fmt.Sprintf(`%+q`, text)
	}
	return []byte(`{"ok":true,"result":[{"update_id":7,"message":{"message_id":5,"from":{"id":5,"is_bot":false,"first_name":"Анна","language_code":"ru"},` +
		`"chat":{"id":5,"first_name":"Анна","type":"private"},"date":1795503600,"text":` + raw + `}}]}`)
}

// BenchmarkPoll reads what a poll brings, as it is done and as the library and the standard one would do it.
func BenchmarkPoll(b *testing.B) {
	r := reader{now: time.Now()}
	now := func(raw []byte) (text string) {
		var list []jsontext.Value
		err := whole(bytes.NewReader(raw), int64(len(raw)), func(raw []byte) error { return take(raw, &list) })
		if err != nil {
			b.Fatal(err)
		}
		_, u, _, _, _ := r.read(list[0])
		return u.Text
	}
	before := func(raw []byte) (text string) {
		var a tgbotapi.APIResponse
		var list []stdjson.RawMessage
		var u struct {
			ID      int                `json:"update_id"`
			Message stdjson.RawMessage `json:"message"`
		}
		var m tgbotapi.Message
		if stdjson.NewDecoder(bytes.NewReader(raw)).Decode(&a) != nil || stdjson.Unmarshal(a.Result, &list) != nil ||
			stdjson.Unmarshal(list[0], &u) != nil || stdjson.Unmarshal(u.Message, &m) != nil {
			b.Fatal("not read")
		}
		return m.Text
	}
	const sentence = "Яма на дороге. "
	for _, size := range []int{5, 1 << 20 / len(sentence)} {
		for how, escaped := range map[string]bool{"letters": false, "escapes": true} {
			raw := polled(strings.Repeat(sentence, size), escaped)
			for name, read := range map[string]func([]byte) string{"now": now, "before": before} {
				b.Run(fmt.Sprintf("%d bytes of %s/%s", len(raw), how, name), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						if read(raw) == "" {
							b.Fatal("no text")
						}
					}
				})
			}
		}
	}
}

// BenchmarkCall edits a message with buttons, as it is done and as the library would do it; the server costs the same in both.
func BenchmarkCall(b *testing.B) {
	ch := fuzzed(b, answers{200, `{"ok":true,"result":{"message_id":7,"from":{"id":424242,"is_bot":true,"first_name":"Отклик"},"chat":{"id":5,"type":"private"},"date":1795503600,"text":"слово"}}`}, Options{})
	p := tgbotapi.Params{"chat_id": "5", "message_id": "7", "text": strings.Repeat("Яма на дороге. ", 20), "link_preview_options": noPreview,
		"reply_markup": `{"inline_keyboard":[[{"text":"✓ Отправить","callback_data":"send:7"}],[{"text":"Отменить","callback_data":"stop:7"}]]}`}
	var m posted
	b.Run("now", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := ch.api.call(b.Context(), "editMessageText", p, &m); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("before", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ctx, cancel := context.WithTimeout(b.Context(), callTime)
			lib := &tgbotapi.BotAPI{Token: fuzzToken, Client: &exchange{ctx: ctx, client: ch.api.client}}
			lib.SetAPIEndpoint(ch.api.base + "/bot%s/%s")
			answer, err := lib.MakeRequest("editMessageText", p)
			if err != nil || stdjson.Unmarshal(answer.Result, &m) != nil {
				b.Fatal(err)
			}
			cancel()
		}
	})
}

// BenchmarkSend sends a text with buttons.
func BenchmarkSend(b *testing.B) {
	ch := fuzzed(b, answers{200, `{"ok":true,"result":{"message_id":7,"from":{"id":424242,"is_bot":true,"first_name":"Отклик"},"chat":{"id":5,"type":"private"},"date":1795503600,"text":"слово"}}`}, Options{})
	m := bot.Message{Text: strings.Repeat("Яма на дороге. ", 20), Bold: []bot.Span{{Start: 0, End: 6}}, Keyboard: [][]bot.Button{{{Text: "✓ Отправить", Data: "send:7"}, {Text: "Ещё", Data: "more:7"}}, {{Text: "Отменить", Data: "stop:7"}}}}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if _, err := ch.Send(b.Context(), bot.Peer{Channel: Name, Chat: "5"}, m, fmt.Sprint(n), nil); err != nil {
			b.Fatal(err)
		}
	}
}
