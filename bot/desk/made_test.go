package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"otklik/bot"
	"otklik/bot/bottest"
)

// maker gives a chart and a table, and what it is told to say instead.
func maker(fail *error) bot.Opener {
	return func(_ context.Context, m bot.Media) (io.ReadCloser, error) {
		switch {
		case *fail != nil:
			return nil, *fail
		case bot.Maker(m.Make) == "chart":
			return io.NopCloser(strings.NewReader(string(bottest.JPEG(1)))), nil
		case bot.Maker(m.Make) == "table":
			return io.NopCloser(strings.NewReader("а;б")), nil
		}
		return nil, &bot.Failure{Reason: bot.Never, Err: errors.New("nobody makes it")}
	}
}

func TestWhatIsMadeIsServedAnewAndNothingOfItIsKept(t *testing.T) {
	var fail error
	w, open := newWorld(t), maker(&fail)
	w.Makes(open)
	d := w.Channel(t)
	m := bot.Message{Text: "№", Photos: []bot.Media{{Make: "chart:a"}}, Files: []bot.File{{Name: "обращения.csv", Make: "table:x"}}}
	r, err := d.Send(t.Context(), peer("p0"), m, "k", open)
	if err != nil {
		t.Fatal(err)
	}
	if len(w.blobs.blobs) > 0 {
		t.Error("something was kept")
	}
	w.Channel(t) // restarted
	at := "/desk/made/p0/" + string(r.Ref)
	got := w.get(at + "/files/0")
	h := got.Header()
	if got.Code != 200 || got.Body.String() != "а;б" || h.Get("Content-Disposition") != "attachment; filename*=utf-8''%D0%BE%D0%B1%D1%80%D0%B0%D1%89%D0%B5%D0%BD%D0%B8%D1%8F.csv" ||
		h.Get("Content-Length") != "5" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
		t.Error(got.Code, got.Body, h)
	}
	if got := w.get(at + "/photos/0"); got.Code != 200 || got.Header().Get("Content-Type") != "image/jpeg" || got.Header().Get("Content-Disposition") != "" {
		t.Error(got.Code, got.Header())
	}
	for _, path := range []string{"/files/1", "/files/-1", "/photos/1", "/photos/x", "/other/0"} {
		if got := w.get(at + path); got.Code != http.StatusNotFound {
			t.Error(path, got.Code)
		}
	}
	for _, path := range []string{"/desk/made/p1/1/files/0", "/desk/made/nobody/1/files/0", fmt.Sprintf("/desk/made/p0/%s0/files/0", r.Ref)} {
		if got := w.get(path); got.Code != http.StatusNotFound {
			t.Error(path, got.Code)
		}
	}
	for fault, code := range map[error]int{errors.New("the store is busy"): 503, &bot.Failure{Reason: bot.Never, Err: errors.New("unknown")}: 404} {
		fail = fault
		if got := w.get(at + "/files/0"); got.Code != code || got.Header().Get("Content-Length") == "5" {
			t.Errorf("%v: %d %v", fault, got.Code, got.Header())
		}
	}
}

// TestWhatIsMadeIsNobodyElses: another site's page reads neither the pictures nor the files.
func TestWhatIsMadeIsNobodyElses(t *testing.T) {
	var fail error
	w, open := newWorld(t), maker(&fail)
	w.Makes(open)
	d := w.Channel(t)
	if _, err := d.Send(t.Context(), peer("p0"), bot.Message{Files: []bot.File{{Name: "x.csv", Make: "table:x"}}}, "k", open); err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(r *http.Request){
		func(r *http.Request) { r.Host = "evil.example" },
		func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
	} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost/desk/made/p0/1/files/0", nil)
		change(r)
		answer := httptest.NewRecorder()
		w.mux.ServeHTTP(answer, r)
		if answer.Code != http.StatusForbidden {
			t.Error(answer.Code)
		}
	}
}

// TestAMadePictureThatIsNoneIsLeftOut: whatever it is, the page shows no other thing in its place.
func TestAMadePictureThatIsNoneIsLeftOut(t *testing.T) {
	var fail error
	w, open := newWorld(t), maker(&fail)
	w.Makes(open)
	d := w.Channel(t)
	if _, err := d.Send(t.Context(), peer("p0"), bot.Message{Text: "№", Photos: []bot.Media{{Make: "table:x"}}}, "k", open); err != nil {
		t.Fatal(err)
	}
	if got := w.get("/desk/made/p0/1/photos/0"); got.Code != http.StatusNotFound {
		t.Error(got.Code)
	}
}

func TestThePageShowsWhatAMessageCarries(t *testing.T) {
	var fail error
	for _, on := range screens {
		t.Run(on.Name, func(t *testing.T) {
			made := maker(&fail)
			open := func(ctx context.Context, m bot.Media) (io.ReadCloser, error) {
				if bot.Maker(m.Make) == "chart" {
					return io.NopCloser(bytes.NewReader(picture(800, 500, len(m.Make)))), nil
				}
				return made(ctx, m)
			}
			s := setUp(t, func(o *Options) { o.Open = open })
			b := s.browser(on, "?lang=ru")
			for i, charts := range [][]bot.Media{nil, {{Make: "chart:a"}, {Make: "chart:bb"}}} {
				_, err := s.desk.Send(t.Context(), peer(office[0].ID), bot.Message{Text: "Отчёт за ноябрь", Photos: charts, Keyboard: [][]bot.Button{row("Дальше")},
					Files: []bot.File{{Name: "обращения 2026-11, все районы и все темы, с ответами.xlsx", Make: "table:x"}}}, fmt.Sprint(i), open)
				if err != nil {
					t.Fatal(err)
				}
			}
			b.Until(`document.querySelectorAll(".photo img").length === 2 && [...document.querySelectorAll(".photo img")].every(i => i.complete && i.naturalWidth === 800)`)
			b.Shoot("made " + on.Name)
			b.Until(`(fetch(document.querySelector(".files a").href).then(r => r.text()).then(text => (window.downloaded = text)), window.downloaded === "а;б")`)
			if got := bottest.Ask[string](b, `document.querySelector(".files a").getAttribute("aria-label")`); got != "Скачать обращения 2026-11, все районы и все темы, с ответами.xlsx, 0,1 КБ" {
				t.Error(got)
			}
			if bad := bottest.Ask[string](b, contrast); bad != "" {
				t.Errorf("too faint: %s", bad)
			}
			if over := bottest.Ask[bool](b, `document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll(".files *")].some(n => n.getBoundingClientRect().right > n.closest(".bubble").getBoundingClientRect().right + 1)`); over {
				t.Error("something reaches out of its bubble")
			}
		})
	}
}
