package storage

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode"
)

// Whatever stands as a key in a store, it can be told in words, and what tells of a person stays out of them.
func FuzzKeyInWords(f *testing.F) {
	at := time.Date(2026, time.November, 23, 7, 0, 0, 0, time.UTC)
	for _, k := range [][]byte{
		key(spacePersonBy, "telegram", "a\x00b"), key(spaceSeenAt, at, "vk", "m5.1"), key(spaceQueue, "org:x\x01", at, "kirov", "", "ямы", uint64(7)), key(spaceWord, uint64(1), "ям\x00"),
		key(spaceSession, "desk:\x00", uint64(1)), key(spaceByStreet, "@kirov", uint64(1)), key(spaceByStreet, "1", "ленина", "t", uint64(1)), {}, {0}, []byte("w"), []byte("w\x00"),
		[]byte("w\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), []byte("unknown\x00\xff"), []byte("cr\x00desk:\xff\x00\xff\x00"), []byte("ut\x00\xff\xff\xff\xff\xff\xff\xff\xffa\x00b\x00"),
	} {
		f.Add(k)
	}
	f.Fuzz(func(t *testing.T, k []byte) {
		space, words := inWords(k)
		if !fits(k) {
			if !strings.Contains(words, "makes no sense") {
				t.Fatalf("%q is told as %q, %q", k, space, words)
			}
			return
		}
		for _, r := range words {
			if unicode.IsControl(r) {
				t.Fatalf("%q is told as %q", k, words)
			}
		}
		s, rest := partsOf(k)
		if s.space == spaceWord && len(s.parts) > 0 {
			if block, stem := wordOf(k); !bytes.Equal(key(spaceWord, block, stem), k) && unplain(stem) == stem && !bytes.Contains(k, []byte{1}) {
				t.Fatalf("%q is block %d of %q", k, block, stem)
			}
		}
		if s.space == spacePersonBy {
			if _, user, _ := strings.Cut(rest, "\x00"); len(user) > 9 && strings.Contains(words, strings.TrimSuffix(user, "\x00")) {
				t.Fatalf("%q names somebody: %q", k, words)
			}
		}
	})
}

// Whatever a key is made of, it is found apart again.
func FuzzKeyParts(f *testing.F) {
	for _, s := range []string{"", "a", "\x00", "\x01", "\x01\x01", "\x01\x02", "\x00\x01\x02", "я\x00", "\xff"} {
		f.Add(s, "b"+s, uint64(len(s)))
	}
	f.Fuzz(func(t *testing.T, a, b string, n uint64) {
		if got := unplain(plain.Replace(a)); got != a {
			t.Fatalf("%q becomes %q", a, got)
		}
		for _, k := range [][]byte{key(spaceRef, a, b), key(spaceSession, a, n), key(spaceQueue, a, time.Unix(0, int64(n>>1)), b, a, b, n), key(spaceWord, n, a), key(spaceStaff, a, b, n)} {
			if !fits(k) {
				t.Fatalf("%q is none of its space", k)
			}
		}
		block, stem := wordOf(key(spaceWord, n, a))
		if block != n || stem != a {
			t.Fatalf("%d %q became %d %q", n, a, block, stem)
		}
		if a != b && bytes.HasPrefix(key(spaceRef, b, a), key(spaceRef, a)) {
			t.Fatalf("%q lies among those of %q", b, a)
		}
	})
}

// Whatever bytes stand as a list of numbers, looking through it ends, and what two lists share is in both.
func FuzzPostings(f *testing.F) {
	f.Add([]byte{0, 1, 0, 5, 3, 255}, []byte{0, 5}, uint64(5))
	f.Add([]byte{0}, []byte{}, uint64(1<<63))
	f.Add([]byte{0, 5, 0, 1, 9}, []byte{0, 1, 0, 1}, uint64(1))
	f.Fuzz(func(t *testing.T, p, q []byte, n uint64) {
		i, there := postings(p).find(n)
		if i < 0 || i > postings(p).len() || there && postings(p).at(i) != offset(n) {
			t.Fatalf("%d is at %d of %v: %v", n, i, p, there)
		}
		both := postings(p).and(q)
		for i := range both.len() {
			for _, list := range []postings{p, q} {
				in := false
				for j := range list.len() {
					in = in || list.at(j) == both.at(i)
				}
				if !in {
					t.Fatalf("%d of %v is not in %v", both.at(i), both, list)
				}
			}
		}
	})
}
