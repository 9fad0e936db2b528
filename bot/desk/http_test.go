package desk

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otklik/bot"
)

func (s *stage) say(chair, key, text string) (int, map[string]any) {
	s.t.Helper()
	return s.post("/desk/chairs/"+chair+"/say", map[string]any{"key": key, "text": text, "lang": "ru"})
}

// reply is what a plain request brought.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// request makes a plain request with further headers; "Host" is one of them.
func (s *stage) request(method, path, body string, header ...string) reply {
	s.t.Helper()
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	answer, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{answer.StatusCode, answer.Header, b}
}

// heard follows the stream.
type heard struct {
	cancel context.CancelFunc
	lines  *bufio.Scanner
}

func (s *stage) listen(last string) *heard {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/desk/events", nil)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	answer, err := s.client.Do(r)
	if err != nil || answer.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
		cancel()
		s.t.Fatal(err, answer)
	}
	s.t.Cleanup(func() {
		cancel()
		answer.Body.Close()
	})
	h := &heard{cancel, bufio.NewScanner(answer.Body)}
	h.lines.Buffer(nil, 1<<24)
	return h
}

// next gives the next event; the name is "" when the stream has ended.
func (h *heard) next() (id, name, data string) {
	for h.lines.Scan() {
		key, value, _ := strings.Cut(h.lines.Text(), ": ")
		switch key {
		case "id":
			id = value
		case "event":
			name = value
		case "data":
			data = value
		case "":
			if name != "" {
				return id, name, data
			}
		}
	}
	return "", "", ""
}

func texts(list []view) (out []string) {
	for _, v := range list {
		var b strings.Builder
		for _, r := range v.Runs {
			b.WriteString(r.Text)
		}
		out = append(out, b.String())
	}
	return out
}

// history gives what a new page shows in a chair.
func (s *stage) history(chair string) []view {
	s.t.Helper()
	h := s.listen("")
	defer h.cancel()
	_, name, data := h.next()
	var st state
	if err := json.Unmarshal([]byte(data), &st); err != nil || name != "state" {
		s.t.Fatal(name, err)
	}
	for _, c := range st.Chairs {
		if c.ID == chair {
			return c.Messages
		}
	}
	return nil
}

func TestAMessageIsConfirmedOnlyAfterTheEngineTookIt(t *testing.T) {
	s := setUp(t, nil)
	s.fail(errors.New("the disk is full"))
	status, said := s.say("anna", "key-00001", "Яма")
	if status != http.StatusServiceUnavailable || said["error"] != "later" {
		t.Fatal(status, said)
	}
	if h := s.history("anna"); len(h) != 1 || !h[0].Waits {
		t.Fatalf("it is kept and marked as waiting: %+v", h)
	}
	s.fail(nil)
	for range 3 { // the page asks again, and again as the answer got lost
		if status, said := s.say("anna", "key-00001", "Яма"); status != 200 || said["ref"] != "1" {
			t.Fatal(status, said)
		}
	}
	if h := s.history("anna"); len(h) != 1 || h[0].Waits {
		t.Errorf("it is said once: %+v", h)
	}
	got := s.updates()
	if len(got) != 1 || got[0].ID != "anna/key-00001" || got[0].Text != "Яма" || got[0].Ref != "1" ||
		got[0].From != (bot.User{ID: "anna", Name: "Анна Кузнецова", Language: "ru"}) || got[0].Peer != peer("anna") {
		t.Errorf("the engine got %+v", got)
	}
}

