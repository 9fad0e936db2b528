package storagetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"otklik/storage"
)

// Open gives a new store with nothing in it. Whoever calls closes it.
type Open func(t *testing.T) storage.KV

// KV holds a store to every promise of storage.KV.
func KV(t *testing.T, open Open) {
	for _, rule := range []struct {
		name string
		test func(*testing.T, storage.KV)
	}{
		{"what is put is got", putGet},
		{"an empty value is not nil", emptyValue},
		{"what is deleted is gone, and deleting nothing is no error", deleted},
		{"slices are the caller's own", ownSlices},
		{"a scan goes through [from, to) in order, both ways", scanBounds},
		{"a scan stops when told to", scanStops},
		{"an update reads its own writes merged with the store", ownWrites},
		{"a scan may be written behind", scanWrites},
		{"scans nest", scanNests},
		{"a view is a snapshot", snapshot},
		{"a view does not hold up updates", viewAside},
		{"what fails leaves no trace and its error is unchanged", failing},
		{"what panics leaves no trace and the store goes on", panicking},
		{"updaters are serializable", serializable},
		{"a scan goes on over what an update beside it deleted", deletedBeside},
		{"a view's error is unchanged", viewError},
		{"what is too long is refused, what is just so long is kept", limits},
		{"what is refused harms no other", refusedAlone},
		{"what is cancelled before it starts does not run", cancelled},
		{"after Close there is only ErrClosed", closed},
		{"Close waits", closeWaits},
		{"the bytes of keys and values may be any", anyBytes},
		{"a key has one place however often it is written", rewritten},
		{"a large transaction is one transaction", large},
		{"the model", model},
	} {
		t.Run(rule.name, func(t *testing.T) {
			kv := open(t)
			defer kv.Close()
			rule.test(t, kv)
		})
	}
}

// Reopen holds a store to durability: open gives the same store each time, as it was left.
func Reopen(t *testing.T, open Open) {
	for round := range 5 {
		kv := open(t)
		for i := range round {
			want(t, kv, fmt.Sprint("key", i), fmt.Sprint("value", i, round-1))
		}
		want(t, kv, "failed", "")
		update(t, kv, func(w storage.Writer) error {
			for i := range round + 1 {
				put(t, w, fmt.Sprint("key", i), fmt.Sprint("value", i, round))
			}
			return nil
		})
		err := kv.Update(t.Context(), func(w storage.Writer) error {
			put(t, w, "failed", "yes")
			return errOwn
		})
		if !errors.Is(err, errOwn) {
			t.Fatal(err)
		}
		if err := kv.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

var errOwn = errors.New("an error of the function's own")

func update(t *testing.T, kv storage.KV, fn func(w storage.Writer) error) {
	t.Helper()
	if err := kv.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func view(t *testing.T, kv storage.KV, fn func(r storage.Reader)) {
	t.Helper()
	err := kv.View(t.Context(), func(r storage.Reader) error { fn(r); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, w storage.Writer, key, value string) {
	if err := w.Put([]byte(key), []byte(value)); err != nil {
		t.Error(err)
	}
}

func get(t *testing.T, r storage.Reader, key string) []byte {
	v, err := r.Get([]byte(key))
	if err != nil {
		t.Error(err)
	}
	return v
}

// want checks a key's value, "" for a key that is not there.
func want(t *testing.T, kv storage.KV, key, value string) {
	t.Helper()
	view(t, kv, func(r storage.Reader) {
		if v := get(t, r, key); string(v) != value {
			t.Errorf("%q is %q, want %q", key, v, value)
		}
	})
}

// fill puts the keys with values that are their own names.
func fill(t *testing.T, kv storage.KV, keys ...string) {
	t.Helper()
	update(t, kv, func(w storage.Writer) error {
		for _, k := range keys {
			put(t, w, k, k)
		}
		return nil
	})
}

// bound makes a bound of a scan; "-" is nil.
func bound(s string) []byte {
	if s == "-" {
		return nil
	}
	return []byte(s)
}

// keys gives the keys that a scan meets.
func keys(t *testing.T, r storage.Reader, from, to string, reverse bool) string {
	var list []string
	err := r.Scan(bound(from), bound(to), reverse, func(k, _ []byte) bool {
		list = append(list, string(k))
		return true
	})
	if err != nil {
		t.Error(err)
	}
	return strings.Join(list, " ")
}
