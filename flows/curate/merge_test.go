package curate_test

import (
	"context"
	"testing"

	"otklik/flows/flowtest"
	"otklik/storage"
)

// TestWhoCameTwiceStays: somebody who came with two merged incidents goes on hearing of the whole when one of them is
// brought back.
func TestWhoCameTwiceStays(t *testing.T) {
	s := flowtest.New(t)
	s.Play(`
Анна: Яма на дороге, Киров, Ленина 12
Анна ▸ ✓ Отправить
Иван: Яма на дороге, Киров, Мира 1
Иван ▸ ✓ Отправить
Иван: Яма на дороге, Киров, Попова 1
Иван ▸ ✓ Отправить
Ольга: /merge 2 1
Ольга: /merge 3 1
Ольга: /unmerge 2
`)
	err := s.Store.View(context.Background(), func(tx *storage.Tx) error {
		inc, err := tx.Incident(1)
		if err != nil {
			return err
		}
		if len(inc.Reporters) != 2 || inc.Reporters[1].From != 3 || len(inc.Merged) != 1 {
			t.Errorf("the whole: %+v, merged %v", inc.Reporters, inc.Merged)
		}
		back, err := tx.Incident(2)
		if err == nil && (back.State != storage.New || len(back.Reporters) != 1 || back.Into != 0) {
			t.Errorf("the one brought back: %+v", back)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Play("Ольга: /unmerge 3\nОльга: /merge 1 2\nОльга: /incident 2\n")
	err = s.Store.View(context.Background(), func(tx *storage.Tx) error {
		inc, err := tx.Incident(2)
		if err == nil && len(inc.Reporters) != 2 {
			t.Errorf("the other way round: %+v", inc.Reporters)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
