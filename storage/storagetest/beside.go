package storagetest

import (
	"fmt"
	"sync"
	"testing"

	"otklik/storage"
)

// deletedBeside has updates that empty whole stretches of the store, and others beside them that scan across: a store
// that runs them in one transaction of its own must not stumble over what the first ones left empty.
func deletedBeside(t *testing.T, kv storage.KV) {
	const all, from, to = 2000, 500, 1500
	name := func(i int) []byte { return fmt.Appendf(nil, "%06d", i) }
	count := func(r storage.Reader, reverse bool, low, high []byte) (n int, err error) {
		err = r.Scan(low, high, reverse, func(_, _ []byte) bool { n++; return true })
		return n, err
	}
	for range 10 {
		update(t, kv, func(w storage.Writer) error {
			for i := range all {
				if err := w.Put(name(i), make([]byte, 20)); err != nil {
					return err
				}
			}
			return nil
		})
		var wg, waiting sync.WaitGroup
		waiting.Add(3)
		wg.Go(func() { // the others gather behind this one
			update(t, kv, func(storage.Writer) error { waiting.Wait(); return nil })
		})
		wg.Go(func() {
			waiting.Done()
			update(t, kv, func(w storage.Writer) error {
				for i := from; i < to; i++ {
					if err := w.Delete(name(i)); err != nil {
						return err
					}
				}
				return nil
			})
		})
		for range 2 {
			wg.Go(func() {
				waiting.Done()
				for range 3 {
					update(t, kv, func(w storage.Writer) error {
						for _, c := range [][2][]byte{{nil, nil}, {name(100), name(1000)}, {name(1000), name(1600)}} {
							forth, err := count(w, false, c[0], c[1])
							if err != nil {
								return err
							}
							back, err := count(w, true, c[0], c[1])
							if err != nil {
								return err
							}
							if back != forth {
								t.Errorf("[%s, %s): %d keys forwards, %d backwards", c[0], c[1], forth, back)
							}
						}
						return nil
					})
				}
			})
		}
		wg.Wait()
		view(t, kv, func(r storage.Reader) {
			for _, reverse := range []bool{false, true} {
				if n, err := count(r, reverse, nil, nil); err != nil || n != all-(to-from) {
					t.Errorf("left, reverse %v: %d keys, %v", reverse, n, err)
				}
			}
		})
	}
}
