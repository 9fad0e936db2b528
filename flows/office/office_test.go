package office_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otklik/config"
	"otklik/flows/office"
	"otklik/storage"
	"otklik/storage/bolt"
	"otklik/storage/files"
	"otklik/storage/owner"
)

var start = time.Date(2026, time.November, 23, 7, 0, 0, 0, time.UTC)

// place is a folder with a store, as an installation has it.
type place struct {
	t   *testing.T
	dir string
	out strings.Builder
	now time.Time
	*office.Program
}

func open(path string) (storage.KV, error) { return bolt.Open(path) }

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, dir: t.TempDir(), now: start}
	s := &config.Settings{Data: filepath.Join(p.dir, "data", "otklik.db"), Store: "bolt", Listen: "127.0.0.1:0", Language: "ru", LogLevel: "info", LogFormat: "text",
		LongestText: 8000, MostPhotos: 10, LargestPhoto: 20}
	s.Telegram.API, s.VK.API = "https://api.telegram.org", "https://api.vk.ru/method/"
	p.Program = &office.Program{Settings: s, Out: &p.out, Now: func() time.Time { return p.now }, Open: open}
	if err := os.MkdirAll(filepath.Dir(s.Data), 0o700); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *place) path(name string) string { return filepath.Join(p.dir, name) }

// keep writes into the store in a file.
func (p *place) keep(file string, fn func(tx *storage.Tx) error) {
	p.t.Helper()
	kv, err := open(file)
	if err != nil {
		p.t.Fatal(err)
	}
	defer kv.Close()
	if err := storage.Over(kv).Update(context.Background(), fn); err != nil {
		p.t.Fatal(err)
	}
}

// incidents keeps n new incidents, all with a photo.
func incidents(n int, photo string) func(tx *storage.Tx) error {
	return func(tx *storage.Tx) error {
		if photo != "" {
			if err := tx.PutMedia(&storage.Media{ID: "f1", Blob: photo}); err != nil {
				return err
			}
		}
		for range n {
			number, err := tx.Next("incident")
			if err != nil {
				return err
			}
			inc := &storage.Incident{Number: number, State: storage.New, Version: 1, Created: start, Text: "Яма"}
			if photo != "" {
				inc.Photos = []string{"f1"}
			}
			if err := tx.PutIncident(inc); err != nil {
				return err
			}
			if err := tx.AddEvent(inc, &storage.Event{Incident: number, At: start, Action: "create", To: storage.New, Photos: inc.Photos}); err != nil {
				return err
			}
		}
		return nil
	}
}

// photo keeps a photo beside the store.
func (p *place) photo(words string) (id string) {
	p.t.Helper()
	f, err := files.Open(office.Photos(p.Settings.Data))
	if err != nil {
		p.t.Fatal(err)
	}
	id, _, err = f.Put(context.Background(), strings.NewReader(words), 1<<20)
	if err != nil {
		p.t.Fatal(err)
	}
	return id
}

// serve has a program run on the store until the test ends or stop is called.
func (p *place) serve() (clerk *office.Clerk, stop func()) {
	p.t.Helper()
	kv, err := open(p.Settings.Data)
	if err != nil {
		p.t.Fatal(err)
	}
	pack, err := config.Default()
	if err != nil {
		p.t.Fatal(err)
	}
	clerk = &office.Clerk{Program: p.Program, Pack: pack, Store: storage.Over(kv)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- owner.Serve(ctx, owner.Path(p.Settings.Data), clerk.Answer) }()
	for range 200 {
		if _, err := os.Stat(owner.Path(p.Settings.Data)); err == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := errors.Join(<-done, kv.Close()); err != nil {
			p.t.Error(err)
		}
	}
	p.t.Cleanup(stop)
	return clerk, stop
}

// command is what kong runs.
type command interface {
	Run(ctx context.Context, p *office.Program) error
}

// does runs a command and gives what it printed.
func (p *place) does(c command) (string, error) {
	p.out.Reset()
	err := c.Run(context.Background(), p.Program)
	if err != nil && strings.Contains(err.Error(), "\n") {
		p.t.Errorf("an error of several lines: %v", err)
	}
	return p.out.String(), err
}

// does says that a command works and gives what it printed.
func (p *place) must(c command) string {
	p.t.Helper()
	out, err := p.does(c)
	if err != nil {
		p.t.Fatalf("%T: %v\n%s", c, err, out)
	}
	return out
}

// refuses says that a command fails with such words.
func (p *place) refuses(c command, words string) {
	p.t.Helper()
	if out, err := p.does(c); err == nil || !strings.Contains(err.Error(), words) {
		p.t.Errorf("%T: want %q, got %v\n%s", c, words, err, out)
	}
}

// count gives how many incidents a store's file has, -1 if it is none.
func (p *place) count(file string) int {
	p.t.Helper()
	if _, err := os.Stat(file); err != nil {
		return -1
	}
	kv, err := open(file)
	if err != nil {
		return -1
	}
	defer kv.Close()
	n, err := storage.Over(kv).Survey(context.Background(), func(string) error { return nil })
	if err != nil {
		return -1
	}
	return int(n)
}

// names gives what is in a folder.
func (p *place) names(dir string) (list []string) {
	p.t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".sock") {
			list = append(list, e.Name())
		}
	}
	return list
}

func (p *place) same(what string, got, want any) {
	p.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		p.t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// spoiling is a store whose copies are not what it holds.
type spoiling struct {
	storage.KV
	as func(good []byte) []byte
}

func (s spoiling) Backup(w io.Writer, look func(storage.Reader) error) (rest func(storage.Writer) error, err error) {
	var b strings.Builder
	if rest, err = s.KV.(storage.Copier).Backup(&b, look); err != nil {
		return nil, err
	}
	_, err = w.Write(s.as([]byte(b.String())))
	return rest, err
}
