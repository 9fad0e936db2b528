package flows_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// road is a whole life of an incident: every kind of change.
const road = `
@ роль Марина official traffic-police
Анна: [фото] Яма на дороге, Киров, Ленина 12
Анна ▸ ✓ Отправить
Ольга ▸ → Администрация города Кирова
Пётр ▸ Не наше
Пётр: Это региональная трасса
Пётр ▸ Не знаю
Ольга: /assign 1 adm-kirov
Пётр ▸ ✓ Принять
Ольга: /inspect 1 traffic-police
Пётр ↩ «№ 1»: [фото] Бригада выехала.
Пётр ▸ Дать ответ
Пётр: Заделали.
Пётр ▸ ✓ Отправить на проверку
Ольга ▸ ↩ Вернуть
Ольга: Добавьте фото.
Пётр: /close 1 Заделали, вот фото.
Ольга ▸ ✓ Одобрить
Анна ▸ ✗ Не решено
Анна: Не заделали
Анна ▸ Вернуть в работу
@ +500h
Пётр: /close 1 Теперь точно.
Ольга: /approve 1
Анна ▸ ✓ Решено
Марина: /finding 1 нарушение Заделали плохо
Марина ▸ ✓ Записать, житель прочитает
Марина ▸ Исправить заключение
Марина ▸ Нарушений нет
Марина: Заделали хорошо
Марина ▸ ✓ Записать, житель прочитает
`

// TestLaw1 one update, one transaction: the same update twice changes nothing.
func TestLaw1SameUpdateTwice(t *testing.T) {
	once, twice := flowtest.New(t), flowtest.New(t)
	once.Play(road)
	twice.Repeat = true
	twice.Play(road)
	if a, b := dump(t, once), dump(t, twice); a != b {
		t.Errorf("the store differs after every update came twice:\n%s\n---\n%s", a, b)
	}
	if a, b := once.Screen("Анна"), twice.Screen("Анна"); a != b {
		t.Errorf("Анна reads otherwise:\n%s\n---\n%s", a, b)
	}
}

// TestLaw1 all or nothing: a commit that fails leaves nothing behind, is told to the channel, and the update works when
// it comes again.
func TestLaw1AllOrNothing(t *testing.T) {
	s := flowtest.New(t)
	u := s.Update(s.Cast["Анна"], s.Cast["Анна"].Peer, false, bot.Update{Kind: bot.Written, Text: "Яма на дороге, Киров, Ленина 12"})
	before := dump(t, s)
	s.Fail.Next()
	if err := s.Engine.Handle(context.Background(), u); !errors.Is(err, storage.ErrFailed) {
		t.Fatalf("the channel was told %v, want storage.ErrFailed", err)
	}
	if after := dump(t, s); after != before {
		t.Errorf("a failed commit left something behind:\n%s\n---\n%s", before, after)
	}
	if len(s.Notified) > 0 {
		t.Errorf("a message was let out before its commit: %v", s.Notified)
	}
	s.Give(u)
	if !strings.Contains(s.Screen("Анна"), "[✓ Отправить]") {
		t.Errorf("the update did not work when it came again:\n%s", s.Screen("Анна"))
	}
}

