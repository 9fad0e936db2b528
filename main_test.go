package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"otklik/bot/bottest"
	"otklik/bot/desk"
	"otklik/config"
)

// running is the whole program, started as from a terminal.
type running struct {
	t    *testing.T
	URL  string
	out  *text
	stop func() error
}

// text is what a program prints.
type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (x *text) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.Write(p)
}

func (x *text) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.String()
}

// start runs the program on a store until stop, which is what Ctrl-C does.
func start(t *testing.T, data string, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{t: t, out: &text{}}
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, append([]string{"--data", data, "--listen", "127.0.0.1:0"}, args...), r.out, r.out)
	}()
	r.stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("the program ended with %v", err)
		}
		if t.Failed() {
			t.Log(r.out.String())
		}
	})
	open := regexp.MustCompile(`https?://[^\s;]+`)
	for range 400 {
		if strings.Contains(r.out.String(), "Ctrl-C ends") {
			r.URL = open.FindString(r.out.String())
			return r
		}
		select {
		case err := <-done:
			done <- err
			t.Fatalf("the program did not start: %v\n%s", err, r.out.String())
		case <-time.After(25 * time.Millisecond):
		}
	}
	t.Fatalf("the program does not start:\n%s", r.out.String())
	return nil
}

// command runs a subcommand to its end.
func command(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	var b text // what serves also writes while it is written to
	err = run(t.Context(), args, &b, &b)
	return b.String(), err
}

func get(t *testing.T, url string) int {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

func TestCheckNamesEveryFault(t *testing.T) {
	if out, err := command(t, "check"); err != nil || !strings.Contains(out, "45 municipalities") {
		t.Errorf("the built-in pack: %v\n%s", err, out)
	}
	_, err := command(t, "check", "--region", "nowhere.yaml", "--listen", "nowhere", "--admins", "me")
	for _, want := range []string{"nowhere.yaml", "--listen", "--admins"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named: %v", want, err)
		}
	}
}

// TestCheckSeesWhatIsToBeWatched: what would keep the program from starting is no «in order».
func TestCheckSeesWhatIsToBeWatched(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, tt := range []struct {
		watch string
		want  []string
	}{
		{"https://news.example/rss", nil},
		{"https://news.example/rss Слободской,telegram:-100500,https://news.example/other Киров en", nil},
		{"https://vk.com/club77001", []string{"club77001", "nothing that can be watched"}}, // no VK is set up
		{"foo", []string{`"foo"`, "nothing that can be watched"}},
		{"tg:-100500", []string{`"tg:-100500"`, `no messenger "tg"`}},
		{"telegram:@news Киров", []string{`"telegram:@news"`, "is no group"}},
		{"https://news.example/rss Нигдеград", []string{"no district and no body", "Нигдеград"}},
		{"foo,https://news.example/rss Нигдеград", []string{`"foo"`, "Нигдеград"}},
	} {
		_, err := command(t, "check", "--watch", tt.watch)
		if (err == nil) != (tt.want == nil) {
			t.Errorf("--watch %s: %v", tt.watch, err)
		}
		for _, want := range tt.want {
			if err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("--watch %s: %v, want %s", tt.watch, err, want)
			}
		}
	}
	t.Setenv("OTKLIK_VK_TOKEN", "vk1.a.AAAAAAAAAAAAAAAAAAAAAAAA")
	if out, err := command(t, "check", "--watch", "https://vk.com/club77001 Киров"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("check leaves %v, %v", left, err)
	}
}

func TestNoTokenIsEverShown(t *testing.T) {
	const token = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	t.Setenv("OTKLIK_TELEGRAM_TOKEN", token)
	t.Setenv("OTKLIK_TELEGRAM_API", "http://127.0.0.1:1")
	for _, args := range [][]string{{"check"}, {"--help"}, {"check", "--listen", "x"}, {"version"}} {
		out, err := command(t, args...)
		if strings.Contains(out+fmt.Sprint(err), "AAAA") {
			t.Errorf("%v shows the token: %s %v", args, out, err)
		}
	}
	r := start(t, filepath.Join(t.TempDir(), "otklik.db"), "--log-level", "debug")
	time.Sleep(300 * time.Millisecond) // it tries to reach Telegram and fails
	if err := r.stop(); err != nil || strings.Contains(r.out.String(), "AAAA") {
		t.Errorf("%v\n%s", err, r.out.String())
	}
}

func TestHelpAndVersion(t *testing.T) {
	out, err := command(t, "--help")
	if err != nil || !strings.Contains(out, "--listen") || !strings.Contains(out, "invite") {
		t.Errorf("help: %v\n%s", err, out)
	}
	if out, err := command(t, "version"); err != nil || !strings.HasPrefix(out, "otklik ") {
		t.Errorf("version: %v, %q", err, out)
	}
}

