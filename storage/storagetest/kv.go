package storagetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
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

func putGet(t *testing.T, kv storage.KV) {
	fill(t, kv, "a", "b")
	want(t, kv, "a", "a")
	want(t, kv, "b", "b")
	want(t, kv, "c", "")
	view(t, kv, func(r storage.Reader) {
		if v := get(t, r, "c"); v != nil {
			t.Errorf("no key gives %q, want nil", v)
		}
	})
}

func emptyValue(t *testing.T, kv storage.KV) {
	check := func(where string, r storage.Reader) {
		for _, k := range []string{"nil", "none"} {
			if v := get(t, r, k); v == nil || len(v) != 0 {
				t.Errorf("%s: an empty value is got as %#v", where, v)
			}
		}
		err := r.Scan(nil, nil, false, func(k, v []byte) bool {
			if v == nil || len(v) != 0 {
				t.Errorf("%s: an empty value is scanned as %#v", where, v)
			}
			return true
		})
		if err != nil {
			t.Error(err)
		}
		if got := keys(t, r, "-", "-", false); got != "nil none" {
			t.Errorf("%s: keys %s", where, got)
		}
	}
	update(t, kv, func(w storage.Writer) error {
		put(t, w, "none", "")
		if err := w.Put([]byte("nil"), nil); err != nil {
			return err
		}
		check("own writes", w)
		return nil
	})
	view(t, kv, func(r storage.Reader) { check("view", r) })
	update(t, kv, func(w storage.Writer) error { check("update", w); return nil })
}

func deleted(t *testing.T, kv storage.KV) {
	fill(t, kv, "a", "b", "c")
	update(t, kv, func(w storage.Writer) error {
		for _, k := range []string{"b", "b", "never"} {
			if err := w.Delete([]byte(k)); err != nil {
				return err
			}
		}
		if v := get(t, w, "b"); v != nil {
			t.Errorf("deleted in this update, got %q", v)
		}
		return nil
	})
	view(t, kv, func(r storage.Reader) {
		if v := get(t, r, "b"); v != nil {
			t.Errorf("deleted, got %q", v)
		}
		if got := keys(t, r, "-", "-", false); got != "a c" {
			t.Errorf("left: %s", got)
		}
	})
	fill(t, kv, "b")
	want(t, kv, "b", "b")
}

// ownSlices spoils every slice that goes in or comes out.
func ownSlices(t *testing.T, kv storage.KV) {
	spoil := func(slices ...[]byte) {
		for _, s := range slices {
			for i := range s {
				s[i] = 0xee
			}
			_ = append(s, 0xee)
		}
	}
	check := func(r storage.Reader) {
		for range 2 {
			spoil(get(t, r, "a"), get(t, r, "b"))
			for _, reverse := range []bool{false, true} {
				from, to := []byte("a"), []byte("z")
				n := 0
				err := r.Scan(from, to, reverse, func(k, v []byte) bool {
					if string(k) != string(v) {
						t.Errorf("%q has %q", k, v)
					}
					spoil(k, v, from, to)
					n++
					return true
				})
				if err != nil || n != 2 {
					t.Errorf("%d keys, %v", n, err)
				}
			}
		}
	}
	update(t, kv, func(w storage.Writer) error {
		for _, s := range []string{"a", "b"} {
			k, v := []byte(s), append(make([]byte, 0, 64), s...)
			if err := w.Put(k, v); err != nil {
				return err
			}
			spoil(k, v, v[:8])
		}
		gone := []byte("c")
		put(t, w, "c", "c")
		if err := w.Delete(gone); err != nil {
			return err
		}
		spoil(gone)
		check(w)
		return nil
	})
	view(t, kv, check)
	update(t, kv, func(w storage.Writer) error { check(w); return nil })
	view(t, kv, check)
}

func scanBounds(t *testing.T, kv storage.KV) {
	fill(t, kv, "b", "bb", "c", "d", "\xff", "\xff\xff")
	for _, c := range []struct{ from, to, want string }{
		{"-", "-", "b bb c d \xff \xff\xff"},
		{"", "-", "b bb c d \xff \xff\xff"},
		{"-", "", ""},
		{"a", "z", "b bb c d"},
		{"b", "d", "b bb c"},
		{"b", "b\x00", "b"},
		{"b\x00", "c", "bb"},
		{"ba", "cc", "bb c"},
		{"c", "c", ""},
		{"d", "b", ""},
		{"e", "f", ""},
		{"-", "b", ""},
		{"-", "bb", "b"},
		{"\xff", "-", "\xff \xff\xff"},
		{"\xff\xff\xff", "-", ""},
	} {
		words := strings.Fields(c.want)
		for i, j := 0, len(words)-1; i < j; i, j = i+1, j-1 {
			words[i], words[j] = words[j], words[i]
		}
		check := func(r storage.Reader) {
			if got := keys(t, r, c.from, c.to, false); got != c.want {
				t.Errorf("[%q, %q): %q, want %q", c.from, c.to, got, c.want)
			}
			if got := keys(t, r, c.from, c.to, true); got != strings.Join(words, " ") {
				t.Errorf("[%q, %q) reverse: %q, want %q", c.from, c.to, got, words)
			}
		}
		view(t, kv, check)
		update(t, kv, func(w storage.Writer) error { check(w); return nil })
	}
}

