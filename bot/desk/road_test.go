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
)

func TestThePageShowsEveryChair(t *testing.T) {
	for _, on := range screens {
		t.Run(on.name, func(t *testing.T) {
			s := setUp(t, nil)
			b := s.browser(on, "?lang=ru")
			b.shoot("empty " + on.name)
			s.conversation()
			b.until(`document.getElementById("district-1")`)
			b.shoot("talk " + on.name)
			if got := ask[int](b, `document.querySelectorAll(".chair").length`); got != len(office) {
				t.Errorf("%d chairs", got)
			}
			if over := ask[bool](b, `document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll(".chair *")].some(n => n.offsetParent && n.closest(".stream") && n.getBoundingClientRect().right > n.closest(".stream").getBoundingClientRect().right + 1)`); over {
				t.Error("something reaches out of its column")
			}
			if small := ask[string](b, `[...document.querySelectorAll("body *")].filter(n => n.offsetParent && [...n.childNodes].some(c => c.nodeType === 3 && c.data.trim()) && !n.closest("svg") && parseFloat(getComputedStyle(n).fontSize) < 15).map(n => n.className + ":" + n.textContent).join("; ")`); small != "" {
				t.Errorf("text under 15 px: %s", small)
			}
			if bad := ask[string](b, contrast); bad != "" {
				t.Errorf("too faint: %s", bad)
			}
			b.click(".chair.chosen .tool[aria-haspopup]")
			b.click(".chair.chosen .menu [role=menuitem]:nth-child(2)")
			b.until(`document.querySelector(".region")`)
			b.write(".place-box input", "ки")
			b.until(`document.querySelectorAll(".results button").length`)
			if bad := ask[string](b, contrast); bad != "" {
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
		t.Run(on.name, func(t *testing.T) {
			s := setUp(t, nil)
			s.script = s.canned
			if err := s.desk.SetCommands(t.Context(), bot.Peer{}, "ru", []bot.Command{{Name: "new", Description: "сообщить о проблеме"}, {Name: "my", Description: "мои обращения"}, {Name: "help", Description: "что я умею"}}); err != nil {
				t.Fatal(err)
			}
			b := s.browser(on, "?lang=ru")
			chair := "#chair-anna "

			b.click(chair + ".starter:nth-child(2)")
			b.until(`document.getElementById("anna-2")`)
			b.write(chair+"textarea", "<img src=x onerror=alert(1)> Люк открыт <b>у школы</b>"+kb.Enter)
			b.until(`document.querySelector("#anna-3 .text")?.textContent === "<img src=x onerror=alert(1)> Люк открыт <b>у школы</b>"`)

			b.click("#anna-4 .row:first-child .key:first-child")
			b.until(`document.querySelector("#anna-4 .text").textContent.includes("передано") && !document.querySelector("#anna-4 .key") && document.querySelector("#anna-4").classList.contains("changed")`)
			b.shoot("changed " + on.name)
			b.click("#anna-2 .row:nth-child(2) .key")
			b.until(`document.querySelector("` + chair + `.toast")?.textContent === "Спросил у жителя, ответ придёт сюда"`)
			b.shoot("toast " + on.name)
			b.click("#anna-2 .row:first-child .key:nth-child(2)")
			b.until(`document.querySelector(".alert-box")?.open === true`)
			b.shoot("alert " + on.name)
			b.click(".alert-box .main")
			b.until(`!document.querySelector("dialog")`)

			b.do(chromedp.SetUploadFiles(chromedp.CSS(chair+"input[type=file]"), s.snapshots(3)))
			b.until(`document.querySelectorAll("` + chair + `.tray li:not([aria-busy])").length === 3`)
			b.shoot("tray " + on.name)
			b.write(chair+"textarea", "Вот как там сейчас"+kb.Enter)
			b.until(`document.querySelectorAll("#anna-6 .photo img").length === 3 && document.querySelector("#anna-6 img").naturalWidth === 800`)
			b.click("#anna-6 .photo:nth-child(2)")
			b.until(`document.querySelector(".lightbox img").naturalWidth === 800`)
			b.shoot("lightbox " + on.name)
			b.do(chromedp.KeyEvent(kb.Escape))
			b.until(`!document.querySelector("dialog")`)

			b.click(chair + ".tool[aria-haspopup]")
			b.shoot("menu " + on.name)
			b.do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter))
			b.until(`document.querySelector(".place-box")?.open === true && !!document.querySelector(".region")`)
			b.write(".place-box input", "клю")
			b.until(`document.querySelectorAll(".results button").length === 2`)
			b.click(".results li:nth-child(2) button")
			b.shoot("place " + on.name)
			b.click(".place-box .main")
			b.until(`document.querySelector("#anna-8 .text")?.textContent === "Место записал. Ключи, Уржумский район"`)

			b.write(chair+"textarea", "/")
			b.until(`document.querySelectorAll("` + chair + `.commands button").length === 3`)
			b.shoot("commands " + on.name)
			b.write(chair+"textarea", "my"+kb.Enter)
			b.until(`document.querySelector("#anna-9 .text")?.textContent === "/my"`)
			b.until(`document.getElementById("anna-10")`)

			b.do(chromedp.KeyEvent(kb.ArrowUp))
			b.until(`document.querySelector("` + chair + `textarea").value === "/my"`)
			b.write(chair+"textarea", " все"+kb.Enter)
			b.until(`document.querySelector("#anna-11 .text")?.textContent === "Исправил: «/my все»"`)
			b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#anna-2 .reply").click()`))
			b.write(chair+"textarea", "Это ответ на карточку, и он длиннее одной строки, чтобы поле выросло вместе с ним.")
			b.shoot("reply " + on.name)
			b.do(chromedp.KeyEvent(kb.Enter))
			b.until(`document.querySelector("#anna-12 .quote")?.textContent.startsWith("Записал: «Третий день")`)

			b.until(`document.getElementById("anna-13")`)
			var got []string
			for _, u := range s.updates() {
				got = append(got, string(u.Kind)+" "+string(u.Ref)+" "+u.Data+string(u.ReplyTo))
			}
			want := "written 1 |written 3 |pressed 4 x:Принять|pressed 2 x:Спросить|pressed 2 x:Отклонить|written 5 |written 7 |written 9 |edited 9 |written 12 2"
			if strings.Join(got, "|") != want {
				t.Errorf("the engine got\n%s, want\n%s", strings.Join(got, "|"), want)
			}
			reads := `[...document.querySelectorAll("` + chair + `.message .text, ` + chair + `.message .key, ` + chair + `.message .quote")].map(n => n.textContent).join("\n")`
			before := ask[string](b, reads)
			b.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#anna-12")))
			if after := ask[string](b, reads); after != before {
				t.Errorf("after a reload the conversation reads\n%s\nit was\n%s", after, before)
			}
			b.shoot("road " + on.name)
		})
	}
}
