package open311

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"otklik/bot"
)

const (
	most     = 1000                // records in an answer
	span     = 90 * 24 * time.Hour // between its first and its last
	mostPage = 1_000_000
)

const since = "2026-11-25T00:00:00Z" // when what is served changed last

func (s *Server) discovery(r *http.Request) any {
	keys := text("Nobody may report by this interface here; reading needs no key.")
	if s.Key() != "" {
		keys = "Whoever runs this desk gives a key for reporting; reading needs none."
	}
	return &discovery{Changeset: since, Contact: text(s.Region), KeyService: keys, Endpoints: endpoints{{
		Specification: "http://wiki.open311.org/GeoReport_v2", URL: text(base(r)), Changeset: since, Type: "production",
		Formats: formats{"text/xml", "application/json"}}}}
}

// base is the address of all this, as whoever asks has it.
func base(r *http.Request) string {
	at := url.URL{Scheme: "http", Host: r.Host, Path: strings.TrimSuffix(Path, "/")}
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		at.Scheme = "https"
	}
	return at.String()
}

func (s *Server) services(r *http.Request) any {
	var list []service
	for _, v := range s.Desk.Services(s.language(r)) {
		list = append(list, service{Code: text(v.Code), Name: text(v.Name), Type: "realtime", Keywords: text(strings.Join(v.Keywords, ", ")), Group: text(v.Group)})
	}
	return servicesOf(list...)
}

func (s *Server) definition(r *http.Request, code string) (any, error) {
	if !slices.ContainsFunc(s.Desk.Services(s.language(r)), func(v bot.Service) bool { return v.Code == code }) {
		return nil, wrong(http.StatusNotFound, "service_code: there is no such service")
	}
	return &definition{Code: text(code)}, nil
}

func (s *Server) record(r *http.Request, id string) (any, error) {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return nil, wrong(http.StatusNotFound, "service_request_id: there is no such request")
	}
	rec, err := s.Desk.Record(r.Context(), n, s.language(r))
	if err != nil {
		return nil, err
	}
	if rec == nil {
		return nil, wrong(http.StatusNotFound, "service_request_id: there is no such request")
	}
	return requestsOf(requestOf(rec, base(r))), nil
}

// token finds what was reported under an Idempotency-Key: a program that heard no answer asks so for its number.
func (s *Server) token(r *http.Request, id string) (any, error) {
	n, err := s.Desk.Filed(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, wrong(http.StatusNotFound, "token: nothing was reported under it in the last seven days")
	}
	return requestsOf(token{text(strconv.FormatUint(n, 10)), text(id)}), nil
}

func (s *Server) records(r *http.Request) (any, error) {
	q := r.URL.Query()
	lang := s.language(r)
	var list []request
	if ids := words(q, "service_request_id"); len(ids) > 0 { // it overrides all others
		for _, id := range ids[:min(len(ids), most)] {
			n, err := strconv.ParseUint(id, 10, 64)
			if err != nil {
				continue // there is none, as of a number that was never given
			}
			rec, err := s.Desk.Record(r.Context(), n, lang)
			if err != nil {
				return nil, err
			}
			if rec != nil {
				list = append(list, requestOf(rec, base(r)))
			}
		}
		return requestsOf(list...), nil
	}
	ask, err := query(q, s.Now())
	if err != nil {
		return nil, err
	}
	ask.Language = lang
	found, err := s.Desk.Records(r.Context(), ask)
	if err != nil {
		return nil, err
	}
	for i := range found {
		list = append(list, requestOf(&found[i], base(r)))
	}
	return requestsOf(list...), nil
}

// query reads what is asked for.
func query(q url.Values, now time.Time) (ask bot.RecordQuery, err error) {
	ask.Services, ask.Limit = words(q, "service_code"), most
	if ask.From, err = when(q, "start_date"); err != nil {
		return ask, err
	}
	if ask.To, err = when(q, "end_date"); err != nil {
		return ask, err
	}
	switch from, to := ask.From.IsZero(), ask.To.IsZero(); {
	case from && to:
		ask.From, ask.To = now.Add(-span), now
	case from:
		ask.From = ask.To.Add(-span)
	case to:
		ask.To = ask.From.Add(span)
	case ask.To.Before(ask.From):
		return ask, wrong(http.StatusBadRequest, "end_date is before start_date")
	case ask.To.Sub(ask.From) > span:
		return ask, wrong(http.StatusBadRequest, "start_date and end_date are more than 90 days apart")
	}
	for _, status := range words(q, "status") {
		switch status {
		case "open":
			ask.Open = true
		case "closed":
			ask.Closed = true
		default:
			return ask, wrong(http.StatusBadRequest, "status is open or closed")
		}
	}
	if ask.Limit, err = count(q, "page_size", most, most); err != nil {
		return ask, err
	}
	page, err := count(q, "page", 1, mostPage)
	ask.Skip = (page - 1) * ask.Limit
	return ask, err
}

// words gives the values of a parameter, which may come several times, and several with commas between them.
func words(q url.Values, name string) (list []string) {
	for _, v := range q[name] {
		for w := range strings.SplitSeq(v, ",") {
			if w = strings.TrimSpace(w); w != "" {
				list = append(list, w)
			}
		}
	}
	return list
}

// when reads a moment; the zone is a must, and a + that came as it is reads as a space.
func when(q url.Values, name string) (time.Time, error) {
	v := strings.ReplaceAll(strings.TrimSpace(q.Get(name)), " ", "+")
	if v == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, v)
	if err != nil || t.Year() < 1990 || t.Year() > 2200 { // what lies beyond cannot be kept
		return t, wrong(http.StatusBadRequest, name+" is a date with time and zone, such as 2026-11-25T00:00:00+03:00")
	}
	return t, nil
}

func count(q url.Values, name string, usual, largest int) (int, error) {
	v := strings.TrimSpace(q.Get(name))
	if v == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		return 0, wrong(http.StatusBadRequest, name+" is a number from 1")
	}
	return min(n, largest), nil
}
