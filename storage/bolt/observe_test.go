package bolt_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

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

// TestABatchEnds when it has run for long enough, whoever waits: the first of it are to hear that they are durable. In
// the bubble a sync takes no time, and each update 200 µs.
func TestABatchEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "otklik.db")
	synctest.Test(t, func(t *testing.T) {
		db := open(t, path)
		var sizes []int
		db.Observe(func(updates int) func(error) {
			sizes = append(sizes, updates)
			return func(error) {}
		})
		var wg sync.WaitGroup
		for i := range 30 {
			wg.Go(func() {
				err := db.Update(t.Context(), func(w storage.Writer) error {
					time.Sleep(200 * time.Microsecond)
					return w.Put([]byte(strconv.Itoa(i)), nil)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(sizes) != 10 || slices.Max(sizes) != 3 {
			t.Errorf("the batches have %d updates, want ten of 3", sizes)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}
