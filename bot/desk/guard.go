package desk

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// policy lets the page load from its own origin and nothing else; no script and no style stands inside it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
	"manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Bounds of what a request may bring.
const (
	maxSaid = 64 << 10
	readFor = time.Minute
)

// Routes puts the page at / and what it needs under /desk/.
func (d *Desk) Routes(mux *http.ServeMux) {
	own := http.NewServeMux()
	own.HandleFunc("GET /{$}", d.page.index)
	own.HandleFunc("GET /desk/web/{name}", d.page.asset)
	own.HandleFunc("GET /desk/events", d.events)
	own.Handle("GET /desk/places", d.call(0, d.places))
	own.Handle("GET /desk/photos/{id}", d.call(0, d.show))
	own.Handle("GET /desk/made/{chair}/{n}/{kind}/{i}", d.call(0, d.made))
	own.Handle("POST /desk/photos", d.call(maxBytes+1, d.upload))
	own.Handle("POST /desk/chairs/{chair}/say", d.call(maxSaid, d.say))
	own.Handle("POST /desk/chairs/{chair}/edit", d.call(maxSaid, d.rewrite))
	own.Handle("POST /desk/chairs/{chair}/press", d.call(maxSaid, d.press))
	g := &guard{desk: d, next: own, cross: http.NewCrossOriginProtection()}
	mux.Handle("GET /{$}", g)
	mux.Handle("/desk/", g)
}

// guard stands before everything of the page. A browser may be made to send requests here by any site that it shows:
// the name in Host must be one that only this machine or its owner uses (a rebound name is not), and what changes
// something must come from a page of this very origin.
type guard struct {
	desk  *Desk
	next  http.Handler
	cross *http.CrossOriginProtection
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	if !g.desk.host(r.Host) || g.cross.Check(r) != nil || foreign(r) {
		refuse(w, errForeign)
		return
	}
	g.next.ServeHTTP(w, r)
}

// foreign tells a request that a page of another origin makes even where it only reads: photos and the stream are
// nobody else's. Following a link to the page itself is fine.
func foreign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false
	}
	return r.URL.Path != "/" || r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

// host tells whether the page may be asked for by this name.
func (d *Desk) host(hostport string) bool {
	name := hostOf(hostport)
	if name == "localhost" || strings.HasSuffix(name, ".localhost") || net.ParseIP(name) != nil {
		return true
	}
	d.mu.Lock()
	address := d.address
	d.mu.Unlock()
	if u, err := url.Parse(address); err == nil && u.Host != "" && hostOf(u.Host) == name {
		return true
	}
	return name != "" && slices.ContainsFunc(d.opts.Hosts, func(h string) bool { return hostOf(h) == name })
}

func hostOf(hostport string) string {
	name, _, err := net.SplitHostPort(hostport)
	if err != nil {
		name = hostport
	}
	return strings.ToLower(strings.Trim(name, "[]"))
}

// call bounds a request, and tells the page in a code why it was refused and the log what is not the page's to know.
func (d *Desk) call(limit int64, fn func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readFor)) // a slow photo is no idle server
		err := fn(w, r)
		if err == nil || r.Context().Err() != nil {
			return
		}
		why, ok := errors.AsType[*refusal](err)
		if !ok {
			why = errNotYet
			d.log.Error("the desk failed", slog.String("path", r.URL.Path), slog.Any("cause", err))
		}
		refuse(w, why)
	})
}

func refuse(w http.ResponseWriter, why *refusal) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if why.status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	w.WriteHeader(why.status)
	_ = json.NewEncoder(w).Encode(struct { // the page may be gone already
		Error string `json:"error"`
	}{why.code})
}
