package desk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"otklik/bot"
	"otklik/bot/bottest"
)

// contrast measures every text against the ground that it stands on and names those under the AA ratio.
const contrast = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] / 255 + below[i] * (1 - top[3] / 255));
  const ground = (n) => { const layers = []; for (; n; n = n.parentElement) layers.push(rgba(getComputedStyle(n).backgroundColor)); return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]); };
  const bad = [];
  for (const n of document.querySelectorAll("body *")) {
    if (!n.checkVisibility({ opacityProperty: true }) || n.closest("svg, .hidden, [disabled]") || ![...n.childNodes].some((c) => c.nodeType === 3 && c.data.trim())) continue;
    const [a, b] = [light(rgba(getComputedStyle(n).color)), light(ground(n))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push(n.tagName + "." + n.className + " " + ratio.toFixed(2) + " " + n.textContent.slice(0, 30));
  }
  return bad.join("; ");
})()`

func TestAMessageThatCannotBeKeptIsTriedAgain(t *testing.T) {
	for _, on := range screens[1:3] {
		t.Run(on.Name, func(t *testing.T) {
			s := setUp(t, nil)
			s.script, s.noise = s.canned, true
			b := s.browser(on, "?lang=ru")
			s.keeper.fail(errors.New("the disk is full"))
			b.Write("#chair-anna textarea", "Упало дерево"+kb.Enter)
			b.Until(`document.querySelector("#chair-anna .unsent .fault")`)
			b.Shoot("late " + on.Name)
			s.keeper.fail(nil)
			b.Until(`!document.querySelector("#chair-anna .unsent") && document.querySelector("#anna-2")`)
			if got := s.updates(); len(got) != 1 || got[0].Text != "Упало дерево" {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestWordsFollowThePress: what is written may answer what the press asks, so a slow press arrives first; one that
// fails holds nothing up for good.
func TestWordsFollowThePress(t *testing.T) {
	s := setUp(t, nil)
	s.script, s.noise = s.canned, true
	b := s.browser(screens[0], "?lang=ru")
	b.Write("#chair-anna textarea", "раз"+kb.Enter)
	b.Until(`document.querySelector("#anna-2 .key")`)
	for _, press := range []string{`new Promise(done => setTimeout(done, 700))`, `Promise.reject(new Error("no connection"))`} {
		b.Do(chromedp.Evaluate[chromedp.Void](`window.whole ??= fetch;
			window.fetch = async (path, o) => { if (path.endsWith("/press")) await ` + press + `; return whole(path, o); }`))
		b.Click("#anna-2 .row:nth-child(2) .key")
		b.Write("#chair-anna textarea", "два"+kb.Enter)
		b.Until(`!document.querySelector("#chair-anna .unsent") && [...document.querySelectorAll("#chair-anna .mine .text")].at(-1).textContent === "два"`)
		b.Write("#chair-anna textarea", "три"+kb.Enter)
		b.Until(`[...document.querySelectorAll("#chair-anna .mine .text")].at(-1).textContent === "три"`)
	}
	var got []string
	for _, u := range s.updates() {
		got = append(got, string(u.Kind)+u.Text)
	}
	if got := strings.Join(got, "|"); got != "writtenраз|pressed|writtenдва|writtenтри|writtenдва|writtenтри" {
		t.Error(got)
	}
}

func TestAnOpenPageOutlivesTheProgram(t *testing.T) {
	s := setUp(t, nil)
	s.script = s.canned
	s.noise = true // the browser says that it lost the connection
	b := s.browser(screens[0], "?lang=ru")
	b.Write("#chair-anna textarea", "раз"+kb.Enter)
	b.Until(`document.querySelector("#anna-2")`)
	s.stop()
	b.Until(`document.querySelector(".line.off")`)
	b.Write("#chair-anna textarea", "два, пока программы нет"+kb.Enter)
	b.Until(`document.querySelector("#chair-anna .unsent .fault")`)
	b.Shoot("offline desk light")
	b.Do(chromedp.Evaluate[chromedp.Void](`window.stays = true`))
	s.start(nil)
	b.Until(`!document.querySelector(".line.off") && document.querySelector("#anna-4") && !document.querySelector("#chair-anna .unsent")`)
	if !bottest.Ask[bool](b, `window.stays === true`) {
		t.Error("the page was loaded anew")
	}
	var got []string
	for _, u := range s.updates() {
		got = append(got, u.Text)
	}
	if strings.Join(got, "|") != "раз|два, пока программы нет" {
		t.Error(got)
	}
}

func TestAPhoneShowsOneChairAndMarksTheOthers(t *testing.T) {
	s := setUp(t, nil)
	b := s.browser(screens[2], "?lang=ru")
	for i := range 3 {
		s.tell("curator", bot.Message{Text: fmt.Sprint("Новое обращение ", i)})
	}
	b.Until(`document.querySelector("#tab-curator .unread").textContent === "3"`)
	if n := bottest.Ask[int](b, `[...document.querySelectorAll(".chair")].filter(c => c.offsetParent).length`); n != 1 {
		t.Errorf("%d chairs are shown", n)
	}
	if got := bottest.Ask[string](b, `document.querySelector("#tab-curator").getAttribute("aria-label")`); got != "Ирина Ветошкина, непрочитанных: 3" {
		t.Error(got)
	}
	b.Do(chromedp.Focus(chromedp.CSS("#tab-anna")), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	b.Until(`document.querySelector("#chair-curator").offsetParent && document.querySelector("#tab-curator .unread").hidden && document.activeElement.id === "tab-curator"`)
	b.Do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#chair-curator.chosen")))
	b.Until(`document.querySelector("#tab-curator .unread").hidden`)
}

func TestAnInvitationAsksWhoTakesIt(t *testing.T) {
	s := setUp(t, nil)
	b := s.browser(screens[2], "?lang=ru&start=iAbc_123")
	b.Until(`document.querySelector(".start-box")?.open`)
	b.Shoot("start phone light")
	b.Click(`.start-box .choices button:nth-child(4)`)
	b.Until(`document.querySelector("#district-1 .text")?.textContent === "/start iAbc_123"`)
	if got := bottest.Ask[string](b, `location.search`); got != "?lang=ru" {
		t.Errorf("the word is used up, but the address says %s", got)
	}
	b.Do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#district-1")))
	if bottest.Ask[bool](b, `!!document.querySelector("dialog")`) {
		t.Error("it asks again")
	}
}

func TestTheKeyboardIsEnough(t *testing.T) {
	s := setUp(t, nil)
	s.script = s.canned
	b := s.browser(screens[0], "?lang=ru")
	focused := func() string {
		return bottest.Ask[string](b, `(() => { const n = document.activeElement; if (n === document.body) return ""; const o = getComputedStyle(n); return (n.getAttribute("aria-label") || n.textContent) + (parseFloat(o.outlineWidth) > 0 && o.outlineStyle !== "none" ? "" : " WITHOUT A RING"); })()`)
	}
	var seen []string
	for range 40 {
		b.Do(chromedp.KeyEvent(kb.Tab))
		seen = append(seen, focused())
	}
	all := strings.Join(seen, "|")
	if strings.Contains(all, "WITHOUT") {
		t.Errorf("focus cannot be seen: %s", all)
	}
	for _, want := range []string{"RU", "EN", "Третий день нет света в подъезде", "Сообщение от имени: Анна Кузнецова", "Сообщение от имени: Светлана Рычкова"} {
		if !strings.Contains(all, want) {
			t.Errorf("Tab never comes to %q: %s", want, all)
		}
	}
}

func TestMiddlingScreens(t *testing.T) {
	for _, width := range []int64{768, 1024, 1920} {
		on := bottest.View{Name: fmt.Sprint("width ", width), Width: width, Height: 800, Scheme: "light"}
		t.Run(on.Name, func(t *testing.T) {
			s := setUp(t, nil)
			s.conversation()
			b := s.browser(on, "?lang=en")
			b.Shoot(on.Name)
			if over := bottest.Ask[bool](b, `document.documentElement.scrollWidth > innerWidth`); over {
				t.Error("the page is wider than the screen")
			}
			if n := bottest.Ask[float64](b, `Math.min(...[...document.querySelectorAll(".chair")].map(c => c.clientWidth))`); n < 280 {
				t.Errorf("a column of %v px", n)
			}
		})
	}
}

// TestSixChairsFitALaptop: the chairs of the built-in pack stand side by side, none of them cut off, and can be read.
func TestSixChairsFitALaptop(t *testing.T) {
	six := append(slices.Clone(office), Chair{ID: "group", Name: "Слободской. Подслушано", Role: Group, Title: "Группа района"})
	for _, on := range []bottest.View{screens[0], screens[1], {Name: "width 1400", Width: 1400, Height: 800, Scheme: "light"}} {
		t.Run(on.Name, func(t *testing.T) {
			s := setUp(t, func(o *Options) { o.Chairs = six })
			s.conversation()
			b := s.browser(on, "?lang=ru")
			b.Until(`document.getElementById("district-1")`)
			b.Shoot("six " + on.Name)
			if cut := bottest.Ask[string](b, `[...document.querySelectorAll(".chair")].filter(c => { const r = c.getBoundingClientRect(); return r.left < 0 || r.right > innerWidth + 0.5 || r.width < 230; }).map(c => c.id).join(" ")`); cut != "" {
				t.Errorf("cut off: %s", cut)
			}
			if bottest.Ask[bool](b, `(d => d.scrollWidth > d.clientWidth)(document.getElementById("desk"))`) {
				t.Error("the chairs scroll sideways")
			}
			if over := bottest.Ask[string](b, `[...document.querySelectorAll(".chair *")].filter(n => n.offsetParent && !n.closest("svg") && n.getBoundingClientRect().right > n.closest(".chair").getBoundingClientRect().right + 1).map(n => n.className).join(" ")`); over != "" {
				t.Errorf("reaches out of its column: %s", over)
			}
			if room := bottest.Ask[float64](b, `Math.min(...["anna", "petr", "curator", "district"].map(id => Math.max(...[...document.querySelectorAll("#chair-" + id + " .text")].map(n => n.clientWidth))))`); room < 185 {
				t.Errorf("words have %v px", room)
			}
			if room := bottest.Ask[float64](b, `Math.min(...[...document.querySelectorAll(".inputs textarea")].map(n => n.clientWidth))`); room < 120 {
				t.Errorf("what is written has %v px", room)
			}
		})
	}
}

func TestTimesAreTheRegionsOwn(t *testing.T) {
	at := time.Date(2026, 11, 23, 20, 30, 0, 0, time.UTC) // a day later in the zone
	s := setUp(t, func(o *Options) {
		o.Zone = time.FixedZone("Asia/Yekaterinburg", 5*3600)
		o.Now = func() time.Time { return at }
	})
	s.tell("anna", bot.Message{Text: "раз"})
	at = at.Add(-2 * time.Hour)
	s.tell("petr", bot.Message{Text: "два"})
	b := s.browser(screens[0], "?lang=ru")
	got := bottest.Ask[string](b, `[...document.querySelectorAll("#chair-anna .message time, #chair-anna .day, #chair-petr .message time, #chair-petr .day")].map(n => n.textContent).join("|")`)
	if !strings.Contains(got, "|01:30|") || !strings.HasSuffix(got, "|23:30") || strings.HasPrefix(got, strings.Split(got, "|")[2]) {
		t.Error(got)
	}
}

func TestWhoReadsAboveIsNotTornAway(t *testing.T) {
	s := setUp(t, nil)
	for i := range 30 {
		s.tell("anna", bot.Message{Text: fmt.Sprint("сообщение ", i)})
	}
	b := s.browser(screens[2], "?lang=ru")
	b.Until(`(n => n.scrollHeight - n.scrollTop - n.clientHeight < 5)(document.querySelector("#chair-anna .stream"))`)
	b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#chair-anna .stream").scrollTop = 100`))
	b.Until(`!document.querySelector("#chair-anna .to-end").hidden`)
	s.tell("anna", bot.Message{Text: "новое"})
	b.Until(`document.querySelector("#chair-anna .to-end .count").textContent === "1"`)
	if top := bottest.Ask[float64](b, `document.querySelector("#chair-anna .stream").scrollTop`); top != 100 {
		t.Errorf("torn away to %v", top)
	}
	if _, err := s.desk.Edit(t.Context(), peer("anna"), "29", bot.Message{Text: "изменилось"}, "e", nil); err != nil {
		t.Fatal(err)
	}
	b.Until(`document.querySelector("#chair-anna button.toast")?.textContent === "Карточка обновилась"`)
	b.Click("#chair-anna .to-end")
	b.Until(`document.querySelector("#chair-anna .to-end").hidden`)
}
