package desk

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"otklik/bot"
	"otklik/bot/bottest"
)

// What somebody has written or chosen is theirs until it is sent: these tests hold the page to it.

const field = "#chair-anna textarea"

func (s *stage) texts() string {
	var got []string
	for _, u := range s.updates() {
		got = append(got, string(u.Kind)+":"+u.Text+strings.Repeat("+", len(u.Media)))
	}
	return strings.Join(got, "|")
}

func TestAMessageWaitsForItsPhoto(t *testing.T) {
	s := setUp(t, nil)
	s.noise = true
	b := s.browser(screens[0], "?lang=ru")
	s.stop()
	b.Until(`document.querySelector(".line.off")`)
	b.Do(chromedp.SetUploadFiles(chromedp.CSS("#chair-anna input[type=file]"), s.snapshots(1)))
	b.Write(field, "Яма, вот фото"+kb.Enter)
	time.Sleep(4 * time.Second) // more than three tries take
	b.Shoot("photo waits")
	if bottest.Ask[bool](b, `document.querySelectorAll("#chair-anna .tray img").length !== 1 || !!document.querySelector("#chair-anna .unsent")`) {
		t.Fatal("the photo is gone, or the words leave without it")
	}
	s.start(nil)
	b.Until(`document.querySelector("#anna-1 .photo") && !document.querySelector("#chair-anna .unsent") && !document.querySelector("#chair-anna .tray img")`)
	if got := s.texts(); got != "written:Яма, вот фото+" {
		t.Error(got)
	}
	if left := bottest.Ask[string](b, `document.querySelector("`+field+`").value`); left != "" {
		t.Errorf("left in the field: %q", left)
	}
}

func TestAPhotoThatIsNoneKeepsTheWords(t *testing.T) {
	s := setUp(t, nil)
	s.noise = true
	b := s.browser(screens[0], "?lang=ru")
	path := filepath.Join(t.TempDir(), "note.jpg")
	if err := os.WriteFile(path, []byte("no photo"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Do(slow("/desk/photos", 700), chromedp.SetUploadFiles(chromedp.CSS("#chair-anna input[type=file]"), []string{path}))
	b.Write(field, "вот фото"+kb.Enter)
	b.Until(`document.querySelector("#chair-anna .toast")?.textContent.startsWith("Это не фотография")`)
	if got := bottest.Ask[string](b, `document.querySelector("`+field+`").value`); got != "вот фото" || s.texts() != "" {
		t.Errorf("the field has %q, sent was %q", got, s.texts())
	}
	b.Write(field, kb.Enter)
	b.Until(`document.getElementById("anna-1")`)
}

// slow lets the page's requests to an address start only after a time in milliseconds.
func slow(path string, ms int) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](`window.whole ??= fetch;
		window.fetch = async (path, o) => { if (path.endsWith("` + path + `")) await new Promise(done => setTimeout(done, ` + strconv.Itoa(ms) + `)); return whole(path, o); }`)
}

func TestWordsWrittenWhileAPhotoGoesUpStay(t *testing.T) {
	s := setUp(t, nil)
	b := s.browser(screens[0], "?lang=ru")
	b.Do(slow("/desk/photos", 1500), chromedp.SetUploadFiles(chromedp.CSS("#chair-anna input[type=file]"), s.snapshots(1)))
	b.Write(field, "раз"+kb.Enter)
	b.Write(field, " два")
	b.Until(`document.querySelector("#anna-1 .photo") && !document.querySelector("#chair-anna .tray img")`)
	if got := bottest.Ask[string](b, `document.querySelector("`+field+`").value`); s.texts() != "written:раз+" || strings.TrimSpace(got) != "два" {
		t.Errorf("sent %q, the field has %q", s.texts(), got)
	}
	// An edit that is begun meanwhile is another matter: the message waits with its photo.
	b.Do(chromedp.SetUploadFiles(chromedp.CSS("#chair-anna input[type=file]"), s.snapshots(1)))
	b.Write(field, kb.Enter)
	b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#anna-1 .edit").click()`))
	b.Until(`document.querySelector("#chair-anna .tray li:not([aria-busy]) img")`)
	b.Write(field, "!"+kb.Enter)
	b.Until(`document.querySelector("#anna-1 .text").textContent === "раз!"`)
	b.Until(`document.querySelector("` + field + `").value.trim() === "два" && document.querySelectorAll("#chair-anna .tray img").length === 1`)
	b.Write(field, kb.Enter)
	b.Until(`document.querySelector("#anna-2 .photo")`)
	if got := s.texts(); got != "written:раз+|edited:раз!+|written:два+" {
		t.Error(got)
	}
}

