package open_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"otklik/flows/flowtest"
	"otklik/flows/open"
	"otklik/storage"
	"otklik/storage/storagetest"
)

// slow is a store whose views take until they may, and are counted.
type slow struct {
	storage.KV
	views, most, now atomic.Int64
	wait             chan struct{}
	fails            atomic.Bool
}

func (s *slow) View(ctx context.Context, fn func(storage.Reader) error) error {
	s.views.Add(1)
	defer s.now.Add(-1)
	if n := s.now.Add(1); n > s.most.Load() {
		s.most.Store(n)
	}
	<-s.wait
	if s.fails.Load() {
		return errors.New("the disk is gone")
	}
	return s.KV.View(ctx, fn)
}

func slowSite(t *testing.T) (*slow, http.Handler) {
	t.Helper()
	s := flowtest.New(t)
	kv := &slow{KV: storagetest.NewMemory(), wait: make(chan struct{})}
	mux := http.NewServeMux()
	open.New(open.Options{Pack: s.Engine.Pack, Store: storage.Over(kv), Voice: s.Engine.Voice, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return s.Now }}).Routes(mux)
	return kv, mux
}

// TestManyAskForOnePage: it is made once. Of many pages few are made at a time.
func TestManyAskForOnePage(t *testing.T) {
	kv, site := slowSite(t)
	var all sync.WaitGroup
	ask := func(target string) {
		all.Go(func() {
			if code := get(t, site, target).Code; code != http.StatusOK {
				t.Errorf("%s: %d", target, code)
			}
		})
	}
	for range 50 {
		ask("/open?lang=ru")
	}
	for kv.views.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	close(kv.wait)
	all.Wait()
	once := kv.views.Load()
	get(t, site, "/open?lang=ru")
	if kv.views.Load() != once {
		t.Error("a page that is kept is made again")
	}
	kv.wait = make(chan struct{})
	kv.most.Store(0)
	for _, p := range []string{"month", "quarter", "year"} {
		for _, m := range []string{"", "kirov", "arbazhsky", "afanasyevsky"} {
			ask("/open?lang=en&period=" + p + "&municipality=" + m)
		}
	}
	for kv.now.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	close(kv.wait)
	all.Wait()
	if n := kv.most.Load(); n > 2 {
		t.Errorf("%d pages are made at once", n)
	}
}

// TestAFailureIsNotKept: who asks next gets the page.
func TestAFailureIsNotKept(t *testing.T) {
	kv, site := slowSite(t)
	close(kv.wait)
	kv.fails.Store(true)
	if code := get(t, site, "/open?lang=ru").Code; code != http.StatusServiceUnavailable {
		t.Errorf("%d", code)
	}
	kv.fails.Store(false)
	if code := get(t, site, "/open?lang=ru").Code; code != http.StatusOK {
		t.Errorf("%d", code)
	}
}

// TestPacked: who can unpack the page gets it packed, under a mark of its own.
func TestPacked(t *testing.T) {
	_, h := site(t)
	plain, pack := get(t, h, "/open?lang=ru"), get(t, h, "/open?lang=ru", "Accept-Encoding", "br, gzip;q=0.8")
	r, err := gzip.NewReader(pack.Body)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil || string(raw) != plain.Body.String() || pack.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	if a, b := plain.Header().Get("ETag"), pack.Header().Get("ETag"); a == b || a == "" {
		t.Errorf("%s and %s", a, b)
	}
	if again := get(t, h, "/open?lang=ru", "Accept-Encoding", "gzip", "If-None-Match", pack.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("the same again: %d", again.Code)
	}
	for _, no := range []string{"", "gzip;q=0", "identity", "br"} {
		if got := get(t, h, "/open?lang=ru", "Accept-Encoding", no).Header().Get("Content-Encoding"); got != "" {
			t.Errorf("%q: %s", no, got)
		}
	}
}

// BenchmarkOpen has many ask for the page side by side: one that is kept, beside a handler that has as many bytes at hand; and pages that
// are made each time.
func BenchmarkOpen(b *testing.B) {
	s := flowtest.New(b)
	s.Play(played)
	var made atomic.Int64
	var away atomic.Bool
	now := func() time.Time {
		if away.Load() { // each is asked for when the one before has grown old
			return s.Now.Add(time.Duration(made.Add(1)) * time.Hour)
		}
		return s.Now
	}
	mux := http.NewServeMux()
	open.New(open.Options{Pack: s.Engine.Pack, Store: s.Store, Voice: s.Engine.Voice, Log: slog.New(slog.DiscardHandler), Now: now}).Routes(mux)
	ask := func(h http.Handler, target string) func(*testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					w := httptest.NewRecorder()
					h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
					if w.Code != http.StatusOK {
						b.Error(w.Code)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
		}
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, open.Path, nil))
	body := w.Body.Bytes()
	b.Run("baseline", ask(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	}), open.Path))
	b.Run("kept", ask(mux, open.Path))
	away.Store(true)
	b.Run("made", ask(mux, open.Path))
}
