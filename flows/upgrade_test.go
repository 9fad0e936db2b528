package flows_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"otklik/flows/flowtest"
	"otklik/storage"
)

// TestUpgrade: what an older version kept is found after the upgrade, once; a new store has nothing to do.
func TestUpgrade(t *testing.T) {
	for name, mark := range map[string][]byte{"the first": nil, "the second, to the end": {2, 0, 0, 0, 0, 0, 0, 0, 9}} {
		t.Run(name, func(t *testing.T) { upgrades(t, mark) })
	}
}

// upgrades brings a store up to date that says of itself how far it is.
func upgrades(t *testing.T, mark []byte) {
	s := flowtest.New(t)
	s.Play(assigned)
	var kept []byte
	older := func(tx *storage.Tx) error { // as if it had been kept without words, queues and streets
		for _, name := range []string{"indexes/person", "indexes/incident"} {
			if err := tx.SetSetting(name, mark); err != nil {
				return err
			}
		}
		if err := tx.Unindex(1); err != nil {
			return err
		}
		inc, err := tx.Incident(1)
		if err != nil {
			return err
		}
		if kept, err = json.Marshal(inc); err != nil {
			return err
		}
		inc.State = storage.Settled // takes its entries out …
		return tx.PutIncident(inc)
	}
	if err := s.Store.Update(context.Background(), older); err != nil {
		t.Fatal(err)
	}
	err := s.Fail.Update(context.Background(), func(w storage.Writer) error { // … and brings the record back without them
		return w.Put([]byte("i\x00\x00\x00\x00\x00\x00\x00\x00\x01"), kept)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Play("Ольга: /find яма\nОльга: /queue work\n")
	if got := s.Screen("Ольга"); !strings.Contains(got, "Ничего нет: «яма»") || !strings.Contains(got, "В работе: 0") {
		t.Fatalf("the older store is none:\n%s", got)
	}
	for range 2 {
		if err := s.Engine.Upgrade(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	s.Play("Ольга: /find яма\nОльга: /queue work\n")
	if got := s.Screen("Ольга"); !strings.Contains(got, "Нашлось: яма") || !strings.Contains(got, "В работе: 1") {
		t.Errorf("after the upgrade:\n%s", got)
	}
	if n := strings.Count(s.Log.String(), "what=incident"); n != 1 {
		t.Errorf("upgraded %d times:\n%s", n, s.Log.String())
	}
}
