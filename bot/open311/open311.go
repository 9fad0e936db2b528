// Package open311 speaks Open311 GeoReport v2 under /open311/v2/: other programs read the desk's topics and incidents,
// and report with a key. Nothing of it is a messenger: nobody can be written to.
//
// The protocol is https://wiki.open311.org/GeoReport_v2, with page and page_size as most servers have them.
package open311

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"otklik/bot"
)

// Path is where it is served.
const Path = "/open311/v2/"

// Desk is what is asked of the desk.
type Desk interface {
	// Services gives the topics.
	Services(lang string) []bot.Service
	// Record gives an incident, nil if there is none that everybody may read.
	Record(ctx context.Context, number uint64, lang string) (*bot.Record, error)
	// Records gives what a query asks for, newest first.
	Records(ctx context.Context, q bot.RecordQuery) ([]bot.Record, error)
	// Photo gives a photo of an incident, nil if there is none that everybody may see.
	Photo(ctx context.Context, number uint64, id string) (io.ReadCloser, error)
	// File keeps a report. A *bot.Unfiled says what to mend.
	File(ctx context.Context, f bot.Filing) (bot.Filed, error)
	// Filed gives the number of what was filed under a key; 0 if nothing was.
	Filed(ctx context.Context, key string) (uint64, error)
}

// Options of the server. Desk must be given.
type Options struct {
	Desk        Desk
	Key         func() string    // whoever reports knows it; nil or "": nobody may report
	PerMinute   int              // reports that are taken with a key in a minute, as many at once; 0 is no bound
	LongestText int              // characters of a report
	Languages   []string         // that the desk speaks; the first is the region's
	Region      string           // how the region is called, for whoever asks what this is
	Log         *slog.Logger     // nil: slog.Default
	Now         func() time.Time // nil: time.Now
}

// Server answers.
type Server struct {
	Options
	taken *rate.Limiter // of reports with the key, of which there is one; nil: no bound

	refusals bot.Refusals
}

// New makes a server.
func New(o Options) *Server {
	if o.Key == nil {
		o.Key = func() string { return "" }
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{Options: o}
	s.refusals.Log, s.refusals.Now = o.Log, o.Now
	if o.PerMinute > 0 {
		s.taken = rate.NewLimiter(rate.Every(time.Minute/time.Duration(o.PerMinute)), o.PerMinute)
	}
	return s
}

// Routes serves Path.
func (s *Server) Routes(mux *http.ServeMux) { mux.HandleFunc(Path, s.serve) }

// patience is how long an answer may be looked for.
const patience = 10 * time.Second

// serve finds who answers; the format is the end of the address.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	rest := strings.TrimPrefix(r.URL.Path, Path)
	if id, ok := strings.CutPrefix(rest, "media/"); ok {
		s.photo(w, r, id)
		return
	}
	dot := strings.LastIndexByte(rest, '.')
	if dot < 0 || rest[dot+1:] != "json" && rest[dot+1:] != "xml" {
		s.say(w, r, "xml", nil, wrong(http.StatusNotFound, "there is nothing here: every address ends in .json or .xml"))
		return
	}
	what, format := rest[:dot], rest[dot+1:]
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	r = r.WithContext(ctx)
	answer, err := s.answer(w, r, what)
	s.say(w, r, format, answer, err)
}

// answer gives what is asked for.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, what string) (any, error) {
	name, id, one := strings.Cut(what, "/")
	if name == "requests" && !one && r.Method == http.MethodPost {
		answer, err := s.file(w, r)
		s.note(err)
		return answer, err
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		return nil, wrong(http.StatusMethodNotAllowed, "this can only be read")
	}
	switch {
	case what == "discovery":
		return s.discovery(r), nil
	case what == "services":
		return s.services(r), nil
	case what == "requests":
		return s.records(r)
	case name == "services" && id != "":
		return s.definition(r, id)
	case name == "requests" && id != "":
		return s.record(r, id)
	case name == "tokens" && id != "":
		return s.token(r, id)
	}
	return nil, wrong(http.StatusNotFound, "there is nothing here: discovery, services, requests and tokens are")
}

// fault is an error as a program reads it.
type fault struct {
	code  int // of HTTP
	why   string
	after time.Duration // when to try again, 0 where that is not known
}

func (f *fault) Error() string { return f.why }

func wrong(code int, why string) error { return &fault{code: code, why: why} }

// faultOf is the fault that an error is told as; what the store says is for the log alone.
func (s *Server) faultOf(r *http.Request, err error) *fault {
	if f, ok := errors.AsType[*fault](err); ok {
		return f
	}
	if no, ok := errors.AsType[*bot.Unfiled](err); ok {
		if no.Unknown {
			return &fault{code: http.StatusNotFound, why: no.Text}
		}
		return &fault{code: http.StatusBadRequest, why: no.Text}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &fault{code: http.StatusServiceUnavailable, why: "this takes too long: ask for fewer days or an earlier page"}
	}
	if r.Context().Err() == nil {
		s.Log.Warn("open311 was not answered", "err", bot.Quiet(err))
	}
	return &fault{code: http.StatusServiceUnavailable, why: "not possible just now: try again"}
}

// note tells the log why a report was not taken, without what stood in it.
func (s *Server) note(err error) {
	const what = "a report by Open311 was refused"
	if f, ok := errors.AsType[*fault](err); ok {
		s.refusals.Say(what, f.code, f.why)
	} else if no, ok := errors.AsType[*bot.Unfiled](err); ok && no.Unknown {
		s.refusals.Say(what, http.StatusNotFound, "there is no such service")
	} else if ok {
		s.refusals.Say(what, http.StatusBadRequest, "its place is unknown, outside or ambiguous")
	}
}

// knows compares the key in a time that says nothing of it.
func (s *Server) knows(key string) bool {
	got, want := sha256.Sum256([]byte(strings.TrimSpace(key))), sha256.Sum256([]byte(s.Key()))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// tooMany refuses a report where the key has brought too many, and says when the next is taken.
func (s *Server) tooMany() error {
	if s.taken == nil {
		return nil
	}
	now := s.Now()
	r := s.taken.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait <= 0 {
		return nil
	}
	r.CancelAt(now)
	return &fault{http.StatusTooManyRequests, fmt.Sprintf("more than %d reports a minute: try again later", s.PerMinute), wait}
}

// language is the first that the reader wants and the desk speaks; "" for the region's.
func (s *Server) language(r *http.Request) string {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
		if strings.TrimSpace(weight) == "q=0" {
			continue
		}
		for _, l := range s.Languages {
			if tag == l {
				return l
			}
		}
	}
	return ""
}
