package main

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/paulmach/orb"

	"otklik/bot/bottest"
	"otklik/config"
	"otklik/flows/flowtest"
	"otklik/flows/open"
	"otklik/storage"
)

// contrast finds the text of a page that stands out too little from what is behind it (WCAG 2.2, 1.4.3), and links and
// headings that say nothing.
const contrast = `(() => {
  const rgb = c => { const m = c.match(/[\d.]+/g).map(Number); return m.length > 3 && m[3] === 0 ? null : m.slice(0, 3) }
  const light = c => { const f = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 }); return .2126 * f[0] + .7152 * f[1] + .0722 * f[2] }
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c) return c } return rgb(getComputedStyle(document.documentElement).colorScheme.includes('x') ? 'rgb(0,0,0)' : 'rgb(255,255,255)') }
  const faults = []
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
    if (!own || e.closest('svg') || e.closest('.skip')) continue
    const a = light(rgb(getComputedStyle(e).color)), b = light(behind(e))
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05)
    if (ratio < 4.5) faults.push(e.tagName + ' ' + e.className + ' ' + ratio.toFixed(2) + ' ' + e.textContent.trim().slice(0, 30))
  }
  for (const a of document.querySelectorAll('a')) if (!(a.getAttribute('aria-label') || a.textContent.trim())) faults.push('a link without a name')
  return faults
})()`

// TestTheOpenPage in Chromium, with scripts off, on a phone and a desk, by day and at night: nothing sticks out, every word
// can be read, a district on the map leads to its own figures.
func TestTheOpenPage(t *testing.T) {
	s := flowtest.New(t)
	invent(t, s)
	var shape func(string) orb.MultiPolygon
	if b, err := config.ReadBoundaries("../shared/data/kirov_boundaries.geojson", s.Engine.Pack); err == nil {
		shape = b.Shape
	}
	mux := http.NewServeMux()
	open.New(open.Options{Pack: s.Engine.Pack, Store: s.Store, Voice: s.Engine.Voice, Shape: shape, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return s.Now }}).Routes(mux)
	server := httptest.NewServer(mux)
	defer server.Close()
	for _, on := range []bottest.View{{Name: "open-390", Width: 390, Height: 844, Scheme: "light"}, {Name: "open-1440", Width: 1440, Height: 900, Scheme: "light"},
		{Name: "open-390-dark", Width: 390, Height: 844, Scheme: "dark"}, {Name: "open-1440-dark", Width: 1440, Height: 900, Scheme: "dark"}} {
		t.Run(on.Name, func(t *testing.T) {
			b := bottest.Browse(t, on, func() bool { return false })
			b.Do(chromedp.Navigate(server.URL + "/open?period=quarter&lang=ru"))
			b.Until(`document.querySelector("h1")`)
			if wide := bottest.Ask[int64](b, "document.documentElement.scrollWidth"); wide > on.Width {
				t.Errorf("it is %d wide", wide)
			}
			if faults := bottest.Ask[[]string](b, contrast); len(faults) > 0 {
				t.Errorf("%q", faults)
			}
			if n := bottest.Ask[int64](b, "document.querySelectorAll('script,img,link,iframe').length"); n > 0 {
				t.Errorf("%d things that may be asked for elsewhere", n)
			}
			for part, at := range []string{"h1", "#map", "table"} {
				bottest.Ask[bool](b, fmt.Sprintf("(document.querySelector(%q).scrollIntoView(), true)", at))
				b.Shoot(fmt.Sprint(on.Name, "-", part))
			}
			b.Do(chromedp.Navigate(server.URL + bottest.Ask[string](b, `document.querySelector('svg a[aria-label^="Киров:"]').getAttribute("href")`)))
			b.Until(`document.querySelector("tr.chosen")`)
			if heading := bottest.Ask[string](b, `document.querySelector("h1").textContent`); heading != "Киров" {
				t.Errorf("the map led to %q", heading)
			}
		})
	}
}

// invent writes what was counted of some hundred incidents.
func invent(t *testing.T, s *flowtest.Stage) {
	pack := s.Engine.Pack
	var topics []string
	for i := range pack.Groups {
		for j := range pack.Groups[i].Topics {
			topics = append(topics, pack.Groups[i].Topics[j].Code)
		}
	}
	today := storage.DayOf(s.Now)
	err := s.Store.Update(t.Context(), func(tx *storage.Tx) error {
		dice := rand.New(rand.NewPCG(1, 2))
		for n := range uint64(1500) {
			m := pack.Municipalities[dice.IntN(len(pack.Municipalities))]
			if dice.IntN(3) == 0 {
				m = *pack.Municipality("kirov")
			}
			inc := &storage.Incident{Number: n + 1, State: storage.Settled, Topic: topics[min(int(dice.ExpFloat64()*9), len(topics)-1)],
				Place: storage.Place{Municipality: m.Code}, Source: storage.Source{Kind: "chat", Channel: "telegram"}}
			if dice.IntN(6) == 0 {
				if inc.State = storage.New; dice.IntN(5) == 0 {
					inc.Late = "forward"
				}
			}
			if err := tx.PutIncident(inc); err != nil {
				return err
			}
			day := today - storage.Day(dice.IntN(90))
			events := []storage.Event{{Action: "create"}, {Action: "approve", Took: int64(dice.ExpFloat64() * 6000), Late: dice.IntN(7) == 0}, {Action: "dispute"}}
			if inc.State == storage.New {
				events = events[:1]
			} else if dice.IntN(9) > 0 {
				events = events[:2]
			}
			for i := range events {
				events[i].Incident, events[i].Day, events[i].Actor = inc.Number, day, 0
				if err := tx.AddEvent(inc, &events[i]); err != nil {
					return fmt.Errorf("incident %d: %w", n, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
