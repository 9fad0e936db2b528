package bolt_test

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"otklik/storage"
)

// TestCommitsAreToldWithHowManyTheyCarried: all that wrote and did not fail, once each, whatever went together; what only
// read or failed makes no commit.
func TestCommitsAreToldWithHowManyTheyCarried(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "otklik.db"))
	var mu sync.Mutex
	var sizes []int
	open := 0
	begin := func(updates int) func(error) {
		mu.Lock()
		defer mu.Unlock()
		sizes = append(sizes, updates)
		open++
		return func(err error) {
			mu.Lock()
			defer mu.Unlock()
			open--
			if err != nil {
				t.Error(err)
			}
		}
	}
	put := func(key string) error {
		return db.Update(context.Background(), func(w storage.Writer) error { return w.Put([]byte(key), nil) })
	}
	if err := put("before anybody listens"); err != nil {
		t.Fatal(err)
	}
	if !storage.Over(db).Observe(begin) {
		t.Fatal("the store tells nobody of its commits")
	}
	const many = 300
	no := errors.New("no")
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() {
			if err := put(strconv.Itoa(i)); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			err := db.Update(context.Background(), func(w storage.Writer) error { return errors.Join(w.Put([]byte("gone"), nil), no) })
			if !errors.Is(err, no) {
				t.Error(err)
			}
		})
		wg.Go(func() {
			_ = db.Update(context.Background(), func(w storage.Writer) error { _, err := w.Get([]byte("x")); return err })
		})
	}
	wg.Wait()
	sum, most := 0, 0
	for _, n := range sizes {
		sum, most = sum+n, max(most, n)
	}
	if sum != many || most < 2 || len(sizes) >= many || open != 0 {
		t.Errorf("%d commits carried %d updates, %d at most, want %d in all; %d have not ended", len(sizes), sum, most, many, open)
	}
}