func TestATakenPortIsSaidPlainly(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = command(t, "--data", filepath.Join(t.TempDir(), "otklik.db"), "--listen", l.Addr().String())
	if err == nil || !strings.Contains(err.Error(), "--listen") || strings.Contains(err.Error(), "\n") {
		t.Errorf("said %v", err)
	}
}

func TestJournalSaysWhatItCannotPrint(t *testing.T) {
	data := filepath.Join(t.TempDir(), "otklik.db")
	if out, err := command(t, "journal", "--data", data); err == nil || out != "" || !strings.Contains(err.Error(), "--data") || strings.Contains(err.Error(), "\n") {
		t.Errorf("a store that is none: %v\n%s", err, out)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("the journal made a store")
	}
	start(t, data)
	for _, args := range [][]string{{"0"}, {"-1"}, {"7"}, {"seven"}, {"7", "--all"}} {
		out, err := command(t, append([]string{"journal", "--data", data}, args...)...)
		if err == nil || out != "" || strings.Contains(err.Error(), "\n") {
			t.Errorf("journal %v: %v\n%s", args, err, out)
		}
	}
}

// TestPlaces: what is called as was said comes first, and nothing twice.
func TestPlaces(t *testing.T) {
	pack, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{pack: pack}
	for query, want := range map[string]string{
		"Киров": "г Киров (Киров), г Кирово-Чепецк (Кирово-Чепецк)", "г. Киров": "г Киров (Киров), г Кирово-Чепецк (Кирово-Чепецк)",
		"слободской": "г Слободской (город Слободской)", "Слободской округ": "г Слободской (Слободской округ)",
		"кумёны": "пгт Кумены (Куменский округ)", "Чепецк": "г Кирово-Чепецк (Кирово-Чепецк)", "Москва": "",
	} {
		var got []string
		for _, one := range p.places(query, 20) {
			got = append(got, one.Name+" ("+one.Note+")")
		}
		if list := strings.Join(got, ", "); list != want {
			t.Errorf("%s: %s, want %s", query, list, want)
		}
	}
	seen := map[desk.Place]bool{}
	for _, one := range p.places("", 100) { // those that a map shows
		one.Note = ""
		if seen[one] {
			t.Errorf("%s twice", one.Name)
		}
		seen[one] = true
	}
	if all := len(p.places("", 100)); all < 35 || len(p.places("", 5)) != 5 {
		t.Errorf("%d places", all)
	}
}

