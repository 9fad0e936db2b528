package telegram

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

// calls are all the calls that a channel makes, by method.
var calls = map[string]func(ctx context.Context, c *Channel, to bot.Peer) error{
	"getMe":         func(ctx context.Context, c *Channel, _ bot.Peer) error { return c.greet(ctx) },
	"deleteWebhook": func(ctx context.Context, c *Channel, _ bot.Peer) error { return c.dropWebhook(ctx) },
	"setWebhook":    func(ctx context.Context, c *Channel, _ bot.Peer) error { return c.setWebhook(ctx) },
	"getWebhookInfo": func(ctx context.Context, c *Channel, _ bot.Peer) error {
		c.webhookStands(ctx)
		return nil
	},
	"getUpdates": func(ctx context.Context, c *Channel, _ bot.Peer) error {
		_, err := c.updates(ctx, 1)
		return err
	},
	"sendMessage": func(ctx context.Context, c *Channel, to bot.Peer) error {
		_, err := c.Send(ctx, to, bot.Message{Text: "слово"}, "a", jpegs)
		return err
	},
	"sendPhoto": func(ctx context.Context, c *Channel, to bot.Peer) error {
		_, err := c.Send(ctx, to, bot.Message{Text: "слово", Photos: photos("a")}, "b", jpegs)
		return err
	},
	"sendMediaGroup": func(ctx context.Context, c *Channel, to bot.Peer) error {
		_, err := c.Send(ctx, to, bot.Message{Text: "слово", Photos: photos("a", "b")}, "c", jpegs)
		return err
	},
	"editMessageText": func(ctx context.Context, c *Channel, to bot.Peer) error {
		_, err := c.Edit(ctx, to, "1", bot.Message{Text: "слово"}, "d", jpegs)
		return err
	},
	"editMessageMedia": func(ctx context.Context, c *Channel, to bot.Peer) error {
		_, err := c.Edit(ctx, to, "1", bot.Message{Text: "слово", Photos: photos("a")}, "e", jpegs)
		return err
	},
	"deleteMessage": func(ctx context.Context, c *Channel, to bot.Peer) error {
		_, err := c.anew(ctx, to, "1", nil, bot.Message{Text: "слово"}, "f", jpegs)
		return err
	},
	"answerCallbackQuery": func(ctx context.Context, c *Channel, _ bot.Peer) error {
		return c.Answer(ctx, "1", "слово", false)
	},
	"setMyCommands": func(ctx context.Context, c *Channel, _ bot.Peer) error {
		return c.SetCommands(ctx, bot.Peer{}, "ru", []bot.Command{{Name: "my", Description: "мои"}})
	},
	"getFile": fetch,
	"file":    fetch,
}

func fetch(ctx context.Context, c *Channel, _ bot.Peer) error {
	body, err := c.Fetch(ctx, "x")
	if err != nil {
		return err
	}
	defer body.Close()
	_, err = io.ReadAll(body)
	return err
}

