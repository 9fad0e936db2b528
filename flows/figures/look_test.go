package figures_test

import (
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otklik/config"
	"otklik/flows/figures"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// TestLook writes the pictures of an invented region's two years into the folder of OTKLIK_FIGURES, to be looked at.
func TestLook(t *testing.T) {
	folder := os.Getenv("OTKLIK_FIGURES")
	if folder == "" {
		t.Skip("OTKLIK_FIGURES names no folder")
	}
	s := flowtest.New(t)
	s.Play("@ роль Марина leader\n")
	invent(t, s)
	studio := figures.Studio{Pack: s.Engine.Pack, Voice: s.Engine.Voice}
	if b, err := config.ReadBoundaries("../../../shared/data/kirov_boundaries.geojson", s.Engine.Pack); err == nil {
		studio.Shape = b.Shape
	}
	t.Log(s.Play("Ольга: /stats\nОльга ▸ 📈 Графики\nОльга ▸ Год\nОльга ▸ 📈 Графики\nОльга ▸ 🏅 Рейтинг\nОльга: /stats дороги год\nМарина: /digest\n"))
	for _, m := range s.Seen("Ольга") {
		for _, making := range m.Makes {
			name, args, _ := strings.Cut(making, "?")
			r, err := studio.Makers()[name](t.Context(), s.Store, args)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, strings.ReplaceAll(name, "/", "-")+".png"), raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// invent writes what was counted of some thousand incidents.
func invent(t *testing.T, s *flowtest.Stage) {
	pack := s.Engine.Pack
	var topics []string
	for i := range pack.Groups {
		for j := range pack.Groups[i].Topics {
			topics = append(topics, pack.Groups[i].Topics[j].Code)
		}
	}
	today := storage.DayOf(s.Now)
	for day := today - 728; day <= today; day++ {
		err := s.Store.Update(t.Context(), func(tx *storage.Tx) error {
			dice := rand.New(rand.NewPCG(1, uint64(day))) // a transaction may run twice
			for range 20 + dice.IntN(15) + int(time.Unix(int64(day)*86400, 0).Month()) {
				m := pack.Municipalities[min(int(dice.ExpFloat64()*8), len(pack.Municipalities)-1)].Code
				topic := topics[min(int(dice.ExpFloat64()*9), len(topics)-1)]
				org := pack.Route(topic, m).Code
				inc := &storage.Incident{Number: 1, State: storage.Settled, Topic: topic, Place: storage.Place{Municipality: m}, Source: storage.Source{Kind: "chat", Channel: "telegram"}}
				events := []storage.Event{{Action: "create"}, {Action: "assign", Org: org, First: true}, {Action: "note", Org: org, First: true, Took: int64(dice.ExpFloat64() * 600), Late: dice.IntN(9) == 0}}
				if dice.IntN(6) > 0 {
					events = append(events, storage.Event{Action: "approve", Org: org, Took: int64(dice.ExpFloat64() * 6000), Late: dice.IntN(7) == 0})
				}
				if dice.IntN(8) == 0 {
					events = append(events, storage.Event{Action: "overdue", Text: "final", Org: org}, storage.Event{Action: "dispute", Org: org})
				}
				if dice.IntN(4) == 0 {
					events = append(events, storage.Event{Action: "mark", Text: string(rune('1' + dice.IntN(5))), Org: org})
				}
				for i := range events {
					events[i].Incident, events[i].Day = 1, day
					if err := tx.AddEvent(inc, &events[i]); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
