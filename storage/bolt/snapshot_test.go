package bolt_test

import (
	"encoding/binary"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"otklik/storage"
	"otklik/storage/bolt"
)

// TestAViewIsOfOneMoment: however long a View takes to begin, while the log is turned and brought into the file.
func TestAViewIsOfOneMoment(t *testing.T) {
	t.Cleanup(bolt.SetLog(1<<13, time.Millisecond))
	db := open(t, filepath.Join(t.TempDir(), "otklik.db"))
	const keys = 64
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				err := db.View(ctx(), func(r storage.Reader) error {
					v, err := r.Get(number(1000))
					if err != nil || v == nil {
						return err
					}
					last := binary.BigEndian.Uint64(v)
					for k := range uint64(keys) {
						v, err := r.Get(number(k))
						if err != nil {
							return err
						}
						if v != nil && binary.BigEndian.Uint64(v) > last {
							t.Errorf("after update %d a key has %d", last, binary.BigEndian.Uint64(v))
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range uint64(600) {
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
	}
	close(done)
	wg.Wait()
}
