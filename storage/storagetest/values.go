package storagetest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"otklik/storage"
)

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