func TestOneOwnerAtATime(t *testing.T) {
	data := filepath.Join(t.TempDir(), "otklik.db")
	if _, err := command(t, "invite", "--role", "curator", "--data", data); err == nil {
		t.Error("an invitation without any messenger")
	}
	r := start(t, data)
	links := map[string]string{} // who reads that the desk is open may invite at once
	for _, args := range [][]string{{"--role", "curator"}, {"--role", "official", "--org", "adm-kirov"}} {
		out, err := command(t, append([]string{"invite", "--data", data}, args...)...)
		if err != nil || !strings.HasPrefix(out, r.URL+"/?start=i") {
			t.Errorf("invite %v: %v\n%s", args, err, out)
		}
		links[out] = out
	}
	if _, err := command(t, "--data", data, "--listen", "127.0.0.1:0"); err == nil || !strings.Contains(err.Error(), "in use") || strings.Contains(err.Error(), "\n") {
		t.Errorf("a second program on the store: %v", err)
	}
	for _, args := range [][]string{{"--role", "official"}, {"--role", "official", "--org", "nobody"}, {"--role", "curator", "--org", "adm-kirov"}, {"--role", "king"}} {
		if out, err := command(t, append([]string{"invite", "--data", data}, args...)...); err == nil {
			t.Errorf("invite %v: %s", args, out)
		}
	}
	log, err := command(t, "journal", "--data", data) // the running program is asked
	if err != nil || strings.Count(log, "invite   by command line") != 2 || !strings.Contains(log, "[official adm-kirov]") {
		t.Errorf("journal: %v\n%s", err, log)
	}
	if out, err := command(t, "journal", "7", "--data", data); err == nil || out != "" || !strings.Contains(err.Error(), "no incident 7") {
		t.Errorf("journal of an incident that is none: %v\n%s", err, out)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if again, err := command(t, "journal", "--data", data); err != nil || again != log { // nobody runs: it reads the store itself
		t.Errorf("journal alone: %v\n%s", err, again)
	}
	out, err := command(t, "invite", "--role", "curator", "--data", data) // nobody runs: it opens the store itself
	if err != nil || !strings.HasPrefix(out, r.URL+"/?start=i") || links[out] != "" {
		t.Errorf("invite alone: %v\n%s", err, out)
	}
	if out, err := command(t, "invite", "--role", "leader", "--data", data); err != nil || !strings.HasPrefix(out, r.URL+"/?start=i") {
		t.Errorf("invite a leader: %v\n%s", err, out)
	}
	if out, err := command(t, "invite", "--role", "leader", "--org", "adm-kirov", "--data", data); err == nil {
		t.Errorf("a leader of one organisation: %s", out)
	}
	if out, err := command(t, "invite", "--role", "admin", "--data", data); err == nil {
		t.Errorf("an administrator is named in the settings: %s", out)
	}
}

// page is the desk in Chromium.
type page struct {
	*bottest.Browser
	t *testing.T
}

// browse opens the desk; without Chromium the test skips.
func browse(t *testing.T, url string, on bottest.View) *page {
	t.Helper()
	p := &page{bottest.Browse(t, on, func() bool { return true }), t} // a restart is a fault of the network
	p.open(url)
	return p
}

func (p *page) open(url string) {
	p.t.Helper()
	p.Do(chromedp.Navigate(url+"/?lang=ru"), chromedp.WaitVisible(chromedp.CSS(".chair.chosen")))
}

// sit turns to a chair: on a phone one is shown at a time.
func (p *page) sit(chair string) {
	p.t.Helper()
	if p.View.Phone() {
		p.Click("#tab-" + chair)
	}
}

func (p *page) write(chair, said string) {
	p.t.Helper()
	p.sit(chair)
	p.Write("#chair-"+chair+" textarea", said+kb.Enter)
}

// press clicks the latest button with these words, as a finger does: where it stands on the screen, and once more where
// its message was drawn anew beneath the finger.
func (p *page) press(chair, label string) {
	p.t.Helper()
	p.sit(chair)
	find := fmt.Sprintf(`[...document.querySelectorAll("#chair-%s .key")].filter(k => k.textContent.trim() === %q && !k.disabled).at(-1)`, chair, label)
	const tries = 10
	for range tries {
		p.Until(find)
		// A finger waits until the page stands still, too.
		p.Until(`(() => {
			const k = ` + find + `;
			if (!k) return false;
			const r = k.getBoundingClientRect(), was = k.dataset.aim;
			document.querySelectorAll("[data-aim]").forEach(k => k.removeAttribute("data-aim"));
			k.scrollIntoView({block: "center"});
			k.dataset.aim = r.x + " " + r.y;
			return was === k.dataset.aim && k.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2));
		})()`)
		p.Do(chromedp.Evaluate[chromedp.Void](`window.hit = null;
			addEventListener("click", e => { window.hit = e.target.closest(".key")?.textContent.trim() ?? null }, {capture: true, once: true})`))
		if err := p.Try("[data-aim]"); err != nil {
			continue
		}
		if hit := bottest.Ask[string](p.Browser, `window.hit ?? ""`); hit == label {
			return
		} else if hit != "" {
			p.t.Fatalf("aimed at %q, hit %q", label, hit)
		}
	}
	p.t.Fatalf("%q is never hit", label)
}

// sees waits until a chair's chat holds some words.
func (p *page) sees(chair, words string) {
	p.t.Helper()
	p.Until(fmt.Sprintf(`document.querySelector("#chair-%s .list").textContent.includes(%q)`, chair, words))
}

// snapshot draws something like a hole in a road.
func snapshot(t *testing.T) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 800, 600))
	for y := range 600 {
		for x := range 800 {
			grey := uint8(120 + (x*7+y*13)%23)
			dx, dy := float64(x-420)/210, float64(y-360)/95
			switch d := dx*dx + dy*dy; {
			case y < 170:
				img.Set(x, y, color.RGBA{150, 175 + grey/8, 200 + grey/8, 255})
			case d < 0.8:
				img.Set(x, y, color.RGBA{45, 42, 40, 255})
			case d < 1:
				img.Set(x, y, color.RGBA{85, 80, 75, 255})
			default:
				img.Set(x, y, color.RGBA{grey, grey, grey + 4, 255})
			}
		}
	}
	path := filepath.Join(t.TempDir(), "photo.jpg")
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// alike tells whether two photos show the same, however they are written.
func alike(a, b []byte) bool {
	x, _, err := image.Decode(bytes.NewReader(a))
	if err != nil {
		return false
	}
	y, _, err := image.Decode(bytes.NewReader(b))
	if err != nil || x.Bounds() != y.Bounds() {
		return false
	}
	for at := 0; at < x.Bounds().Dx(); at += 7 {
		r, _, _, _ := x.At(at, at%x.Bounds().Dy()).RGBA()
		s, _, _, _ := y.At(at, at%y.Bounds().Dy()).RGBA()
		if max(r, s)-min(r, s) > 0x3000 {
			return false
		}
	}
	return true
}

