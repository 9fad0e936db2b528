package bottest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// witness is a test that hears faults instead of failing.
type witness struct {
	testing.TB
	mu     sync.Mutex
	faults []string
}

func (w *witness) Errorf(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

func (w *witness) heard() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := strings.Join(w.faults, "\n")
	w.faults = nil
	return all
}

func witnessed(t *testing.T) (*Telegram, *witness) {
	w := &witness{TB: t}
	return NewTelegram(w), w
}

// ask makes a call as it stands.
func ask(t *testing.T, g *Telegram, method string, params ...string) (code int, text string, result json.RawMessage) {
	t.Helper()
	form := url.Values{}
	for _, p := range params {
		name, value, _ := strings.Cut(p, "=")
		form.Set(name, value)
	}
	resp, err := g.Client().PostForm(Near+"/bot"+g.Token()+"/"+method, form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Description string
		Result      json.RawMessage
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, answer.Description, answer.Result
}

// Each call here is malformed in one way, and the test that makes it must fail for it.
func TestTheFakeHoldsCallsAgainstTheSchema(t *testing.T) {
	g, w := witnessed(t)
	u := g.User("Анна").Opens()
	to := "chat_id=" + u.Peer().Chat
	button := func(inner string) string { return `reply_markup={"inline_keyboard":[[` + inner + `]]}` }
	for name, c := range map[string]struct {
		method string
		params []string
		fault  string
	}{
		"a method that is none":     {"sendMesage", []string{to, "text=x"}, "no such method"},
		"a field is missing":        {"sendMessage", []string{to}, "text is missing"},
		"a field of nobody":         {"sendMessage", []string{to, "text=x", "disable_web_page_preview=true"}, "is no field of it"},
		"no number":                 {"sendMessage", []string{to, "text=x", "message_thread_id=one"}, "message_thread_id"},
		"no truth":                  {"sendMessage", []string{to, "text=x", "protect_content=maybe"}, "protect_content"},
		"no JSON":                   {"sendMessage", []string{to, "text=x", "entities=[{"}, "entities"},
		"an entity without a type":  {"sendMessage", []string{to, "text=x", `entities=[{"offset":0,"length":1}]`}, "type is missing"},
		"an entity over the end":    {"sendMessage", []string{to, "text=x", `entities=[{"type":"bold","offset":0,"length":2}]`}, "entity"},
		"a text that is too long":   {"sendMessage", []string{to, "text=" + strings.Repeat("🚗", 2049)}, "4096"},
		"a parse mode":              {"sendMessage", []string{to, "text=x", "parse_mode=HTML"}, "parse_mode"},
		"space around":              {"sendMessage", []string{to, "text= x"}, "space"},
		"data that is too long":     {"sendMessage", []string{to, "text=x", button(`{"text":"x","callback_data":"` + strings.Repeat("я", 33) + `"}`)}, "64"},
		"a button's strange field":  {"sendMessage", []string{to, "text=x", button(`{"text":"x","data":"y"}`)}, "data is no field"},
		"a row of nine":             {"sendMessage", []string{to, "text=x", button(strings.TrimSuffix(strings.Repeat(`{"text":"x","callback_data":"y"},`, 9), ","))}, "9 buttons"},
		"a caption too long":        {"sendPhoto", []string{to, "photo=x", "caption=" + strings.Repeat("x", 1025)}, "1024"},
		"an album of one":           {"sendMediaGroup", []string{to, `media=[{"type":"photo","media":"x"}]`}, "2-10"},
		"an album of what is none":  {"sendMediaGroup", []string{to, `media=[{"type":"hologram","media":"x"},{"type":"photo","media":"x"}]`}, "media"},
		"a toast that is too long":  {"answerCallbackQuery", []string{"callback_query_id=1", "text=" + strings.Repeat("x", 201)}, "200"},
		"a command in capitals":     {"setMyCommands", []string{`commands=[{"command":"","description":"x"}]`}, "1-32"},
		"a scope that is none":      {"setMyCommands", []string{`commands=[]`, `scope={"type":"everybody"}`}, "scope"},
		"too many updates at once":  {"getUpdates", []string{"limit=101"}, "1-100"},
		"a secret with a space":     {"setWebhook", []string{"url=x", "secret_token=" + strings.Repeat("x", 257)}, "256"},
		"a method it does not know": {"sendDice", []string{to}, "does not know sendDice"},
	} {
		code, _, _ := ask(t, g, c.method, c.params...)
		if heard := w.heard(); !strings.Contains(heard, c.fault) {
			t.Errorf("%s: %d, the fault is %q, want %q", name, code, heard, c.fault)
		}
	}
	if code, text, _ := ask(t, g, "sendMessage", to, "text=x", `entities=[{"type":"bold","offset":0,"length":1}]`, button(`{"text":"x","callback_data":"y"}`)); code != 200 || w.heard() != "" {
		t.Errorf("a good call: %d %s", code, text)
	}
}

// What Telegram refuses at run time is no fault of the caller's: it is told in Telegram's words.
func TestTheFakeRefusesInTelegramsWords(t *testing.T) {
	g, w := witnessed(t)
	u, stranger := g.User("Анна").Opens(), g.User("Пётр")
	to := "chat_id=" + u.Peer().Chat
	ask(t, g, "sendMessage", to, "text=x")
	u.Says("свои слова")
	for name, c := range map[string]struct {
		method string
		params []string
		code   int
		text   string
	}{
		"somebody who never wrote": {"sendMessage", []string{"chat_id=" + stranger.Peer().Chat, "text=x"}, 400, "chat not found"},
		"nobody":                   {"sendMessage", []string{"chat_id=7", "text=x"}, 400, "chat not found"},
		"only space":               {"sendMessage", []string{to, "text= "}, 400, "text is empty"},
		"the same again":           {"editMessageText", []string{to, "message_id=1", "text=x"}, 400, "not modified"},
		"no such message":          {"editMessageText", []string{to, "message_id=9", "text=y"}, 400, "message to edit not found"},
		"another's message":        {"editMessageText", []string{to, "message_id=2", "text=y"}, 400, "can't be edited"},
		"a text has no caption":    {"editMessageCaption", []string{to, "message_id=1", "caption=y"}, 400, "no caption"},
		"no such topic":            {"sendMessage", []string{to, "text=x", "message_thread_id=5"}, 400, "thread not found"},
		"nothing to reply to":      {"sendMessage", []string{to, "text=x", `reply_parameters={"message_id":9}`}, 400, "replied not found"},
		"no such photo":            {"sendPhoto", []string{to, "photo=x"}, 400, "wrong file identifier"},
		"no such file":             {"getFile", []string{"file_id=x"}, 400, "file"},
		"no such press":            {"answerCallbackQuery", []string{"callback_query_id=1"}, 400, "query is too old"},
		"no such message to take":  {"deleteMessage", []string{to, "message_id=9"}, 400, "message to delete not found"},
	} {
		code, text, _ := ask(t, g, c.method, c.params...)
		if heard := w.heard(); code != c.code || !strings.Contains(text, c.text) || heard != "" {
			t.Errorf("%s: %d %q, faults %q", name, code, text, heard)
		}
	}
}

func TestUpdatesStayUntilTheyAreConfirmed(t *testing.T) {
	g, w := witnessed(t)
	u := g.User("Анна")
	u.Says("раз")
	u.Says("два")
	numbers := func(params ...string) (ids []int64) {
		_, _, result := ask(t, g, "getUpdates", params...)
		var list []struct {
			ID int64 `json:"update_id"`
		}
		if err := json.Unmarshal(result, &list); err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			ids = append(ids, one.ID)
		}
		return ids
	}
	first := numbers()
	if again := numbers(); len(first) != 2 || fmt.Sprint(again) != fmt.Sprint(first) {
		t.Errorf("%v, then %v", first, again)
	}
	if rest := numbers(fmt.Sprint("offset=", first[1])); len(rest) != 1 || rest[0] != first[1] || g.Waiting() != 1 {
		t.Errorf("%v", rest)
	}
	if rest := numbers("limit=1", fmt.Sprint("offset=", first[1]+1)); len(rest) != 0 || g.Waiting() != 0 {
		t.Errorf("%v", rest)
	}
	done := make(chan int, 1)
	go func() {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, Near+"/bot"+g.Token()+"/getUpdates?timeout=30", nil)
		if err != nil {
			done <- 0
			return
		}
		resp, err := g.Client().Do(r)
		if err != nil {
			done <- 0
			return
		}
		resp.Body.Close()
		done <- resp.StatusCode
	}()
	g.wait("the poll", func() bool { return len(g.calls) == 5 && g.polling != nil })
	time.Sleep(10 * time.Millisecond)
	numbers() // a second poller
	if code := <-done; code != http.StatusConflict {
		t.Errorf("the first poller is told %d", code)
	}
	if heard := w.heard(); heard != "" {
		t.Error(heard)
	}
}