// TestTwoTabsKeepEachOthersMessages: a second outbox over the same storage is what a second tab has.
func TestTwoTabsKeepEachOthersMessages(t *testing.T) {
	s := setUp(t, nil)
	s.noise = true
	b := s.browser(screens[0], "?lang=ru")
	s.keeper.fail(os.ErrInvalid)
	b.Do(chromedp.Evaluate[chromedp.Void](`import("/desk/web/api.js").then(({ Outbox }) => window.other = new Outbox("anna", () => {}))`))
	b.Until(`window.other`)
	b.Write(field, "из первой"+kb.Enter)
	b.Until(`document.querySelector("#chair-anna .unsent .fault")`)
	b.Do(chromedp.Evaluate[chromedp.Void](`void other.add({ text: "из второй" })`))
	b.Until(`other.list[0].late`)
	b.Do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(`.chair.chosen`)))
	if n := bottest.Ask[int](b, `document.querySelectorAll("#chair-anna .unsent").length`); n != 2 {
		t.Errorf("%d messages are kept", n)
	}
	s.keeper.fail(nil)
	b.Until(`document.querySelector("#anna-2") && !document.querySelector("#chair-anna .unsent")`)
	if got := s.texts(); got != "written:из первой|written:из второй" {
		t.Error(got)
	}
	b.Do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#anna-2")))
	if bottest.Ask[bool](b, `!!document.querySelector("#chair-anna .unsent")`) {
		t.Error("what was sent is kept still")
	}
}

func TestADraftOutlivesTheLanguage(t *testing.T) {
	s := setUp(t, nil)
	b := s.browser(screens[0], "?lang=ru")
	b.Write(field, "Начало жалобы")
	b.Click(".languages a:last-child")
	b.Until(`document.documentElement.lang === "en" && document.querySelector("` + field + `")`)
	if got := bottest.Ask[string](b, `document.querySelector("`+field+`").value`); got != "Начало жалобы" {
		t.Errorf("%q", got)
	}
	if got := bottest.Ask[string](b, `document.querySelector("#chair-petr textarea").value`); got != "" {
		t.Errorf("another chair has %q", got)
	}
	b.Write(field, kb.Enter)
	b.Until(`document.getElementById("anna-1")`)
	b.Do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#anna-1")))
	if got := bottest.Ask[string](b, `document.querySelector("`+field+`").value`); got != "" {
		t.Errorf("sent, and still a draft: %q", got)
	}
}

func TestAnEditGivesTheDraftBack(t *testing.T) {
	s := setUp(t, nil)
	s.script = s.canned
	b := s.browser(screens[0], "?lang=ru")
	b.Write(field, "раз"+kb.Enter)
	b.Until(`document.querySelector("#anna-2")`)
	b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#anna-2 .reply").click()`))
	b.Write(field, "черновик")
	pencil := chromedp.Evaluate[chromedp.Void](`document.querySelector("#anna-1 .edit").click()`)
	value := `document.querySelector("` + field + `").value`
	b.Do(pencil)
	b.Until(value + ` === "раз"`)
	b.Do(chromedp.KeyEvent(kb.Escape))
	b.Until(value + ` === "черновик" && document.querySelector("#chair-anna .context:not([hidden])")`)
	b.Do(pencil)
	b.Write(field, "!"+kb.Enter)
	b.Until(`document.querySelector("#anna-1 .text").textContent === "раз!" && ` + value + ` === "черновик"`)
	b.Do(pencil)
	if _, err := s.desk.Send(t.Context(), peer("anna"), bot.Message{Text: "Где это?", WantReply: true}, "w", nil); err != nil {
		t.Fatal(err)
	}
	b.Until(`document.querySelector("#anna-4")`)
	if got := bottest.Ask[string](b, value); got != "раз!" {
		t.Errorf("a question took the edit away: %q", got)
	}
	b.Do(chromedp.KeyEvent(kb.Escape))
	b.Write(field, kb.Enter)
	b.Until(`document.querySelector("#anna-5 .quote")?.textContent === "Где это?"`)
}

