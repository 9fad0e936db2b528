package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"otklik/bot"
)

// memory is a Keeper that forgets with the test, and refuses while broken.
type memory struct {
	mu     sync.Mutex
	values map[string][]byte
	broken error
}

func (m *memory) Save(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return m.broken
	}
	if m.values == nil {
		m.values = map[string][]byte{}
	}
	m.values[key] = bytes.Clone(value)
	return nil
}

func (m *memory) Load(_ context.Context, prefix string, fn func(string, []byte) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range slices.Sorted(maps.Keys(m.values)) {
		if strings.HasPrefix(k, prefix) {
			if err := fn(k, m.values[k]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = err
}

// album is a Blobs that names bytes by their hash.
type album struct {
	mu    sync.Mutex
	blobs map[string][]byte
}

func (a *album) Put(_ context.Context, r io.Reader, limit int64) (string, int64, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil || int64(len(b)) > limit {
		return "", 0, errors.Join(errors.New("too much"), err)
	}
	sum := sha256.Sum256(b)
	id := hex.EncodeToString(sum[:8])
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.blobs == nil {
		a.blobs = map[string][]byte{}
	}
	a.blobs[id] = b
	return id, int64(len(b)), nil
}

func (a *album) Open(id string) (io.ReadCloser, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b, ok := a.blobs[id]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// picture draws a photo that looks like something: a sky, a ground and a patch, different for each seed.
func picture(width, height, seed int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			f := float64(y) / float64(height)
			c := color.RGBA{uint8(150 + 60*f), uint8(180 + 20*f), uint8(205 - 30*f), 255}
			if f > 0.55+0.03*math.Sin(float64(x)/60+float64(seed)) {
				g := uint8(96 + (x*7+y*13+seed*31)%17)
				c = color.RGBA{g, g, g + 4, 255}
			}
			dx, dy := float64(x-width*(40+seed*9%25)/100)/float64(width), float64(y-height*78/100)/float64(height)
			if dx*dx*14+dy*dy*70 < 0.3 {
				c = color.RGBA{58, 54, 52, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 82}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// office is the demo's own set of chairs.
var office = []Chair{
	{ID: "anna", Name: "Анна Кузнецова", Role: Resident, Title: "Киров"},
	{ID: "petr", Name: "Пётр Шабалин", Role: Resident, Title: "Верхняя Тойма, Уржумский район"},
	{ID: "curator", Name: "Ирина Ветошкина", Role: Curator, Title: "Центр управления регионом"},
	{ID: "district", Name: "Олег Мальцев", Role: Official, Title: "Администрация города Кирова"},
	{ID: "ministry", Name: "Светлана Рычкова", Role: Official, Title: "Министерство транспорта Кировской области"},
}

// towns stands for the region's list of places.
func towns(query string, n int) (list []Place) {
	for _, p := range []Place{
		{"Киров", "городской округ", 58.6036, 49.6680}, {"Слободской", "Слободской район", 58.7312, 50.1683},
		{"Кирово-Чепецк", "городской округ", 58.5539, 50.0399}, {"Вятские Поляны", "городской округ", 56.2241, 51.0646},
		{"Котельнич", "городской округ", 58.3035, 48.3475}, {"Яранск", "Яранский район", 57.3036, 47.8849},
		{"Уржум", "Уржумский район", 57.1096, 50.0058}, {"Омутнинск", "Омутнинский район", 58.6701, 52.1894},
		{"Луза", "Лузский район", 60.6290, 47.2613}, {"Советск", "Советский район", 57.5866, 48.9590},
		{"Нолинск", "Нолинский район", 57.5597, 49.9357}, {"Малмыж", "Малмыжский район", 56.5237, 50.6780},
		{"Афанасьево", "Афанасьевский район", 58.8655, 53.2580}, {"Мураши", "Мурашинский район", 59.3956, 48.9641},
		{"Ключи", "Куменский район", 58.0500, 49.9000}, {"Ключи", "Уржумский район", 57.2000, 50.3000},
	} {
		if strings.Contains(strings.ToLower(p.Name), strings.ToLower(query)) && len(list) < n {
			list = append(list, p)
		}
	}
	return list
}

// stage is a desk that runs, its page on loopback, and an engine that does as the test says.
type stage struct {
	t      testing.TB
	desk   *Desk
	url    string
	addr   string
	keeper *memory
	blobs  *album
	script func(ctx context.Context, u bot.Update) error

	mu     sync.Mutex
	seen   []bot.Update
	fault  error
	noise  bool               // what the browser says of its network is no fault
	cancel context.CancelFunc // ends Run, the server stays
	stop   func()
	ended  chan struct{}
	client *http.Client
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func setUp(t testing.TB, with func(*Options)) *stage {
	t.Helper()
	s := &stage{t: t, keeper: &memory{}, blobs: &album{}, client: &http.Client{}}
	s.start(with)
	return s
}

// start opens the desk over what is kept; a stage may be ended and started again.
func (s *stage) start(with func(*Options)) {
	s.t.Helper()
	o := Options{Chairs: office, Keeper: s.keeper, Blobs: s.blobs, Places: towns, Log: quiet()}
	if with != nil {
		with(&o)
	}
	d, err := New(o)
	if err != nil {
		s.t.Fatal(err)
	}
	mux := http.NewServeMux()
	d.Routes(mux)
	server := httptest.NewUnstartedServer(mux)
	if s.addr != "" { // a second run is found where the first was
		again, err := net.Listen("tcp", s.addr)
		if err != nil {
			s.t.Fatal(err)
		}
		_ = server.Listener.Close()
		server.Listener = again
	}
	server.Start()
	s.addr = server.Listener.Addr().String()
	d.SetAddress(server.URL)
	ctx, cancel := context.WithCancel(context.Background())
	s.desk, s.url, s.ended, s.cancel = d, server.URL, make(chan struct{}), cancel
	go func() {
		defer close(s.ended)
		if err := d.Run(ctx, s.take); err != nil {
			s.t.Error(err)
		}
	}()
	for !s.desk.line.isOpen() {
		time.Sleep(time.Millisecond)
	}
	once := sync.OnceFunc(func() {
		cancel()
		<-s.ended
		s.client.CloseIdleConnections()
		server.Close()
	})
	s.stop = once
	s.t.Cleanup(once)
}

func (l *lineToSink) isOpen() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.sink != nil
}

func (s *stage) take(ctx context.Context, u bot.Update) error {
	s.mu.Lock()
	if s.fault != nil {
		defer s.mu.Unlock()
		return s.fault
	}
	known := slices.ContainsFunc(s.seen, func(o bot.Update) bool { return o.ID == u.ID })
	s.seen = append(s.seen, u)
	script := s.script
	s.mu.Unlock()
	if known || script == nil {
		return nil
	}
	return script(ctx, u)
}

func (s *stage) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = err
}

func (s *stage) updates() []bot.Update {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// tell sends a message to a chair.
func (s *stage) tell(chair string, m bot.Message) bot.Ref {
	s.t.Helper()
	r, err := s.desk.Send(context.Background(), peer(chair), m, fmt.Sprint(time.Now().UnixNano()), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.Ref
}

// post makes a request as the page does and gives the status and what was said.
func (s *stage) post(path string, body any) (int, map[string]any) {
	s.t.Helper()
	raw, ok := body.([]byte)
	if !ok {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			s.t.Fatal(err)
		}
	}
	answer, err := s.client.Post(s.url+path, "application/json", bytes.NewReader(raw))
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil {
		s.t.Fatalf("%s: %v", path, err)
	}
	return answer.StatusCode, out
}

func peer(chair string) bot.Peer { return bot.Peer{Channel: Name, Chat: chair} }