func TestAPressThatNobodyAnswersFailsTheTest(t *testing.T) {
	g, w := witnessed(t)
	u := g.User("Анна").Opens()
	ask(t, g, "sendMessage", "chat_id="+u.Peer().Chat, "text=x", `reply_markup={"inline_keyboard":[[{"text":"Да","callback_data":"y"}]]}`)
	u.Presses("Да")
	if g.close(); w.heard() != "" {
		t.Error("the bot does not have it yet")
	}
	ask(t, g, "getUpdates")
	if g.close(); !strings.Contains(w.heard(), "never answered") {
		t.Error("nobody noticed")
	}
	g.Forgive()
	if g.close(); w.heard() != "" {
		t.Error("it was forgiven")
	}
}

func TestAScreenReadsLikeAChat(t *testing.T) {
	g, _ := witnessed(t)
	u := g.User("Анна").Opens()
	u.SendsPhoto(JPEG(1), "Яма\nу дома")
	u.SendsLocation(58.6, 49.66)
	u.SendsSticker()
	ask(t, g, "sendMessage", "chat_id="+u.Peer().Chat, "text=Где это?", `reply_markup={"inline_keyboard":[[{"text":"Район","callback_data":"a"},{"text":"Отмена","callback_data":"b"}]]}`)
	want := "Анна: [фото] Яма\n  у дома\nАнна: [точка 58.6, 49.66]\nАнна: [sticker]\nОтклик: Где это?\n  [Район] [Отмена]\n"
	if got := u.Screen(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
