package bolt_test

import (
	"path/filepath"
	"testing"

	"otklik/storage"
	"otklik/storage/bolt"
	"otklik/storage/storagetest"
)

func open(t testing.TB, path string) *bolt.DB {
	t.Helper()
	db, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestKV(t *testing.T) {
	storagetest.KV(t, func(t *testing.T) storage.KV { return open(t, filepath.Join(t.TempDir(), "otklik.db")) })
}

func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "otklik.db")
	storagetest.Reopen(t, func(t *testing.T) storage.KV { return open(t, path) })
}

func TestKVRunTwice(t *testing.T) {
	storagetest.KV(t, func(t *testing.T) storage.KV {
		return storagetest.Twice(open(t, filepath.Join(t.TempDir(), "otklik.db")))
	})
}