// TestTheRoadOnTheDesk clicks the whole road, from the resident's first words to the last, in a real browser.
func TestTheRoadOnTheDesk(t *testing.T) {
	for _, on := range []bottest.View{
		{Name: "desk-1440", Width: 1440, Height: 900, Scheme: "light"}, {Name: "desk-390", Width: 390, Height: 844, Scheme: "light"},
	} {
		t.Run(on.Name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "otklik.db")
			r := start(t, data)
			p := browse(t, r.URL, on)

			p.write("ivan", "Третий день нет света в подъезде")
			p.sees("ivan", "Где это?")
			p.write("ivan", "Ключи, Садовая 3")
			p.sees("ivan", "Какое ваше?")
			p.sit("anna")
			p.Do(chromedp.SetUploadFiles(chromedp.CSS("#chair-anna input[type=file]"), []string{snapshot(t)}))
			p.Until(`document.querySelector("#chair-anna .tray li:not([aria-busy])")`)
			p.write("anna", "Яма у дома 12 на Ленина, уже третья машина колесо оставила")
			p.sees("anna", "В каком это городе")
			p.write("anna", "58.6036, 49.6680")
			p.press("anna", "✓ Да, верно")
			p.sees("anna", "Понял: Ямы на дорогах, Киров, ул. Ленина, 12. 1 фото.")

			// A restart in the middle loses nothing: the conversation goes on where it was.
			if err := r.stop(); err != nil {
				t.Fatal(err)
			}
			r = start(t, data)
			p.open(r.URL)
			p.press("anna", "✓ Отправить")
			p.sees("anna", "Обращение № 1 записано")
			p.sees("curator", "Вероятно: Администрация города Кирова")
			p.press("curator", "→ Администрация города Кирова")
			p.sees("curator", "Передано: Администрация города Кирова")
			p.sees("anna", "№ 1: передано в администрацию города Кирова")
			p.press("kirov", "✓ Принять")
			p.sees("anna", "принято в работу")
			p.sees("curator", "В работе: Администрация города Кирова")
			p.press("kirov", "Дать ответ")
			p.sees("kirov", "что сделано?")
			p.write("kirov", "Яму засыпали щебнем, асфальт положим до пятницы.")
			p.press("kirov", "✓ Отправить на проверку")
			p.press("curator", "↩ Вернуть")
			p.sees("curator", "что исправить")
			p.write("curator", "Приложите фото, пожалуйста.")
			p.sees("kirov", "Приложите фото")
			p.press("kirov", "Дать ответ")
			p.Until(`document.querySelector("#chair-kirov .list").textContent.split("что сделано?").length === 3`)
			p.Do(chromedp.SetUploadFiles(chromedp.CSS("#chair-kirov input[type=file]"), []string{snapshot(t)}))
			p.Until(`document.querySelector("#chair-kirov .tray li:not([aria-busy])")`)
			p.write("kirov", "Заделали сегодня, фото приложили.")
			p.press("kirov", "✓ Отправить на проверку")
			p.press("curator", "✓ Одобрить")
			p.sees("anna", "Ответ на № 1")
			p.sit("anna")
			p.Until(`[...document.querySelectorAll("#chair-anna .photo img")].at(-1)?.naturalWidth === 800`)
			p.Shoot(on.Name)
			p.press("anna", "✗ Не решено")
			p.press("anna", "Сделано не до конца")
			p.press("anna", "Вернуть в работу")
			p.sees("kirov", "житель не согласен")
			p.write("kirov", "/close 1 Теперь точно всё.")
			p.write("curator", "/approve 1")
			p.press("anna", "✓ Решено")
			p.sees("anna", "отмечено как решённое")
			p.sees("curator", "Житель подтвердил, что решено")
			p.Shoot(on.Name + "-end")
			if bottest.Ask[bool](p.Browser, `document.documentElement.scrollWidth > innerWidth`) {
				t.Error("the page is wider than the screen")
			}
		})
	}
}

