package open311

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"otklik/bot"
)

const (
	maxBody = 256 << 10 // bytes of a report: a text of 20,000 characters, every byte of it written as %D0
	maxWord = 200       // characters of whatever is no text
	maxLink = 2000
)

// file takes a report.
func (s *Server) file(w http.ResponseWriter, r *http.Request) (any, error) {
	if s.Key() == "" {
		return nil, wrong(http.StatusForbidden, "reporting is not offered here")
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, wrong(http.StatusUnsupportedMediaType, "a report is application/x-www-form-urlencoded")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return nil, wrong(http.StatusRequestEntityTooLarge, fmt.Sprintf("the report is larger than %d KB", maxBody>>10))
		}
		return nil, wrong(http.StatusBadRequest, "the request broke off")
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, wrong(http.StatusBadRequest, "the report is not application/x-www-form-urlencoded")
	}
	if !s.knows(form.Get("api_key")) { // before all else, so that nothing is told to strangers
		return nil, wrong(http.StatusForbidden, "api_key is missing or wrong")
	}
	if err := s.tooMany(); err != nil {
		return nil, err
	}
	f, err := filing(form, s.LongestText)
	if err != nil {
		return nil, err
	}
	f.Language = s.language(r)
	if f.Key = strings.TrimSpace(r.Header.Get("Idempotency-Key")); utf8.RuneCountInString(f.Key) > maxWord {
		return nil, wrong(http.StatusBadRequest, fmt.Sprintf("Idempotency-Key is longer than %d characters", maxWord))
	}
	kept, err := s.Desk.File(r.Context(), f)
	if err != nil {
		return nil, err
	}
	s.Log.DebugContext(r.Context(), "a report by Open311 was kept", "number", kept.Number)
	return requestsOf(receipt{ID: text(strconv.FormatUint(kept.Number, 10)), Notice: text(kept.Notice)}), nil
}

// filing reads a report. What the protocol has and the desk does not (attribute, jurisdiction_id) is left.
func filing(form url.Values, longest int) (f bot.Filing, err error) {
	field := func(name string, most int) string {
		v := bot.Clean(form.Get(name))
		if err == nil && utf8.RuneCountInString(v) > most {
			err = wrong(http.StatusBadRequest, fmt.Sprintf("%s is longer than %d characters", name, most))
		}
		return v
	}
	f = bot.Filing{Service: field("service_code", maxWord), Text: field("description", longest), Address: field("address_string", maxWord), Media: field("media_url", maxLink),
		Contact: bot.Contact{Name: strings.TrimSpace(field("first_name", maxWord) + " " + field("last_name", maxWord)), Email: field("email", maxWord),
			Phone: field("phone", maxWord), Account: field("account_id", maxWord), Device: field("device_id", maxWord)}}
	if err != nil {
		return f, err
	}
	if f.Service == "" {
		return f, wrong(http.StatusBadRequest, "service_code is missing")
	}
	if f.Location, err = point(form.Get("lat"), form.Get("long")); err != nil {
		return f, err
	}
	switch {
	case f.Location != nil || f.Address != "":
	case form.Get("address_id") != "":
		return f, wrong(http.StatusBadRequest, "address_id means nothing here: give lat and long, or address_string")
	default:
		return f, wrong(http.StatusBadRequest, "lat and long, or address_string, are missing")
	}
	if f.Media != "" {
		if u, bad := url.Parse(f.Media); bad != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return f, wrong(http.StatusBadRequest, "media_url is a web address")
		}
	}
	form.Del("api_key")
	sum := sha256.Sum256([]byte(form.Encode()))
	f.Sum = hex.EncodeToString(sum[:])
	return f, nil
}

// point reads a point of the map, nil if none is given.
func point(lat, long string) (*bot.Location, error) {
	if lat, long = strings.TrimSpace(lat), strings.TrimSpace(long); lat == "" && long == "" {
		return nil, nil
	}
	if lat == "" || long == "" {
		return nil, wrong(http.StatusBadRequest, "lat and long belong together")
	}
	y, bad := strconv.ParseFloat(lat, 64)
	x, worse := strconv.ParseFloat(long, 64)
	if bad != nil || worse != nil || !(math.Abs(y) <= 90) || !(math.Abs(x) <= 180) { // so NaN is none, too
		return nil, wrong(http.StatusBadRequest, "lat and long are degrees, such as 58.6035 and 49.6680")
	}
	return &bot.Location{Lat: y, Lon: x}, nil
}
