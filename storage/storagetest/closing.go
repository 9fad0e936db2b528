package storagetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"otklik/storage"
)

func viewError(t *testing.T, kv storage.KV) {
	if err := kv.View(t.Context(), func(storage.Reader) error { return errOwn }); err != errOwn { //nolint:errorlint // unchanged
		t.Errorf("got %v", err)
	}
}

func cancelled(t *testing.T, kv storage.KV) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := kv.Update(ctx, func(w storage.Writer) error { t.Error("the update ran"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the update answers %v", err)
	}
	err = kv.View(ctx, func(storage.Reader) error { t.Error("the view ran"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the view answers %v", err)
	}
}

func closed(t *testing.T, kv storage.KV) {
	fill(t, kv, "a")
	for range 2 {
		if err := kv.Close(); err != nil {
			t.Fatal(err)
		}
		err := kv.Update(t.Context(), func(storage.Writer) error { t.Error("the update ran"); return nil })
		if !errors.Is(err, storage.ErrClosed) || !errors.Is(err, storage.ErrFailed) {
			t.Errorf("the update answers %v", err)
		}
		err = kv.View(t.Context(), func(storage.Reader) error { t.Error("the view ran"); return nil })
		if !errors.Is(err, storage.ErrClosed) {
			t.Errorf("the view answers %v", err)
		}
	}
}

// closeWaits closes while many work: each transaction is whole or refused, and none runs after.
func closeWaits(t *testing.T, kv storage.KV) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	over := false
	check := func() {
		mu.Lock()
		defer mu.Unlock()
		if over {
			t.Error("it runs after Close has returned")
		}
	}
	began := make(chan bool, 1<<10)
	for i := range 8 {
		wg.Go(func() {
			for {
				err := kv.Update(t.Context(), func(w storage.Writer) error {
					check()
					select {
					case began <- true:
					default:
					}
					return w.Put([]byte{byte(i) + 1}, []byte("v"))
				})
				if errors.Is(err, storage.ErrClosed) {
					break
				} else if err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for {
				err := kv.View(t.Context(), func(r storage.Reader) error {
					check()
					_ = keys(t, r, "-", "-", false)
					check()
					return nil
				})
				if errors.Is(err, storage.ErrClosed) {
					break
				} else if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 50 {
		<-began
	}
	if err := kv.Close(); err != nil {
		t.Error(err)
	}
	mu.Lock()
	over = true
	mu.Unlock()
	wg.Wait()
}
