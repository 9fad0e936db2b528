package storage

import (
	"bytes"
	"cmp"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// parts is what a key may be made of: compared one after the other.
type parts struct {
	name   string
	number uint64
	at     time.Time
	tail   string
}

func (p parts) key() []byte { return key(spaceTimer, p.name, p.number, p.at, p.tail) }

func (p parts) compare(q parts) int {
	return cmp.Or(strings.Compare(p.name, q.name), cmp.Compare(p.number, q.number), p.at.Compare(q.at), strings.Compare(p.tail, q.tail))
}

func TestKeysOrderAsTheirParts(t *testing.T) {
	text := rapid.OneOf(rapid.SampledFrom([]string{"", "a", "ab", "a\x01", "b"}), rapid.StringMatching(`[\x01-\x{10ffff}]{0,6}`), rapid.Just("Верхняя Тойма"))
	number := rapid.OneOf(rapid.SampledFrom([]uint64{0, 1, 255, 256, 1 << 63, math.MaxUint64}), rapid.Uint64())
	at := rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.IntRange(0, 5).Draw(t, "zero") == 0 {
			return time.Time{}
		}
		zone := time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, "zone")*3600)
		return time.Unix(0, rapid.OneOf(rapid.SampledFrom([]int64{math.MinInt64 + 1, -256, -1, 0, 1, math.MaxInt64}), rapid.Int64Min(math.MinInt64+1)).Draw(t, "at")).In(zone)
	})
	draw := func(t *rapid.T) parts {
		return parts{text.Draw(t, "name"), number.Draw(t, "number"), at.Draw(t, "at"), text.Draw(t, "tail")}
	}
	rapid.Check(t, func(t *rapid.T) {
		p, q := draw(t), draw(t)
		if rapid.Bool().Draw(t, "same name") { // or the name would nearly always decide
			q.name = p.name
			if rapid.Bool().Draw(t, "same number") {
				q.number = p.number
			}
		}
		if got, want := bytes.Compare(p.key(), q.key()), p.compare(q); got != want {
			t.Fatalf("keys of %v and %v compare as %d, want %d", p, q, got, want)
		}
	})
}

func FuzzKeyOrder(f *testing.F) {
	f.Add("a", uint64(1), int64(-1), "", "ab", uint64(0), int64(1), "b")
	f.Add("a", uint64(1), int64(-1), "", "a", uint64(1), int64(1), "")
	f.Add("", uint64(1<<63), int64(0), "x", "", uint64(255), int64(256), "x")
	f.Fuzz(func(t *testing.T, a string, n uint64, at int64, b string, c string, m uint64, then int64, d string) {
		if strings.Contains(a+b+c+d, "\x00") {
			t.Skip("a zero byte ends a string")
		}
		if at == math.MinInt64 || then == math.MinInt64 {
			t.Skip("the first nanosecond that a stamp could tell is the zero time's")
		}
		p, q := parts{a, n, time.Unix(0, at), b}, parts{c, m, time.Unix(0, then), d}
		if got, want := bytes.Compare(p.key(), q.key()), p.compare(q); got != want {
			t.Errorf("keys of %v and %v compare as %d, want %d", p, q, got, want)
		}
		if last(key(spaceIncident, a, n)) != n {
			t.Errorf("the last number of a key is not %d", n)
		}
	})
}

func TestSpacesAreApart(t *testing.T) {
	spaces := []string{
		spaceCounter, spaceSeen, spaceSeenAt, spacePerson, spacePersonBy, spaceStaff, spaceInvitation, spaceSession, spaceIncident,
		spaceByState, spaceByOrg, spaceByPerson, spaceWaits, spaceEvent, spaceMedia, spaceOutgoing, spaceSlot, spaceCard, spaceRef, spaceTimer,
		spaceDrawer, spaceSetting, spaceWord, spaceWordsOf, spaceName, spaceByPoint, spaceByStreet, spaceQueue, spaceClaim, spaceLog,
		spaceSessionOf, spaceByActor, spaceMediaOf, spaceSlotOf, spaceTimerOf, spaceWanted,
	}
	for i, a := range spaces {
		for j, b := range spaces {
			if i != j && bytes.HasPrefix(key(a), key(b)) {
				t.Errorf("the keys of space %q lie among those of %q", a, b)
			}
		}
	}
}

func TestAfter(t *testing.T) {
	for _, c := range []struct{ prefix, want string }{
		{"a", "b"}, {"a\x00", "a\x01"}, {"a\xff", "b"}, {"a\xff\xff", "b"}, {"\xfe", "\xff"}, {"\xff", ""}, {"\xff\xff", ""}, {"", ""},
	} {
		got := After([]byte(c.prefix))
		if string(got) != c.want || (got == nil) != (c.want == "") {
			t.Errorf("after %q comes %q, want %q", c.prefix, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		prefix, k := rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, "prefix"), rapid.SliceOfN(rapid.Byte(), 0, 4).Draw(t, "key")
		end := After(prefix)
		in := bytes.Compare(k, prefix) >= 0 && (end == nil || bytes.Compare(k, end) < 0)
		if in != bytes.HasPrefix(k, prefix) {
			t.Fatalf("%x is between %x and %x: %v", k, prefix, end, in)
		}
	})
}
