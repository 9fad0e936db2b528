package desk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"otklik/bot"
	"otklik/bot/bottest"
)

func TestThePageShowsEveryChair(t *testing.T) {
	for _, on := range screens {
		t.Run(on.Name, func(t *testing.T) {
			s := setUp(t, nil)
			b := s.browser(on, "?lang=ru")
			b.Shoot("empty " + on.Name)
			s.conversation()
			b.Until(`document.getElementById("district-1")`)
			b.Shoot("talk " + on.Name)
			if got := bottest.Ask[int](b, `document.querySelectorAll(".chair").length`); got != len(office) {
				t.Errorf("%d chairs", got)
			}
			if over := bottest.Ask[bool](b, `document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll(".chair *")].some(n => n.offsetParent && n.closest(".stream") && n.getBoundingClientRect().right > n.closest(".stream").getBoundingClientRect().right + 1)`); over {
				t.Error("something reaches out of its column")
			}
			if small := bottest.Ask[string](b, `[...document.querySelectorAll("body *")].filter(n => n.offsetParent && [...n.childNodes].some(c => c.nodeType === 3 && c.data.trim()) && !n.closest("svg") && parseFloat(getComputedStyle(n).fontSize) < 15).map(n => n.className + ":" + n.textContent).join("; ")`); small != "" {
				t.Errorf("text under 15 px: %s", small)
			}
			if bad := bottest.Ask[string](b, contrast); bad != "" {
				t.Errorf("too faint: %s", bad)
			}
			b.Click(".chair.chosen .tool[aria-haspopup]")
			b.Click(".chair.chosen .menu [role=menuitem]:nth-child(2)")
			b.Until(`document.querySelector(".region")`)
			b.Write(".place-box input", "ки")
			b.Until(`document.querySelectorAll(".results button").length`)
			if bad := bottest.Ask[string](b, contrast); bad != "" {
				t.Errorf("too faint: %s", bad)
			}
		})
	}
}

// canned is an engine of a few lines: it repeats what it heard on a card, and the card's button changes the card.
func (s *stage) canned(ctx context.Context, u bot.Update) error {
	to, d := u.Peer, s.desk
	switch {
	case u.Kind == bot.Written && u.Location != nil:
		_, err := d.Send(ctx, to, bot.Message{Text: "Место записал. " + u.Location.Title}, u.ID, nil)
		return err
	case u.Kind == bot.Written:
		_, err := d.Send(ctx, to, bot.Message{
			Text: "Записал: «" + u.Text + "»", Photos: u.Media, ReplyTo: u.Ref,
			Keyboard: [][]bot.Button{row("Принять", "Отклонить"), row("Спросить")},
		}, u.ID, nil)
		return err
	case u.Kind == bot.Edited:
		_, err := d.Send(ctx, to, bot.Message{Text: "Исправил: «" + u.Text + "»"}, u.ID, nil)
		return err
	case u.Kind == bot.Pressed && u.Data == "x:Отклонить":
		return d.Answer(ctx, u.Press, "Это обращение уже передала Анна К. в 14:07.\nВот как оно выглядит сейчас.", true)
	case u.Kind == bot.Pressed && u.Data == "x:Спросить":
		return d.Answer(ctx, u.Press, "Спросил у жителя, ответ придёт сюда", false)
	case u.Kind == bot.Pressed:
		if err := d.Answer(ctx, u.Press, "", false); err != nil {
			return err
		}
		_, err := d.Edit(ctx, to, u.Ref, bot.Message{Text: "№ 1042 · передано: Администрация города Кирова · 14:07, Ирина В."}, u.ID, nil)
		return err
	}
	return nil
}

