package open_test

import (
	"encoding/csv"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"otklik/flows/flowtest"
	"otklik/flows/open"
	"otklik/storage"
)

const played = `
Анна: Яма на дороге у дома, звоните 8 912 345-67-89, Киров, Ленина 12
Анна ▸ ✓ Отправить
Ольга: /assign 1 adm-kirov
Пётр: /close 1 Заделали, мастер Кузьмич
Ольга: /approve 1
Иван: Мусор не вывозят, пгт Кумены, Садовая 3
Иван ▸ ✓ Отправить
Анна: Не горит фонарь, Киров, Мира 1
Анна ▸ ✓ Отправить
`

// site serves the page of a play.
func site(t *testing.T) (*flowtest.Stage, http.Handler) {
	t.Helper()
	s := flowtest.New(t)
	s.Play(played)
	mux := http.NewServeMux()
	open.New(open.Options{Pack: s.Engine.Pack, Store: s.Store, Voice: s.Engine.Voice, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return s.Now }}).Routes(mux)
	return s, mux
}

func get(t *testing.T, h http.Handler, target string, head ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func body(t *testing.T, h http.Handler, target string, head ...string) string {
	t.Helper()
	answer := get(t, h, target, head...)
	raw, err := io.ReadAll(answer.Body)
	if err != nil || answer.Code != http.StatusOK {
		t.Fatalf("%s: %d, %v", target, answer.Code, err)
	}
	return string(raw)
}

// TestTheFiguresAreThoseOfTheStore: by district, by topic, and of one of them alone.
func TestTheFiguresAreThoseOfTheStore(t *testing.T) {
	s, h := site(t)
	topic := ""
	if err := s.Store.View(t.Context(), func(tx *storage.Tx) error {
		inc, err := tx.Incident(1)
		topic = inc.Topic
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string][]string{
		"/open/figures.csv":                                        {"municipality kirov 2 1 0 1 0", "municipality kumensky 1 0 0 1 0", "topic " + topic + " 1 1 0 0 0"},
		"/open/figures.csv?municipality=kumensky":                  {"municipality kirov 2 1 0 1 0"},
		"/open/figures.csv?topic=" + topic:                         {"municipality kirov 1 1 0 0 0", "municipality kumensky 0 0 0 0 0"},
		"/open/figures.csv?municipality=kumensky&topic=" + topic:   {"municipality kumensky 0 0 0 0 0"},
		"/open/figures.csv?period=year&municipality=kirov&lang=en": {"topic " + topic + " 1 1 0 0 0"},
	} {
		lines, err := csv.NewReader(strings.NewReader(body(t, h, target))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, l := range lines {
			all = append(all, strings.Join(append([]string{l[0], l[1]}, l[5:]...), " "))
		}
		for _, w := range want {
			if !strings.Contains(strings.Join(all, "\n")+"\n", w+"\n") {
				t.Errorf("%s: no %q in\n%s", target, w, strings.Join(all, "\n"))
			}
		}
		if strings.Contains(target, "municipality=kumensky") && strings.Contains(strings.Join(all, "\n"), "topic "+topic) {
			t.Errorf("%s: another district's topic", target)
		}
	}
	page := body(t, h, "/open?municipality=kirov")
	for _, want := range []string{"<h1>Киров</h1>", "<dd>2</dd>", `<html lang="ru">`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}

// TestNothingOfAnybodyIsOnThePage, and nothing is asked for from elsewhere.
func TestNothingOfAnybodyIsOnThePage(t *testing.T) {
	_, h := site(t)
	for _, target := range []string{"/open", "/open?lang=en&period=year", "/open?municipality=kirov&embed=1", "/open/figures.csv"} {
		page := body(t, h, target)
		for _, word := range []string{"Анна", "Ветров", "Иван", "Пётр", "Кузьмич", "Ленина", "Садовая", "345", "у дома", "//", "<script", "src=", "@import", "url("} {
			if strings.Contains(page, word) {
				t.Errorf("%s holds %q", target, word)
			}
		}
	}
	if csp := get(t, h, "/open").Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-") {
		t.Error(csp)
	}
}

// TestThePageIsReadByEverybody: each table has its caption and its scopes, each link a name, the language is told.
func TestThePageIsReadByEverybody(t *testing.T) {
	_, h := site(t)
	for lang, word := range map[string]string{"ru": "Где и сколько", "en-GB,en;q=0.9": "Where and how many", "fr": "Где и сколько"} {
		page := body(t, h, "/open", "Accept-Language", lang)
		if !strings.Contains(page, word) {
			t.Errorf("%s: no %q", lang, word)
		}
		if n := strings.Count(page, "<table>"); n != 2 || strings.Count(page, "<caption>") != n {
			t.Errorf("%d tables", n)
		}
		if th := strings.Count(page, "<th"); th != strings.Count(page, "<th scope=")+strings.Count(page, "<thead") {
			t.Error("a heading without scope")
		}
		for _, a := range regexp.MustCompile(`(?s)<a [^>]*>(.*?)</a>`).FindAllStringSubmatch(page, -1) {
			if inner := strings.TrimSpace(regexp.MustCompile(`<(path|circle)[^>]*>`).ReplaceAllString(a[1], "")); inner == "" {
				t.Errorf("a link without a name: %s", a[0])
			}
		}
	}
	for target, want := range map[string]int{"/open?topic=nothing": 404, "/open?municipality=moscow": 404, "/open?period=century": 200, "/open?lang=xx": 200, "/open/else": 404} {
		if got := get(t, h, target).Code; got != want {
			t.Errorf("%s: %d, want %d", target, got, want)
		}
	}
}

// TestItIsCountedOnceInFiveMinutes, and who has it already is told so.
func TestItIsCountedOnceInFiveMinutes(t *testing.T) {
	s, h := site(t)
	first := get(t, h, "/open/figures.csv")
	s.Play("Иван: Мусор не вывозят, Киров, Попова 3\nИван ▸ ✓ Отправить\n")
	tag := first.Header().Get("ETag")
	if again := get(t, h, "/open/figures.csv", "If-None-Match", tag); again.Code != http.StatusNotModified {
		t.Errorf("at once: %d", again.Code)
	}
	s.Pass(s.Now.Add(5 * time.Minute))
	if again := get(t, h, "/open/figures.csv", "If-None-Match", tag); again.Code != http.StatusOK {
		t.Errorf("after five minutes: %d", again.Code)
	}
}

// TestHalfIsInTheWordsOfStats: what took minutes took no «0 days».
func TestHalfIsInTheWordsOfStats(t *testing.T) {
	for after, want := range map[string][2]string{
		"@ +6m\n":    {"6 мин", "6 min"},
		"@ +5h\n":    {"5 ч", "5 h"},
		"@ +24h\n":   {"24 ч", "24 h"},
		"@ +1440h\n": {"61,2 дн.", "61.2 days"},
	} {
		s := flowtest.New(t)
		s.Play("Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\nОльга: /assign 1 adm-kirov\n" + after + "Пётр: /close 1 Заделали.\nОльга: /approve 1\n")
		mux := http.NewServeMux()
		open.New(open.Options{Pack: s.Engine.Pack, Store: s.Store, Voice: s.Engine.Voice, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return s.Now }}).Routes(mux)
		for i, lang := range []string{"ru", "en"} {
			if page := body(t, mux, "/open?lang="+lang); !strings.Contains(page, "<dd>"+want[i]+"</dd>") {
				t.Errorf("%q, %s: no %q in %s", after, lang, want[i], regexp.MustCompile("<dd>[^<]*</dd>").FindAllString(page, -1))
			}
		}
	}
}

// TestEveryDotIsSeen: a town and the district around it have one centre, and each its own dot.
func TestEveryDotIsSeen(t *testing.T) {
	_, h := site(t)
	type dot struct{ x, y, r float64 }
	var dots []dot
	for _, m := range regexp.MustCompile(`<circle [^>]*cx="([^"]+)" cy="([^"]+)" r="([^"]+)"`).FindAllStringSubmatch(body(t, h, "/open"), -1) {
		var d dot
		for i, into := range []*float64{&d.x, &d.y, &d.r} {
			var err error
			if *into, err = strconv.ParseFloat(m[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		dots = append(dots, d)
	}
	if len(dots) < 40 {
		t.Fatalf("%d dots", len(dots))
	}
	for i, a := range dots {
		for _, b := range dots[:i] {
			if far := math.Hypot(a.x-b.x, a.y-b.y); far < 0.9*(a.r+b.r) {
				t.Errorf("%v and %v lie %.1f apart", a, b, far)
			}
		}
	}
}

// TestTheTableIsForSpreadsheets: without a mark at its beginning they take it for another alphabet.
func TestTheTableIsForSpreadsheets(t *testing.T) {
	_, h := site(t)
	if got := body(t, h, "/open/figures.csv"); !strings.HasPrefix(got, "\ufeffkind,") {
		t.Errorf("%.30q", got)
	}
	if page := body(t, h, "/open?lang=en"); strings.ContainsAny(page, "«»") {
		t.Error("the English page has Russian quotes")
	}
}