func TestAnEditThatFailsIsNotLost(t *testing.T) {
	s := setUp(t, nil)
	s.noise = true
	b := s.browser(screens[0], "?lang=ru")
	b.Write(field, "раз"+kb.Enter)
	b.Until(`document.querySelector("#anna-1 .about [aria-label=Отправлено]") && !document.querySelector("#chair-anna .unsent")`)
	s.keeper.fail(os.ErrInvalid)
	b.Do(chromedp.KeyEvent(kb.ArrowUp))
	b.Write(field, " два"+kb.Enter)
	b.Until(`document.querySelector("#chair-anna .toast")`)
	if got := bottest.Ask[string](b, `document.querySelector("#chair-anna .toast").textContent`); got != "Изменение не сохранилось. Новый текст остался в поле, отправьте его ещё раз." {
		t.Error(got)
	}
	s.keeper.fail(nil)
	b.Write(field, kb.Enter)
	b.Until(`document.querySelector("#anna-1 .text").textContent === "раз два" && document.querySelector("` + field + `").value === ""`)
}

func TestALongTextIsTakenWhole(t *testing.T) {
	s := setUp(t, nil)
	b := s.browser(screens[0], "?lang=ru")
	b.Do(chromedp.Focus(chromedp.CSS(field)), chromedp.Evaluate[chromedp.Void](`document.execCommand("insertText", false, "я".repeat(5000))`))
	if n := bottest.Ask[int](b, `document.querySelector("`+field+`").value.length`); n != 5000 {
		t.Errorf("%d characters were taken", n)
	}
	b.Write(field, kb.Enter)
	b.Until(`document.querySelector("#chair-anna .toast")?.textContent.startsWith("Сообщение слишком длинное")`)
	if n := bottest.Ask[int](b, `document.querySelector("`+field+`").value.length`); n != 5000 || s.texts() != "" {
		t.Errorf("%d characters are left, %q was sent", n, s.texts())
	}
}

func TestAFileDroppedOnTheChairIsTaken(t *testing.T) {
	s := setUp(t, nil)
	b := s.browser(screens[0], "?lang=ru")
	for i, on := range []string{"#chair-anna .who", "#chair-anna .composer", "#chair-anna .stream"} {
		if !bottest.Ask[bool](b, `(() => {
			const data = new DataTransfer();
			data.items.add(new File([Uint8Array.from(atob("`+dot+`"), c => c.charCodeAt(0))], "a.png", { type: "image/png" }));
			const at = document.querySelector("`+on+`");
			const go = (type) => !at.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
			return go("dragover") && go("drop");
		})()`) {
			t.Errorf("%s leaves the file to the browser", on)
		}
		b.Until(`document.querySelectorAll("#chair-anna .tray img").length === ` + strconv.Itoa(i+1))
	}
	if !bottest.Ask[bool](b, `!document.querySelector(".bar").dispatchEvent(new DragEvent("drop", { dataTransfer: new DataTransfer(), bubbles: true, cancelable: true }))`) {
		t.Error("the bar leaves what is dropped to the browser")
	}
	if bottest.Ask[bool](b, `!document.querySelector("`+field+`").dispatchEvent(new DragEvent("drop", { dataTransfer: new DataTransfer(), bubbles: true, cancelable: true }))`) {
		t.Error("words cannot be dropped into the field any more")
	}
}

// dot is a PNG of one pixel.
const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
