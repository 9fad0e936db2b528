package bolt_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"otklik/storage"
)

// TestAlong: what is in no hurry has no commit of its own while others come, and has one as soon as it must hurry.
func TestAlong(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "otklik.db"))
	var commits, updates atomic.Int64
	db.Observe(func(n int) func(error) {
		commits.Add(1)
		updates.Add(int64(n))
		return func(error) {}
	})
	put := func(key string) func(storage.Writer) error {
		return func(w storage.Writer) error { return w.Put([]byte(key), []byte("x")) }
	}
	hurry, done := make(chan struct{}), make(chan error, 2)
	never, written := make(chan struct{}), make(chan struct{})
	go func() {
		done <- db.UpdateAlong(t.Context(), never, func(w storage.Writer) error {
			close(written)
			return put("along")(w)
		})
	}()
	select { // it can wait for ever, so a short look is enough to catch one that does not wait
	case <-written:
		t.Error("it did not wait")
	case <-time.After(50 * time.Millisecond):
	}
	for { // until it has come along: it waits for one that begins after it
		if err := db.Update(t.Context(), put("one")); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
		default:
			continue
		}
		if <-written; updates.Load() != commits.Load()+1 {
			t.Errorf("%d updates in %d commits", updates.Load(), commits.Load())
		}
		break
	}
	commits.Store(0)
	go func() { done <- db.UpdateAlong(t.Context(), hurry, put("hurried")) }()
	go func() { done <- db.UpdateAlong(t.Context(), hurry, put("hurried too")) }()
	close(hurry)
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := commits.Load(); n < 1 || n > 2 {
		t.Errorf("%d commits", n)
	}
	for _, key := range []string{"along", "hurried", "hurried too"} {
		if value(t, db, key) != "x" {
			t.Errorf("%q is not there", key)
		}
	}
}

// TestAlongGivesUp with its context, and leaves nothing behind; a function that fails does not hold up who it came with.
func TestAlongGivesUp(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "otklik.db"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.UpdateAlong(ctx, make(chan struct{}), func(w storage.Writer) error { return w.Put([]byte("no"), nil) }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	no, hurry := errors.New("no"), make(chan struct{})
	close(hurry)
	err := db.UpdateAlong(t.Context(), hurry, func(w storage.Writer) error { return errors.Join(w.Put([]byte("no"), []byte("x")), no) })
	if !errors.Is(err, no) {
		t.Error(err)
	}
	if value(t, db, "no") != "" {
		t.Error("it was written")
	}
}

func value(t *testing.T, db storage.KV, key string) (v string) {
	t.Helper()
	err := db.View(t.Context(), func(r storage.Reader) error {
		got, err := r.Get([]byte(key))
		v = string(got)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}