// TestTheRoadOnTelegram walks the same road on a fake Bot API server that checks each of our calls.
// seat is somebody in a messenger, whichever.
type seat interface {
	bottest.Person
	Starts(word string)
	SendsAlbum(caption string, photos ...[]byte)
	SendsSticker()
	SendsVoice()
	Edits(words, text string)
	Forges(data string)
	RepliesWithPhoto(words string, jpeg []byte, caption string)
	Awaits(words ...string) string
	Screen() string
}

// messengers are the fake ones, and what the program must be told to find them.
type messengers struct {
	*bottest.Telegram
	*bottest.VK
}

func listen(t *testing.T) messengers {
	t.Helper()
	m := messengers{bottest.NewTelegram(t), bottest.NewVK(t)}
	t.Setenv("OTKLIK_TELEGRAM_TOKEN", m.Telegram.Token())
	t.Setenv("OTKLIK_TELEGRAM_API", m.Telegram.URL())
	t.Setenv("OTKLIK_VK_TOKEN", m.VK.Token())
	t.Setenv("OTKLIK_VK_API", m.VK.URL())
	return m
}

// seat gives somebody new in the messenger of this name.
func (m messengers) seat(messenger, name string) seat {
	if messenger == "vk" {
		return m.VK.User(name).Opens()
	}
	return m.Telegram.User(name).Opens()
}

// TestTheRoad goes the whole road of an incident, in one messenger and across two.
func TestTheRoad(t *testing.T) {
	for name, in := range map[string]struct{ anna, olga, petr string }{
		"Telegram": {"telegram", "telegram", "telegram"},
		"VK":       {"vk", "vk", "vk"},
		"a resident on VK, a curator on Telegram, an official on VK": {"vk", "telegram", "vk"},
	} {
		t.Run(name, func(t *testing.T) {
			m := listen(t)
			road(t, m, m.seat(in.anna, "Анна"), m.seat(in.olga, "Ольга"), m.seat(in.petr, "Пётр"))
		})
	}
}

