package bottest

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

// View is what a browser shows a page on.
type View struct {
	Name          string
	Width, Height int64
	Scheme        string // "light" or "dark"
}

// Phone tells a view so narrow that the page shows one thing at a time.
func (v View) Phone() bool { return v.Width < 600 }

// Browser is a page in Chromium.
type Browser struct {
	View View
	Ctx  context.Context // for actions that have no method here
	t    testing.TB
}

// Browse starts Chromium; without one the test is skipped. What the page's scripts or the browser complain of fails the
// test, but for the network's complaints where quiet allows them.
func Browse(t testing.TB, on View, quiet func() bool) *Browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium here: the page is not looked at")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("lang", "ru"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	whole, cancelTime := context.WithTimeout(context.Background(), 8*time.Minute)
	t.Cleanup(cancelTime)
	ctx, cancel := launch(t, whole, options)
	t.Cleanup(cancel)
	b := &Browser{View: on, Ctx: ctx, t: t}
	viewport := []chromedp.EmulateViewportOption{}
	if on.Phone() {
		viewport = append(viewport, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	b.Do(chromedp.EmulateViewport(on.Width, on.Height, viewport...), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: on.Scheme}},
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
			if m.IsException() || (m.Type == chromedp.ConsoleError && (m.Source != "network" || !quiet())) {
				t.Errorf("the page complains: %s", m)
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return b
}

// launch starts Chromium, again where it ends at once, as it sometimes does on a busy machine.
func launch(t testing.TB, whole context.Context, options []chromedp.ExecAllocatorOption) (ctx context.Context, end func()) {
	t.Helper()
	const tries = 3
	for try := 1; ; try++ {
		alloc, cancelAlloc := chromedp.NewExecAllocator(whole, options...)
		ctx, cancel := chromedp.NewContext(alloc)
		end = func() { cancel(); cancelAlloc() }
		err := chromedp.Do(ctx)
		if err == nil {
			return ctx, end
		}
		end()
		if try == tries {
			t.Fatal(err)
		}
		t.Log("Chromium is started again: ", err)
	}
}

// Do does something in the browser.
func (b *Browser) Do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// Ask evaluates a script.
func Ask[T any](b *Browser, script string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.Ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.t.Fatal(script, err)
	}
	return v
}

// Until waits for a script to say true.
func (b *Browser) Until(script string) {
	b.t.Helper()
	for range 2400 {
		if Ask[bool](b, "!!("+script+")") {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	b.t.Fatalf("never true: %s\n%s", script, Ask[string](b, `document.body.innerText + "\n--- focus: " + document.activeElement.outerHTML`))
}

// Click clicks what a selector finds first.
func (b *Browser) Click(css string) {
	b.t.Helper()
	b.Do(chromedp.Click(chromedp.CSS(css)))
}

// Try clicks what a selector finds first, and tells where there is nothing to click any more.
func (b *Browser) Try(css string) error {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, time.Minute)
	defer cancel()
	return chromedp.Do(ctx, chromedp.Click(chromedp.CSS(css), chromedp.AtLeast(0)))
}

// Write types into what a selector finds first.
func (b *Browser) Write(css, text string) {
	b.t.Helper()
	b.Do(chromedp.SendKeys(chromedp.CSS(css), text))
}

// Shoot keeps a picture of the page where OTKLIK_SHOTS names a folder for them.
func (b *Browser) Shoot(name string) {
	b.t.Helper()
	folder := os.Getenv("OTKLIK_SHOTS")
	if folder == "" {
		return
	}
	time.Sleep(500 * time.Millisecond) // what moves has come to rest
	picture, err := chromedp.Run(b.Ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, strings.ReplaceAll(name, " ", "-")+".png"), picture, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
