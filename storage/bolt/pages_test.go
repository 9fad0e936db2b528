package bolt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"otklik/storage"
	"otklik/storage/bolt"
)

// TestDamagedPage flips bits of what holds the records together. Whoever looks at the pages finds each in a page that is in
// use; a backup is none; and whoever writes is told, or has what they wrote: no page of another is written over, and no memory
// runs away.
func TestDamagedPage(t *testing.T) {
	good, in, listed := intact(t), map[int]string{}, 0
	err := bytesView(t, good, func(tx *bbolt.Tx) error {
		for id := 2; ; id++ {
			info, err := tx.Page(id)
			if err != nil || info == nil {
				return err
			}
			if in[id] = info.Type; info.Type == "freelist" {
				listed = info.Count
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	size := os.Getpagesize()
	kinds := map[string]int{}
	for id, kind := range in { // in any order
		if kinds[kind]++; kind == "leaf" && kinds[kind] > 6 && id != 2 {
			continue
		}
		bits := []int{}
		for bit := 96; bit < 128; bit += 3 { // how many pages it goes on over
			bits = append(bits, bit)
		}
		for bit := 80; bit < 96; bit++ { // how many elements it has
			bits = append(bits, bit)
		}
		for range 8 { // its number, kind, elements
			bits = append(bits, rand.IntN(96))
		}
		elements := 8 * 16 * 5 // the first ones, in bits
		if kind == "freelist" {
			elements = 8 * 8 * listed
		}
		for range 8 {
			bits = append(bits, 128+rand.IntN(elements))
		}
		for _, bit := range bits {
			b := bytes.Clone(good)
			b[id*size+bit/8] ^= 1 << (bit % 8)
			flipped(t, b, fmt.Sprintf("bit %d of page %d, %s", bit, id, kind), kind != "free")
		}
	}
	if t.Logf("%v", kinds); kinds["leaf"] < 10 || kinds["branch"] == 0 || kinds["freelist"] == 0 || kinds["free"] == 0 {
		t.Errorf("not all kinds of pages are there: %v", kinds)
	}
}

// TestUsedPageThatIsListedAsFree: bbolt would write over it.
func TestUsedPageThatIsListedAsFree(t *testing.T) {
	good := intact(t)
	list, free, used := 0, []int{}, []int{}
	err := bytesView(t, good, func(tx *bbolt.Tx) error {
		for id := 2; ; id++ {
			info, err := tx.Page(id)
			if err != nil || info == nil {
				return err
			}
			switch info.Type {
			case "freelist":
				list = id
			case "free":
				free = append(free, id)
			default:
				used = append(used, id)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	size, tried := os.Getpagesize(), 0
	for _, id := range used {
		for i := range free {
			if (i > 0 && free[i-1] > id) || (i+1 < len(free) && free[i+1] < id) {
				continue // that they are not in order is seen at once
			}
			b := bytes.Clone(good)
			binary.NativeEndian.PutUint64(b[list*size+16+8*i:], uint64(id))
			path := place(t, b)
			db := open(t, path)
			tried++
			fault(t, db.Sound(), storage.ErrDamaged, path, fmt.Sprintf("page %d is in use", id))
			db.Close()
		}
	}
	if tried < 10 {
		t.Errorf("%d pages were tried: of %d in use, %d free", tried, len(used), len(free))
	}
}

// TestAnotherRoot: all that was behind the right one is lost.
func TestAnotherRoot(t *testing.T) {
	good := intact(t)
	size := os.Getpagesize()
	var root, tree uint64 // of the buckets, of the data
	err := bytesView(t, good, func(tx *bbolt.Tx) error {
		root, tree = uint64(tx.Cursor().Bucket().Root()), uint64(tx.Bucket([]byte("data")).Root())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	page := good[root*uint64(size):][:size]
	at := bytes.Index(page, binary.NativeEndian.AppendUint64([]byte("data"), tree))
	if at < 0 {
		t.Fatal("the root of the data is not found")
	}
	for id := range uint64(len(good) / size) {
		if id < 2 || id == tree {
			continue
		}
		b := bytes.Clone(good)
		binary.NativeEndian.PutUint64(b[root*uint64(size)+uint64(at)+4:], id)
		path := place(t, b)
		db, err := bolt.Open(path)
		if err == nil {
			err = db.Sound()
			db.Close()
		}
		fault(t, err, storage.ErrDamaged, path, "put a backup in its place")
	}
}

func flipped(t *testing.T, b []byte, what string, inUse bool) {
	t.Helper()
	path := place(t, b)
	db, err := bolt.Open(path)
	if err != nil {
		fault(t, err, storage.ErrDamaged, path, "put a backup in its place")
		return
	}
	defer db.Close()
	told := db.Sound()
	if inUse {
		if told == nil {
			t.Errorf("%s: nothing is found", what)
		} else {
			fault(t, told, storage.ErrDamaged, path, "put a backup in its place")
		}
		harmless := told != nil && strings.Contains(told.Error(), "neither in use nor free")
		if _, err := db.Backup(new(bytes.Buffer), nil); !harmless && !errors.Is(err, storage.ErrDamaged) {
			t.Errorf("%s: a backup says %v", what, err)
		}
	} else if told != nil {
		t.Errorf("%s: %v", what, told)
	}
	for n := uint64(1); n <= kept; n += 7 {
		if err = db.Update(ctx(), func(w storage.Writer) error { return w.Put(number(n), record(n, 100)) }); err != nil {
			break
		}
	}
	if err = errors.Join(err, db.Close()); err != nil {
		if !errors.Is(err, storage.ErrDamaged) {
			t.Errorf("%s: who writes is told %v", what, err)
		}
		return
	}
	again, err := bolt.Open(path)
	if err == nil {
		err = errors.Join(readAll(again, kept), again.Close())
	}
	if err != nil && (!inUse || !errors.Is(err, storage.ErrDamaged)) {
		t.Errorf("%s: nobody who wrote was told, and then: %v", what, err)
	}
}

// FuzzPages: whatever stands in pages, looking at them ends, with a word on what is wrong or none.
func FuzzPages(f *testing.F) {
	const size = 512
	path := filepath.Join(f.TempDir(), "small.db")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: size})
	if err != nil {
		f.Fatal(err)
	}
	var high int
	for _, keys := range []int{20, 3} {
		err = errors.Join(err, db.Update(func(tx *bbolt.Tx) error {
			for _, name := range []string{"data", "meta"} {
				b, err := tx.CreateBucketIfNotExists([]byte(name))
				for n := range keys {
					if err == nil && (name == "data" || n == 0) {
						err = b.Put(number(uint64(n)), record(uint64(n), 60))
					}
				}
				if err != nil {
					return err
				}
			}
			return nil
		}))
	}
	err = errors.Join(err, db.View(func(tx *bbolt.Tx) error { high = int(tx.Size() / size); return nil }), db.Close())
	if err != nil {
		f.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	file = file[:high*size]
	sound := 0
	for root := 2; root < high; root++ {
		for free := 2; free < high; free++ {
			if bolt.LookAt(bytes.NewReader(file), size, uint64(root), uint64(free), uint64(high)) == nil {
				sound++
				f.Add(file, uint64(root), uint64(free))
			}
		}
	}
	if sound == 0 {
		f.Fatal("bbolt's own pages are not sound")
	}
	f.Fuzz(func(t *testing.T, b []byte, root, free uint64) {
		if len(b) > 1<<16 {
			return
		}
		if err := bolt.LookAt(bytes.NewReader(b), size, root, free, uint64(len(b)/size)); err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("it says %q", err)
		}
	})
}

// TestManyFreePages: from 65,535 on the list of free pages has its length elsewhere. bbolt's own lists of all lengths around are
// sound.
func TestManyFreePages(t *testing.T) {
	const size = 512
	path := filepath.Join(t.TempDir(), "small.db")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: size, NoSync: true, NoGrowSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	const values, pages = 90, 800
	change := func(fn func(b *bbolt.Bucket) error) {
		t.Helper()
		err := db.Update(func(tx *bbolt.Tx) error {
			for _, name := range []string{"data", "meta"} {
				if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
					return err
				}
			}
			return fn(tx.Bucket([]byte("data")))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	change(func(b *bbolt.Bucket) (err error) {
		for n := range uint64(values) {
			err = errors.Join(err, b.Put(number(n), make([]byte, pages*size)))
		}
		return err
	})
	many, few, last := 0, 0, 0
	look := func() {
		t.Helper()
		err := db.View(func(tx *bbolt.Tx) error {
			raw := make([]byte, 80)
			if _, err := file.ReadAt(raw, int64(tx.ID()%2)*size); err != nil {
				return err
			}
			free := binary.NativeEndian.Uint64(raw[16+32:])
			return bolt.LookAt(file, size, uint64(tx.Cursor().Bucket().Root()), free, uint64(tx.Size()/size))
		})
		if last = db.Stats().FreePageN + db.Stats().PendingPageN; last >= 0xffff {
			many++
		} else {
			few++
		}
		if err != nil {
			t.Errorf("with %d free pages: %v", last, err)
		}
	}
	for n := range uint64(values) { // up …
		change(func(b *bbolt.Bucket) error { return b.Delete(number(n)) })
		look()
	}
	for n := range uint64(3 * values) { // … and down, a page or some at a time
		change(func(b *bbolt.Bucket) error { return b.Put(number(n), make([]byte, int(n)*size)) })
		look()
	}
	if many < 20 || few < 20 {
		t.Errorf("%d lists were long, %d short", many, few)
	}
}

// TestDamagedNeighbour: a page that loses most of its keys is put together with the one before it, or, if it is the first, with
// the one behind it; so those are looked at, too.
func TestDamagedNeighbour(t *testing.T) {
	good, first := intact(t), map[uint64]int{} // the leaves of the data, by their first record
	size := os.Getpagesize()
	err := bytesView(t, good, func(tx *bbolt.Tx) error {
		for id := 2; ; id++ {
			info, err := tx.Page(id)
			if err != nil || info == nil {
				return err
			}
			page := good[id*size:]
			if at := 16 + binary.NativeEndian.Uint32(page[20:]); info.Type == "leaf" && page[at] == 'n' {
				first[binary.BigEndian.Uint64(page[at+1:])] = id
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	begins := slices.Sorted(maps.Keys(first))
	if len(begins) < 5 {
		t.Fatalf("there are but %d leaves", len(begins))
	}
	for _, of := range [][2]int{{0, 1}, {1, 0}, {3, 2}} { // which loses its keys, which is damaged
		b := bytes.Clone(good)
		b[first[begins[of[1]]]*size+12] ^= 1
		path := place(t, b)
		db := open(t, path)
		err := db.Update(ctx(), func(w storage.Writer) (err error) {
			for n := begins[of[0]] + 1; n < begins[of[0]+1]; n++ {
				err = errors.Join(err, w.Delete(number(n)))
			}
			return err
		})
		fault(t, errors.Join(err, db.Close()), storage.ErrDamaged, path, "goes on over 1 pages, not over 0")
	}
}

// TestLogThatTheFileDoesNotNameAnyMore: to go on without it would lose what was confirmed.
func TestLogThatTheFileDoesNotNameAnyMore(t *testing.T) {
	path := place(t, bytes.ReplaceAll(intact(t), []byte("log"), []byte("lof")))
	_, err := bolt.Open(path)
	fault(t, err, storage.ErrDamaged, path, "what it says of its log cannot be found")
}

// TestFileWithoutAListOfFreePages, as other tools may leave one.
func TestFileWithoutAListOfFreePages(t *testing.T) {
	path := place(t, intact(t))
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoFreelistSync: true})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("data")).Delete(number(kept + 1)) })
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		db := open(t, path)
		if err := errors.Join(db.Sound(), readAll(db, kept)); err != nil {
			t.Error(err)
		}
		put(t, db, 1, 3)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}
