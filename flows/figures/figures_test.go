package figures_test

import (
	"bytes"
	"errors"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"

	"otklik/flows"
	"otklik/flows/figures"
	"otklik/flows/flowtest"
	"otklik/storage"
)

const road = "Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\nОльга ▸ → Администрация города Кирова\n"

func TestTranscripts(t *testing.T) { flowtest.Transcripts(t) }

func TestDiagram(t *testing.T) {
	f := figures.Flow()
	got, err := f.Diagram()
	if err != nil {
		t.Fatal(err)
	}
	flowtest.Golden(t, "diagram.mmd", got)
}

// TestPoints: the formula that is shown is the one that is reckoned with.
func TestPoints(t *testing.T) {
	for name, test := range map[string]struct {
		sums storage.Sums
		want float64
	}{
		"all well":       {storage.Sums{storage.Resolved: 10, storage.Marks: 2, storage.MarkSum: 10}, 100},
		"half late":      {storage.Sums{storage.Resolved: 10, storage.ResolvedLate: 5, storage.Marks: 1, storage.MarkSum: 5}, 75},
		"half disputed":  {storage.Sums{storage.Resolved: 10, storage.Contested: 5, storage.Marks: 1, storage.MarkSum: 5}, 85},
		"marks of three": {storage.Sums{storage.Resolved: 10, storage.Marks: 2, storage.MarkSum: 6}, 90},
		"no marks, late": {storage.Sums{storage.Resolved: 10, storage.ResolvedLate: 8}, 50},
		"nothing well":   {storage.Sums{storage.Resolved: 1, storage.ResolvedLate: 1, storage.Contested: 3, storage.Marks: 1, storage.MarkSum: 1}, 0},
	} {
		if got := figures.Points(test.sums); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// TestWhatIsSentCanBeMade: every picture and file that a message names is made of what was counted, in every language.
func TestWhatIsSentCanBeMade(t *testing.T) {
	s := flowtest.New(t)
	s.Play("@ роль Марина leader\n" + road + "Ольга: /stats\nОльга ▸ 📈 Графики\nОльга: /export Киров год\nМарина: /digest\nМарина: /language en\nМарина: /digest\n")
	studio := figures.Studio{Pack: s.Engine.Pack, Voice: s.Engine.Voice}
	makers, made := studio.Makers(), map[string]int{}
	for _, who := range []string{"Ольга", "Марина"} {
		for _, m := range s.Seen(who) {
			for _, making := range m.Makes {
				name, args, _ := strings.Cut(making, "?")
				r, err := makers[name](t.Context(), s.Store, args)
				if err != nil {
					t.Fatalf("%s: %v", making, err)
				}
				raw, err := io.ReadAll(r)
				if err != nil || r.Close() != nil {
					t.Errorf("%s: %v", making, err)
				}
				if _, err := png.Decode(bytes.NewReader(raw)); (err == nil) != (name != "figures/sheet") || err != nil && !bytes.HasPrefix(raw, []byte("PK")) {
					t.Errorf("%s: %v, %.10q", making, err, raw)
				}
				made[name]++
			}
		}
	}
	for name := range makers {
		if made[name] == 0 {
			t.Errorf("%s was not asked for: %v", name, made)
		}
	}
	for _, args := range []string{"", "from=5&to=4", "from=1&to=99999", "from=a&to=b", "%"} {
		for name, maker := range makers {
			if _, err := maker(t.Context(), s.Store, args); !errors.Is(err, flows.ErrCannotMake) {
				t.Errorf("%s?%s: %v", name, args, err)
			}
		}
	}
}
