package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
	"otklik/bot/bottest"
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
		`{"update_id":8,"message":{"message_id":1,"date":99999999999999,"chat":{"id":5,"type":"private"},"from":{"id":1},"location":{"latitude":1e308,"longitude":-999}}}`,
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
		if at, err := bot.ParsePeer(u.Peer.String()); err != nil || at != u.Peer {
			t.Fatalf("no peer: %+v, %v", u.Peer, err)
		}
		if _, err := json.Marshal(u); err != nil || u.Time.IsZero() {
			t.Fatalf("it could not be put aside: %v, %+v", err, u)
		}
	})
}

// answers is a Bot API server that says what it is told to.
type answers struct {
	status int
	body   string
}

// RoundTrip makes one exchange.
func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
	}
	return &http.Response{StatusCode: a.status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}

const fuzzToken = "424242:fake-TOKEN-of_the_tests"

func fuzzed(t testing.TB, a answers, o Options) *Channel {
	o.Token, o.API, o.Client = func() string { return fuzzToken }, bottest.Near, &http.Client{Transport: a}
	o.Log = slog.New(slog.DiscardHandler)
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Whatever a server answers, a call ends well or with a reason, and without the token.
func FuzzAnswer(f *testing.F) {
	for _, a := range []answers{
		{200, `{"ok":true,"result":{"message_id":7,"chat":{"id":5},"date":1,"photo":[{"file_id":"a"}]}}`}, {200, `{"ok":true,"result":[{"message_id":7},{"message_id":8}]}`},
		{200, `{"ok":true,"result":true}`}, {200, `{"ok":true,"result":null}`}, {200, `{"ok":true}`}, {200, `{"ok":false}`}, {200, ``}, {200, `[]`}, {204, ``},
		{429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}`},
		{429, `{"ok":false,"error_code":429,"parameters":{"retry_after":-9223372036854775808}}`}, {429, `{"ok":false,"error_code":429,"parameters":{"retry_after":9223372036854775807}}`},
		{400, `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded","parameters":{"migrate_to_chat_id":-1007}}`},
		{400, `{"ok":false,"error_code":400,"description":"Bad Request: message is not modified"}`}, {403, `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked"}`},
		{502, `<html>424242:fake-TOKEN-of_the_tests</html>`}, {500, `{"ok":false,"error_code":500,"description":"424242:fake-TOKEN-of_the_tests"}`}, {413, "x"}, {301, ""},
		{400, `{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities"}`}, {400, `{"ok":false,"error_code":400,"description":"Bad Request: wrong file identifier"}`},
		{400, `{"ok":false,"error_code":400,"description":"Bad Request: message to be replied not found"}`}, {400, `{"ok":false,"error_code":400,"description":"Bad Request: message thread not found"}`},
	} {
		f.Add(uint16(a.status), a.body)
	}
	to := bot.Peer{Channel: Name, Chat: "5"}
	rows := [][]bot.Button{{{Text: "Да", Data: "y"}}}
	f.Fuzz(func(t *testing.T, status uint16, body string) {
		c := fuzzed(t, answers{100 + int(status)%500, body}, Options{})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		try := func(what string, err error) {
			if err == nil {
				return
			}
			f := bot.FailureOf(err)
			known := slices.Contains([]bot.Reason{bot.Later, bot.Never, bot.NoPeer, bot.MovedOn, bot.NoRef, bot.NoRights}, f.Reason)
			if !known || f.After < 0 || f.Reason == bot.MovedOn && f.To == "" || strings.Contains(err.Error(), fuzzToken[7:]) || ctx.Err() != nil {
				t.Fatalf("%s: %+v", what, f)
			}
		}
		for what, m := range map[string]bot.Message{
			"a text": {Text: "слово", Keyboard: rows, ReplyTo: "3"}, "a photo": {Text: "слово", Photos: photos("a")}, "an album": {Text: "слово", Photos: photos("a", "b")},
		} {
			r, err := c.Send(ctx, to, m, "k"+what, jpegs)
			if try(what, err); err == nil && r.Ref == "" {
				t.Fatalf("%s: a receipt without a ref: %+v", what, r)
			}
			_, err = c.Edit(ctx, to, "7", m, "e"+what, jpegs)
			try("edit of "+what, err)
		}
		try("an answer to a press", c.Answer(ctx, "1", "слово", true))
		_, err := c.updates(ctx, 1)
		try("a poll", err)
		if body, err := c.Fetch(ctx, "x"); err == nil {
			body.Close()
		} else {
			try("a photo to fetch", err)
		}
		c.presses.Open(ctx)
		defer c.presses.Close()
		raws, _ := c.updates(ctx, 1)
		_, err = c.deliver(ctx, func(context.Context, bot.Update) error { return nil }, raws)
		try("a batch", err)
	})
}

// Whatever is brought to the webhook, it is taken, refused or left out, and nothing falls over.
func FuzzWebhook(f *testing.F) {
	f.Add("", []byte(`{"update_id":7,"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"from":{"id":5},"text":"яма"}}`))
	f.Add("x", []byte(`{"update_id":8,"callback_query":{"id":"1"}}`))
	f.Add("", []byte(`{`))
	f.Add("", []byte("\x00"))
	c := fuzzed(f, answers{200, `{"ok":true,"result":true}`}, Options{Webhook: "https://desk.example.org/telegram"})
	f.Fuzz(func(t *testing.T, wrong string, raw []byte) {
		c.presses.Open(t.Context())
		defer c.presses.Close()
		took := 0
		c.hook.open(t.Context(), func(context.Context, bot.Update) error { took++; return nil })
		defer c.hook.close()
		r := httptest.NewRequest(http.MethodPost, "/telegram", bytes.NewReader(raw))
		r.Header[secretHeader] = []string{c.hook.secret + wrong}
		w := httptest.NewRecorder()
		c.receive(w, r)
		if want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[wrong == ""]; w.Code != want || wrong != "" && took > 0 {
			t.Fatalf("%d, %d updates taken", w.Code, took)
		}
	})
}