func scanStops(t *testing.T, kv storage.KV) {
	fill(t, kv, "a", "b", "c", "d")
	check := func(r storage.Reader) {
		for _, reverse := range []bool{false, true} {
			n := 0
			err := r.Scan(nil, nil, reverse, func(_, _ []byte) bool { n++; return n < 2 })
			if err != nil || n != 2 {
				t.Errorf("told to stop at 2, stopped at %d, %v", n, err)
			}
		}
	}
	view(t, kv, check)
	update(t, kv, func(w storage.Writer) error { put(t, w, "bb", ""); check(w); return nil })
}

func ownWrites(t *testing.T, kv storage.KV) {
	fill(t, kv, "b", "d", "f", "h")
	update(t, kv, func(w storage.Writer) error {
		put(t, w, "a", "new")
		put(t, w, "d", "new")
		put(t, w, "e", "new")
		put(t, w, "z", "new")
		put(t, w, "x", "new")
		for _, k := range []string{"f", "x"} {
			if err := w.Delete([]byte(k)); err != nil {
				return err
			}
		}
		if got := keys(t, w, "-", "-", false); got != "a b d e h z" {
			t.Errorf("scan: %s", got)
		}
		if got := keys(t, w, "b", "z", true); got != "h e d b" {
			t.Errorf("reverse: %s", got)
		}
		err := w.Scan(nil, nil, true, func(k, v []byte) bool {
			if old := strings.Contains("bh", string(k)); old != (string(v) == string(k)) {
				t.Errorf("%q has %q", k, v)
			}
			return true
		})
		if v := get(t, w, "d"); string(v) != "new" {
			t.Errorf("d is %q", v)
		}
		return err
	})
	view(t, kv, func(r storage.Reader) {
		if got := keys(t, r, "-", "-", false); got != "a b d e h z" {
			t.Errorf("after: %s", got)
		}
	})
}

// scanWrites writes in a scan what the contract allows: the key that was given, and keys that lie behind.
func scanWrites(t *testing.T, kv storage.KV) {
	for _, reverse := range []bool{false, true} {
		fill(t, kv, "b", "d", "f", "h")
		update(t, kv, func(w storage.Writer) error {
			put(t, w, "e", "e")
			var met []string
			err := w.Scan([]byte("b"), []byte("i"), reverse, func(k, _ []byte) bool {
				met = append(met, string(k))
				behind := "a" + string(k)
				if reverse {
					behind = string(k) + "+"
				}
				put(t, w, behind, "behind")
				put(t, w, "zz", "outside")
				switch string(k) {
				case "d", "e":
					if err := w.Delete(k); err != nil {
						t.Error(err)
					}
				default:
					put(t, w, string(k), "seen")
				}
				return true
			})
			if len(met) != 5 {
				t.Errorf("reverse %v: met %q", reverse, met)
			}
			return err
		})
		view(t, kv, func(r storage.Reader) {
			wanted := "ab ad ae af ah b f h zz"
			if reverse {
				wanted = "b b+ d+ e+ f f+ h h+ zz"
			}
			if got := keys(t, r, "-", "-", false); got != wanted {
				t.Errorf("reverse %v: left %s, want %s", reverse, got, wanted)
			}
		})
		update(t, kv, func(w storage.Writer) error { return clear(w) })
	}
}

// clear deletes everything, in a scan.
func clear(w storage.Writer) error {
	var fault error
	err := w.Scan(nil, nil, false, func(k, _ []byte) bool {
		fault = w.Delete(k)
		return fault == nil
	})
	return errors.Join(err, fault)
}

func scanNests(t *testing.T, kv storage.KV) {
	fill(t, kv, "a", "b", "c")
	check := func(r storage.Reader, wanted string) {
		var met []string
		err := r.Scan(nil, nil, false, func(k, _ []byte) bool {
			met = append(met, string(k)+":"+strings.ReplaceAll(keys(t, r, "-", string(k), true), " ", ""))
			return get(t, r, string(k)) != nil
		})
		if got := strings.Join(met, " "); err != nil || got != wanted {
			t.Errorf("met %s, want %s (%v)", got, wanted, err)
		}
	}
	view(t, kv, func(r storage.Reader) { check(r, "a: b:a c:ba") })
	update(t, kv, func(w storage.Writer) error { put(t, w, "aa", ""); check(w, "a: aa:a b:aaa c:baaa"); return nil })
}

func viewError(t *testing.T, kv storage.KV) {
	if err := kv.View(t.Context(), func(storage.Reader) error { return errOwn }); err != errOwn { //nolint:errorlint // unchanged
		t.Errorf("got %v", err)
	}
}