func road(t *testing.T, m messengers, anna, olga, petr seat) {
	data := filepath.Join(t.TempDir(), "otklik.db")
	r := start(t, data)
	jpeg, err := os.ReadFile(snapshot(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]seat{"curator": olga, "official": petr} {
		args := []string{"invite", "--data", data, "--role", name}
		if name == "official" {
			args = append(args, "--org", "adm-kirov")
		}
		s.Starts(code(t, args))
	}
	olga.Awaits("вы куратор")
	petr.Awaits("вы отвечаете за", "Администрация города Кирова")

	anna.SendsAlbum("Яма у дома 12 на Ленина <b>& уже третья</b> машина колесо оставила 🚗", jpeg, jpeg)
	anna.Awaits("В каком это городе")
	anna.SendsSticker()
	anna.Awaits("Стикер в обращение не добавить", "Черновик я храню")
	anna.SendsVoice()
	anna.Awaits("Голосовые я пока не слышу")
	anna.SendsLocation(58.6036, 49.6680)
	anna.Presses("✓ Да, верно")
	anna.Awaits("Понял: Ямы на дорогах, Киров, ул. Ленина, 12. 2 фото.")
	anna.Edits("Яма у дома", "Яма у дома 12 на Ленина, пятая машина")
	anna.Awaits("пятая машина")

	// A restart in the middle, as after a power cut.
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	start(t, data)
	anna.Presses("✓ Отправить")
	anna.Awaits("Обращение № 1 записано")
	olga.Awaits("Вероятно: Администрация города Кирова")
	shown := 0
	for _, s := range olga.Sees() {
		for _, p := range s.Photos {
			if alike(p, jpeg) {
				shown++
			}
		}
	}
	if shown != 2 {
		t.Errorf("the curator sees %d photos of 2:\n%s", shown, olga.Screen())
	}
	m.Telegram.Fail("sendMessage", 2, bottest.TooMany(1))
	m.Telegram.Fail("editMessageText", 1, bottest.HTML())
	m.VK.Fail("messages.send", 2, bottest.VKRefusal(6, "Too many requests per second"))
	m.VK.Fail("messages.edit", 1, bottest.Empty502())
	olga.Presses("→ Администрация города Кирова")
	olga.Awaits("Передано: Администрация города Кирова", "Ольга")
	petr.Presses("✓ Принять")
	anna.Awaits("принято в работу")
	petr.RepliesWithPhoto("Ответьте на эту карточку", jpeg, "Бригада выехала")
	anna.Awaits("Администрация города Кирова", "Бригада выехала")
	petr.Says("/close 1 Заделали & закатали <сегодня>.")
	olga.Awaits("Заделали & закатали <сегодня>.")
	anna.Forges("curate:approve:1")
	anna.Awaits("вам недоступно")
	olga.Presses("✓ Одобрить")
	anna.Awaits("Ответ на № 1", "Заделали & закатали <сегодня>.")
	anna.Presses("✗ Не решено")
	anna.Presses("Ничего не сделано")
	anna.Presses("Вернуть в работу")
	petr.Awaits("житель не согласен")
	petr.Says("/close 1 Теперь заделали.")
	olga.Awaits("Теперь заделали.")
	olga.Says("/approve 1")
	anna.Awaits("Теперь заделали.")
	anna.Presses("✓ Решено")
	anna.Awaits("отмечено как решённое")
	olga.Awaits("Житель подтвердил, что решено")
	crossedOnce(t, m)
}

// crossedOnce asks of a road whose people sent three photos what it cost VK.
func crossedOnce(t *testing.T, m messengers) {
	t.Helper()
	for path, n := range m.Fetched() {
		if n > 1 {
			t.Errorf("%s was downloaded %d times", path, n)
		}
	}
	if n := len(m.VK.Calls("photos.saveMessagesPhoto")); n > 3 {
		t.Errorf("%d uploads of three photos", n)
	}
	if n := m.TooFast(); n > 0 {
		t.Errorf("%d calls came too fast for VK", n)
	}
}

// TestVKBringsItsEvents: with a public address VK calls the program, and the whole way works as with polling.
func TestVKBringsItsEvents(t *testing.T) {
	m := listen(t)
	t.Setenv("OTKLIK_VK_WEBHOOK", "https://desk.example.org/vk")
	found := make(chan *url.URL, 1)
	m.VK.Brings(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		at := <-found // what stands in front of the program in a real installation knows where it listens
		found <- at
		r.SetURL(at)
	}})
	data := filepath.Join(t.TempDir(), "otklik.db")
	r := start(t, data)
	at, err := url.Parse(strings.TrimSuffix(r.URL, "/"))
	if err != nil {
		t.Fatal(err)
	}
	found <- at
	anna, olga := m.seat("vk", "Анна"), m.seat("vk", "Ольга")
	olga.Starts(code(t, []string{"invite", "--data", data, "--role", "curator"}))
	olga.Awaits("вы куратор")
	anna.Says("Яма на дороге, Киров, Ленина 12")
	anna.Presses("✓ Отправить")
	anna.Awaits("Обращение № 1 записано")
	m.Again() // it did not hear our «ok»
	olga.Presses("→ Администрация города Кирова")
	anna.Awaits("передано в администрацию города Кирова")
	if polls := len(m.VK.Calls("groups.getLongPollServer")); polls > 0 {
		t.Errorf("it polls besides, %d times", polls)
	}
	crossedOnce(t, m)
	for _, page := range []string{"/healthz", "/metrics"} {
		if code := get(t, at.String()+page); code != http.StatusOK {
			t.Errorf("%s answers %d", page, code)
		}
	}
}

// TestARefusedTokenSilencesOneMessengerOnly: the other goes on, and whoever watches the program is told.
func TestARefusedTokenSilencesOneMessengerOnly(t *testing.T) {
	m := listen(t)
	m.VK.Revoke()
	r := start(t, filepath.Join(t.TempDir(), "otklik.db"))
	anna := m.seat("telegram", "Анна")
	anna.Says("Яма на дороге, Киров, Ленина 12")
	anna.Presses("✓ Отправить")
	anna.Awaits("Обращение № 1 записано")
	if code := get(t, strings.TrimSuffix(r.URL, "/")+"/healthz"); code != http.StatusServiceUnavailable {
		t.Errorf("/healthz answers %d", code)
	}
	for i := 0; i < 1200 && !strings.Contains(r.out.String(), "a messenger has ended"); i++ { // it errs, too, and is asked again
		time.Sleep(25 * time.Millisecond)
	}
	if said := r.out.String(); strings.Count(said, "a messenger has ended") != 1 || !strings.Contains(said, "the token is refused") {
		t.Errorf("the log:\n%s", said)
	}
	if err := r.stop(); err != nil {
		t.Errorf("it ends with %v", err)
	}
	m.Telegram.Revoke()
	if _, err := command(t, "--data", filepath.Join(t.TempDir(), "otklik.db"), "--listen", "127.0.0.1:0"); err == nil || !strings.Contains(err.Error(), "the token is refused") {
		t.Errorf("when none is left it ends with %v", err)
	}
}

