package storagetest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"otklik/storage"
)

func snapshot(t *testing.T, kv storage.KV) {
	fill(t, kv, "a", "b")
	before, after := make(chan bool), make(chan bool)
	var wg sync.WaitGroup
	var once sync.Once // the function may run again
	wg.Go(func() {
		view(t, kv, func(r storage.Reader) {
			n := 0
			err := r.Scan(nil, nil, false, func(k, v []byte) bool {
				if n++; n == 1 {
					once.Do(func() { close(before) })
					<-after
				}
				if string(k) != string(v) {
					t.Errorf("%q has %q", k, v)
				}
				return true
			})
			if err != nil || n != 2 {
				t.Errorf("the scan met %d keys, %v", n, err)
			}
			if got := keys(t, r, "-", "-", true); got != "b a" {
				t.Errorf("later the snapshot has %s", got)
			}
		})
	})
	<-before
	update(t, kv, func(w storage.Writer) error {
		put(t, w, "a", "changed")
		put(t, w, "aa", "new")
		return w.Delete([]byte("b"))
	})
	close(after)
	wg.Wait()
	view(t, kv, func(r storage.Reader) {
		if got := keys(t, r, "-", "-", false); got != "a aa" {
			t.Errorf("a view after it has %s", got)
		}
	})
}

// viewAside makes a store grow while somebody reads.
func viewAside(t *testing.T, kv storage.KV) {
	view(t, kv, func(r storage.Reader) {
		value := make([]byte, 1<<20)
		for i := range 24 {
			update(t, kv, func(w storage.Writer) error { return w.Put([]byte{byte(i)}, value) })
		}
		if got := keys(t, r, "-", "-", false); got != "" {
			t.Errorf("the view has %q", got)
		}
	})
}

func failing(t *testing.T, kv storage.KV) {
	fill(t, kv, "a", "b")
	err := kv.Update(t.Context(), func(w storage.Writer) error {
		put(t, w, "a", "changed")
		put(t, w, "c", "new")
		if err := w.Delete([]byte("b")); err != nil {
			return err
		}
		return errOwn
	})
	if err != errOwn { //nolint:errorlint // unchanged
		t.Errorf("got %v", err)
	}
	untouched(t, kv)
}

func untouched(t *testing.T, kv storage.KV) {
	t.Helper()
	want(t, kv, "a", "a")
	want(t, kv, "b", "b")
	want(t, kv, "c", "")
	fill(t, kv, "d")
	want(t, kv, "d", "d")
}

// panicking has functions that panic, and others beside them that do not.
func panicking(t *testing.T, kv storage.KV) {
	fill(t, kv, "a", "b")
	caught := func(run func()) (r any) {
		defer func() { r = recover() }()
		run()
		return nil
	}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			r := caught(func() {
				_ = kv.Update(t.Context(), func(w storage.Writer) error {
					put(t, w, "a", "changed")
					put(t, w, "c", "new")
					panic(i)
				})
			})
			if r != i {
				t.Errorf("the panic %d is %v to its caller", i, r)
			}
		})
		wg.Go(func() {
			update(t, kv, func(w storage.Writer) error { put(t, w, fmt.Sprint("beside", i), "kept"); return nil })
		})
		wg.Go(func() {
			if r := caught(func() { _ = kv.View(t.Context(), func(storage.Reader) error { panic(i) }) }); r != i {
				t.Errorf("the view's panic %d is %v to its caller", i, r)
			}
		})
		wg.Go(func() { // as a test does that fails in a transaction
			left := make(chan bool)
			go func() {
				defer close(left)
				_ = kv.Update(t.Context(), func(w storage.Writer) error {
					put(t, w, "c", "new")
					runtime.Goexit()
					return nil
				})
			}()
			<-left
		})
	}
	wg.Wait()
	untouched(t, kv)
	for i := range 16 {
		want(t, kv, fmt.Sprint("beside", i), "kept")
	}
}

// serializable moves one counter, and money between accounts, from many sides at once.
func serializable(t *testing.T, kv storage.KV) {
	const workers, rounds, accounts = 16, 40, 5
	number := func(r storage.Reader, key string) (n uint64, err error) {
		v, err := r.Get([]byte(key))
		if len(v) == 8 {
			n = binary.BigEndian.Uint64(v)
		}
		return n, err
	}
	add := func(w storage.Writer, key string, by uint64) error {
		n, err := number(w, key)
		if err != nil {
			return err
		}
		return w.Put([]byte(key), binary.BigEndian.AppendUint64(nil, n+by))
	}
	account := func(i int) string { return fmt.Sprint("account", i%accounts) }
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			for j := range rounds {
				err := kv.Update(t.Context(), func(w storage.Writer) error {
					if err := add(w, account(i+j), ^uint64(0)); err != nil { // one less
						return err
					}
					if err := add(w, account(i*j+1), 1); err != nil {
						return err
					}
					if j%7 == 0 {
						return errOwn
					}
					return add(w, "count", 1)
				})
				if (j%7 == 0) != errors.Is(err, errOwn) {
					t.Error(err)
				}
				view(t, kv, func(r storage.Reader) {
					var sum uint64
					for k := range accounts {
						n, _ := number(r, account(k))
						sum += n
					}
					if sum != 0 {
						t.Errorf("half of a transfer is seen: %d", int64(sum)) //nolint:gosec // it wraps on purpose
					}
				})
			}
		})
	}
	wg.Wait()
	view(t, kv, func(r storage.Reader) {
		const failed = (rounds + 6) / 7
		if n, err := number(r, "count"); err != nil || n != workers*(rounds-failed) {
			t.Errorf("counted to %d of %d, %v", n, workers*(rounds-failed), err)
		}
	})
}

// refusedAlone has updates that are refused in the middle of others.
func refusedAlone(t *testing.T, kv storage.KV) {
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			err := kv.Update(context.Background(), func(w storage.Writer) error {
				if err := w.Put(fmt.Appendf(nil, "%02d", i), []byte("v")); err != nil {
					return err
				}
				if i%3 == 0 {
					return w.Put(make([]byte, 2000), nil)
				}
				return nil
			})
			if (i%3 == 0) != (err != nil) || errors.Is(err, storage.ErrFailed) {
				t.Errorf("update %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	for i := range 64 {
		value := "v"
		if i%3 == 0 {
			value = ""
		}
		want(t, kv, fmt.Sprintf("%02d", i), value)
	}
}
