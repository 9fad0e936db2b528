package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"otklik/bot"
)

func TestStrangersAreRefused(t *testing.T) {
	s := setUp(t, func(o *Options) { o.Hosts = []string{"desk.example"} })
	press := "/desk/chairs/anna/say"
	for _, c := range []struct {
		rule, method, path string
		header             []string
		want               int
	}{
		{"the page by its own address", "GET", "/", nil, 200},
		{"by a name that was allowed", "GET", "/", []string{"Host", "desk.example:8080"}, 200},
		{"by localhost", "GET", "/", []string{"Host", "LOCALHOST:1"}, 200},
		{"by another address of the machine", "GET", "/", []string{"Host", "[::1]:8080"}, 200},
		{"by a rebound name", "GET", "/", []string{"Host", "evil.example"}, 403},
		{"the stream by a rebound name", "GET", "/desk/events", []string{"Host", "evil.example:8080"}, 403},
		{"a link from elsewhere", "GET", "/", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200},
		{"a frame of the stream elsewhere", "GET", "/desk/events", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"a photo elsewhere", "GET", "/desk/photos/x", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"a message from another site", "POST", press, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a message from another origin", "POST", press, []string{"Origin", "https://evil.example"}, 403},
		{"a message from nowhere", "POST", press, []string{"Origin", "null"}, 403},
		{"a message from the page", "POST", press, []string{"Origin", s.url, "Sec-Fetch-Site", "same-origin"}, 400},
		{"a chair that is not there", "POST", "/desk/chairs/mayor/say", nil, 404},
		{"a file outside", "GET", "/desk/web/..%2fdesk.go", nil, 404},
		{"a photo outside", "GET", "/desk/photos/..%2f..%2fetc", nil, 404},
		{"another method", "DELETE", press, nil, 405},
		{"another path", "GET", "/desk/", nil, 404},
	} {
		a := s.request(c.method, c.path, "{}", c.header...)
		if a.status != c.want {
			t.Errorf("%s: %d, want %d", c.rule, a.status, c.want)
		}
		if a.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(a.header.Get("Content-Security-Policy"), "script-src 'self'") {
			t.Errorf("%s: without the headers that keep the page safe", c.rule)
		}
	}
	if n := len(s.updates()); n != 0 {
		t.Errorf("%d updates reached the engine", n)
	}
}

func TestRequestsAreBounded(t *testing.T) {
	s := setUp(t, nil)
	ref := s.tell("anna", bot.Message{Text: "?", Keyboard: [][]bot.Button{row("Да")}})
	for _, c := range []struct {
		rule, verb string
		body       any
		want       int
		code       string
	}{
		{"no JSON", "say", []byte("яма"), 400, "bad"},
		{"no key", "say", said{Text: "яма"}, 400, "bad"},
		{"a key that is none", "say", said{Key: "../../../..", Text: "яма"}, 400, "bad"},
		{"nothing said", "say", said{Key: "key-00001", Text: " \u202e\n"}, 400, "empty"},
		{"too long", "say", said{Key: "key-00001", Text: strings.Repeat("ы", 4097)}, 413, "long"},
		{"too much", "say", said{Key: "key-00001", Text: strings.Repeat("ы", maxSaid)}, 413, "long"},
		{"off the earth", "say", said{Key: "key-00001", Location: &bot.Location{Lat: 91}}, 400, "bad"},
		{"a photo that nobody sent", "say", said{Key: "key-00001", Photos: []string{"0123"}}, 404, "gone"},
		{"too many photos", "say", said{Key: "key-00001", Photos: make([]string, 11)}, 400, "many"},
		{"a press on nothing", "press", said{Key: "key-00001", Ref: "77", Data: "x"}, 404, "gone"},
		{"a press without data", "press", said{Key: "key-00001", Ref: ref}, 400, "bad"},
		{"a press with too much", "press", said{Key: "key-00001", Ref: ref, Data: strings.Repeat("x", 65)}, 400, "bad"},
		{"an edit of what was told", "edit", said{Key: "key-00001", Ref: ref, Text: "x"}, 404, "gone"},
	} {
		if status, said := s.post("/desk/chairs/anna/"+c.verb, c.body); status != c.want || said["error"] != c.code {
			t.Errorf("%s: %d %v", c.rule, status, said)
		}
	}
	if got := s.updates(); len(got) != 0 {
		t.Errorf("the engine got %+v", got)
	}
}

func TestOnlyPhotosArePhotos(t *testing.T) {
	s := setUp(t, nil)
	good := picture(60, 40, 1)
	upload := func(b []byte) (int, map[string]any) { return s.post("/desk/photos", b) }
	status, said := upload(good)
	if status != 200 || said["w"] != 60. || said["h"] != 40. {
		t.Fatal(status, said)
	}
	id := said["id"].(string)
	a := s.request("GET", "/desk/photos/"+id, "")
	if !bytes.Equal(a.body, good) || a.header.Get("Content-Type") != "image/jpeg" {
		t.Error("the photo comes back as it was", a.status, a.header)
	}
	bomb := bytes.Clone(good) // the frame header says 60,000 pixels high and wide
	at := bytes.Index(bomb, []byte{0xff, 0xc0})
	copy(bomb[at+5:], []byte{0xea, 0x60, 0xea, 0x60})
	thin := bytes.Clone(good)
	copy(thin[at+5:], []byte{0, 40, 0xea, 0x60})
	for rule, c := range map[string]struct {
		bytes []byte
		want  int
		code  string
	}{
		"a page":         {[]byte("<html><script>alert(1)</script>"), 415, "photo"},
		"a drawing":      {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), 415, "photo"},
		"nothing":        {nil, 415, "photo"},
		"a torn photo":   {good[:20], 415, "photo"},
		"a huge photo":   {bomb, 415, "photo"},
		"a thin photo":   {thin, 415, "photo"},
		"a heavy photo":  {append(bytes.Clone(good), make([]byte, maxBytes)...), 413, "heavy"},
		"a heavier file": {make([]byte, maxBytes+2), 413, "heavy"},
	} {
		if status, said := upload(c.bytes); status != c.want || said["error"] != c.code {
			t.Errorf("%s: %d %v", rule, status, said)
		}
	}
	hidden, _, _ := s.blobs.Put(t.Context(), strings.NewReader("<script>alert(1)</script>"), 100)
	if a := s.request("GET", "/desk/photos/"+hidden, ""); a.status != 404 {
		t.Errorf("what is no photo is served: %d", a.status)
	}
	if status, _ := s.post("/desk/chairs/anna/say", said2(id)); status != 200 {
		t.Fatal(status)
	}
	u := s.updates()[0]
	if len(u.Media) != 1 || u.Media[0].Refs[Name] != id || u.Text != "вот" || u.Album != "" {
		t.Errorf("%+v", u)
	}
	r, err := s.desk.Fetch(t.Context(), u.Media[0].Refs[Name])
	if err != nil {
		t.Fatal(err)
	}
	var back bytes.Buffer
	if _, err := back.ReadFrom(r); err != nil || !bytes.Equal(back.Bytes(), good) {
		t.Error("the engine fetches the photo as it was", err)
	}
}

