package bolt_test

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"otklik/storage"
	"otklik/storage/bolt"
)

// TestOneMoment: a View is of one moment, and a backup and its pages too, however long it takes to begin, while the log is
// turned and brought into the file; and that is none before it was asked for.
func TestOneMoment(t *testing.T) {
	t.Cleanup(bolt.SetLog(1<<13, time.Millisecond))
	db := open(t, filepath.Join(t.TempDir(), "otklik.db"))
	var confirmed atomic.Uint64
	copies := 0
	look := map[string]func() error{
		"pages": db.Sound,
		"view":  func() error { return ofOneMoment(db, confirmed.Load()) },
		"copy": func() error {
			from, to := confirmed.Load(), filepath.Join(t.TempDir(), "copy.db")
			if err := backUp(db, to); err != nil {
				return err
			}
			made, err := bolt.Open(to)
			if err != nil {
				return err
			}
			defer made.Close()
			copies++
			return ofOneMoment(made, from)
		},
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 2*runtime.GOMAXPROCS(0) + 2 {
		what := "view"
		if i < 2 {
			what = []string{"copy", "pages"}[i]
		}
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if err := look[what](); err != nil {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
	for n := range uint64(400) {
		err := db.Update(ctx(), func(w storage.Writer) error {
			v := binary.BigEndian.AppendUint64(nil, n)
			if err := w.Put(number(n%keys), v); err != nil {
				return err
			}
			if n%20 == 19 { // it does not fit into the log
				if err := w.Put(number(2000), make([]byte, 1<<14)); err != nil {
					return err
				}
			}
			return w.Put(number(1000), v)
		})
		if err != nil {
			t.Fatal(err)
		}
		confirmed.Store(n)
	}
	close(done)
	wg.Wait()
	t.Logf("%d copies", copies)
}

const keys = 64

// ofOneMoment checks that a store has what update n wrote, and all before it, nothing of those after it; n is the latest that
// it has, and at least as late as one.
func ofOneMoment(kv storage.KV, least uint64) error {
	return kv.View(ctx(), func(r storage.Reader) error {
		v, err := r.Get(number(1000))
		if err != nil || v == nil && least == 0 {
			return err
		}
		if v == nil {
			return fmt.Errorf("after update %d it has none", least)
		}
		n := binary.BigEndian.Uint64(v)
		if n < least {
			return fmt.Errorf("after update %d it is as after update %d", least, n)
		}
		for k := range uint64(keys) {
			v, err := r.Get(number(k))
			if err != nil {
				return err
			}
			want := n - (n+keys-k)%keys // the last up to n that wrote there
			if n < k {
				if v != nil {
					return fmt.Errorf("after update %d there is one of a later one", n)
				}
			} else if v == nil || binary.BigEndian.Uint64(v) != want {
				return fmt.Errorf("after update %d a key has %d, not %d", n, binary.BigEndian.Uint64(v), want)
			}
		}
		return nil
	})
}
