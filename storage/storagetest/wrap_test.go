package storagetest_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"otklik/storage"
	"otklik/storage/bolt"
	"otklik/storage/storagetest"
)

func store(t *testing.T) storage.KV {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "otklik.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func putting(key, value string) func(storage.Writer) error {
	return func(w storage.Writer) error { return w.Put([]byte(key), []byte(value)) }
}

func value(t *testing.T, kv storage.KV, key string) (value string) {
	t.Helper()
	err := kv.View(t.Context(), func(r storage.Reader) error {
		v, err := r.Get([]byte(key))
		value = string(v)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestPureFindsImpureFunctions(t *testing.T) {
	kv := storagetest.Pure(store(t))
	if err := kv.Update(t.Context(), putting("k", "before")); err != nil {
		t.Fatal(err)
	}
	run := 0
	for name, c := range map[string]struct {
		fn   func(storage.Writer) error
		says string
	}{
		"another value":   {func(w storage.Writer) error { return w.Put([]byte("k"), []byte{byte(run)}) }, `"k"`},
		"another key":     {func(w storage.Writer) error { return w.Put([]byte{'k', byte('0' + run)}, nil) }, `"k1"`},
		"a key too few":   {func(w storage.Writer) error { return when(run == 1, w, "only") }, `"only"`},
		"a key too many":  {func(w storage.Writer) error { return when(run == 2, w, "only") }, `"only"`},
		"put or deleted":  {func(w storage.Writer) error { return toggle(run == 1, w) }, `"k"`},
		"fails only once": {func(storage.Writer) error { return failOnce(run) }, "broken"},
	} {
		run = 0
		err := kv.Update(t.Context(), func(w storage.Writer) error { run++; return c.fn(w) })
		if run != 2 || !errors.Is(err, storagetest.ErrImpure) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: after %d runs %v, want ErrImpure that says %s", name, run, err, c.says)
		}
		if v := value(t, kv, "k"); v != "before" {
			t.Errorf("%s: k is %q", name, v)
		}
	}
}

func when(yes bool, w storage.Writer, key string) error {
	if !yes {
		return nil
	}
	return w.Put([]byte(key), nil)
}

func toggle(put bool, w storage.Writer) error {
	if put {
		return w.Put([]byte("k"), nil)
	}
	return w.Delete([]byte("k"))
}

func failOnce(run int) error {
	if run == 1 {
		return errors.New("broken")
	}
	return nil
}

// Both runs begin from the same state, whatever the first has done to it.
func TestPureUndoesTheFirstRun(t *testing.T) {
	kv := storagetest.Pure(store(t))
	for _, k := range []string{"changed", "deleted", "empty"} {
		if err := kv.Update(t.Context(), putting(k, strings.TrimPrefix(k, "empty"))); err != nil {
			t.Fatal(err)
		}
	}
	var seen []string
	err := kv.Update(t.Context(), func(w storage.Writer) error {
		var now []string
		err := w.Scan(nil, nil, false, func(k, v []byte) bool { now = append(now, string(k)+"="+string(v)); return true })
		seen = append(seen, strings.Join(now, " "))
		return errors.Join(err, w.Put([]byte("changed"), []byte("1")), w.Put([]byte("changed"), []byte("2")),
			w.Delete([]byte("deleted")), w.Put([]byte("new"), nil), w.Put([]byte("empty"), []byte("full")), w.Delete([]byte("never")))
	})
	if want := "changed=changed deleted=deleted empty="; err != nil || len(seen) != 2 || seen[0] != want || seen[1] != want {
		t.Errorf("the runs saw %q, want %q (%v)", seen, want, err)
	}
	if v := value(t, kv, "changed") + value(t, kv, "deleted") + value(t, kv, "empty"); v != "2full" {
		t.Errorf("left is %q", v)
	}
}

func TestFailing(t *testing.T) {
	f := storagetest.Failing(store(t))
	f.Lose(2)
	f.Cut(4)
	own := errors.New("its own")
	for i, c := range []struct {
		key    string
		fails  bool
		stored bool
	}{{"1", false, true}, {"2", true, false}, {"3", false, true}, {"4", true, true}, {"5", false, true}} {
		if err := f.Update(t.Context(), func(storage.Writer) error { return own }); !errors.Is(err, own) {
			t.Errorf("a function that fails is no commit: %v", err)
		}
		err := f.Update(t.Context(), putting(c.key, "there"))
		if c.fails != errors.Is(err, storage.ErrFailed) || c.fails != (err != nil) {
			t.Errorf("commit %s: %v", c.key, err)
		}
		if v := value(t, f, c.key); (v == "there") != c.stored {
			t.Errorf("after commit %s it is %q", c.key, v)
		}
		if n := f.Commits(); n != i+1 {
			t.Errorf("%d commits, want %d", n, i+1)
		}
	}
}

func TestFailingKeepsTheContract(t *testing.T) {
	storagetest.KV(t, func(t *testing.T) storage.KV { return storagetest.Failing(store(t)) })
}
