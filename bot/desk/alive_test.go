package desk

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"otklik/bot"
	"otklik/bot/bottest"
)

func TestAPlaceThatIsNotFoundIsSaid(t *testing.T) {
	s := setUp(t, nil)
	b := s.browser(screens[0], "?lang=ru")
	b.Click("#chair-anna .tool[aria-haspopup]")
	b.Click("#chair-anna .menu [role=menuitem]:nth-child(2)")
	b.Write(".place-box input", "клю")
	b.Until(`document.querySelectorAll(".results button").length === 2`)
	b.Click(".results li:nth-child(2) button")
	b.Until(`!document.querySelector(".place-box .main").disabled`)
	b.Write(".place-box input", "ква")
	b.Until(`document.querySelector(".results .none")?.textContent.startsWith("Ничего не нашлось")`)
	if bottest.Ask[bool](b, `!document.querySelector(".place-box .main").disabled || document.querySelector(".choice").textContent !== ""`) {
		t.Error("the choice of the former words would be sent")
	}
}

// TestADeadConnectionIsKnown: the program stands still while its connections stay open.
func TestADeadConnectionIsKnown(t *testing.T) {
	s := setUp(t, nil)
	s.noise = true
	s.desk.beat = 200 * time.Millisecond
	b := s.browser(screens[0], "?lang=ru")
	time.Sleep(time.Second)
	if !bottest.Ask[bool](b, `document.querySelector("#line").textContent === "На связи"`) {
		t.Error("a quiet desk is taken for a dead one")
	}
	s.desk.mu.Lock() // no stream gets on
	time.Sleep(2 * time.Second)
	off := bottest.Ask[bool](b, `!!document.querySelector(".line.off")`)
	s.desk.mu.Unlock()
	if !off {
		t.Error("nothing gets through, and the page says that it is connected")
	}
	b.Until(`document.querySelector("#line").textContent === "На связи"`)
	s.tell("anna", bot.Message{Text: "снова здесь"})
	b.Until(`document.getElementById("anna-1")`)
}

func TestARequestIsNotWaitedForForEver(t *testing.T) {
	s := setUp(t, nil)
	s.noise = true
	b := s.browser(screens[0], "?lang=ru")
	b.Do(chromedp.Evaluate[chromedp.Void](`window.whole = fetch; window.fetch = (path, o) => { window.limited = o?.signal instanceof AbortSignal; return whole(path, o); }`))
	b.Click("#chair-anna .starter")
	b.Until(`document.getElementById("anna-1")`)
	if !bottest.Ask[bool](b, `window.limited`) {
		t.Error("no limit")
	}
}
