package office_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"otklik/config"
	"otklik/flows/office"
	"otklik/storage"
	"otklik/storage/storagetest"
)

// Whatever a second process asks of the clerk, it is answered or refused, what is said can be sent on, and the store stays
// true.
func FuzzClerk(f *testing.F) {
	for _, s := range []string{
		`{"journal":{}}`, `{"journal":{"number":1,"names":true,"json":true}}`, `{"journal":{"Number":18446744073709551615}}`, `{"invite":{"kind":"curator"}}`, `{"invite":{"kind":"official","org":"adm-kirov","head":true}}`,
		`{"invite":{"kind":"resident"}}`, `{"invite":{"kind":"\u0000","org":"\u0000"}}`, `{"verify":{"Fix":true}}`, `{"export":{"Format":"csv"}}`, `{"export":{"Format":"jsonl","Since":"2026-11-23","Until":"9999-99-99"}}`, `{"export":{"Since":"\u0000"}}`,
		`{}`, `null`, `[]`, `7`, `{"journal":null,"verify":null}`, `{"export":{"Format":"xlsx","Names":true}}`, `{`,
	} {
		f.Add([]byte(s))
	}
	pack, err := config.Default()
	if err != nil {
		f.Fatal(err)
	}
	kv := storagetest.NewMemory()
	store := storage.Over(kv)
	if err := store.Update(context.Background(), incidents(3, "")); err != nil {
		f.Fatal(err)
	}
	whole := kv.Moment()
	s := &config.Settings{Data: filepath.Join(f.TempDir(), "otklik.db"), Store: "bolt", Language: "ru"}
	c := &office.Clerk{Program: &office.Program{Settings: s, Now: func() time.Time { return start }}, Pack: pack, Store: store}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var writes struct{ Backup json.RawMessage }
		if json.Unmarshal(raw, &writes) == nil && writes.Backup != nil {
			return // whoever may ask may say where to, and a fuzzer would
		}
		kv.Return(whole)
		var before storage.Verified
		check := func() (v storage.Verified) {
			v, err := store.Verify(t.Context(), storage.Check{States: storage.States, Found: func(storage.Fault) error { return nil }})
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		before = check()
		answer, err := c.Answer(t.Context(), raw, func(v any) error {
			_, err := json.Marshal(v)
			return err
		})
		if err == nil {
			if _, err := json.Marshal(answer); err != nil {
				t.Fatal(err)
			}
		}
		if after := check(); after.Faults > before.Faults {
			t.Fatalf("%d faults, before %d", after.Faults, before.Faults)
		}
	})
}
