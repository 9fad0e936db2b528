package open311

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"otklik/bot"
)

var now = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

func TestWhatIsAskedFor(t *testing.T) {
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	for _, row := range []struct {
		query string
		want  bot.RecordQuery
		fault string
	}{
		{"", bot.RecordQuery{From: day(-90), To: now, Limit: 1000}, ""},
		{"jurisdiction_id=x&status=&start_date=", bot.RecordQuery{From: day(-90), To: now, Limit: 1000}, ""},
		{"start_date=2026-11-22T10:00:00%2B03:00", bot.RecordQuery{From: day(-1), To: day(89), Limit: 1000}, ""},
		{"end_date=2026-11-22T10:00:00+03:00", bot.RecordQuery{From: day(-91), To: day(-1), Limit: 1000}, ""},
		{"start_date=2026-08-25T07:00:00Z&end_date=2026-11-23T07:00:00Z", bot.RecordQuery{From: day(-90), To: now, Limit: 1000}, ""},
		{"start_date=2026-08-25T06:59:59Z&end_date=2026-11-23T07:00:00Z", bot.RecordQuery{}, "90 days"},
		{"start_date=2026-11-23T07:00:00Z&end_date=2026-11-22T07:00:00Z", bot.RecordQuery{}, "before"},
		{"start_date=2026-11-23", bot.RecordQuery{}, "start_date"},
		{"end_date=0001-01-01T00:00:00Z", bot.RecordQuery{}, "end_date"},
		{"service_code=a,b&service_code=c", bot.RecordQuery{From: day(-90), To: now, Limit: 1000, Services: []string{"a", "b", "c"}}, ""},
		{"status=open,closed", bot.RecordQuery{From: day(-90), To: now, Limit: 1000, Open: true, Closed: true}, ""},
		{"status=closed", bot.RecordQuery{From: day(-90), To: now, Limit: 1000, Closed: true}, ""},
		{"status=OPEN", bot.RecordQuery{}, "status"},
		{"page=3&page_size=50", bot.RecordQuery{From: day(-90), To: now, Limit: 50, Skip: 100}, ""},
		{"page_size=5000", bot.RecordQuery{From: day(-90), To: now, Limit: 1000}, ""},
		{"page=0", bot.RecordQuery{}, "page"},
		{"page_size=x", bot.RecordQuery{}, "page_size"},
	} {
		q, _ := url.ParseQuery(row.query)
		got, err := query(q, now)
		if row.fault != "" {
			if f, ok := errors.AsType[*fault](err); !ok || f.code != http.StatusBadRequest || !strings.Contains(f.why, row.fault) {
				t.Errorf("%s: %v, want %s", row.query, err, row.fault)
			}
			continue
		}
		if err != nil || !got.From.Equal(row.want.From) || !got.To.Equal(row.want.To) || got.Limit != row.want.Limit || got.Skip != row.want.Skip ||
			got.Open != row.want.Open || got.Closed != row.want.Closed || !slices.Equal(got.Services, row.want.Services) {
			t.Errorf("%s: %+v, %v", row.query, got, err)
		}
	}
}

// none is a desk that has nothing.
type none struct{ filed []bot.Filing }

func (*none) Services(string) []bot.Service                               { return nil }
func (*none) Record(context.Context, uint64, string) (*bot.Record, error) { return nil, nil }
func (*none) Records(context.Context, bot.RecordQuery) ([]bot.Record, error) {
	return nil, context.DeadlineExceeded
}
func (*none) Filed(context.Context, string) (uint64, error)                { return 0, nil }
func (*none) Photo(context.Context, uint64, string) (io.ReadCloser, error) { return nil, nil }
func (n *none) File(_ context.Context, f bot.Filing) (bot.Filed, error) {
	n.filed = append(n.filed, f)
	return bot.Filed{Number: uint64(len(n.filed))}, nil
}

// TestWithoutAKeyNobodyReports, whatever key they give, and everything can be read.
func TestWithoutAKeyNobodyReports(t *testing.T) {
	desk := &none{}
	mux := http.NewServeMux()
	New(Options{Desk: desk}).Routes(mux)
	for _, form := range []string{"", "api_key=", "service_code=a&lat=1&long=1&api_key="} {
		r := httptest.NewRequest(http.MethodPost, Path+"requests.xml", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "not offered") || len(desk.filed) > 0 {
			t.Errorf("%q: %d %s", form, w.Code, w.Body)
		}
	}
	for what, code := range map[string]int{"services.json": 200, "requests.json": 503, "discovery.xml": 200} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Path+what, nil))
		if w.Code != code {
			t.Errorf("%s: %d %s", what, w.Code, w.Body)
		}
	}
}

// FuzzFiling gives the reader of reports anything at all: what it takes is within bounds, clean and somewhere.
func FuzzFiling(f *testing.F) {
	f.Add("service_code=a&lat=58.6&long=49.6&description=%D0%AF%D0%BC%D0%B0")
	f.Add("service_code=a&address_string=%00%EE%80%80&first_name=%E2%80%AE&media_url=https://a.example/1.jpg")
	f.Add("service_code=a&lat=NaN&long=1e308&attribute[x]=1;api_key=2&%zz")
	f.Add("service_code=a&lat=-0&long=+180&email=a&email=b&address_id=1")
	f.Fuzz(func(t *testing.T, raw string) {
		form, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		got, err := filing(form, 100)
		if err != nil {
			if f, ok := errors.AsType[*fault](err); !ok || f.code != http.StatusBadRequest || f.why == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, s := range []string{got.Service, got.Text, got.Address, got.Media, got.Contact.Name, got.Contact.Email, got.Contact.Phone, got.Contact.Account, got.Contact.Device} {
			if bot.Clean(s) != s || len([]rune(s)) > maxLink {
				t.Fatalf("%q", s)
			}
		}
		if got.Service == "" || got.Sum == "" || got.Address == "" && got.Location == nil || len([]rune(got.Text)) > 100 {
			t.Fatalf("%+v", got)
		}
		if l := got.Location; l != nil && !(l.Lat >= -90 && l.Lat <= 90 && l.Lon >= -180 && l.Lon <= 180) {
			t.Fatalf("%+v", l)
		}
	})
}