func TestWhatWaitsComesFirst(t *testing.T) {
	s := setUp(t, nil)
	s.fail(errors.New("the disk is full"))
	s.say("anna", "key-00001", "раз")
	s.fail(nil)
	if status, _ := s.say("anna", "key-00002", "два"); status != 200 {
		t.Fatal(status)
	}
	var got []string
	for _, u := range s.updates() {
		got = append(got, u.Text)
	}
	if diff := cmp.Diff([]string{"раз", "два"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestARestartLosesNothing(t *testing.T) {
	s := setUp(t, nil)
	ref := s.tell("anna", bot.Message{Text: "Здравствуйте", Keyboard: [][]bot.Button{row("Начать")}})
	s.say("anna", "key-00001", "Яма")
	s.fail(errors.New("the disk is full"))
	s.say("anna", "key-00002", "Ещё яма")
	s.stop()
	s.fail(nil)

	s.start(nil)
	for range 400 { // what waited is handed over without anybody asking
		if len(s.updates()) == 2 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if got := s.updates(); len(got) != 2 || got[1].ID != "anna/key-00002" || got[1].Ref != "3" {
		t.Fatalf("%+v", got)
	}
	if status, said := s.say("anna", "key-00002", "Ещё яма"); status != 200 || said["ref"] != "3" {
		t.Error("the page's own attempt is the same message", status, said)
	}
	if _, err := s.desk.Edit(t.Context(), peer("anna"), ref, bot.Message{Text: "Слушаю"}, "e1", nil); err != nil {
		t.Error(err)
	}
	if got := s.tell("anna", bot.Message{Text: "Записал"}); got != "4" {
		t.Errorf("ref %s", got)
	}
	if diff := cmp.Diff([]string{"Слушаю", "Яма", "Ещё яма", "Записал"}, texts(s.history("anna"))); diff != "" {
		t.Error(diff)
	}
}

func TestTheStreamGoesOnWhereItWasLeft(t *testing.T) {
	s := setUp(t, nil)
	h := s.listen("")
	at, name, _ := h.next()
	if name != "state" {
		t.Fatal(name)
	}
	h.cancel()
	for i := range 5 {
		s.tell("petr", bot.Message{Text: fmt.Sprint("слово ", i)})
	}
	h = s.listen(at)
	for i := range 5 {
		id, name, data := h.next()
		if name != "message" || !strings.Contains(data, fmt.Sprint("слово ", i)) {
			t.Fatal(id, name, data)
		}
		at = id
	}
	s.tell("petr", bot.Message{Text: "живое"})
	if _, _, data := h.next(); !strings.Contains(data, "живое") {
		t.Error(data)
	}
	for range remembered + 1 {
		s.tell("petr", bot.Message{Text: "много"})
	}
	for _, last := range []string{at, "другой-7", "x"} {
		if _, name, _ := s.listen(last).next(); name != "state" {
			t.Errorf("after %q comes %s: what is forgotten comes anew as a whole", last, name)
		}
	}
	h = s.listen("")
	h.next()
	s.cancel()
	<-s.ended
	if id, name, data := h.next(); name != "" || h.lines.Err() != nil {
		t.Error("the stream outlives the desk", id, name, data, h.lines.Err())
	}
	if status, _ := s.say("anna", "key-00001", "есть кто?"); status != http.StatusServiceUnavailable {
		t.Errorf("%d: nobody takes it, and it is confirmed", status)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	s := setUp(t, nil)
	for i := range kept + 40 {
		s.tell("anna", bot.Message{Text: fmt.Sprint(i)})
	}
	check := func() {
		t.Helper()
		h := texts(s.history("anna"))
		if len(h) != kept || h[0] != "40" || h[kept-1] != fmt.Sprint(kept+39) {
			t.Errorf("%d from %s to %s", len(h), h[0], h[len(h)-1])
		}
	}
	check()
	if n := len(s.keeper.values); n != kept {
		t.Errorf("%d values are kept", n)
	}
	_, err := s.desk.Edit(t.Context(), peer("anna"), "3", bot.Message{Text: "x"}, "k", nil)
	if bot.FailureOf(err).Reason != bot.NoRef {
		t.Errorf("a message that gave way: %v", err)
	}
	s.stop()
	s.start(nil)
	check()
}

func TestAPressIsAnswered(t *testing.T) {
	s := setUp(t, nil)
	ref := s.tell("curator", bot.Message{Text: "№ 7", Keyboard: [][]bot.Button{row("Взять")}})
	h := s.listen("")
	h.next()
	if status, _ := s.post("/desk/chairs/curator/press", said{Key: "press-001", Ref: ref, Data: "x:Взять", Language: "en"}); status != 200 {
		t.Fatal(status)
	}
	u := s.updates()[0]
	if u.Kind != bot.Pressed || u.Data != "x:Взять" || u.Ref != ref || u.From.Language != "en" {
		t.Fatalf("%+v", u)
	}
	if err := s.desk.Answer(t.Context(), u.Press, "Уже взято", true); err != nil {
		t.Fatal(err)
	}
	if _, name, data := h.next(); name != "answer" || data != `{"chair":"curator","key":"press-001","note":"Уже взято","alert":true}` {
		t.Error(name, data)
	}
}

func TestThePageIsKeptByTheBrowser(t *testing.T) {
	s := setUp(t, nil)
	for _, c := range []struct{ path, language, want string }{
		{"/", "", "ru"}, {"/", "en-GB,en;q=0.9", "en"}, {"/", "de, en;q=0.5", "en"}, {"/", "tt, ru;q=0.8", "ru"}, {"/?lang=en", "ru", "en"}, {"/?lang=xx", "", "ru"},
	} {
		a := s.request("GET", c.path, "", "Accept-Language", c.language)
		if got := a.header.Get("Content-Language"); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.path, c.language, got, c.want)
		}
	}
	for _, path := range []string{"/", "/desk/web/main.js", "/desk/web/page.css", "/desk/web/icon.svg", "/desk/web/ru.json"} {
		a := s.request("GET", path, "")
		tag := a.header.Get("ETag")
		if a.status != http.StatusOK || tag == "" {
			t.Errorf("%s: %d %q", path, a.status, tag)
		}
		if b := s.request("GET", path, "", "If-None-Match", tag); b.status != http.StatusNotModified {
			t.Errorf("%s again: %d", path, b.status)
		}
	}
}

func TestEveryTextStandsInEveryLanguage(t *testing.T) {
	read := func(tag string) map[string]any {
		raw, err := files.ReadFile("texts/" + tag + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	ru, en := read("ru"), read("en")
	for id := range ru {
		if en[id] == nil {
			t.Errorf("en lacks %s", id)
		}
	}
	for id := range en {
		if ru[id] == nil {
			t.Errorf("ru lacks %s", id)
		}
	}
}

func TestNoPlaceIsAnEmptyList(t *testing.T) {
	s := setUp(t, nil)
	answer, err := s.client.Get(s.url + "/desk/places?q=qqq")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || string(body) != "[]\n" {
		t.Errorf("%q, %v", body, err)
	}
}
