// Package open is the public page of a region's figures: what came in and what was answered, by district and topic, with a
// map. It is read-only, holds nothing about anybody, works without JavaScript and asks for nothing from elsewhere.
package open

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/sync/singleflight"
	"golang.org/x/text/language"

	"otklik/config"
	"otklik/flows"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

//go:embed page/page.html
var pageHTML string

//go:embed page/page.css
var pageCSS string

const name = "open"

// Path is where the page is served; its figures as a table stand below it.
const (
	Path    = "/open"
	csvPath = "/open/figures.csv"
)

// Flow has the words.
func Flow() flows.Flow { return flows.Flow{Name: name, Texts: texts} }

// Options of a page. All but Shape must be given.
type Options struct {
	Pack  *config.Pack
	Store *storage.Store
	Voice func(lang string) *flows.Voice
	// Shape gives a municipality's outline; nil draws dots.
	Shape func(code string) orb.MultiPolygon
	Log   *slog.Logger
	Now   func() time.Time
}

// Page serves the figures.
type Page struct {
	Options
	draw  *template.Template
	csp   string
	atlas func() *atlas

	flight singleflight.Group
	making chan struct{} // pages that are being made
	mu     sync.Mutex
	kept   map[query]answer
}

const (
	// fresh is how long figures are shown before they are counted again.
	fresh = 5 * time.Minute
	// patience is how long somebody waits for a page.
	patience = 20 * time.Second
	// mostMade is how many pages are made at once: whoever asks for all that there are is not to keep the desk from its work.
	mostMade = 2
	// mostKept is how many pages are kept: there are fewer that anybody asks for.
	mostKept = 300
)

// answer is a page as it is sent, and as it is sent to those who can unpack it.
type answer struct {
	body []byte
	etag string
	pack []byte
	kind string
	at   time.Time
}

// New makes the page.
func New(o Options) *Page {
	p := &Page{Options: o, kept: map[query]answer{}, making: make(chan struct{}, mostMade)}
	p.draw = template.Must(template.New("page").Parse(pageHTML))
	sum := sha256.Sum256([]byte(pageCSS))
	p.csp = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; base-uri 'none'"
	p.atlas = sync.OnceValue(func() *atlas { return survey(o.Pack, o.Shape) })
	return p
}

// Routes adds the page.
func (p *Page) Routes(mux *http.ServeMux) {
	mux.Handle("GET "+Path, p.serve(p.html, "text/html; charset=utf-8"))
	mux.Handle("GET "+csvPath, p.serve(p.csv, "text/csv; charset=utf-8"))
}

// query is what is asked for.
type query struct {
	lang, period, municipality, topic string
	embed, csv                        bool
}

// periods are those to choose from, in days.
var periods = []struct {
	name string
	days storage.Day
}{{"month", 28}, {"quarter", 91}, {"year", 364}}

func days(period string) storage.Day {
	for _, p := range periods {
		if p.name == period {
			return p.days
		}
	}
	return 0
}

// errBusy says that too many pages are asked for.
var errBusy = errors.New("too many pages are being made")

// errUnknown says that there is no such district or topic.
var errUnknown = errors.New("there is no such district or topic")

func (p *Page) asked(r *http.Request, csv bool) (q query, err error) {
	values := r.URL.Query()
	q = query{lang: values.Get("lang"), period: values.Get("period"), municipality: values.Get("municipality"), topic: values.Get("topic"),
		embed: values.Get("embed") == "1", csv: csv}
	if !slices.Contains(flows.Languages, q.lang) {
		q.lang = spoken(r.Header.Get("Accept-Language"))
	}
	if days(q.period) == 0 {
		q.period = periods[0].name
	}
	if q.municipality != "" && p.Pack.Municipality(q.municipality) == nil || q.topic != "" && p.Pack.Topic(q.topic) == nil {
		return q, errUnknown
	}
	return q, nil
}

// spoken gives the first of the desk's languages that a browser asks for.
func spoken(header string) string {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return flows.Languages[0]
	}
	for _, t := range tags {
		if base, _ := t.Base(); slices.Contains(flows.Languages, base.String()) {
			return base.String()
		}
	}
	return flows.Languages[0]
}

// link is the address of a page that differs from this one.
func (q query) link(change func(*query)) string {
	if change != nil {
		change(&q)
	}
	v := url.Values{"lang": {q.lang}, "period": {q.period}}
	for name, value := range map[string]string{"municipality": q.municipality, "topic": q.topic} {
		if value != "" {
			v.Set(name, value)
		}
	}
	path := Path
	if q.csv {
		path = csvPath
	} else if q.embed {
		v.Set("embed", "1")
	}
	return path + "?" + v.Encode()
}

type maker func(ctx context.Context, q query) ([]byte, error)

func (p *Page) serve(do maker, kind string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", p.csp)
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "no-referrer")
		q, err := p.asked(r, strings.HasPrefix(kind, "text/csv"))
		if err != nil {
			http.Error(w, p.Voice(q.lang).T("open.unknown"), http.StatusNotFound)
			return
		}
		a, err := p.answer(q, do, kind) //nolint:contextcheck // whoever asked first may leave: the others wait for it
		if err != nil {
			p.Log.Error("the public page cannot be made", "err", err)
			http.Error(w, p.Voice(q.lang).T("open.failed"), http.StatusServiceUnavailable)
			return
		}
		head.Set("Content-Type", a.kind)
		head.Set("Cache-Control", "public, max-age=300")
		head.Set("Vary", "Accept-Language, Accept-Encoding")
		body := a.body
		if unpacks(r) {
			body, a.etag = a.pack, strings.TrimSuffix(a.etag, `"`)+`-z"`
			head.Set("Content-Encoding", "gzip")
		}
		head.Set("ETag", a.etag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	})
}

// unpacks tells whether whoever asks takes a page that is packed.
func unpacks(r *http.Request) bool {
	for _, way := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, more, _ := strings.Cut(strings.TrimSpace(way), ";")
		if name == "gzip" {
			q := strings.ReplaceAll(more, " ", "")
			return q != "q=0" && !strings.HasPrefix(q, "q=0.0")
		}
	}
	return false
}

func packed(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(body)
	err = errors.Join(err, w.Close())
	return b.Bytes(), err
}

// answer gives a page that was made a while ago at most; many who ask at once have it made once.
func (p *Page) answer(q query, do maker, kind string) (answer, error) {
	now := p.Now()
	if a, ok := p.known(q, now); ok {
		return a, nil
	}
	made, err, _ := p.flight.Do(q.link(nil)+kind, func() (any, error) {
		if a, ok := p.known(q, now); ok { // it was made between the look and the turn
			return a, nil
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		select {
		case p.making <- struct{}{}:
			defer func() { <-p.making }()
		case <-ctx.Done():
			return answer{}, errBusy
		}
		body, err := do(ctx, q)
		if err != nil {
			return answer{}, err
		}
		sum := sha256.Sum256(body)
		pack, err := packed(body)
		if err != nil {
			return answer{}, err
		}
		a := answer{body, `"` + hex.EncodeToString(sum[:12]) + `"`, pack, kind, now}
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.kept) >= mostKept {
			clear(p.kept)
		}
		p.kept[q] = a
		return a, nil
	})
	if err != nil {
		return answer{}, err
	}
	return made.(answer), nil
}

// known gives a page that is kept and fresh.
func (p *Page) known(q query, now time.Time) (answer, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a, ok := p.kept[q]
	age := now.Sub(a.at)
	return a, ok && age >= 0 && age < fresh
}
