package desk

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"otklik/bot"
	"otklik/bot/bottest"
)

func TestACardTellsWhenItCameAndWhenItChanged(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 5, 0, 0, time.UTC)
	s := setUp(t, func(o *Options) { o.Zone, o.Now = time.UTC, func() time.Time { return at } })
	first, second := s.tell("anna", bot.Message{Text: "раз"}), s.tell("anna", bot.Message{Text: "два"})
	change := func(ref bot.Ref) {
		if _, err := s.desk.Edit(t.Context(), peer("anna"), ref, bot.Message{Text: "три"}, fmt.Sprint(ref), nil); err != nil {
			t.Fatal(err)
		}
	}
	at = at.Add(time.Hour)
	change(first)
	at = at.Add(24 * time.Hour)
	change(second)
	change(s.tell("anna", bot.Message{Text: "четыре"})) // at once: that is no news
	b := s.browser(screens[0], "?lang=ru")
	got := bottest.Ask[string](b, `[...document.querySelectorAll("#chair-anna .about")].map(n => n.textContent).join("|")`)
	if got != "09:05· изменено 10:05|09:05· изменено 24 нояб., 10:05|10:05" {
		t.Error(got)
	}
}

func TestCommandsAndLinksInTheText(t *testing.T) {
	s := setUp(t, nil)
	if err := s.desk.SetCommands(t.Context(), bot.Peer{}, "ru", []bot.Command{{Name: "my", Description: "мои обращения"}}); err != nil {
		t.Fatal(err)
	}
	s.writes("anna", "мой /my")
	s.tell("anna", bot.Message{Text: "Все обращения: /my. Не команды: /nothing, и/my, /my/x, https://a.example/my"})
	s.tell("anna", bot.Message{Text: "(см. https://ru.wikipedia.org/wiki/Слободской_(город)), https://a.example/x). «https://b.example/»"})
	b := s.browser(screens[0], "?lang=ru")
	if got := bottest.Ask[string](b, `[...document.querySelectorAll("#chair-anna .text a")].map(n => n.textContent).join(" ")`); got != "https://a.example/my https://ru.wikipedia.org/wiki/Слободской_(город) https://a.example/x https://b.example/" {
		t.Error(got)
	}
	if got := bottest.Ask[string](b, `[...document.querySelectorAll("#chair-anna .text")][1].textContent`); !strings.HasSuffix(got, "https://a.example/my") || !strings.HasPrefix(got, "Все обращения: /my. ") {
		t.Error(got)
	}
	if n := bottest.Ask[int](b, `document.querySelectorAll("#chair-anna .command").length`); n != 1 {
		t.Errorf("%d commands", n)
	}
	b.Click("#chair-anna .command")
	b.Until(`document.querySelector("#anna-4 .text")?.textContent === "/my"`)
}

// TestOnASideTheTalkHasTheRoom: a phone on its side, the conversation at its beginning where nothing is said yet.
func TestOnASideTheTalkHasTheRoom(t *testing.T) {
	s := setUp(t, nil)
	b := s.browser(bottest.View{Name: "side", Width: 844, Height: 390, Scheme: "light"}, "?lang=ru")
	b.Shoot("side empty")
	if top := bottest.Ask[float64](b, `document.querySelector("#chair-anna .stream").scrollTop`); top != 0 {
		t.Errorf("an empty chair is scrolled to %v", top)
	}
	s.conversation()
	b.Until(`document.getElementById("district-1")`)
	b.Shoot("side talk")
	if high := bottest.Ask[float64](b, `document.querySelector("#chair-anna .stream").clientHeight`); high < 230 {
		t.Errorf("the conversation has %v px", high)
	}
	if bottest.Ask[bool](b, `document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight`) {
		t.Error("the page is larger than the screen")
	}
}

func TestTheFieldIsNearByKeyboard(t *testing.T) {
	s := setUp(t, nil)
	for i := range 30 {
		s.tell("anna", bot.Message{Text: fmt.Sprint("сообщение ", i)})
	}
	b := s.browser(screens[0], "?lang=ru")
	b.Do(chromedp.Focus(chromedp.CSS(".languages a:last-child")), chromedp.KeyEvent(kb.Tab))
	b.Shoot("skip")
	if got := bottest.Ask[string](b, `document.activeElement.textContent`); got != "К полю сообщения" {
		t.Error(got)
	}
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.Until(`document.activeElement === document.querySelector("#chair-anna textarea")`)
}

func TestTheTimeStandsBesideTheWords(t *testing.T) {
	var later atomic.Int64
	s := setUp(t, func(o *Options) { o.Now = func() time.Time { return time.Now().Add(time.Duration(later.Load())) } })
	at := s.tell("anna", bot.Message{Text: "مرحبا"})
	s.tell("anna", bot.Message{Text: "Привет"})
	b := s.browser(screens[0], "?lang=ru")
	for _, edited := range []bool{false, true} {
		for _, n := range []string{"1", "2"} {
			if bottest.Ask[bool](b, `(() => {
				const [text, about] = [document.querySelector("#anna-`+n+` .text"), document.querySelector("#anna-`+n+` .about")];
				const range = document.createRange();
				range.selectNodeContents(text.firstChild);
				const w = range.getBoundingClientRect();
				return [...about.children].some((c) => { const r = c.getBoundingClientRect(); return r.left < w.right && r.right > w.left && r.top < w.bottom - 3; });
			})()`) {
				t.Errorf("message %s, edited %v: the time stands on the words", n, edited)
			}
		}
		if !edited {
			later.Store(int64(time.Hour))
			if _, err := s.desk.Edit(t.Context(), peer("anna"), at, bot.Message{Text: "مرحبا بكم"}, "e", nil); err != nil {
				t.Fatal(err)
			}
			b.Until(`document.querySelector("#anna-1 .edited")`)
		}
	}
	b.Shoot("right to left")
}

func TestAToastIsPressedThrough(t *testing.T) {
	s := setUp(t, nil)
	s.script = s.canned
	b := s.browser(screens[0], "?lang=ru")
	b.Write(field, "раз"+kb.Enter)
	b.Until(`document.querySelector("#anna-2 .key")`)
	b.Click("#anna-2 .row:nth-child(2) .key")
	b.Until(`document.querySelector("#chair-anna p.toast")`)
	if bottest.Ask[bool](b, `(r => !!document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)?.closest(".toast"))(document.querySelector("#chair-anna .toast").getBoundingClientRect())`) {
		t.Error("the toast takes what is meant for the buttons below it")
	}
}

func TestTheTextsAreAskedForAgain(t *testing.T) {
	s := setUp(t, nil)
	s.noise = true
	b := s.browser(screens[0], "?lang=ru")
	b.Do(chromedp.Evaluate[chromedp.Void](`(async () => {
		const whole = fetch;
		let n = 0;
		window.fetch = (path, o) => path.endsWith("ru.json") && n++ === 0 ? Promise.reject(new Error("no connection")) : whole(path, o);
		window.again = (await import("/desk/web/words.js?again")).t("online");
	})()`))
	b.Until(`window.again === "На связи"`)
}

func TestATabHasNoFullStop(t *testing.T) {
	s := setUp(t, func(o *Options) {
		o.Chairs = []Chair{{ID: "group", Name: "Слободской. Подслушано", Role: Group}}
	})
	b := s.browser(screens[2], "?lang=ru")
	if got := bottest.Ask[string](b, `document.querySelector(".tab-name").textContent`); got != "Слободской" {
		t.Error(got)
	}
}
