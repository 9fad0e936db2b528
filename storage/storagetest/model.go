package storagetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"otklik/storage"
)

// sorted is the simplest thing that is meant: a map, and its keys in order.
type sorted map[string]string

func (m sorted) scan(from, to []byte, reverse bool) (list []string) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if k >= string(from) && (to == nil || k < string(to)) {
			list = append(list, k+"="+m[k])
		}
	}
	if reverse {
		slices.Reverse(list)
	}
	return list
}

// model does at random what may be done, to the store and to a map, and compares what they answer.
func model(t *testing.T, kv storage.KV) {
	key := rapid.StringMatching(`[a-c]{1,4}`)
	limit := rapid.Custom(func(t *rapid.T) []byte {
		if rapid.IntRange(0, 4).Draw(t, "open") == 0 {
			return nil
		}
		return []byte(rapid.StringMatching(`[a-c]{0,4}`).Draw(t, "bound"))
	})
	have := sorted{}
	if err := kv.View(t.Context(), func(storage.Reader) error { return nil }); err != nil {
		t.Fatal(err)
	}
	compare := func(t *rapid.T, what string, r storage.Reader, m sorted) {
		from, to := limit.Draw(t, "from"), limit.Draw(t, "to")
		reverse := rapid.Bool().Draw(t, "reverse")
		stop := rapid.IntRange(1, 200).Draw(t, "stop")
		wanted := m.scan(from, to, reverse)
		wanted = wanted[:min(stop, len(wanted))]
		var got []string
		err := r.Scan(from, to, reverse, func(k, v []byte) bool {
			got = append(got, fmt.Sprintf("%s=%s", k, v))
			return len(got) < stop
		})
		if err != nil || !slices.Equal(got, wanted) {
			t.Fatalf("%s: [%q, %q) reverse %v stop %d: got %v, want %v (%v)", what, from, to, reverse, stop, got, wanted, err)
		}
		k := key.Draw(t, "get")
		v, err := r.Get([]byte(k))
		if wanted, ok := m[k]; err != nil || (v != nil) != ok || string(v) != wanted {
			t.Fatalf("%s: %q is %q, want %q (%v)", what, k, v, wanted, err)
		}
	}
	ctx := t.Context()
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(1, 3).Draw(t, "updates") {
			now := maps.Clone(have)
			fails := rapid.IntRange(0, 4).Draw(t, "fails") == 0
			err := kv.Update(ctx, func(w storage.Writer) error {
				now = maps.Clone(have)
				for i := range rapid.IntRange(0, 20).Draw(t, "steps") {
					if err := step(t, w, now, key.Draw(t, "key"), i); err != nil {
						return err
					}
					if rapid.IntRange(0, 3).Draw(t, "look") == 0 {
						compare(t, "in the update", w, now)
					}
				}
				compare(t, "at its end", w, now)
				if fails {
					return errOwn
				}
				return nil
			})
			if fails != errors.Is(err, errOwn) || (err != nil && !fails) {
				t.Fatal(err)
			}
			if !fails {
				have = now
			}
			if err := kv.View(ctx, func(r storage.Reader) error { compare(t, "in a view", r, have); return nil }); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// step writes once, or deletes, or does so in a scan, with another scan inside.
func step(t *rapid.T, w storage.Writer, m sorted, k string, i int) error {
	v := strings.Repeat("v", rapid.IntRange(0, 3).Draw(t, "length")) + fmt.Sprint(i)
	if i == 0 {
		v = ""
	}
	switch rapid.SampledFrom([]string{"put", "put", "delete", "sweep", "nested"}).Draw(t, "step") {
	case "put":
		m[k] = v
		return w.Put([]byte(k), []byte(v))
	case "delete":
		delete(m, k)
		return w.Delete([]byte(k))
	case "sweep": // every other key that is met goes, the others change
		reverse := rapid.Bool().Draw(t, "sweep reverse")
		to := storage.After([]byte(k))
		wanted := m.scan([]byte(k), to, reverse)
		n := 0
		var fault error
		err := w.Scan([]byte(k), to, reverse, func(key, value []byte) bool {
			if n >= len(wanted) || wanted[n] != fmt.Sprintf("%s=%s", key, value) {
				t.Fatalf("sweep of %q meets %q=%q as number %d of %v", k, key, value, n, wanted)
			}
			if n++; n%2 == 0 {
				delete(m, string(key))
				fault = w.Delete(key)
			} else {
				m[string(key)] = v
				fault = w.Put(key, []byte(v))
			}
			return fault == nil
		})
		if n != len(wanted) && err == nil && fault == nil {
			t.Fatalf("sweep of %q met %d of %v", k, n, wanted)
		}
		return errors.Join(err, fault)
	default: // each key of a scan is looked for by another one
		err := w.Scan([]byte(k), nil, false, func(key, value []byte) bool {
			var first []byte
			err := w.Scan(key, nil, false, func(again, _ []byte) bool { first = again; return false })
			if err != nil || string(first) != string(key) {
				t.Fatalf("a scan from %q begins with %q (%v)", key, first, err)
			}
			return true
		})
		return err
	}
}