// TestLaw2 nothing is said that is not written down: whatever the outbox is told of is in the spool.
func TestLaw2NothingUnwritten(t *testing.T) {
	s := flowtest.New(t)
	s.Check = func(ticket bot.Ticket) {
		err := s.Store.View(context.Background(), func(tx *storage.Tx) error {
			o, err := tx.Outgoing(ticket.ID)
			if err == nil && o == nil {
				t.Errorf("ticket %d is not in the spool", ticket.ID)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	s.Play(road)
	if len(s.Notified) == 0 {
		t.Error("nothing was said at all")
	}
}

// TestLaw4 the messenger ends at its adapter, siblings never import each other, imports run one way.
func TestLaw4Imports(t *testing.T) {
	allowed := map[string][]string{ // by folder, the longest that fits: what of the project and which library it may import
		"bot":              {},
		"bot/kit":          {"otklik/bot"},
		"bot/meter":        {"otklik/bot"},
		"bot/telegram":     {"otklik/bot", "otklik/bot/kit", "github.com/go-telegram-bot-api/"},
		"bot/vk":           {"otklik/bot", "otklik/bot/kit", "github.com/SevereCloud/vksdk/"},
		"bot/desk":         {"otklik/bot", "otklik/bot/kit"},
		"bot/feed":         {"otklik/bot", "otklik/bot/kit", "github.com/mmcdole/gofeed"},
		"bot/ingest":       {"otklik/bot", "otklik/bot/kit"},
		"bot/open311":      {"otklik/bot"},
		"bot/bottest":      {"otklik/bot"},
		"bot/bottest/load": {"otklik/", "github.com/go-telegram-bot-api/", "go.etcd.io/bbolt"}, // it lays stores out, and the bots to compare with are made of the same
		"config":           {},
		"storage":          {},
		"storage/bolt":     {"otklik/storage", "go.etcd.io/bbolt", "go.etcd.io/bbolt/", "github.com/tidwall/btree"},
		"storage/":         {"otklik/storage"},
		"storage/picture":  {},
		"flows":            {"otklik/bot", "otklik/config", "otklik/storage", "otklik/flows/lazy", "otklik/flows/place", "otklik/flows/understand", "otklik/flows/learn", "otklik/flows/worktime", "otklik/flows/words", "otklik/flows/days", "otklik/flows/personal", "otklik/storage/picture", "github.com/looplab/fsm"},
		"flows/place":      {"otklik/config", "otklik/flows/lazy", "otklik/flows/memo", "otklik/flows/words"},
		"flows/understand": {"otklik/config", "otklik/flows/memo", "otklik/flows/words"},
		"flows/memo":       {},
		"flows/lazy":       {},
		"flows/learn":      {"otklik/flows/words", "otklik/flows/memo"},
		"flows/lessons":    {"otklik/config", "otklik/storage", "otklik/flows/learn", "otklik/flows/personal", "otklik/flows/understand"},
		"flows/worktime":   {"otklik/config"},
		"flows/words":      {},
		"flows/days":       {"otklik/flows/lazy"},
		"flows/personal":   {"otklik/flows/lazy"},
		"flows/chart":      {},
		"flows/":           {"otklik/bot", "otklik/config", "otklik/storage", "otklik/flows", "otklik/flows/lazy", "otklik/flows/place", "otklik/flows/days", "otklik/flows/personal", "otklik/flows/words"},
		"flows/journal":    {"otklik/storage"},
		"flows/figures":    {"otklik/bot", "otklik/config", "otklik/storage", "otklik/flows", "otklik/flows/chart", "otklik/flows/days", "otklik/flows/export"},
		"flows/export":     {"otklik/config", "otklik/flows", "otklik/flows/personal", "otklik/storage", "github.com/xuri/excelize/"},
		"flows/office":     {"otklik/"},
		"flows/all":        {"otklik/"},
		"flows/flowtest":   {"otklik/"},
	}
	guarded := []string{"otklik/", "github.com/go-telegram-bot-api/", "github.com/SevereCloud/vksdk/", "github.com/looplab/fsm", "go.etcd.io/bbolt", "github.com/tidwall/btree", "github.com/xuri/excelize/", "github.com/mmcdole/gofeed"}
	seen := 0
	walk(t, func(dir, file string, imports []string) {
		rule, ok := allowed[dir]
		if !ok {
			parent, _, _ := strings.Cut(dir, "/")
			if rule, ok = allowed[parent+"/"]; !ok {
				t.Errorf("%s: no rule for imports of folder %s", file, dir)
			}
		}
		for _, path := range imports {
			for _, g := range guarded {
				if !strings.HasPrefix(path, g) {
					continue
				}
				seen++
				fits := false
				for _, r := range rule {
					fits = fits || path == r || (strings.HasSuffix(r, "/") && strings.HasPrefix(path, r))
				}
				if !fits {
					t.Errorf("%s imports %s", file, path)
				}
			}
		}
	})
	if seen < 50 {
		t.Errorf("only %d imports were looked at", seen)
	}
}

// TestLaw5 every change of an incident is an event: the history alone gives the state.
func TestLaw5HistoryGivesTheState(t *testing.T) {
	s := flowtest.New(t)
	s.Play(road)
	err := s.Store.View(context.Background(), func(tx *storage.Tx) error {
		inc, err := tx.Incident(1)
		if err != nil {
			return err
		}
		events, err := tx.Events(1)
		if err != nil {
			return err
		}
		state := storage.State("")
		for i, ev := range events {
			if ev.From != state || ev.Seq != uint64(i+1) || ev.At.IsZero() || (ev.Actor == 0) != slices.Contains([]flows.Action{flows.Overdue, flows.Remind, flows.Escalate, flows.Control, flows.Unchecked, flows.Hurry}, flows.Action(ev.Action)) {
				t.Errorf("event %d does not follow: %+v after state %q", i+1, ev, state)
			}
			state = ev.To
		}
		if state != inc.State || uint64(len(events)) != inc.Version {
			t.Errorf("history ends in %q after %d events, the incident is %q, version %d", state, len(events), inc.State, inc.Version)
		}
		if len(events) < 14 {
			t.Errorf("only %d events", len(events))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestLaw6 time is given: nothing that decides reads the clock, and a week of downtime misses no deadline.
func TestLaw6DowntimeMissesNothing(t *testing.T) {
	s := flowtest.New(t)
	s.Play("Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\n")
	s.Now = s.Now.Add(60 * 24 * time.Hour)
	if _, err := s.Engine.Tick(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.Play("Ольга: /incident 1\n")
	for _, want := range []string{"не передано вовремя", "нет первого ответа", "нет ответа в срок"} {
		if !strings.Contains(s.Screen("Ольга"), want) {
			t.Errorf("the curator was not told: %s\n%s", want, s.Screen("Ольга"))
		}
	}
}

func TestLaw6NobodyReadsTheClock(t *testing.T) {
	walk(t, func(dir, file string, _ []string) {
		if !strings.HasPrefix(dir, "flows") && dir != "storage" && dir != "config" {
			return
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"time.Now(", "time.Since(", "time.After(", "time.Sleep("} {
			if strings.Contains(string(raw), bad) {
				t.Errorf("%s calls %s", file, bad+")")
			}
		}
	})
}

// walk calls fn with every file of the project that is no test.
func walk(t *testing.T, fn func(dir, file string, imports []string)) {
	t.Helper()
	for _, top := range []string{"bot", "config", "flows", "storage"} {
		root := filepath.Join("..", top)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			var imports []string
			for _, i := range f.Imports {
				imports = append(imports, strings.Trim(i.Path.Value, `"`))
			}
			dir, err := filepath.Rel("..", filepath.Dir(path))
			if err != nil {
				return err
			}
			fn(filepath.ToSlash(dir), path, imports)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// dump gives what the store knows of incidents, their history and what waits to be sent.
func dump(t rapid.TB, s *flowtest.Stage) string {
	t.Helper()
	var b strings.Builder
	err := s.Store.View(context.Background(), func(tx *storage.Tx) error {
		b.Reset()
		for n := uint64(1); ; n++ {
			inc, err := tx.Incident(n)
			if err != nil {
				return err
			}
			if inc == nil {
				break
			}
			events, err := tx.Events(n)
			if err != nil {
				return err
			}
			if err := json.NewEncoder(&b).Encode([]any{inc, events}); err != nil {
				return err
			}
		}
		for id := uint64(1); id <= 5; id++ {
			p, err := tx.Person(id)
			if err != nil {
				return err
			}
			sess, err := tx.Session(fmt.Sprintf("desk:%d", id), id)
			if err != nil {
				return err
			}
			if err := json.NewEncoder(&b).Encode([]any{p, sess}); err != nil {
				return err
			}
		}
		return tx.AllOutgoing(func(o *storage.Outgoing) bool {
			fmt.Fprintln(&b, o.ID, o.Peer, string(o.Body))
			return true
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestLifecycleDiagram(t *testing.T) {
	got, err := flows.LifecycleDiagram()
	if err != nil {
		t.Fatal(err)
	}
	flowtest.Golden(t, "lifecycle.mmd", got)
}
