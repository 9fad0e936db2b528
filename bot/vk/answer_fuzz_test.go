package vk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"otklik/bot"
)

// answers is a VK that says what it is told to.
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

const fuzzToken = "vk1.a.fake-TOKEN-of_the_tests"

func fuzzed(t testing.TB, a answers, o Options) *Channel {
	o.Token, o.API, o.Client, o.Keeper = func() string { return fuzzToken }, "https://vk.example/method/", &http.Client{Transport: a}, &drawer{}
	o.Log, o.Now = slog.New(slog.DiscardHandler), func() time.Time { return time.Unix(1764000000, 0) }
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.api.pace = rate.NewLimiter(rate.Inf, 1)
	c.group = group{ID: 7}
	return c
}

// reasons fails for an error that tells the core nothing, or too much.
func reasons(t *testing.T, ctx context.Context, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	f := bot.FailureOf(err)
	known := slices.Contains([]bot.Reason{bot.Later, bot.Never, bot.NoPeer, bot.MovedOn, bot.NoRef, bot.NoRights}, f.Reason)
	if !known || f.After < 0 || strings.Contains(err.Error(), fuzzToken) || ctx.Err() != nil {
		t.Fatalf("%s: %+v", what, f)
	}
}

// Whatever VK answers, a call ends well or with a reason, and without the token.
func FuzzAnswer(f *testing.F) {
	for _, a := range []answers{
		{200, `{"response":[{"peer_id":5,"message_id":1,"conversation_message_id":7}]}`}, {200, `{"response":[{"peer_id":5,"error":{"code":901,"description":"no"}}]}`},
		{200, `{"response":[[{"peer_id":5,"cmid":1}],false]}`}, {200, `{"response":[false,false],"execute_errors":[{"method":"messages.send","error_code":901,"error_msg":"no"}]}`},
		{200, `{"response":1}`}, {200, `{"response":null}`}, {200, `{}`}, {200, ``}, {200, `[]`}, {204, ``}, {502, `<html>vk1.a.fake-TOKEN-of_the_tests</html>`},
		{200, `{"error":{"error_code":5,"error_msg":"vk1.a.fake-TOKEN-of_the_tests"}}`}, {200, `{"error":{"error_code":6,"error_msg":"Too many requests per second"}}`},
		{200, `{"error":{"error_code":9}}`}, {200, `{"error":{"error_code":13}}`}, {200, `{"error":{"error_code":100,"error_msg":"keyboard"}}`}, {200, `{"error":{"error_code":911}}`},
		{200, `{"response":{"upload_url":"https://x/","items":[{"id":1}],"server":1,"photo":"x","hash":"y"}}`}, {200, `{"error":{"error_code":14,"captcha_sid":"1"}}`},
		{200, `{"response":{"items":[{"conversation":{"peer":{"id":5}},"last_message":{"date":1764000000}}]}}`},
	} {
		f.Add(uint16(a.status-100), a.body)
	}
	to := bot.Peer{Channel: Name, Chat: "5"}
	rows := [][]bot.Button{{{Text: "Да", Data: "y"}}}
	f.Fuzz(func(t *testing.T, status uint16, body string) {
		c := fuzzed(t, answers{100 + int(status)%500, body}, Options{})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		for what, m := range map[string]bot.Message{"a text": {Text: "слово", Keyboard: rows, ReplyTo: "3"}, "photos": {Text: "слово", Photos: photos("a", "b")}} {
			r, err := c.Send(ctx, to, m, "k"+what, jpegs)
			if reasons(t, ctx, what, err); err == nil && r.Ref == "" {
				t.Fatalf("%s: a receipt without a ref", what)
			}
			_, err = c.Edit(ctx, to, "7", m, "e"+what, jpegs)
			reasons(t, ctx, "edit of "+what, err)
		}
		reasons(t, ctx, "an answer to a press", c.Answer(ctx, "1 5 5", "слово", true))
		reasons(t, ctx, "greeting", c.greet(ctx))
		list, errs, err := c.api.execute(ctx, "return [];")
		if reasons(t, ctx, "execute", err); err != nil && len(list) > 0 {
			t.Fatalf("%v and %v", list, err)
		}
		for _, err := range errs {
			reasons(t, ctx, "a call in execute", err)
		}
	})
}

// Two messages that leave together end each by itself, whatever comes back.
func FuzzExecute(f *testing.F) {
	for _, s := range []string{
		`{"response":[[{"peer_id":5,"cmid":1}],[{"peer_id":6,"cmid":2}]]}`, `{"response":[[{"peer_id":5,"cmid":1}],false],"execute_errors":[{"method":"messages.send","error_code":901,"error_msg":"no"}]}`,
		`{"response":[false]}`, `{"response":[[],[]]}`, `{"response":[null,7]}`, `{"error":{"error_code":12}}`, `{"error":{"error_code":13}}`, `{"response":{"0":1}}`, `{"execute_errors":7}`, ``,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		c := fuzzed(t, answers{200, body}, Options{})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		var batch []*letter
		for i := range 2 {
			batch = append(batch, &letter{ctx: ctx, code: fmt.Sprint("API.x(", i, ")"), done: make(chan struct{})})
		}
		c.post.deliver(ctx, batch)
		for _, l := range batch {
			select {
			case <-l.done:
				reasons(t, ctx, "a message", l.err)
			default:
				t.Fatal("nobody tells what became of a message")
			}
		}
	})
}

