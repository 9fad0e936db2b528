package ingest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"otklik/bot"
)

const key = "the-key-of-the-tests"

// desk is a channel that runs, and what came in.
type desk struct {
	t    *testing.T
	c    *Channel
	mux  *http.ServeMux
	mu   sync.Mutex
	came []bot.Update
	fail bool
}

func open(t *testing.T) *desk {
	t.Helper()
	c, err := New(Options{Key: func() string { return key }, Now: func() time.Time { return time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, c: c, mux: http.NewServeMux()}
	c.Routes(d.mux)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- c.Run(ctx, d.take) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if code, _ := d.post(key, `{"id":"1","text":"a"}`); code != http.StatusServiceUnavailable {
			t.Errorf("after the end: %d", code)
		}
	})
	for range 1000 {
		c.mu.Lock()
		ready := c.sink != nil
		c.mu.Unlock()
		if ready {
			return d
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("it does not run")
	return nil
}

func (d *desk) take(_ context.Context, u bot.Update) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail {
		return errors.New("not kept")
	}
	d.came = append(d.came, u)
	return nil
}

func (d *desk) post(key, body string) (int, string) {
	r := httptest.NewRequest(http.MethodPost, Path, strings.NewReader(body))
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	w := httptest.NewRecorder()
	d.mux.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// TestTheLogTellsWhatIsRefused: one of a kind in a minute, with how many there were, and nothing of what was posted.
func TestTheLogTellsWhatIsRefused(t *testing.T) {
	d := open(t)
	var log strings.Builder
	now := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	d.c.refusals = bot.Refusals{Log: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return now }}
	for range 100 {
		d.post("a-wrong-secret", `{"id":"1","text":"Яма у Светланы"}`)
		d.post(key, `{"id":"1","text":"Яма у Светланы","lat":58}`)
		d.post(key, `{"id":"1","text":"Яма у Светланы"}`)
	}
	now = now.Add(time.Minute)
	d.post("a-wrong-secret", `{"id":"1","text":"Яма у Светланы"}`)
	said := log.String()
	if n := strings.Count(said, "\n"); n != 3 || strings.Count(said, "code=401") != 2 || !strings.Contains(said, `"unsaid before"=99`) ||
		!strings.Contains(said, `code=422 why="lat and lon belong together"`) {
		t.Errorf("%d lines:\n%s", n, said)
	}
	for _, quoted := range []string{"Светлан", "secret", key} {
		if strings.Contains(said, quoted) {
			t.Errorf("the log quotes %s:\n%s", quoted, said)
		}
	}
}

func TestWhatIsAnswered(t *testing.T) {
	d := open(t)
	many := "[" + strings.Repeat(`{"id":"1","text":"a"},`, maxBatch) + `{"id":"1","text":"a"}]`
	for _, row := range []struct {
		name, key, body string
		code            int
		says            string
	}{
		{"one", key, `{"id":"1","text":"Яма"}`, 202, `"taken":1`},
		{"a list", key, `[{"id":"2","text":"Яма"},{"id":"3","photos":["https://a.example/1.jpg"]}]`, 202, `"taken":2`},
		{"no key", "", `{"id":"1","text":"Яма"}`, 401, "key"},
		{"another key", key + "x", `{"id":"1","text":"Яма"}`, 401, "key"},
		{"no JSON", key, `id=1`, 422, "JSON"},
		{"nothing", key, `[]`, 422, "no message"},
		{"no id", key, `[{"id":"4","text":"a"},{"text":"Яма"}]`, 422, `"item":1`},
		{"no text", key, `{"id":"1","text":" "}`, 422, "text is missing"},
		{"half a point", key, `{"id":"1","text":"a","lat":58}`, 422, "belong together"},
		{"a point that is none", key, `{"id":"1","text":"a","lat":958,"lon":1}`, 422, "out of range"},
		{"a text for a number", key, `{"id":"1","text":"a","lat":"x"}`, 422, "lat"},
		{"a source that is none", key, `{"id":"1","text":"a","source":"../x"}`, 422, "source"},
		{"no web address", key, `{"id":"1","text":"a","link":"javascript:alert(1)"}`, 422, "web addresses"},
		{"no time", key, `{"id":"1","text":"a","time":"вчера"}`, 422, "RFC 3339"},
		{"too many", key, many, 413, "1000"},
		{"too large", key, `{"id":"1","text":"` + strings.Repeat("x", maxBody) + `"}`, 413, "4 MB"},
	} {
		code, body := d.post(row.key, row.body)
		if code != row.code || !strings.Contains(body, row.says) {
			t.Errorf("%s: %d %s, want %d %s", row.name, code, body, row.code, row.says)
		}
	}
	if len(d.came) != 3 { // nothing of a list that is faulty somewhere
		t.Errorf("%d came in, want 3: %+v", len(d.came), d.came)
	}
}

func TestWhatItBecomes(t *testing.T) {
	d := open(t)
	d.post(key, `{"id":"17","source":"ok","title":"Подслушано","author":"Нина","text":"Яма\u0000 на дороге","link":"https://ok.ru/1","reply_to":"16",`+
		`"time":"2026-11-23T09:00:00+03:00","photos":["https://ok.ru/1.jpg"],"lat":58.6,"lon":49.6}`)
	if len(d.came) != 1 {
		t.Fatal("nothing came")
	}
	u := d.came[0]
	if u.ID != "ok 17" || u.Source.String() != "ingest:ok" || u.Title != "Подслушано" || u.Text != "Яма на дороге" || u.ReplyTo != "16" || !u.ReadOnly || !u.Vouched ||
		u.From.Name != "Нина" || u.From.ID != "" || !u.Time.Equal(time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)) || u.Media[0].Refs[Name] != "https://ok.ru/1.jpg" ||
		u.Location == nil || u.Location.Lat != 58.6 {
		t.Errorf("%+v", u)
	}
}

func TestWhatIsNotKeptIsNotConfirmed(t *testing.T) {
	d := open(t)
	d.fail = true
	if code, body := d.post(key, `{"id":"1","text":"a"}`); code != http.StatusServiceUnavailable || !strings.Contains(body, "again") {
		t.Errorf("%d %s", code, body)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"id":"1","text":"a","time":"9999-12-31T23:59:59Z","lat":1e308,"lon":-0}`))
	f.Add([]byte(`[{"id":"\u0000","text":"\ud800"}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, bad := read(raw)
		if bad != nil {
			return
		}
		for _, m := range list {
			u := m.update(time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC))
			if u.ID == "" || bot.Clean(u.Text) != u.Text || strings.Contains(u.Peer.Chat, "/") || u.Time.Year() < 1990 || u.Time.Year() > 2026 {
				t.Fatalf("%+v", u)
			}
		}
	})
}
