package flows_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"testing"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
	"otklik/storage/files"
	"otklik/storage/picture"
)

// messenger gives photos, or fails.
type picturehouse struct {
	fail  error
	asked int
}

func (m *picturehouse) Fetch(_ context.Context, ref string) (io.ReadCloser, error) {
	m.asked++
	if m.fail != nil {
		return nil, m.fail
	}
	return io.NopCloser(bytes.NewReader(jpegOf(ref[0]))), nil
}

func jpegOf(shade byte) []byte {
	img := image.NewGray(image.Rect(0, 0, 16, 12))
	img.Pix[0] = shade
	var b bytes.Buffer
	_ = jpeg.Encode(&b, img, nil) // into memory: it cannot fail
	return b.Bytes()
}

// album is what a stage's photos are kept by, from when it is made on.
func album(t *testing.T, s *flowtest.Stage, m *picturehouse) *flows.Photographs {
	t.Helper()
	kept, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return flows.NewPhotographs(flows.Photographs{Store: s.Store, Blobs: picture.NewKeeper(kept), Fetcher: func(string) bot.Fetcher { return m },
		Largest: 1 << 20, Now: func() time.Time { return s.Now }, Log: slog.New(slog.NewTextHandler(&s.Log, nil))})
}

// blob tells where a photo's bytes are kept.
func blob(t *testing.T, s *flowtest.Stage, id string) (blob string) {
	t.Helper()
	err := s.Store.View(t.Context(), func(tx *storage.Tx) error {
		m, err := tx.Media(id)
		if err == nil && m != nil {
			blob = m.Blob
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return blob
}

func work(t *testing.T, p *flows.Photographs) time.Time {
	t.Helper()
	next, err := p.Step(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func TestThePhotosOfAnIncidentAreKept(t *testing.T) {
	s, m := flowtest.New(t), &picturehouse{}
	p := album(t, s, m)
	woken := 0
	s.Engine.Wanted = func() { woken++ }
	s.Play("Анна: [фото] Яма на дороге, Киров, Ленина 12\n")
	if next := work(t, p); m.asked > 0 || woken > 0 || !next.IsZero() {
		t.Errorf("a draft's photo was fetched: its author may not send it")
	}
	s.Play("Анна ▸ ✓ Отправить\n")
	if woken != 1 {
		t.Errorf("told %d times", woken)
	}
	next := work(t, p)
	id := blob(t, s, "f1")
	if m.asked != 1 || id == "" || !next.IsZero() {
		t.Fatalf("asked %d times, kept as %q, next %v", m.asked, id, next)
	}
	m.fail = errors.New("the messenger has removed it")
	r, err := p.Open(t.Context(), bot.Media{ID: "f1", Blob: id})
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	s.Play("Ольга: /assign 1 adm-kirov\nПётр ↩ «№ 1»: [фото] Бригада выехала.\n")
	m.fail = nil
	work(t, p)
	if blob(t, s, "f2") == "" {
		t.Error("an official's photo is not kept")
	}
	if work(t, p); m.asked != 2 {
		t.Errorf("asked %d times for two photos", m.asked)
	}
}

func TestAPhotoThatIsNotToBeHadIsTriedAgainForAWeek(t *testing.T) {
	s, m := flowtest.New(t), &picturehouse{fail: errors.New("the network is down")}
	s.Play("Анна: [фото] Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\n")
	begin := s.Now
	var pauses []time.Duration
	for {
		next := work(t, album(t, s, m)) // each by another program: it is kept in the store
		if next.IsZero() {
			break
		}
		pauses = append(pauses, next.Sub(s.Now))
		if work(t, album(t, s, m)); m.asked != len(pauses) {
			t.Fatalf("asked %d times in %d", m.asked, len(pauses))
		}
		s.Now = next
	}
	if pauses[0] != time.Minute || pauses[1] != 2*time.Minute || pauses[len(pauses)-1] != 6*time.Hour {
		t.Errorf("pauses %v", pauses)
	}
	if d := s.Now.Sub(begin); d < 6*24*time.Hour || d > 8*24*time.Hour {
		t.Errorf("given up after %v", d)
	}
	s.Play("Иван: [фото] Мусор не вывозят, Киров, Мира 5\nИван ▸ ✓ Отправить\n")
	m.asked, m.fail = 0, &bot.Failure{Reason: bot.Later, After: 3 * time.Hour, Err: errors.New("too many calls")}
	if next := work(t, album(t, s, m)); next.Sub(s.Now) != 3*time.Hour {
		t.Errorf("a pause that was asked for is not kept: %v", next.Sub(s.Now))
	}
	s.Now = s.Now.Add(3 * time.Hour)
	m.fail = &bot.Failure{Reason: bot.Never, Err: errors.New("removed")}
	if next := work(t, album(t, s, m)); !next.IsZero() || m.asked != 2 {
		t.Errorf("what is gone is asked for again: %v", next)
	}
}

func TestAPhotoThatWasShownMeanwhileIsNotFetchedAgain(t *testing.T) {
	s, m := flowtest.New(t), &picturehouse{}
	p := album(t, s, m)
	s.Play("Анна: [фото] Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\n")
	r, err := p.Open(t.Context(), bot.Media{ID: "f1", Refs: map[string]string{"desk": "a"}})
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	if next := work(t, p); m.asked != 1 || !next.IsZero() {
		t.Errorf("asked %d times, next %v", m.asked, next)
	}
}

// TestRunKeepsWhatItIsWokenFor and what waited from before.
func TestRunKeepsWhatItIsWokenFor(t *testing.T) {
	s, m := flowtest.New(t), &picturehouse{}
	p := album(t, s, m)
	p.Now = func() time.Time { return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) }
	kept := make(chan struct{}, 10)
	p.Blobs = noting{p.Blobs, kept}
	s.Engine.Wanted = p.Wake
	s.Play("Анна: [фото] Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\n")
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { p.Run(ctx); close(ended) }()
	<-kept
	s.Play("Иван: [фото] Мусор не вывозят, Киров, Мира 5\nИван ▸ ✓ Отправить\n")
	<-kept
	stop()
	<-ended
}

type noting struct {
	flows.Blobs
	kept chan struct{}
}

func (b noting) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	id, n, err := b.Blobs.Put(ctx, r, limit)
	b.kept <- struct{}{}
	return id, n, err
}
