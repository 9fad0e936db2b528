package desk

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"otklik/bot"
	"otklik/bot/bottest"
)

func TestAPressOutlivesTheCardsChange(t *testing.T) {
	s := setUp(t, nil)
	keys := [][]bot.Button{row("Принять", "Отклонить")}
	ref := s.tell("anna", bot.Message{Text: "Карточка", Keyboard: keys})
	b := s.browser(screens[0], "?lang=ru")
	b.Until(`document.getAnimations().every(a => a.playState !== "running")`)
	at := bottest.Ask[[]float64](b, `(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector("#anna-1 .key").getBoundingClientRect())`)
	mouse := func(kind input.DispatchMouseEventType) {
		b.Do(chromedp.MouseEvent(kind, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	}
	mouse("mousePressed")
	if _, err := s.desk.Edit(t.Context(), peer("anna"), ref, bot.Message{Text: "Карточка!", Keyboard: keys}, "e", nil); err != nil {
		t.Fatal(err)
	}
	b.Until(`document.querySelector("#anna-1 .text").textContent === "Карточка!"`)
	mouse("mouseReleased")
	for i := 0; i < 1200 && len(s.updates()) == 0; i++ { // the button turns for a while only
		time.Sleep(25 * time.Millisecond)
	}
	// Buttons that change are the new ones.
	if _, err := s.desk.Edit(t.Context(), peer("anna"), ref, bot.Message{Text: "Карточка", Keyboard: [][]bot.Button{row("Открыть")}}, "f", nil); err != nil {
		t.Fatal(err)
	}
	b.Until(`[...document.querySelectorAll("#anna-1 .key")].map(k => k.textContent).join() === "Открыть"`)
	if got := s.updates(); len(got) != 1 || got[0].Data != "x:Принять" {
		t.Errorf("%+v", got)
	}
}

func TestAChairOutOfSightIsMarked(t *testing.T) {
	s := setUp(t, nil)
	b := s.browser(bottest.View{Name: "width 800", Width: 800, Height: 700, Scheme: "light"}, "?lang=ru")
	s.tell("anna", bot.Message{Text: "в виду"})
	s.tell("ministry", bot.Message{Text: "не в виду"})
	b.Until(`document.querySelector("#tab-ministry .unread").textContent === "1"`)
	if bottest.Ask[bool](b, `!document.querySelector("#tab-anna .unread").hidden`) {
		t.Error("what is in sight is marked, too")
	}
	b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#desk").scrollLeft = 9999`))
	b.Until(`document.querySelector("#tab-ministry .unread").hidden`)
}

func TestAnotherTabsMessageTearsNobodyAway(t *testing.T) {
	s := setUp(t, nil)
	for i := range 30 {
		s.tell("anna", bot.Message{Text: fmt.Sprint("сообщение ", i)})
	}
	b := s.browser(screens[2], "?lang=ru")
	b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#chair-anna .stream").scrollTop = 100`))
	b.Until(`!document.querySelector("#chair-anna .to-end").hidden`)
	s.writes("anna", "из другой вкладки")
	b.Until(`document.getElementById("anna-31")`)
	if top := bottest.Ask[float64](b, `document.querySelector("#chair-anna .stream").scrollTop`); top != 100 {
		t.Errorf("torn away to %v", top)
	}
}
