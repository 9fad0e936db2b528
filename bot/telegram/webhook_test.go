package telegram

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

const public = "https://desk.example.org/telegram"

// hooked plays with a webhook: the server brings updates to the channel's own handler.
func hooked(t *testing.T, do func(s *stage, mux *http.ServeMux)) {
	t.Helper()
	playOn(t, Options{Webhook: public}, func(s *stage) {
		mux := http.NewServeMux()
		s.ch.Routes(mux)
		s.Brings(mux)
		do(s, mux)
	})
}

func TestAWebhookConfirmsOnlyWhatTheSinkTook(t *testing.T) {
	hooked(t, func(s *stage, _ *http.ServeMux) {
		s.anna.Says("до начала")
		s.run()
		set := s.Calls("setWebhook")
		if s.Webhook() != public || len(set) != 1 || len(set[0].Params["secret_token"]) != 64 || set[0].Params["allowed_updates"] != kinds {
			t.Errorf("%+v", set)
		}
		tries := 0
		s.fail = func(u bot.Update) error {
			if u.Text != "два" {
				return nil
			}
			if tries++; tries < 5 {
				return errors.New("the disk is full")
			}
			return nil
		}
		for _, text := range []string{"один", "два", "три"} {
			s.anna.Says(text)
		}
		s.settle()
		var said []string
		for _, u := range s.taken() {
			said = append(said, u.Text)
		}
		if got := strings.Join(said, ", "); got != "до начала, один, два, три" || tries != 5 {
			t.Errorf("%s, %d tries", got, tries)
		}
		if len(s.Calls("getUpdates")) != 0 {
			t.Error("it polls as well")
		}
	})
}

func TestAWebhookTakesUpdatesFromTelegramOnly(t *testing.T) {
	hooked(t, func(s *stage, mux *http.ServeMux) {
		body := `{"update_id":7,"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"from":{"id":5,"first_name":"Я"},"text":"яма"}}`
		post := func(method, secret, body string) int {
			r := httptest.NewRequestWithContext(s.Context(), method, "/telegram", strings.NewReader(body))
			r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			return w.Code
		}
		secret := s.ch.hook.secret
		if got := post("POST", secret, body); got != http.StatusServiceUnavailable {
			t.Errorf("before it runs: %d", got)
		}
		s.run()
		for name, c := range map[string]struct {
			method, secret, body string
			code                 int
		}{
			"no secret":      {"POST", "", body, 403},
			"another secret": {"POST", strings.Repeat("a", 64), body, 403},
			"a part of it":   {"POST", secret[:63], body, 403},
			"a GET":          {"GET", secret, body, 405},
			"too much":       {"POST", secret, strings.Repeat("x", maxUpdate+1), 400},
			"no JSON":        {"POST", secret, "{", 200}, // it will never be any: once more would not help
			"nothing in it":  {"POST", secret, `{"update_id":8}`, 200},
		} {
			if got := post(c.method, c.secret, c.body); got != c.code {
				t.Errorf("%s: %d, want %d", name, got, c.code)
			}
		}
		if list := s.taken(); len(list) > 0 {
			t.Errorf("%+v", list)
		}
		if got := post("POST", secret, body); got != 200 {
			t.Errorf("%d", got)
		}
		if u := s.one(); u.Text != "яма" || u.ID != "7" {
			t.Errorf("%+v", u)
		}
		s.halt()
		if got := post("POST", secret, body); got != http.StatusServiceUnavailable {
			t.Errorf("after the end: %d", got)
		}
	})
}

func TestAWebhookThatSomebodyChangedIsSetAgain(t *testing.T) {
	hooked(t, func(s *stage, _ *http.ServeMux) {
		s.Fail("setWebhook", 3, bottest.Refusal(400, "Bad Request: bad webhook: Failed to resolve host"))
		s.run()
		time.Sleep(time.Minute)
		if s.Webhook() != public {
			t.Error("it gave up")
		}
		s.SetWebhook("https://elsewhere.example/hook")
		time.Sleep(watch + time.Second)
		if s.Webhook() != public {
			t.Error("updates go elsewhere")
		}
		s.SetWebhook("")
		s.anna.Says("яма")
		time.Sleep(watch + time.Second)
		if u := s.one(); u.Text != "яма" {
			t.Errorf("%+v", u)
		}
	})
}

func TestTheEndWaitsForADeliveryUnderWay(t *testing.T) {
	hooked(t, func(s *stage, _ *http.ServeMux) {
		s.fail = func(bot.Update) error { time.Sleep(2 * time.Second); return nil }
		s.run()
		s.anna.Says("яма")
		synctest.Wait()
		begin := time.Now()
		s.stop()
		if err := <-s.end; err != nil {
			t.Error(err)
		}
		s.stop = nil
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("Run returned after %v", took)
		}
	})
}

func TestWhereAWebhookMayStand(t *testing.T) {
	for address, path := range map[string]string{
		"https://desk.example.org":          "/telegram",
		"https://desk.example.org/":         "/telegram",
		"https://desk.example.org/hooks/tg": "/hooks/tg",
		"http://127.0.0.1:8080/telegram":    "/telegram",
		"desk.example.org":                  "",
		"https://desk.example.org/{x}":      "",
		"https://desk.example.org/tg?key=1": "",
		"ftp://desk.example.org/tg":         "",
		"https://desk.example.org/\x00":     "",
	} {
		c, err := New(Options{Token: func() string { return "1:a" }, Webhook: address})
		if (err == nil) != (path != "") || err == nil && c.hook.path != path {
			t.Errorf("%q: %v", address, err)
		}
	}
}
