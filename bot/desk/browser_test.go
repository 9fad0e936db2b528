package desk

import (
	"github.com/chromedp/chromedp"

	"otklik/bot/bottest"
)

var screens = []bottest.View{
	{Name: "desk light", Width: 1440, Height: 900, Scheme: "light"}, {Name: "desk dark", Width: 1440, Height: 900, Scheme: "dark"},
	{Name: "phone light", Width: 390, Height: 844, Scheme: "light"}, {Name: "phone dark", Width: 390, Height: 844, Scheme: "dark"},
}

// browser opens the page; whatever the page's scripts or the browser complain of fails the test.
func (s *stage) browser(on bottest.View, query string) *bottest.Browser {
	s.t.Helper()
	b := bottest.Browse(s.t, on, func() bool { return s.noise })
	b.Do(chromedp.Navigate(s.url+"/"+query), chromedp.WaitVisible(chromedp.CSS(`.chair.chosen`)))
	return b
}
