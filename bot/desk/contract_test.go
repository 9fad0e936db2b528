package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

func TestContract(t *testing.T) {
	bottest.Contract(t, func(t testing.TB) bottest.World { return newWorld(t) })
}

// world is a desk with people before it, each with a page that keeps trying, as the real one does.
type world struct {
	keeper *memory
	blobs  *album
	chairs []Chair

	mu     sync.Mutex // what happens on a page happens between two lives of the program
	desk   *Desk
	mux    *http.ServeMux
	opens  bot.Opener
	people int
}

func newWorld(t testing.TB) *world {
	w := &world{keeper: &memory{}, blobs: &album{}}
	for i := range 8 {
		w.chairs = append(w.chairs, Chair{ID: fmt.Sprint("p", i), Name: fmt.Sprint("Житель ", i), Role: Resident})
	}
	w.Channel(t)
	return w
}

func (w *world) Channel(t testing.TB) bot.Channel {
	w.mu.Lock()
	defer w.mu.Unlock()
	d, err := New(Options{Chairs: w.chairs, Keeper: w.keeper, Blobs: w.blobs, Open: w.opens, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	w.desk, w.mux = d, http.NewServeMux()
	d.Routes(w.mux)
	return d
}

// Makes says who makes what a page shows.
func (w *world) Makes(open bot.Opener) { w.opens = open }

// get gives what a page shows.
func (w *world) get(path string) *httptest.ResponseRecorder {
	w.mu.Lock()
	defer w.mu.Unlock()
	answer := httptest.NewRecorder()
	w.mux.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
	return answer
}

func (w *world) post(path string, body []byte) *httptest.ResponseRecorder {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := httptest.NewRequest(http.MethodPost, "http://localhost"+path, bytes.NewReader(body))
	answer := httptest.NewRecorder()
	w.mux.ServeHTTP(answer, r)
	return answer
}

func (w *world) Person(t testing.TB) bottest.Person {
	ctx, cancel := context.WithCancel(context.Background())
	p := &person{t: t, world: w, chair: w.chairs[w.people].ID, line: make(chan func() bool, 100)}
	w.people++
	var page sync.WaitGroup
	page.Go(func() {
		for {
			select {
			case try := <-p.line:
				for !try() && ctx.Err() == nil {
					time.Sleep(5 * time.Millisecond)
				}
			case <-ctx.Done():
				return
			}
		}
	})
	t.Cleanup(func() { cancel(); page.Wait() })
	return p
}

type person struct {
	t     testing.TB
	world *world
	chair string
	n     int
	line  chan func() bool // what the page has still to get through

	presses []string
}

func (p *person) Peer() bot.Peer { return peer(p.chair) }

// does puts a request in the page's line.
func (p *person) does(verb string, s said) string {
	p.n++
	s.Key = fmt.Sprintf("key-%05d", p.n)
	body, err := json.Marshal(s)
	if err != nil {
		p.t.Fatal(err)
	}
	p.line <- func() bool {
		answer := p.world.post("/desk/chairs/"+p.chair+"/"+verb, body)
		if answer.Code == http.StatusRequestEntityTooLarge {
			return true // the page does not let so much be written
		}
		if answer.Code >= 400 && answer.Code < 500 {
			p.t.Errorf("%s %s: %d %s", verb, body, answer.Code, answer.Body)
			return true
		}
		return answer.Code == http.StatusOK
	}
	return s.Key
}

func (p *person) Says(text string) { p.does("say", said{Text: text}) }

func (p *person) SendsPhoto(jpeg []byte, caption string) {
	answer := p.world.post("/desk/photos", jpeg)
	var kept photo
	if err := json.Unmarshal(answer.Body.Bytes(), &kept); err != nil || answer.Code != 200 {
		p.t.Fatal(answer.Code, err)
	}
	p.does("say", said{Text: caption, Photos: []string{kept.ID}})
}

func (p *person) SendsLocation(lat, lon float64) {
	p.does("say", said{Location: &bot.Location{Lat: lat, Lon: lon}})
}

func (p *person) RepliesTo(words, text string) {
	for _, s := range slices.Backward(p.Sees()) {
		if strings.Contains(s.Text, words) {
			p.does("say", said{Text: text, Reply: s.Ref})
			return
		}
	}
	p.t.Fatalf("nobody said %q", words)
}

func (p *person) Presses(label string) {
	for _, r := range slices.Backward(p.records()) {
		for _, row := range r.Keyboard {
			for _, b := range row {
				if b.Text == label {
					p.presses = append(p.presses, p.does("press", said{Ref: r.ref(), Data: b.Data}))
					return
				}
			}
		}
	}
	p.t.Fatalf("there is no button %q", label)
}

// Noted reads the stream as the page does: a press is answered once.
func (p *person) Noted() (notes []string) {
	d := p.world.desk
	d.mu.Lock()
	defer d.mu.Unlock()
	waits := slices.Clone(p.presses)
	for _, e := range d.feed.ring {
		var a struct{ Chair, Key, Note string }
		if e.name != "answer" || json.Unmarshal(e.data, &a) != nil || a.Chair != p.chair {
			continue
		}
		if i := slices.Index(waits, a.Key); i >= 0 {
			notes, waits = append(notes, a.Note), slices.Delete(waits, i, i+1)
		}
	}
	return notes
}

func (p *person) records() []*record {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	d := p.world.desk
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.seats[p.chair].records)
}

func (p *person) Sees() (list []bottest.Seen) {
	for _, r := range p.records() {
		v := viewOf(r)
		s := bottest.Seen{Ref: r.ref(), Mine: v.Mine, ReplyTo: v.ReplyTo}
		for _, run := range v.Runs {
			s.Text += run.Text
			if run.Bold {
				s.Bold = append(s.Bold, run.Text)
			}
		}
		for i, ph := range v.Photos {
			if ph.Make != "" {
				s.Photos = append(s.Photos, p.world.get(fmt.Sprintf("/desk/made/%s/%d/photos/%d", p.chair, v.N, i)).Body.Bytes())
				continue
			}
			f, err := p.world.blobs.Open(ph.ID)
			if err != nil {
				p.t.Fatal(err)
			}
			b, _ := io.ReadAll(f)
			s.Photos = append(s.Photos, b)
		}
		for i := range v.Files {
			answer := p.world.get(fmt.Sprintf("/desk/made/%s/%d/files/%d", p.chair, v.N, i))
			_, about, err := mime.ParseMediaType(answer.Header().Get("Content-Disposition"))
			if err != nil {
				p.t.Fatal(err)
			}
			s.Files = append(s.Files, bottest.SeenFile{Name: about["filename"], Bytes: answer.Body.Bytes()})
		}
		for _, row := range v.Keyboard {
			var labels []string
			for _, k := range row {
				labels = append(labels, k.Text)
			}
			s.Buttons = append(s.Buttons, labels)
		}
		list = append(list, s)
	}
	return list
}