func (s *stage) snapshots(n int) (paths []string) {
	s.t.Helper()
	for i := range n {
		path := filepath.Join(s.t.TempDir(), "photo.jpg")
		if err := os.WriteFile(path, picture(800, 600, i+1), 0o600); err != nil {
			s.t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func TestTheRoadIsClicked(t *testing.T) {
	for i, on := range screens {
		if i != 0 && i != 3 && os.Getenv("OTKLIK_SHOTS") == "" {
			continue // the others only differ to the eye
		}
		t.Run(on.Name, func(t *testing.T) {
			s := setUp(t, nil)
			s.script = s.canned
			if err := s.desk.SetCommands(t.Context(), bot.Peer{}, "ru", []bot.Command{{Name: "new", Description: "сообщить о проблеме"}, {Name: "my", Description: "мои обращения"}, {Name: "help", Description: "что я умею"}}); err != nil {
				t.Fatal(err)
			}
			b := s.browser(on, "?lang=ru")
			chair := "#chair-anna "

			b.Click(chair + ".starter:nth-child(2)")
			b.Until(`document.getElementById("anna-2")`)
			b.Write(chair+"textarea", "<img src=x onerror=alert(1)> Люк открыт <b>у школы</b>"+kb.Enter)
			b.Until(`document.querySelector("#anna-3 .text")?.textContent === "<img src=x onerror=alert(1)> Люк открыт <b>у школы</b>"`)

			b.Click("#anna-4 .row:first-child .key:first-child")
			b.Until(`document.querySelector("#anna-4 .text").textContent.includes("передано") && !document.querySelector("#anna-4 .key") && document.querySelector("#anna-4").classList.contains("changed")`)
			b.Shoot("changed " + on.Name)
			b.Click("#anna-2 .row:nth-child(2) .key")
			b.Until(`document.querySelector("` + chair + `.toast")?.textContent === "Спросил у жителя, ответ придёт сюда"`)
			b.Shoot("toast " + on.Name)
			b.Click("#anna-2 .row:first-child .key:nth-child(2)")
			b.Until(`document.querySelector(".alert-box")?.open === true`)
			b.Shoot("alert " + on.Name)
			b.Click(".alert-box .main")
			b.Until(`!document.querySelector("dialog")`)

			b.Do(chromedp.SetUploadFiles(chromedp.CSS(chair+"input[type=file]"), s.snapshots(3)))
			b.Until(`document.querySelectorAll("` + chair + `.tray li:not([aria-busy])").length === 3`)
			b.Shoot("tray " + on.Name)
			b.Write(chair+"textarea", "Вот как там сейчас"+kb.Enter)
			b.Until(`document.querySelectorAll("#anna-6 .photo img").length === 3 && document.querySelector("#anna-6 img").naturalWidth === 800`)
			b.Click("#anna-6 .photo:nth-child(2)")
			b.Until(`document.querySelector(".lightbox img").naturalWidth === 800`)
			b.Shoot("lightbox " + on.Name)
			b.Do(chromedp.KeyEvent(kb.Escape))
			b.Until(`!document.querySelector("dialog")`)

			b.Click(chair + ".tool[aria-haspopup]")
			b.Shoot("menu " + on.Name)
			b.Do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter))
			b.Until(`document.querySelector(".place-box")?.open === true && !!document.querySelector(".region")`)
			b.Write(".place-box input", "клю")
			b.Until(`document.querySelectorAll(".results button").length === 2`)
			b.Click(".results li:nth-child(2) button")
			b.Shoot("place " + on.Name)
			b.Click(".place-box .main")
			b.Until(`document.querySelector("#anna-8 .text")?.textContent === "Место записал. Ключи, Уржумский район"`)

			b.Write(chair+"textarea", "/")
			b.Until(`document.querySelectorAll("` + chair + `.commands button").length === 3`)
			b.Shoot("commands " + on.Name)
			b.Write(chair+"textarea", "my"+kb.Enter)
			b.Until(`document.querySelector("#anna-9 .text")?.textContent === "/my"`)
			b.Until(`document.getElementById("anna-10")`)

			b.Do(chromedp.KeyEvent(kb.ArrowUp))
			b.Until(`document.querySelector("` + chair + `textarea").value === "/my"`)
			b.Write(chair+"textarea", " все"+kb.Enter)
			b.Until(`document.querySelector("#anna-11 .text")?.textContent === "Исправил: «/my все»"`)
			b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#anna-2 .reply").click()`))
			b.Write(chair+"textarea", "Это ответ на карточку, и он длиннее одной строки, чтобы поле выросло вместе с ним.")
			b.Shoot("reply " + on.Name)
			b.Do(chromedp.KeyEvent(kb.Enter))
			b.Until(`document.querySelector("#anna-12 .quote")?.textContent.startsWith("Записал: «Третий день")`)

			b.Until(`document.getElementById("anna-13")`)
			var got []string
			for _, u := range s.updates() {
				got = append(got, string(u.Kind)+" "+string(u.Ref)+" "+u.Data+string(u.ReplyTo))
			}
			want := "written 1 |written 3 |pressed 4 x:Принять|pressed 2 x:Спросить|pressed 2 x:Отклонить|written 5 |written 7 |written 9 |edited 9 |written 12 2"
			if strings.Join(got, "|") != want {
				t.Errorf("the engine got\n%s, want\n%s", strings.Join(got, "|"), want)
			}
			reads := `[...document.querySelectorAll("` + chair + `.message .text, ` + chair + `.message .key, ` + chair + `.message .quote")].map(n => n.textContent).join("\n")`
			before := bottest.Ask[string](b, reads)
			b.Do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#anna-12")))
			if after := bottest.Ask[string](b, reads); after != before {
				t.Errorf("after a reload the conversation reads\n%s\nit was\n%s", after, before)
			}
			b.Shoot("road " + on.Name)
		})
	}
}