// Whatever a poll brings, it is taken or asked for again; the place in the stream is never lost.
func FuzzPoll(f *testing.F) {
	for _, s := range []string{
		`{"ts":"5","updates":[{"type":"message_new","event_id":"1","object":{"message":{"id":1,"date":1,"peer_id":5,"from_id":5,"conversation_message_id":1,"text":"яма"}}}]}`,
		`{"ts":5,"updates":[]}`, `{"failed":1,"ts":30}`, `{"failed":2}`, `{"failed":3}`, `{"failed":4}`, `{"failed":-1}`, `{"ts":null}`, `{"ts":"","updates":[7,null]}`, `{}`, `[]`, ``, `{"ts":{"x":1}}`,
	} {
		f.Add(uint16(100), s)
	}
	f.Fuzz(func(t *testing.T, status uint16, body string) {
		c := fuzzed(t, answers{100 + int(status)%500, body}, Options{})
		c.presses.Open(t.Context())
		defer c.presses.Close()
		defer c.turns.Wait()
		p := &poller{Channel: c, sink: func(context.Context, bot.Update) error { return nil }, from: stream{"https://vk.example/poll", "k", "1"}, at: position{TS: "1"}}
		err := p.step(t.Context())
		reasons(t, t.Context(), "a poll", err)
		if err == nil && !p.lost && p.from.TS == "" {
			t.Fatalf("no place in the stream after %q", body)
		}
		if err != nil && !p.lost && (p.from.TS != "1" || p.at.TS != "1") {
			t.Fatalf("after %v the place is %q, kept %q", err, p.from.TS, p.at.TS)
		}
	})
}

// Whatever stands in the conversations, what is read of it keeps the contract, and it is read once.
func FuzzHistory(f *testing.F) {
	for _, s := range []string{
		`{"items":[{"id":1,"date":1764000000,"peer_id":5,"from_id":5,"conversation_message_id":1,"text":"яма","conversation":{"peer":{"id":5}},"last_message":{"date":1764000000}}]}`,
		`{"items":[{"date":-1,"last_message":{"date":99999999999999}}]}`, `{"items":[{}]}`, `{"items":null}`, `[]`, `{"items":[{"id":1,"date":1764000000,"peer_id":5,"from_id":5,"cmid":1,"action":{"type":"chat_kick_user","member_id":-7}}]}`,
		`{"items":[{"date":1764000000,"peer_id":5,"from_id":5,"cmid":1,"payload":"{\\"p\\":2,\\"s\\":\\"x\\"}","text":"2"}]}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, response string) {
		if !json.Valid([]byte(response)) {
			return
		}
		c := fuzzed(t, answers{200, `{"response":` + response + `}`}, Options{})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		c.presses.Open(ctx)
		defer c.presses.Close()
		defer c.turns.Wait()
		last := time.Time{}
		k := &catchUp{Channel: c, since: time.Unix(1763990000, 0), visits: map[string]*visit{}, sink: func(_ context.Context, u bot.Update) error {
			if u.Channel != Name || u.ID == "" || u.Kind == "" || u.Peer.Chat == "" {
				t.Errorf("%+v", u)
			}
			last = u.Time
			return nil
		}}
		err := k.all(ctx)
		if reasons(t, ctx, "catching up", err); last.After(time.Unix(1764000000, 0).Add(25 * time.Hour)) {
			t.Fatalf("written at %v", last)
		}
	})
}

// Whatever is brought to the callback server: without the secret nothing is taken, and «ok» is said of what was.
func FuzzCallback(f *testing.F) {
	event := `{"type":"message_new","group_id":7,"event_id":"f1","secret":"SECRET","object":{"message":{"id":1,"date":1,"peer_id":5,"from_id":5,"conversation_message_id":1,"text":"яма"}}}`
	for _, s := range []string{event, strings.Replace(event, "SECRET", "", 1), `{"type":"confirmation","group_id":7}`, `{"type":"confirmation","group_id":1}`, `{`, "\x00", `{"secret":"SECRET"}`, `{"secret":["SECRET"]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c := fuzzed(t, answers{200, `{"response":[]}`}, Options{Webhook: "https://desk.example.org/vk"})
		c.presses.Open(t.Context())
		defer c.presses.Close()
		defer c.turns.Wait()
		took := 0
		c.hook.code = "code"
		c.hook.open(t.Context(), func(context.Context, bot.Update) error { took++; return nil })
		defer c.hook.close()
		knows := bytes.Contains(raw, []byte("SECRET"))
		w := httptest.NewRecorder()
		c.receive(w, httptest.NewRequest(http.MethodPost, "/vk", bytes.NewReader(bytes.ReplaceAll(raw, []byte("SECRET"), []byte(c.hook.secret)))))
		if said := w.Body.String(); took > 0 && (said != "ok" || !knows) || !knows && said == "ok" {
			t.Fatalf("%d updates taken, %d %q", took, w.Code, said)
		}
	})
}
