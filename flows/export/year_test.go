package export_test

import (
	"context"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"otklik/config"
	"otklik/flows/flowtest"
	"otklik/storage"
	"otklik/storage/bolt"
)

// yearEnd is the moment by which the year's deadlines are judged.
var yearEnd = time.Date(2027, time.January, 1, 9, 0, 0, 0, time.FixedZone("", 3*60*60))

// year gives a store with a year of incidents as a region has them: few places and bodies with many, many with few.
func year(tb testing.TB, incidents int) *storage.Store {
	tb.Helper()
	kv, err := bolt.Open(filepath.Join(tb.TempDir(), "otklik.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { kv.Close() })
	store := storage.Over(kv)
	pack := flowtest.Pack(tb)
	made := 0
	for made < incidents {
		err := store.Update(context.Background(), func(tx *storage.Tx) error {
			for n := made; n < min(made+5000, incidents); n++ {
				number, err := tx.Next("incident")
				if err != nil {
					return err
				}
				created := yearEnd.Add(-365*24*time.Hour + time.Duration(n)*(365*24*time.Hour/time.Duration(incidents)))
				if err := tx.PutIncident(invented(pack, number, created)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			tb.Fatal(err)
		}
		made = min(made+5000, incidents)
	}
	return store
}

const words = "Здравствуйте! На нашей улице третью неделю не убирают снег, машины не могут разъехаться, скорая помощь не проезжает к дому. " +
	"Звонили в управляющую компанию, обещали прислать трактор, но никто не приехал. Просим принять меры и сообщить, когда уберут. "

// invented gives the same incident for the same number.
func invented(pack *config.Pack, number uint64, created time.Time) *storage.Incident {
	r := rand.New(rand.NewPCG(7, number))
	few := func(n int) int { return int(float64(n) * math.Pow(r.Float64(), 3)) } // the first much more often than the last
	capital := slices.IndexFunc(pack.Municipalities, func(m config.Municipality) bool { return m.Code == "kirov" })
	area := pack.Municipalities[(few(len(pack.Municipalities))+capital)%len(pack.Municipalities)]
	group := pack.Groups[few(len(pack.Groups))]
	inc := &storage.Incident{Number: number, State: storage.New, Created: created, Started: created, Topic: group.Topics[few(len(group.Topics))].Code,
		Text:   strings.Repeat(words, 1+r.IntN(2)),
		Place:  storage.Place{Municipality: area.Code, Label: area.Centre + ", ул. Ленина, 12", Lat: area.Lat, Lon: area.Lon, Point: true},
		Source: storage.Source{Kind: "chat", Channel: []string{"vk", "telegram", "desk"}[few(3)]}, Final: created.AddDate(0, 0, 8)}
	if org := pack.Route(inc.Topic, area.Code); org != nil && r.IntN(50) > 0 {
		inc.Assignment = &storage.Assignment{Org: org.Code, At: created}
	}
	at := created.Add(time.Duration(r.ExpFloat64() * 4 * 24 * float64(time.Hour)))
	switch {
	case r.IntN(25) == 0:
		inc.State = []storage.State{storage.Rejected, storage.Withdrawn, storage.Merged, storage.Found}[r.IntN(4)]
	case inc.Assignment == nil:
	case at.After(yearEnd) || r.IntN(60) == 0:
		inc.State = []storage.State{storage.Assigned, storage.Accepted, storage.Waiting}[r.IntN(3)]
	default:
		inc.State, inc.Answering = []storage.State{storage.Answered, storage.Closed, storage.Settled}[r.IntN(3)], created.Add(at.Sub(created)/3)
		inc.Answer = &storage.Answer{Org: inc.Assignment.Org, At: at, Text: "Здравствуйте! Снег на улице убран, график уборки передан подрядчику. Спасибо за обращение."}
		if r.IntN(3) == 0 {
			inc.Reporters = []storage.Reporter{{Person: 1 + number%5000, Solved: true, Mark: 5 - few(5)}}
		}
	}
	return inc
}