// TestCuratorsInAChatOfVK: cards come to a chat of several people; what they answer there, and who did what, is kept apart.
func TestCuratorsInAChatOfVK(t *testing.T) {
	m := listen(t)
	t.Setenv("OTKLIK_CURATORS", "vk:2000000001")
	group := m.Chat("Кураторы")
	data := filepath.Join(t.TempDir(), "otklik.db")
	start(t, data)
	anna, olga, vera := m.seat("vk", "Анна"), m.VK.User("Ольга").Opens(), m.VK.User("Вера").Opens()
	for _, s := range []seat{olga, vera} {
		s.Starts(code(t, []string{"invite", "--data", data, "--role", "curator"}))
		s.Awaits("вы куратор")
	}
	group.Adds(olga)
	there, beside := group.Seat(olga), group.Seat(vera)
	there.Mentions("/id")
	there.Awaits("vk:2000000001")
	anna.Says("Яма на дороге, Киров, Ленина 12")
	anna.Presses("✓ Отправить")
	there.Awaits("№ 1", "Вероятно: Администрация города Кирова")
	there.Says("Коллеги, кто возьмёт?")
	there.Presses("Другая организация")
	there.RepliesTo("кому передать", "Госавтоинспекция")
	there.Awaits("Передано: Госавтоинспекция", "Ольга")
	beside.Presses("⚡ Срочно")
	beside.AwaitsNote()
	anna.Awaits("передано")
	if strings.Contains(olga.Screen(), "№ 1") {
		t.Errorf("the card came privately, too:\n%s", olga.Screen())
	}
}