// An error, a log line or a panic that holds the token hands the bot to whoever reads it.
func TestTheTokenIsNeverTold(t *testing.T) {
	const token = "123456:SECRET-part_of-the-TOKEN"
	worst := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://elsewhere.invalid"+r.URL.Path)
			w.WriteHeader(code)
			_, _ = io.WriteString(w, strings.ReplaceAll(body, "PATH", r.URL.Path))
		}
	}
	faults := map[string]http.HandlerFunc{
		"refused with the path": worst(400, `{"ok":false,"error_code":400,"description":"Bad Request: PATH"}`),
		"forbidden":             worst(403, `{"ok":false,"error_code":403,"description":"Forbidden: PATH"}`),
		"unauthorized":          worst(401, `{"ok":false,"error_code":401,"description":"Unauthorized PATH"}`),
		"not found":             worst(404, `{"ok":false,"error_code":404,"description":"Not Found PATH"}`),
		"too many":              worst(429, `{"ok":false,"error_code":429,"description":"Too Many PATH","parameters":{"retry_after":1}}`),
		"moved to a supergroup": worst(400, `{"ok":false,"error_code":400,"description":"PATH","parameters":{"migrate_to_chat_id":-1005}}`),
		"a server's fault":      worst(500, `{"ok":false,"error_code":500,"description":"PATH"}`),
		"a page":                worst(502, `<html>PATH</html>`),
		"a page that says well": worst(200, `<html>PATH</html>`),
		"an empty answer":       worst(200, ``),
		"a wrong type":          worst(200, `{"ok":"PATH"}`),
		"a wrong result":        worst(200, `{"ok":true,"result":"PATH"}`),
		"a redirect":            worst(302, `PATH`),
		"a redirect of a POST":  worst(307, `PATH`),
		"a file's strange path": worst(200, `{"ok":true,"result":{"file_id":"x","file_path":"../PATH\u0000%zz"}}`),
		"the connection breaks": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"the answer breaks off": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, r.URL.Path)
			panic(http.ErrAbortHandler)
		},
		"no answer": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		},
	}
	bases := map[string]string{"nobody listens": "http://127.0.0.1:1", "no such host": "http://nobody.invalid", "a strange base": "http://127.0.0.1:1/%41"}
	for name, f := range faults {
		server := httptest.NewServer(f)
		t.Cleanup(server.Close)
		server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
		bases[name] = server.URL
	}
	for name, base := range bases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &journal{}
			transport := &http.Transport{}
			if strings.HasSuffix(base, ".invalid") { // a real look-up may outlast the test
				transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
					return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "nobody.invalid", IsNotFound: true}}
				}
			}
			defer transport.CloseIdleConnections()
			c, err := New(Options{Token: func() string { return token }, API: base, Webhook: public, Client: &http.Client{Transport: transport},
				Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
			if err != nil {
				t.Fatal(err)
			}
			for method, call := range calls {
				ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
				err := call(ctx, c, bot.Peer{Channel: Name, Chat: "5"})
				cancel()
				for e := err; e != nil; e = unwrap(e) {
					told(t, name+", "+method, fmt.Sprintf("%v %+v %#v", e, e, e))
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			if err := c.Run(ctx, func(context.Context, bot.Update) error { return nil }); err != nil {
				told(t, name+", Run", err.Error())
			}
			told(t, name+", the log", log.String())
			told(t, name+", the channel", fmt.Sprintf("%v", c.Limits()))
		})
	}
}

// Whoever may answer in Telegram's place must not send our token elsewhere.
func TestRedirectsAreNotFollowed(t *testing.T) {
	followed := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer elsewhere.Close()
	here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer here.Close()
	c, err := New(Options{Token: func() string { return "1:SECRET" }, API: here.URL, Webhook: public, Client: here.Client()})
	if err != nil {
		t.Fatal(err)
	}
	for method, call := range calls {
		_ = call(t.Context(), c, bot.Peer{Channel: Name, Chat: "5"}) // it fails; that is not the point
		if followed {
			t.Fatalf("%s was followed", method)
		}
	}
}

func unwrap(err error) error {
	if u, ok := err.(interface{ Unwrap() error }); ok {
		return u.Unwrap()
	}
	return nil
}

func told(t *testing.T, where, text string) {
	t.Helper()
	if strings.Contains(text, "SECRET") || strings.Contains(text, "123456:") {
		t.Errorf("%s tells the token: %s", where, text)
	}
}

func TestNewSaysWhatIsWrongWithoutTheToken(t *testing.T) {
	for name, o := range map[string]Options{
		"no token":       {},
		"an empty token": {Token: func() string { return "" }},
		"a malformed":    {Token: func() string { return "SECRET token with spaces" }},
		"an injection":   {Token: func() string { return "1:SECRET/../x" }},
		"a bad base":     {Token: func() string { return "1:SECRET" }, API: "api.telegram.org"},
		"a bad webhook":  {Token: func() string { return "1:SECRET" }, Webhook: "SECRET"},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		} else {
			told(t, name, err.Error())
		}
	}
}

// The fake refuses what is refused on the real server, so that its token works as one.
func TestAnotherTokenIsRefused(t *testing.T) {
	play(t, func(s *stage) {
		s.Revoke()
		c, err := New(Options{Token: func() string { return "1:wrong" }, API: bottest.Near, Client: s.Client(), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Run(s.Context(), s.sink); err == nil || !strings.Contains(err.Error(), "BotFather") {
			t.Errorf("%v", err)
		}
	})
}