func limits(t *testing.T, kv storage.KV) {
	long, wide := bytes.Repeat([]byte{'k'}, 1024), bytes.Repeat([]byte{'v'}, 1<<20)
	update(t, kv, func(w storage.Writer) error {
		if err := w.Put(append(bytes.Clone(long), 'k'), nil); err == nil {
			t.Error("a key of 1,025 bytes is taken")
		}
		if err := w.Put(nil, nil); err == nil {
			t.Error("a key of no bytes is taken")
		}
		if err := w.Put([]byte("k"), append(bytes.Clone(wide), 'v')); err == nil {
			t.Error("a value of 1 MiB and a byte is taken")
		}
		return w.Put(long, wide)
	})
	view(t, kv, func(r storage.Reader) {
		if v := get(t, r, string(long)); !bytes.Equal(v, wide) {
			t.Errorf("the longest is got as %d bytes", len(v))
		}
		if n := len(keys(t, r, "-", "-", false)); n != len(long) {
			t.Errorf("more is kept than was taken: %d bytes of keys", n)
		}
	})
}

func anyBytes(t *testing.T, kv storage.KV) {
	update(t, kv, func(w storage.Writer) error {
		for i := range 256 * 256 {
			k := binary.BigEndian.AppendUint16(nil, uint16(i)) //nolint:gosec // it fits
			if err := w.Put(k, k); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, kv, func(r storage.Reader) {
		next := 0
		err := r.Scan(nil, nil, false, func(k, v []byte) bool {
			if n := int(binary.BigEndian.Uint16(k)); n != next || !bytes.Equal(k, v) {
				t.Errorf("%x has %x, want %d", k, v, next)
				return false
			}
			next++
			return true
		})
		if err != nil || next != 256*256 {
			t.Errorf("%d keys, %v", next, err)
		}
	})
}

func rewritten(t *testing.T, kv storage.KV) {
	for i := range 10 {
		update(t, kv, func(w storage.Writer) error {
			for j := range 10 {
				put(t, w, "k", fmt.Sprint(i, j))
			}
			return nil
		})
	}
	want(t, kv, "k", "9 9")
	view(t, kv, func(r storage.Reader) {
		if got := keys(t, r, "-", "-", false); got != "k" {
			t.Errorf("keys %s", got)
		}
	})
}

func large(t *testing.T, kv storage.KV) {
	const n = 3000
	value := bytes.Repeat([]byte{'v'}, 4000)
	write := func(fail error) error {
		return kv.Update(t.Context(), func(w storage.Writer) error {
			for i := range n {
				if err := w.Put(fmt.Appendf(nil, "%06d", i), value); err != nil {
					return err
				}
			}
			return fail
		})
	}
	count := func() (n int) {
		view(t, kv, func(r storage.Reader) {
			if err := r.Scan(nil, nil, true, func(_, v []byte) bool { n++; return bytes.Equal(v, value) }); err != nil {
				t.Error(err)
			}
		})
		return n
	}
	if err := write(errOwn); !errors.Is(err, errOwn) || count() != 0 {
		t.Errorf("a failed one left %d keys, %v", count(), err)
	}
	if err := write(nil); err != nil || count() != n {
		t.Errorf("%d keys of %d, %v", count(), n, err)
	}
	update(t, kv, clear)
	if count() != 0 {
		t.Errorf("cleared, %d left", count())
	}
}

func cancelled(t *testing.T, kv storage.KV) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := kv.Update(ctx, func(w storage.Writer) error { t.Error("the update ran"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the update answers %v", err)
	}
	err = kv.View(ctx, func(storage.Reader) error { t.Error("the view ran"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the view answers %v", err)
	}
}

func closed(t *testing.T, kv storage.KV) {
	fill(t, kv, "a")
	for range 2 {
		if err := kv.Close(); err != nil {
			t.Fatal(err)
		}
		err := kv.Update(t.Context(), func(storage.Writer) error { t.Error("the update ran"); return nil })
		if !errors.Is(err, storage.ErrClosed) || !errors.Is(err, storage.ErrFailed) {
			t.Errorf("the update answers %v", err)
		}
		err = kv.View(t.Context(), func(storage.Reader) error { t.Error("the view ran"); return nil })
		if !errors.Is(err, storage.ErrClosed) {
			t.Errorf("the view answers %v", err)
		}
	}
}

// closeWaits closes while many work: each transaction is whole or refused, and none runs after.
func closeWaits(t *testing.T, kv storage.KV) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	over := false
	check := func() {
		mu.Lock()
		defer mu.Unlock()
		if over {
			t.Error("it runs after Close has returned")
		}
	}
	began := make(chan bool, 1<<10)
	for i := range 8 {
		wg.Go(func() {
			for {
				err := kv.Update(t.Context(), func(w storage.Writer) error {
					check()
					select {
					case began <- true:
					default:
					}
					return w.Put([]byte{byte(i) + 1}, []byte("v"))
				})
				if errors.Is(err, storage.ErrClosed) {
					break
				} else if err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for {
				err := kv.View(t.Context(), func(r storage.Reader) error {
					check()
					_ = keys(t, r, "-", "-", false)
					check()
					return nil
				})
				if errors.Is(err, storage.ErrClosed) {
					break
				} else if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 50 {
		<-began
	}
	if err := kv.Close(); err != nil {
		t.Error(err)
	}
	mu.Lock()
	over = true
	mu.Unlock()
	wg.Wait()
}
