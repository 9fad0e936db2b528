package bolt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"otklik/storage"
	"otklik/storage/bolt"
)

// kept is how many records the store has that is damaged here.
const kept = 400

// intact gives the bytes of a store with the records 1 to kept, small, in one transaction; then the last of them again.
func intact(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "otklik.db")
	db := open(t, path)
	for _, first := range []uint64{1, kept} {
		err := db.Update(ctx(), func(w storage.Writer) error {
			for n := first; n <= kept; n++ {
				if err := w.Put(number(n), record(n, 100)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	db.Close()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	err = bytesView(t, b, func(tx *bbolt.Tx) error { b = b[:tx.Size()]; return nil }) // room is no part of it
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// bytesView opens bytes as bbolt does.
func bytesView(t *testing.T, b []byte, fn func(tx *bbolt.Tx) error) error {
	t.Helper()
	db, err := bbolt.Open(place(t, b), 0o600, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.View(fn)
}

func place(t *testing.T, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "otklik.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDamagedFile(t *testing.T) {
	good := intact(t)
	random := make([]byte, len(good))
	for i := range random {
		random[i] = byte(rand.Uint32())
	}
	page := os.Getpagesize()
	files := map[string][]byte{
		"one byte":         {7},
		"words":            []byte("this is no store\n"),
		"random bytes":     random,
		"zeros":            make([]byte, len(good)),
		"both metas wrong": append(make([]byte, 2*page), good[2*page:]...),
		"its beginning":    good[page/2:],
	}
	for _, size := range []int{1, 100, page, page + 100, 2*page - 1, 2 * page, 3 * page, len(good) / 2, len(good) - page, len(good) - 1} {
		files[fmt.Sprint("cut to ", size)] = good[:size]
	}
	for name, b := range files {
		t.Run(name, func(t *testing.T) {
			path := place(t, b)
			for range 2 { // the first try lets go of the file
				_, err := bolt.Open(path)
				fault(t, err, storage.ErrDamaged, path, "put a backup in its place")
			}
			if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, b) {
				t.Error("the file is changed", err)
			}
		})
	}
}

// An empty file is what a crash leaves right after a store's making.
func TestEmptyFileIsANewStore(t *testing.T) {
	if err := readAll(open(t, place(t, nil)), 0); err != nil {
		t.Error(err)
	}
}

// With one of the two meta pages gone the store is as the other knows it.
func TestOneMetaDamaged(t *testing.T) {
	good := intact(t)
	page := os.Getpagesize()
	for which := range 2 {
		for _, at := range []int{0, 16, 20, 40, 60, 70} {
			b := bytes.Clone(good)
			b[which*page+at] ^= 0x41
			if err := readAll(open(t, place(t, b)), kept); err != nil {
				t.Errorf("meta %d, byte %d: %v", which, at, err)
			}
		}
	}
}

func TestFileCutWhileOpen(t *testing.T) {
	path := place(t, intact(t))
	db := open(t, path)
	if err := os.Truncate(path, int64(3*os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	fault(t, readAll(db, kept), storage.ErrDamaged, path, "put a backup in its place")
	err := db.Update(ctx(), func(w storage.Writer) error { return w.Put(number(1), nil) })
	fault(t, err, storage.ErrDamaged, path, "put a backup in its place")
	fault(t, readAll(db, 0), storage.ErrDamaged, path, "put a backup in its place")
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// TestFlippedBits flips bits all over the file. Whatever is answered is what was written or says that the store is
// damaged; and nothing crashes or hangs.
func TestFlippedBits(t *testing.T) {
	good := intact(t)
	n := 1500
	if testing.Short() {
		n = 300
	}
	found, harmless, lost := 0, 0, 0
	branches := branchPages(t, good)
	for i := range n {
		b := bytes.Clone(good)
		at, bit := rand.IntN(len(b)), rand.IntN(8)
		if i%2 == 0 { // where it says which page is where
			at = branches[rand.IntN(len(branches))]*os.Getpagesize() + rand.IntN(200)
		}
		b[at] ^= 1 << bit
		if leadsToItself(b, at) || hasNoEnd(at) {
			continue
		}
		missing, err := useDamaged(t, place(t, b), i%20 == 0)
		switch {
		case err != nil && (!errors.Is(err, storage.ErrDamaged) || strings.Contains(err.Error(), "\n")):
			t.Fatalf("byte %d, bit %d: %v", at, bit, err)
		case err != nil:
			found++
		case missing > 0:
			lost++
		default:
			harmless++
		}
	}
	t.Logf("%d flips: %d found, %d harmless, %d that hide records unnoticed", n, found, harmless, lost)
	if lost > n/4 { // the keys of branch pages have no sum; the keys and values of records have
		t.Errorf("%d of %d flips hide records unnoticed", lost, n)
	}
}

// branchPages gives the pages that lead to others.
func branchPages(t *testing.T, b []byte) (list []int) {
	t.Helper()
	err := bytesView(t, b, func(tx *bbolt.Tx) error {
		for id := 0; id < len(b)/os.Getpagesize(); id++ {
			p, err := tx.Page(id)
			if err != nil {
				return err
			}
			if p != nil && p.Type == "branch" {
				list = append(list, id)
			}
		}
		return nil
	})
	if err != nil || len(list) == 0 {
		t.Fatalf("no branch pages: %v", err)
	}
	return list
}

// leadsToItself tells whether the byte is in an entry of a branch page that names that page itself: bbolt then goes round
// until the stack is full, which no program can catch. A page has 16 bytes ahead and then 16 for each entry, of which
// the last 8 name a page.
func leadsToItself(b []byte, at int) bool {
	size := os.Getpagesize()
	page, entry := at/size, at%size/16*16
	return binary.NativeEndian.Uint64(b[page*size+entry+8:]) == uint64(page)
}

// hasNoEnd tells whether the byte is in what a page says of how many follow it: where bbolt takes it away it notes that many
// numbers, billions of them, which no memory holds. They are the last 4 of the 16 bytes ahead.
func hasNoEnd(at int) bool { return at%os.Getpagesize() >= 12 && at%os.Getpagesize() < 16 }

// useDamaged does all that can be done with a store, and tells how many records it no longer knows of.
func useDamaged(t *testing.T, path string, write bool) (missing int, err error) {
	db, err := bolt.Open(path)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.View(ctx(), func(r storage.Reader) error {
		for n := uint64(1); n <= kept; n++ {
			v, err := r.Get(number(n))
			if err != nil {
				return err
			}
			if v == nil {
				missing++
			} else if err := whole(n, v); err != nil {
				t.Fatal(err)
			}
		}
		for _, reverse := range []bool{false, true} {
			var last []byte
			met := 0
			err := r.Scan(nil, nil, reverse, func(k, _ []byte) bool {
				if last != nil && (bytes.Compare(k, last) < 0) != reverse {
					t.Fatalf("the scan goes from %q to %q", last, k)
				}
				last = k
				met++
				return true
			})
			if err != nil {
				return err
			}
			missing = max(missing, kept-met)
		}
		return nil
	})
	if err != nil || !write {
		return missing, err
	}
	return missing, db.Update(ctx(), func(w storage.Writer) error {
		return errors.Join(w.Put(number(1), []byte("new")), w.Put(number(kept+1), []byte("new")))
	})
}

func TestNewerVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "otklik.db")
	open(t, path).Close()
	setVersion(t, path, bolt.Version+1)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = bolt.Open(path)
	fault(t, err, storage.ErrNewer, path, "start the newer otklik")
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Error("the file is changed", err)
	}
	setVersion(t, path, bolt.Version)
	open(t, path)
}

func setVersion(t *testing.T, path string, v byte) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bbolt.Tx) error {
		k, v := []byte("version"), []byte{0, 0, 0, 0, 0, 0, 0, v}
		sum := crc32.Checksum(append(k[:len(k):len(k)], v...), crc32.MakeTable(crc32.Castagnoli))
		return tx.Bucket([]byte("meta")).Put(k, binary.BigEndian.AppendUint32(v, sum))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestForeignFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "otklik.db")
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("theirs")); return err })
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	_, err = bolt.Open(path)
	fault(t, err, storage.ErrDamaged, path, "it is not a store of otklik")
}

func TestNoFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "otklik.db")
	_, err := bolt.Open(path)
	fault(t, err, storage.ErrFailed, path, "make its folder first")
}

func TestBackup(t *testing.T) {
	t.Cleanup(bolt.SetLog(1<<20, time.Hour))
	db := open(t, place(t, intact(t)))
	for last := uint64(kept); last < kept+2; last++ { // with nothing in the log, and with something
		to := filepath.Join(t.TempDir(), "copy.db")
		if err := backUp(db, to); err != nil {
			t.Fatal(err)
		}
		if err := readAll(open(t, to), last); err != nil {
			t.Error(err)
		}
		put(t, db, last+1, last+1)
	}
	db.Close()
	if _, err := db.Backup(io.Discard, nil); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("closed, the backup answers %v", err)
	}
}
