package bolt_test

import (
	"errors"
	"path/filepath"
	"strings"
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

// fault checks that an error is of a kind, and says so in one line with the store's name and what to do.
func fault(t *testing.T, err, kind error, path, advice string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", kind)
	}
	if !errors.Is(err, kind) || !errors.Is(err, storage.ErrFailed) {
		t.Errorf("%q is no %q", err, kind)
	}
	said(t, err.Error(), kind, path, advice)
}

func said(t *testing.T, text string, kind error, path, advice string) {
	t.Helper()
	if strings.Contains(text, "\n") || !strings.HasPrefix(text, path+": "+kind.Error()) || !strings.Contains(text, advice) {
		t.Errorf("want one line from %q on with %q, got %q", path+": "+kind.Error(), advice, text)
	}
}