// TestTheBotIsPutOutOfTheCuratorsGroup: whoever watches the program reads that cards go nowhere, and when they arrive again
// the mark is gone.
func TestTheBotIsPutOutOfTheCuratorsGroup(t *testing.T) {
	m := listen(t)
	olga, anna := m.Telegram.User("Ольга").Opens(), m.seat("telegram", "Анна")
	group := m.Group("Кураторы")
	t.Setenv("OTKLIK_CURATORS", fmt.Sprint("telegram:", group.ID()))
	r := start(t, filepath.Join(t.TempDir(), "otklik.db"))
	report := func(words, number string) {
		anna.Says(words)
		anna.Presses("✓ Отправить")
		anna.Awaits("Обращение № " + number + " записано")
	}
	report("Яма на дороге, Киров, Ленина 12", "1")
	group.Seat(olga).Awaits("№ 1")
	group.Removes(olga)
	report("Не горит фонарь, Киров, Мира 1", "2")
	for range 200 {
		if strings.Contains(r.out.String(), "cannot be reached") {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	if said := r.out.String(); !strings.Contains(said, "level=WARN") || !strings.Contains(said, fmt.Sprint("group=telegram:", group.ID())) {
		t.Errorf("the log:\n%s", said)
	}
	group.Adds(olga)
	report("Открытый люк, Киров, Ленина 40", "3")
	group.Seat(olga).Awaits("№ 3")
}

// code makes an invitation and gives what its links carry.
func code(t *testing.T, args []string) string {
	t.Helper()
	for range 100 {
		out := awaits(t, args)
		if word := regexp.MustCompile(`[?](?:start|ref)=(\S+)`).FindStringSubmatch(out); word != nil {
			return word[1]
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatal("no link")
	return ""
}

// awaits gives what invite prints: the program must hear its own name from Telegram first.
func awaits(t *testing.T, args []string) string {
	t.Helper()
	for range 200 {
		if out, err := command(t, args...); err == nil {
			return strings.TrimSpace(out)
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatal("no invitation")
	return ""
}

func TestTheDemoIsGoneOnceAMessengerIsThere(t *testing.T) {
	g := bottest.NewTelegram(t)
	t.Setenv("OTKLIK_TELEGRAM_TOKEN", g.Token())
	t.Setenv("OTKLIK_TELEGRAM_API", g.URL())
	for _, tc := range []struct {
		args []string
		want int
	}{{nil, http.StatusNotFound}, {[]string{"--demo"}, http.StatusOK}} {
		t.Run(fmt.Sprint(tc.args), func(t *testing.T) {
			r := start(t, filepath.Join(t.TempDir(), "otklik.db"), tc.args...)
			if got := get(t, r.URL); got != tc.want {
				t.Errorf("the page answers %d, want %d", got, tc.want)
			}
		})
	}
}

// TestInvitationsLeadToWhatRuns: the desk that was tried out before gives no links once Telegram is there.
func TestInvitationsLeadToWhatRuns(t *testing.T) {
	data := filepath.Join(t.TempDir(), "otklik.db")
	invitation := []string{"invite", "--data", data, "--role", "official", "--org", "adm-kirov", "--head"}
	r := start(t, data)
	if link := awaits(t, invitation); !strings.HasPrefix(link, r.URL) {
		t.Errorf("the desk's link: %q", link)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	g := bottest.NewTelegram(t)
	t.Setenv("OTKLIK_TELEGRAM_TOKEN", g.Token())
	t.Setenv("OTKLIK_TELEGRAM_API", g.URL())
	start(t, data)
	if links := awaits(t, invitation); strings.Contains(links, "127.0.0.1") || strings.Contains(links, "\n") || !strings.Contains(links, "?start=i") {
		t.Errorf("Telegram's link: %q", links)
	}
}

// TestMain lets the test binary be the program itself, for the tests that kill it.
func TestMain(m *testing.M) {
	if os.Getenv("OTKLIK_TEST_PROGRAM") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestPowerCut kills the program again and again while people write: every report becomes one incident, every reporter
// hears of it. What was sent and not yet noted when the program was killed is said again: on Telegram once for each cut at
// most; on VK, which knows what comes again, nothing is.
func TestPowerCut(t *testing.T) {
	if testing.Short() {
		t.Skip("it kills the program for some seconds")
	}
	for messenger, repeats := range map[string]int{"telegram": cuts, "vk": 0} {
		t.Run(messenger, func(t *testing.T) {
			m := listen(t)
			// The messenger takes the first messages and is not heard any more: the program is killed before it can know.
			forgive := m.Telegram.Forgive
			unheard := bottest.Fault{Hang: true, Heard: true}
			m.Telegram.Fail("sendMessage", 4, unheard)
			m.VK.Fail("messages.send", 1, unheard) // one call carries many
			if messenger == "vk" {
				forgive = m.VK.Forgive
			}
			var seats []seat
			for i := range 8 {
				seats = append(seats, m.seat(messenger, fmt.Sprint("Житель ", i)))
			}
			waits := func() int { return m.Telegram.Failing() }
			if messenger == "vk" {
				waits = m.VK.Failing
			}
			powerCut(t, seats, forgive, waits, repeats)
		})
	}
}

// cuts is how often powerCut cuts the power while something may be under way.
const cuts = 8

func powerCut(t *testing.T, seats []seat, forgive func(), unheard func() int, repeats int) {
	data := filepath.Join(t.TempDir(), "otklik.db")
	run := func() *exec.Cmd {
		c := exec.Command(os.Args[0], "--data", data, "--listen", "127.0.0.1:0")
		c.Env = append(os.Environ(), "OTKLIK_TEST_PROGRAM=1")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c
	}
	kill := func(c *exec.Cmd) {
		c.Process.Kill() //nolint:errcheck // it is killed below at the latest
		c.Wait()         //nolint:errcheck // it was killed: that is its error
	}
	kill(installed(t, run))
	for i, s := range seats {
		s.Says("Яма на дороге, Киров, Ленина " + fmt.Sprint(i+1))
	}
	for c, late := run(), time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if unheard() == 0 || time.Now().After(late) { // a slow machine comes to it later
			kill(c)
			break
		}
	}
	dice := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	for range cuts - 2 {
		c := run()
		time.Sleep(time.Duration(100+dice.IntN(500)) * time.Millisecond)
		kill(c)
	}
	c := run()
	for _, s := range seats {
		s.Presses("✓ Отправить")
	}
	time.Sleep(time.Duration(50+dice.IntN(300)) * time.Millisecond)
	kill(c)
	c = run()
	defer func() {
		kill(c)
		forgive()
	}()
	forgive() // a press that came just before a cut stays without an answer
	numbers := map[string]bool{}
	for i, s := range seats {
		heard := s.Awaits("записано", "№")
		number := regexp.MustCompile(`№ \d+`).FindString(heard)
		if numbers[number] {
			t.Errorf("two people have %s", number)
		}
		numbers[number] = true
		said := map[string]int{}
		twice := 0
		for _, m := range s.Sees() {
			if said[m.Text]++; !m.Mine && said[m.Text] > 1 {
				twice++
			}
		}
		if n := strings.Count(s.Screen(), "Понял:") + strings.Count(s.Screen(), "записано"); twice > repeats || n > 2+repeats {
			t.Errorf("person %d reads %d messages twice:\n%s", i, twice, s.Screen())
		}
	}
	for n := range seats {
		if !numbers[fmt.Sprint("№ ", n+1)] {
			t.Errorf("nobody has № %d: a report was lost or made two incidents: %v", n+1, numbers)
		}
	}
}

// installed gives a program that has been up: from then on, what people write reaches it whenever it runs.
func installed(t *testing.T, run func() *exec.Cmd) *exec.Cmd {
	t.Helper()
	c := run()
	time.Sleep(time.Second)
	return c
}
