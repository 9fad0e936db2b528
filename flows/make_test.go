package flows_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// workshop gives what makers make.
func workshop(s *flowtest.Stage, makers map[string]flows.Maker) *flows.Photographs {
	return flows.NewPhotographs(flows.Photographs{Store: s.Store, Makers: makers})
}

// count tells how many incidents there are, and of what it was asked.
func count(ctx context.Context, store *storage.Store, args string) (io.ReadCloser, error) {
	n := 0
	err := store.View(ctx, func(tx *storage.Tx) error {
		n = 0
		for number := uint64(1); ; number++ {
			if inc, err := tx.Incident(number); err != nil || inc == nil {
				return err
			}
			n++
		}
	})
	return io.NopCloser(strings.NewReader(fmt.Sprint(n, " of ", args))), err
}

func TestAMakerMakesFromTheStoreAndItsArguments(t *testing.T) {
	s := flowtest.New(t)
	p := workshop(s, map[string]flows.Maker{"count/all": count})
	s.Play("Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\n")
	for making, want := range map[string]string{"count/all": "1 of ", "count/all:a:b?c": "1 of a:b?c", "count/all?from=1": "1 of from=1"} {
		r, err := p.Open(t.Context(), bot.Media{Make: making})
		if err != nil {
			t.Fatal(making, err)
		}
		got, err := io.ReadAll(r)
		if string(got) != want || err != nil || r.Close() != nil {
			t.Errorf("%s: %q, %v", making, got, err)
		}
	}
}

func TestWhatNobodyCanMakeIsAFailureForEver(t *testing.T) {
	fails := func(err error) flows.Maker {
		return func(context.Context, *storage.Store, string) (io.ReadCloser, error) { return nil, err }
	}
	writes := func(fn func(w io.Writer) error) flows.Maker {
		return func(context.Context, *storage.Store, string) (io.ReadCloser, error) { return flows.Written(fn), nil }
	}
	p := workshop(flowtest.New(t), map[string]flows.Maker{
		"args":      fails(fmt.Errorf("from is no date: %w", flows.ErrCannotMake)),
		"busy":      fails(storage.ErrFailed),
		"late args": writes(func(io.Writer) error { return fmt.Errorf("row 7: %w", flows.ErrCannotMake) }),
		"late busy": writes(func(w io.Writer) error { _, _ = io.WriteString(w, "half"); return storage.ErrFailed }),
		"bug":       writes(func(io.Writer) error { panic("a bug") }),
	})
	for name, want := range map[string]bot.Reason{"unknown": bot.Never, "args": bot.Never, "late args": bot.Never, "bug": bot.Never, "busy": bot.Later, "late busy": bot.Later} {
		_, err := bot.Whole(t.Context(), p.Open, bot.Media{Make: name + "?x"})
		if err == nil || bot.FailureOf(err).Reason != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 8 { // nobody's place was lost
		if _, err := p.Open(t.Context(), bot.Media{Make: "args"}); !errors.Is(err, flows.ErrCannotMake) {
			t.Fatal(err)
		}
	}
}

func TestOnlyAFewThingsAreMadeAtOnce(t *testing.T) {
	p := workshop(flowtest.New(t), map[string]flows.Maker{"count": count})
	var open []io.Closer
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		r, err := p.Open(ctx, bot.Media{Make: "count"})
		cancel()
		if err != nil {
			break
		}
		if open = append(open, r); len(open) > 10 {
			t.Fatal("there is no bound")
		}
	}
	open[0].Close()
	open[0].Close()
	r, err := p.Open(t.Context(), bot.Media{Make: "count"})
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
}

func TestAMessageThatIsMadeSaysInItsReadersLanguageWhatIsMissing(t *testing.T) {
	s := flowtest.New(t)
	s.Play("Иван: /language en\n")
	report := bot.Message{Text: "№", Photos: []bot.Media{{Make: "chart/trend?from=1"}}, Files: []bot.File{{Name: "обращения.xlsx", Make: "table"}}}
	var said []string
	err := s.Engine.Do(t.Context(), func(turn *flows.Turn) error {
		said = nil
		for _, id := range []string{"1", "2"} {
			p, err := turn.Tx.PersonBy("desk", id)
			if err != nil {
				return err
			}
			if err := turn.Tell(p, report, 0); err != nil {
				return err
			}
		}
		return turn.Tx.AllOutgoing(func(o *storage.Outgoing) bool {
			var m bot.Message
			if json.Unmarshal(o.Body, &m) == nil {
				said = append(said, m.Missing)
			}
			return true
		})
	})
	if err != nil || fmt.Sprint(said) != "[Файл или картинку сюда приложить не получилось. A file or a picture could not be attached here.]" {
		t.Errorf("%q, %v", said, err)
	}
	if got := s.Play("Анна: /help\n"); !strings.Contains(got, "→ Анна: [картинка chart/trend] [файл обращения.xlsx] №") {
		t.Error(got)
	}
}
