package office_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"otklik/config"
	"otklik/flows/lessons"
	"otklik/flows/office"
	"otklik/flows/understand"
	"otklik/storage"
)

// history is a table of another system: its names are not the pack's codes.
func history(rows int) string {
	var b strings.Builder
	b.WriteString("Текст инцидента;Тема;Исполнитель\n")
	for i := range rows {
		fmt.Fprintf(&b, "Колесо лопнуло на колдобине у дома %d, объезжаем;Ямы на дорогах;Администрация города Кирова\n", i)
		fmt.Fprintf(&b, "В подъезде %d темно третий день;Освещение улиц и фонари;ООО «Ромашка»\n", i)
		fmt.Fprintf(&b, "Хочу странного номер %d;Вопросы вообще;\n", i)
	}
	return b.String()
}

// TestLearn teaches a history while no program runs and while one does: what is learnt is there at the next start.
func TestLearn(t *testing.T) {
	for _, running := range []bool{false, true} {
		t.Run(fmt.Sprint("running ", running), func(t *testing.T) {
			p := newPlace(t)
			file := p.path("history.csv")
			if err := os.WriteFile(file, []byte(history(100)), 0o600); err != nil {
				t.Fatal(err)
			}
			p.keep(p.Settings.Data, incidents(1, ""))
			var live *lessons.Keeper
			stop := func() {}
			if running {
				var clerk *office.Clerk
				clerk, stop = p.serve()
				live = keeper(t, clerk.Store, p.Settings.Data)
				clerk.Learner = live
			}
			out := p.must(office.Learn{File: file})
			for _, want := range []string{"300 rows, 200 taught", "33 %, ", "100 %, ", "theme «Вопросы вообще», 100 rows: nothing of the region pack",
				"executor «ООО «Ромашка»», 100 rows: nothing", "taken for street-lights by its words", "executor  ", "100 %"} {
				if !strings.Contains(out, want) {
					t.Errorf("%q is not in\n%s", want, out)
				}
			}
			if live == nil {
				kv, err := open(p.Settings.Data)
				if err != nil {
					t.Fatal(err)
				}
				defer kv.Close()
				live = keeper(t, storage.Over(kv), p.Settings.Data)
			}
			said := live.Guess("Колесо лопнуло на колдобине у дома 1000", storage.Place{})
			if g := said["theme"].Guesses; len(g) == 0 || g[0].Label != "road-potholes" || g[0].Confidence < 0.8 {
				t.Error(said)
			}
			if _, ok := said["problem"]; ok {
				t.Error("a history without a column says that everything is a problem:", said)
			}
			again := p
			if running {
				if out := again.must(office.Learn{File: file}); !strings.Contains(out, "no row that was new") {
					t.Errorf("what is known is no proof:\n%s", out)
				}
			}
			stop()
		})
	}
}

func keeper(t *testing.T, store *storage.Store, data string) *lessons.Keeper {
	t.Helper()
	pack, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	topics := understand.New(pack)
	k := lessons.New(lessons.Options{Store: store, Topics: func() *understand.Judge { return topics }, File: lessons.File(data), Log: slog.Default()})
	k.Open(context.Background())
	return k
}
