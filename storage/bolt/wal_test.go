package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"otklik/storage"
	"otklik/storage/bolt"
	"otklik/storage/storagetest"
)

// TestKVWithSmallLogs has all that a store promises hold while what stands in the log goes into the file all the time, is too
// large for the log, or stays in it.
func TestKVWithSmallLogs(t *testing.T) {
	for _, size := range []int64{200, 4 << 10, 1 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Cleanup(bolt.SetLog(size, time.Millisecond))
			storagetest.KV(t, func(t *testing.T) storage.KV { return open(t, filepath.Join(t.TempDir(), "otklik.db")) })
			path := filepath.Join(t.TempDir(), "otklik.db")
			storagetest.Reopen(t, func(t *testing.T) storage.KV { return open(t, path) })
		})
	}
}

// put writes numbered records, each in an update of its own.
func put(t *testing.T, db storage.KV, from, to uint64) {
	t.Helper()
	for n := from; n <= to; n++ {
		if err := db.Update(ctx(), func(w storage.Writer) error { return w.Put(number(n), record(n, 100)) }); err != nil {
			t.Fatal(err)
		}
	}
}

// bring has all that stands in the log brought into the file: an update that is too large for the log stands behind it.
func bring(t *testing.T, db storage.KV) {
	t.Helper()
	err := db.Update(ctx(), func(w storage.Writer) error {
		return errors.Join(w.Put([]byte("large 1"), make([]byte, 600<<10)), w.Put([]byte("large 2"), make([]byte, 600<<10)))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// left gives a store with the records 1 to in, in its file, and those from there to last in its log, as a kill leaves them.
func left(t *testing.T, in, last uint64) (path string) {
	t.Helper()
	t.Cleanup(bolt.SetLog(1<<20, time.Hour))
	from := filepath.Join(t.TempDir(), "otklik.db")
	db := open(t, from)
	put(t, db, 1, in)
	if in > 0 {
		bring(t, db)
	}
	put(t, db, in+1, last)
	return copied(t, from, from)
}

// copied copies a store's file and the log of another.
func copied(t *testing.T, file, log string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "otklik.db")
	for to, from := range map[string]string{path: file, storage.LogFile(path): storage.LogFile(log)} {
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// last gives the highest number of which all records up to it are there.
func last(t *testing.T, db storage.KV) (n uint64) {
	t.Helper()
	for readAll(db, n+1) == nil {
		n++
	}
	return n
}

func TestLogIsReadAfterAKill(t *testing.T) {
	for _, in := range []uint64{0, 7} {
		path := left(t, in, 20)
		for round := range uint64(3) { // and what is written then stands behind it
			db := open(t, path)
			if n := last(t, db); n != 20+round {
				t.Fatalf("of %d records %d are there", 20+round, n)
			}
			put(t, db, 21+round, 21+round)
			path = copied(t, path, path)
		}
		db := open(t, path)
		if err := errors.Join(db.Close(), db.Close()); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(storage.LogFile(path)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a closed store has a log: %v", err)
		}
		if n := last(t, open(t, path)); n != 23 {
			t.Errorf("without the log %d records are there", n)
		}
	}
}

// TestLogThatIsNotWhole: a record that was not written to its end never was; and nothing is seen of those behind one that
// cannot be read any more, so the store says that it is damaged.
func TestLogThatIsNotWhole(t *testing.T) {
	path := left(t, 5, 40)
	log, err := os.ReadFile(storage.LogFile(path))
	if err != nil {
		t.Fatal(err)
	}
	begin, end := 1<<20, len(bytes.TrimRight(log, "\x00")) // the other half stands in the file
	found, short := 0, 0
	for range 60 {
		b := bytes.Clone(log)
		at := begin + rand.IntN(end-begin)
		b[at] ^= 1 << rand.IntN(8)
		path := copied(t, path, path)
		if err := os.WriteFile(storage.LogFile(path), b, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := bolt.Open(path)
		if err != nil {
			fault(t, err, storage.ErrDamaged, path, "move the log away")
			found++
			continue
		}
		switch n := last(t, db); {
		case n == 39:
			short++ // it was in the last one, which may be cut off by a power cut
		default:
			t.Errorf("a flip at %d of %d leaves %d records", at, end, n)
		}
		db.Close()
	}
	if t.Logf("%d found, %d in the last record", found, short); found < 40 || short > 19 {
		t.Errorf("of 60 flips %d were found, %d were taken for a record that was not written to its end", found, short)
	}
	for _, cut := range []int{0, 1, begin, begin + 10, begin + 1000, end - 1} {
		path := copied(t, path, path)
		if err := os.Truncate(storage.LogFile(path), int64(cut)); err != nil {
			t.Fatal(err)
		}
		if n := last(t, open(t, path)); n < 5 || n > 39 {
			t.Errorf("cut to %d bytes: %d records", cut, n)
		}
	}
}

// TestLogOfAnother is not read: neither another store's, nor that of an earlier life of this one.
func TestLogOfAnother(t *testing.T) {
	a, b := left(t, 5, 20), left(t, 9, 12)
	if n := last(t, open(t, copied(t, a, b))); n != 5 {
		t.Errorf("%d records", n)
	}
	was := copied(t, a, a)
	db := open(t, a)
	put(t, db, 21, 25)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, a) // with a log of its own, from now on
	put(t, db, 26, 30)
	if n := last(t, open(t, copied(t, a, was))); n != 25 {
		t.Errorf("%d records", n)
	}
}

// TestLogOfALaterState: the file of an hour ago, put back beside the log of now, misses what was between.
func TestLogOfALaterState(t *testing.T) {
	t.Cleanup(bolt.SetLog(1<<20, time.Hour))
	path := filepath.Join(t.TempDir(), "otklik.db")
	db := open(t, path)
	put(t, db, 1, 10)
	bring(t, db)
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for from := uint64(11); from < 31; from += 10 {
		put(t, db, from, from+9)
		bring(t, db)
	}
	put(t, db, 31, 40)
	mixed := copied(t, path, path)
	if err := os.WriteFile(mixed, old, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = bolt.Open(mixed)
	fault(t, err, storage.ErrDamaged, mixed, "put the file back that it belongs to")
	if err := os.Remove(storage.LogFile(mixed)); err != nil {
		t.Fatal(err)
	}
	if n := last(t, open(t, mixed)); n != 10 {
		t.Errorf("without the log: %d records", n)
	}
}

// TestFirstVersion: a store that was written before there were logs is opened, and refused by a program of then.
func TestFirstVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "otklik.db")
	db := open(t, path)
	put(t, db, 1, 3)
	db.Close()
	setVersion(t, path, 1)
	raw, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Delete([]byte("log")) })
	if err := errors.Join(err, raw.Close()); err != nil {
		t.Fatal(err)
	}
	db = open(t, path)
	if n := last(t, db); n != 3 {
		t.Errorf("%d records", n)
	}
	db.Close()
	if raw, err = bbolt.Open(path, 0o600, nil); err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	err = raw.View(func(tx *bbolt.Tx) error {
		if v := tx.Bucket([]byte("meta")).Get([]byte("version")); len(v) != 12 || v[7] != bolt.Version {
			t.Errorf("the file says of its version %x", v)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// backUp makes a backup.
func backUp(db *bolt.DB, to string) error {
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	rest, err := db.Backup(f, nil)
	if err = errors.Join(err, f.Close()); err != nil || rest == nil {
		return err
	}
	made, err := bolt.Open(to)
	if err != nil {
		return err
	}
	return errors.Join(made.Update(ctx(), rest), made.Close())
}
