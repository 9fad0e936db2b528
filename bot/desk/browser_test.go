package desk

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// screen is what a browser shows the page on.
type screen struct {
	name          string
	width, height int64
	scheme        string
}

var screens = []screen{
	{"desk light", 1440, 900, "light"}, {"desk dark", 1440, 900, "dark"},
	{"phone light", 390, 844, "light"}, {"phone dark", 390, 844, "dark"},
}

// tab is the page in Chromium.
type tab struct {
	t   testing.TB
	ctx context.Context
}

// browser opens the page; whatever the page's scripts or the browser complain of fails the test.
func (s *stage) browser(on screen, query string) *tab {
	s.t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		s.t.Skip("no Chromium here: the page is not looked at")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("lang", "ru"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	whole, cancelTime := context.WithTimeout(context.Background(), 2*time.Minute)
	s.t.Cleanup(cancelTime)
	alloc, cancelAlloc := chromedp.NewExecAllocator(whole, options...)
	s.t.Cleanup(cancelAlloc)
	ctx, cancel := chromedp.NewContext(alloc)
	s.t.Cleanup(cancel)
	b := &tab{s.t, ctx}
	viewport := []chromedp.EmulateViewportOption{}
	if on.width < 600 {
		viewport = append(viewport, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	b.do(chromedp.EmulateViewport(on.width, on.height, viewport...), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: on.scheme}},
		})
		return err
	}))
	console := chromedp.Console(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for m, err := range console {
			if err != nil {
				return
			}
			network := s.noise && m.Source == "network"
			if m.IsException() || (m.Type == chromedp.ConsoleError && !network) {
				s.t.Errorf("the page complains: %s", m)
			}
		}
	}()
	s.t.Cleanup(func() {
		cancel()
		<-done
	})
	b.do(chromedp.Navigate(s.url+"/"+query), chromedp.WaitVisible(chromedp.CSS(`.chair.chosen`)))
	return b
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 15*time.Second)
	defer cancel()
	if chromedp.FromContext(b.ctx).Target == nil {
		ctx = b.ctx // the first call starts the browser, which lives as long as its context
	}
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

func ask[T any](b *tab, script string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.t.Fatal(script, err)
	}
	return v
}

// until waits for a script to say true.
func (b *tab) until(script string) {
	b.t.Helper()
	for range 200 {
		if ask[bool](b, "!!("+script+")") {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	b.t.Fatalf("never true: %s\n%s", script, ask[string](b, `[...document.querySelectorAll(".composer")].map(c => c.outerHTML.replace(/<svg.*?svg>/g, "") + c.querySelector("textarea").value).join("\n") + document.activeElement.outerHTML`))
}

func (b *tab) click(css string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(css)))
}

func (b *tab) write(css, text string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS(css), text))
}

// shoot keeps a picture of the page where OTKLIK_SHOTS names a folder for them.
func (b *tab) shoot(name string) {
	b.t.Helper()
	folder := os.Getenv("OTKLIK_SHOTS")
	if folder == "" {
		return
	}
	time.Sleep(500 * time.Millisecond) // what moves has come to rest
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, strings.ReplaceAll(name, " ", "-")+".png"), picture, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
