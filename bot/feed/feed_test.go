package feed

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otklik/bot"
)

// drawer keeps bytes in memory.
type drawer struct {
	mu   sync.Mutex
	kept map[string][]byte
}

func (d *drawer) Save(_ context.Context, key string, value []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept[key] = value
	return nil
}

func (d *drawer) Load(_ context.Context, prefix string, fn func(string, []byte) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for k, v := range d.kept {
		if strings.HasPrefix(k, prefix) {
			if err := fn(k, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// site is a web site with one feed.
type site struct {
	mu     sync.Mutex
	items  []string
	status int
	asked  int
	spared int // answered with 304
}

func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	etag := fmt.Sprintf(`"%d"`, len(s.items))
	switch {
	case s.status != 0:
		w.WriteHeader(s.status)
	case r.Header.Get("If-None-Match") == etag:
		s.spared++
		w.WriteHeader(http.StatusNotModified)
	default:
		w.Header().Set("ETag", etag)
		fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Новости Кумён</title>%s</channel></rss>`, strings.Join(s.items, ""))
	}
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

func (s *site) post(id, text string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items = append([]string{fmt.Sprintf(`<item><guid>%s</guid><title>%s</title><link>/n/%s</link><pubDate>%s</pubDate><author>Нина</author>`+
		`<description>&lt;p&gt;%s, подробно&lt;/p&gt;&lt;img src="/p.jpg"&gt;</description></item>`, id, text, id, at.UTC().Format(time.RFC1123Z), text)}, s.items...)
}

// stage is a channel over one feed, in synctest's time.
type stage struct {
	t     *testing.T
	site  *site
	keep  *drawer
	since time.Time
	fail  int // so many of the next updates are not kept
	mu    sync.Mutex
	came  []bot.Update
}

const address = "https://news.example/feed"

func (s *stage) run(d time.Duration) []bot.Update {
	s.t.Helper()
	c, err := New(Options{Keeper: s.keep, Client: &http.Client{Transport: s.site}, Now: time.Now, Sources: func(context.Context) ([]bot.Source, error) {
		return []bot.Source{{Peer: PeerOf(address), Address: address, Since: s.since}}, nil
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), d)
	defer cancel()
	s.came = nil
	if err := c.Run(ctx, func(_ context.Context, u bot.Update) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.fail > 0 {
			s.fail--
			return fmt.Errorf("not kept")
		}
		s.came = append(s.came, u)
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	return s.came
}

func (s *stage) texts() (list []string) {
	for _, u := range s.came {
		list = append(list, string(u.Kind)+" "+strings.Split(u.Text, "\n")[0])
	}
	return list
}

func play(t *testing.T, fn func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		fn(&stage{t: t, site: &site{}, keep: &drawer{kept: map[string][]byte{}}, since: time.Now()})
	})
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhatIsNewComesOnceInItsOrder(t *testing.T) {
	play(t, func(s *stage) {
		s.site.post("old", "Праздник", time.Now().Add(-time.Hour))
		s.site.post("a", "Яма", time.Now().Add(time.Minute))
		s.site.post("b", "Свет", time.Now().Add(2*time.Minute))
		list := s.run(time.Minute)
		want(t, s.texts(), "found ", "written Яма, подробно", "written Свет, подробно")
		u := list[1]
		if u.Title != "Новости Кумён" || u.Link != "https://news.example/n/a" || !u.ReadOnly || u.Source != PeerOf(address) || u.From.Name != "Нина" ||
			len(u.Media) != 1 || u.Media[0].Refs[Name] != "https://news.example/p.jpg" || u.From.ID != "" {
			t.Errorf("%+v", u)
		}
		s.site.post("c", "Снег", time.Now())
		s.run(10 * time.Minute) // another program goes on where the first was
		want(t, s.texts(), "written Снег, подробно")
		s.run(3 * time.Hour)
		want(t, s.texts())
		if s.site.spared == 0 || s.site.asked > 40 {
			t.Errorf("asked %d times, %d times in vain", s.site.asked, s.site.spared)
		}
	})
}

func TestWhatWasNotKeptComesAgain(t *testing.T) {
	play(t, func(s *stage) {
		s.run(time.Minute)
		s.site.post("a", "Яма", time.Now())
		s.site.post("b", "Свет", time.Now().Add(time.Second))
		s.fail = 2
		s.run(10 * time.Minute)
		want(t, s.texts(), "written Яма, подробно", "written Свет, подробно")
	})
}

func TestAFeedThatCannotBeReadIsToldOnce(t *testing.T) {
	play(t, func(s *stage) {
		s.run(time.Minute)
		s.site.status = http.StatusNotFound
		s.run(4 * time.Hour)
		want(t, s.texts(), "lost 404 Not Found")
		s.site.status = 0
		s.site.post("a", "Яма", time.Now())
		s.run(2 * time.Hour)
		want(t, s.texts(), "found ", "written Яма, подробно")
	})
}

func TestAddresses(t *testing.T) {
	c, err := New(Options{Keeper: &drawer{}, Sources: func(context.Context) ([]bot.Source, error) { return nil, nil }})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{"https://a.example/rss": true, "http://127.0.0.1:3000/bridge?u=1&v=2": true, "https://vk.com/kirov": false,
		"https://t.me/kirov": false, "ftp://a": false, "kirov": false, "": false, "https://": false} {
		s, ok := c.Locate(address)
		if ok != want || ok && (strings.ContainsAny(s.Peer.Chat, "/:") || s.Address == "") {
			t.Errorf("%q: %v %+v", address, ok, s)
		}
	}
}

func TestFormats(t *testing.T) {
	for name, raw := range map[string]string{
		"Atom": `<feed xmlns="http://www.w3.org/2005/Atom"><title>Лента</title><entry><id>1</id><title>Яма</title><link href="/1"/><updated>2026-11-23T07:00:00Z</updated>` +
			`<author><name>Нина</name></author><content type="html">&lt;b&gt;Яма&lt;/b&gt; у дома &amp;amp; двора</content></entry></feed>`,
		"JSON": `{"version":"https://jsonfeed.org/version/1.1","title":"Лента","items":[{"id":"1","url":"/1","title":"Яма","content_html":"<b>Яма</b> у дома &amp; двора",` +
			`"date_published":"2026-11-23T07:00:00Z","authors":[{"name":"Нина"}]}]}`,
	} {
		title, items, err := parse([]byte(raw), address)
		if err != nil || title != "Лента" || len(items) != 1 || items[0].text != "Яма у дома & двора" || items[0].link != "https://news.example/1" ||
			items[0].author != "Нина" || items[0].at.IsZero() {
			t.Errorf("%s: %q %+v %v", name, title, items, err)
		}
	}
	if _, _, err := parse([]byte("<html>no feed</html>"), address); err == nil {
		t.Error("a page is taken for a feed")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`<rss><channel><title>x</title><item><title>a</title><pubDate>Mon, 23 Nov 99999 07:00:00 GMT</pubDate></item></channel></rss>`))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","items":[{"id":1}]}`))
	f.Add([]byte("\x00\xff<feed>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, items, err := parse(raw, address)
		if err != nil {
			return
		}
		for _, it := range items {
			if it.id == "" || bot.Clean(it.text) != it.text || it.link != "" && !strings.HasPrefix(it.link, "http") {
				t.Fatalf("%+v", it)
			}
		}
	})
}