func said2(id string) said { return said{Key: "key-00009", Text: "вот", Photos: []string{id}} }

// careful is a keeper that looks further into photos than the desk does: it turns them, and refuses some.
type careful struct {
	*album
	refuse error
}

type torn struct{ error }

func (torn) NoPhoto() {}

func (c *careful) Put(ctx context.Context, _ io.Reader, limit int64) (string, int64, error) {
	if c.refuse != nil {
		return "", 0, c.refuse
	}
	return c.album.Put(ctx, bytes.NewReader(picture(40, 60, 1)), limit)
}

func TestWhatTheKeeperMakesOfAPhotoCounts(t *testing.T) {
	keeper := &careful{album: &album{}}
	s := setUp(t, func(o *Options) { o.Blobs = keeper })
	if status, said := s.post("/desk/photos", picture(60, 40, 1)); status != 200 || said["w"] != 40. || said["h"] != 60. {
		t.Errorf("a photo that was turned: %d %v", status, said)
	}
	keeper.refuse = fmt.Errorf("keep: %w", torn{errors.New("it breaks off")})
	if status, said := s.post("/desk/photos", picture(60, 40, 1)); status != 415 || said["error"] != "photo" {
		t.Errorf("what the keeper knows to be none: %d %v", status, said)
	}
}
