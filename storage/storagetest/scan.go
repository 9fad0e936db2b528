package storagetest

import (
	"errors"
	"strings"
	"testing"

	"otklik/storage"
)

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
