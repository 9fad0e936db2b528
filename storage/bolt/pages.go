package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"sort"

	"go.etcd.io/bbolt"
)

// pages looks at a file's pages as one transaction has them. bbolt takes for granted that they are as they were written: a
// page that says of itself that it is longer than it is would have it free pages of others, which are written over then, or
// more of them than the memory holds.
//
// Numbers are in the machine's order. A page begins with its number (8 bytes), its kind (2), how many elements it has (2)
// and how many pages it goes on over (4).
//
// In the first two pages follow 16 bytes of no interest, the root of the buckets, a counter, the page with the list of free
// ones, how many pages there are, the transaction's number and a sum of all that (8 each).
//
// In a leaf or a branch follow elements of 16 bytes: a leaf's has flags, where the key lies, how long it is and how long the
// value behind it (4 each); a branch's where the key lies, how long it is (4 each) and the child's page (8). Then come keys
// and values without gaps. A bucket is a value that begins with its root and a counter (8 each); where the root is 0 the
// bucket's only page follows.
type pages struct {
	file io.ReaderAt
	size int    // of a page
	root uint64 // of the buckets
	free uint64 // where the list of free pages is
	high uint64 // pages from here on are none
	bufs [][]byte
	seen []uint64 // a bit for each page that something leads to, or that is free; nil where only the way to some keys is looked at
}

const (
	pageHead   = 16
	element    = 16
	branchPage = 0x01
	leafPage   = 0x02
	freePage   = 0x10
	aBucket    = 0x01 // an element's flag
	manyFree   = 0xffff
)

// pagesOf looks at the file as a transaction has it before it changes anything. ok is false where others have taken the place
// of its first page, which is one of two.
func (db *DB) pagesOf(tx *bbolt.Tx) (p *pages, ok bool, err error) {
	p = &pages{file: db.file, size: db.b.Info().PageSize}
	id := uint64(tx.ID()) //nolint:gosec // it counts up
	if tx.Writable() {
		id--
	}
	b := make([]byte, pageHead+64)
	for i := range uint64(2) {
		if err := p.readAt(b, i); err != nil {
			return nil, false, err
		}
		first, number := b[pageHead:], binary.NativeEndian.Uint64
		sum := fnv.New64a()
		sum.Write(first[:56])
		if number(first[48:]) == id && number(first[56:]) == sum.Sum64() { // else another one's, or it is being written
			p.root, p.free, p.high = number(first[16:]), number(first[32:]), number(first[40:])
			return p, true, nil
		}
	}
	return nil, false, nil
}

// readAt reads from the beginning of a page.
func (p *pages) readAt(b []byte, id uint64) error {
	_, err := p.file.ReadAt(b, int64(id)*int64(p.size)) //nolint:gosec // there are not so many
	if errors.Is(err, io.EOF) {
		return bad(id, "is cut off")
	}
	return err
}

func bad(id uint64, format string, args ...any) error {
	return panicked{fmt.Sprintf("page %d ", id) + fmt.Sprintf(format, args...)}
}

// some looks at the pages on the way to some keys of the data, which are in order, and at those beside pages that lose some:
// all that a transaction may free that writes this.
func (p *pages) some(writes []entry) error {
	if err := p.bucket(p.root, 0, writes, false); err != nil {
		return err
	}
	_, err := p.freeHead(make([]byte, pageHead+8))
	return err
}

// all looks at every page.
func (p *pages) all() error {
	p.seen = make([]uint64, p.high/64+1)
	if err := p.bucket(p.root, 0, nil, true); err != nil {
		return err
	}
	return p.freeList()
}

// bucket walks over the root bucket, which has two: the data, and what is said of the file.
func (p *pages) bucket(root uint64, depth int, writes []entry, whole bool) error {
	pg, err := p.page(root, depth, nil, nil)
	if err != nil {
		return err
	}
	if !pg.leaf {
		return bad(root, "is a branch, and there are two buckets")
	}
	if pg.n != 2 {
		return bad(root, "has %d buckets, not two", pg.n)
	}
	for i := range pg.n {
		name, value := pg.element(i)
		if pg.flags(i) != aBucket || len(value) < 16 || binary.NativeEndian.Uint64(value[8:]) != 0 {
			return bad(root, "has something that is no bucket of ours")
		}
		sub := binary.NativeEndian.Uint64(value)
		if sub == 0 {
			if err := inValue(root, value[16:]); err != nil {
				return err
			}
			continue
		}
		if err := p.walk(sub, depth+1, nil, nil, writes, whole || string(name) != data); err != nil {
			return err
		}
	}
	return nil
}

// walk looks at a page and at those under it, whose keys must lie in [from, to); nil is no bound. Of these it looks at all if
// whole, else at those that are written to and at neighbours that may be put together with them.
func (p *pages) walk(id uint64, depth int, from, to []byte, writes []entry, whole bool) error {
	pg, err := p.page(id, depth, from, to)
	if err != nil {
		return err
	}
	if pg.n == 0 && (from != nil || !pg.leaf) { // only a root may be, as a leaf
		return bad(id, "is empty")
	}
	if pg.leaf {
		for i := range pg.n {
			if pg.flags(i) != 0 {
				return bad(id, "has a bucket where a record should be")
			}
		}
		return nil
	}
	next := 0 // the first child that was not looked at
	visit := func(i int, writes []entry) error {
		if i < next {
			return nil
		}
		next = i + 1
		low, _ := pg.element(i)
		high := to
		if i+1 < pg.n {
			high, _ = pg.element(i + 1)
		}
		return p.walk(pg.child(i), depth+1, low, high, writes, whole)
	}
	shrank := false // the one before loses a key
	for i := range pg.n {
		mine := writes
		if i+1 < pg.n {
			after, _ := pg.element(i + 1)
			mine = writes[:sort.Search(len(writes), func(k int) bool { return writes[k].key >= string(after) })]
		}
		writes = writes[len(mine):]
		shrinks := slices.ContainsFunc(mine, func(e entry) bool { return e.value == nil })
		if shrinks && i > 0 {
			if err := visit(i-1, nil); err != nil {
				return err
			}
		}
		if len(mine) > 0 || shrank || whole {
			if err := visit(i, mine); err != nil {
				return err
			}
		}
		shrank = shrinks
	}
	return nil
}

// aPage is a leaf or a branch that was looked at.
type aPage struct {
	leaf bool
	n    int
	b    []byte
}

func (a *aPage) flags(i int) uint32 { return binary.NativeEndian.Uint32(a.b[pageHead+i*element:]) }
func (a *aPage) child(i int) uint64 { return binary.NativeEndian.Uint64(a.b[pageHead+i*element+8:]) }

// lies gives where an element's key begins and ends, and where its value does.
func (a *aPage) lies(i int) (key, value, end int64) {
	e := a.b[pageHead+i*element:]
	if a.leaf {
		e = e[4:]
	}
	key = int64(pageHead+i*element) + int64(binary.NativeEndian.Uint32(e))
	value = key + int64(binary.NativeEndian.Uint32(e[4:]))
	end = value
	if a.leaf {
		end += int64(binary.NativeEndian.Uint32(e[8:]))
	}
	return key, value, end
}

func (a *aPage) element(i int) (key, value []byte) {
	k, v, end := a.lies(i)
	return a.b[k:v], a.b[v:end]
}

// end gives where the last value ends, if each begins where the one before ends.
func (a *aPage) end(id uint64) (last int64, err error) {
	last = int64(pageHead + a.n*element)
	for i := range a.n {
		key, _, end := a.lies(i)
		if key != last {
			return 0, bad(id, "has element %d at %d, not at %d", i, key, last)
		}
		last = end
	}
	return last, nil
}

// ordered tells whether the keys are in order, and in [from, to).
func (a *aPage) ordered(id uint64, from, to []byte) error {
	for i := range a.n {
		key, _ := a.element(i)
		if i > 0 && string(key) == string(from) || string(key) < string(from) || to != nil && string(key) >= string(to) {
			return bad(id, "has key %d out of its place", i)
		}
		from = key
	}
	return nil
}

// inValue looks at a bucket that lies in a value on a page: a leaf of its own, without a number.
func inValue(id uint64, b []byte) error {
	if len(b) < pageHead || string(b[:8]) != string(make([]byte, 8)) || binary.NativeEndian.Uint16(b[8:]) != leafPage || binary.NativeEndian.Uint32(b[12:]) != 0 {
		return bad(id, "has a bucket that is none")
	}
	pg := aPage{leaf: true, n: int(binary.NativeEndian.Uint16(b[10:])), b: b}
	if pageHead+pg.n*element > len(b) {
		return bad(id, "has a bucket that is longer than its room")
	}
	end, err := pg.end(id)
	if err != nil {
		return err
	}
	if end != int64(len(b)) {
		return bad(id, "has a bucket of %d bytes in %d", end, len(b))
	}
	return pg.ordered(id, nil, nil)
}

// page reads a leaf or a branch and looks at it. What it gives is good until the next one of the same depth.
func (p *pages) page(id uint64, depth int, from, to []byte) (pg aPage, err error) {
	if depth > 64 {
		return pg, bad(id, "lies deeper than any tree is")
	}
	if len(p.bufs) <= depth {
		p.bufs = append(p.bufs, make([]byte, p.size))
	}
	count, kind, over, err := p.head(id, p.bufs[depth][:p.size])
	if err != nil {
		return pg, err
	}
	if kind != branchPage && kind != leafPage {
		return pg, bad(id, "is of kind %#x", kind)
	}
	pg = aPage{leaf: kind == leafPage, n: count, b: p.bufs[depth][:p.size]}
	last := int64(pageHead + count*element)
	if err := p.read(id, depth, last, &pg); err != nil {
		return pg, err
	}
	if last, err = pg.end(id); err != nil {
		return pg, err
	}
	if want := (last+int64(p.size)-1)/int64(p.size) - 1; int64(over) != want {
		return pg, bad(id, "goes on over %d pages, not over %d", over, want)
	}
	if err := p.mark(id, over); err != nil {
		return pg, err
	}
	if err := p.read(id, depth, last, &pg); err != nil {
		return pg, err
	}
	return pg, pg.ordered(id, from, to)
}

// read reads a page as far as some bytes, of which the first page's are there.
func (p *pages) read(id uint64, depth int, n int64, pg *aPage) error {
	if n <= int64(len(pg.b)) {
		return nil
	}
	if n > int64(p.high-id)*int64(p.size) { //nolint:gosec // head has looked at it
		return bad(id, "goes on behind the end")
	}
	b := slices.Grow(p.bufs[depth][:0], int(n))[:n]
	if err := p.readAt(b, id); err != nil {
		return err
	}
	p.bufs[depth], pg.b = b, b
	return nil
}

// head reads the head of a page, and as much more as there is room for.
func (p *pages) head(id uint64, b []byte) (count int, kind uint16, over uint32, err error) {
	if id < 2 || id >= p.high {
		return 0, 0, 0, bad(id, "is led to, and there are %d", p.high)
	}
	if err := p.readAt(b, id); err != nil {
		return 0, 0, 0, err
	}
	if is := binary.NativeEndian.Uint64(b); is != id {
		return 0, 0, 0, bad(id, "says that it is page %d", is)
	}
	return int(binary.NativeEndian.Uint16(b[10:])), binary.NativeEndian.Uint16(b[8:]), binary.NativeEndian.Uint32(b[12:]), nil
}

// mark notes that a page is in use, and those that it goes on over. That no two lead to one the order of the keys sees to.
func (p *pages) mark(id uint64, over uint32) error {
	if id+uint64(over) >= p.high {
		return bad(id, "goes on over %d pages, and there are %d", over, p.high)
	}
	if p.seen == nil {
		return nil
	}
	for last := id + uint64(over); id <= last; id++ {
		p.seen[id/64] |= 1 << (id % 64)
	}
	return nil
}

// freeHead reads the head of the list of free pages, and how many there are. A file that another tool has left without one has
// got one from bbolt at the opening.
func (p *pages) freeHead(b []byte) (n uint64, err error) {
	count, kind, over, err := p.head(p.free, b)
	if err != nil {
		return 0, err
	}
	if kind != freePage {
		return 0, bad(p.free, "is of kind %#x, and should list the free ones", kind)
	}
	n = uint64(count) //nolint:gosec // 16 bits
	if count == manyFree {
		n = binary.NativeEndian.Uint64(b[pageHead:])
	}
	// bbolt reckons how much room the list takes before it takes that room, out of the list itself or behind the end.
	room := func(n uint64) uint64 {
		if n >= manyFree {
			n++
		}
		return (pageHead + 8*n) / uint64(p.size) //nolint:gosec // it is positive
	}
	if n > p.high || uint64(over) != room(n) && uint64(over) != room(n+uint64(over)+1) {
		return 0, bad(p.free, "lists %d free ones and goes on over %d pages", n, over)
	}
	return n, p.mark(p.free, over)
}

// freeList looks at the list of free pages: what it has must be pages, in order, and in no use of which is known.
func (p *pages) freeList() error {
	n, err := p.freeHead(make([]byte, pageHead+8))
	if err != nil || n == 0 {
		return err
	}
	at := uint64(pageHead)
	if n >= manyFree {
		at += 8
	}
	b := make([]byte, at+8*n)
	if err := p.readAt(b, p.free); err != nil {
		return err
	}
	b = b[at:]
	for last := uint64(1); len(b) > 0; b = b[8:] {
		id := binary.NativeEndian.Uint64(b)
		if id <= last || id >= p.high {
			return bad(p.free, "lists page %d as free, behind %d and of %d", id, last, p.high)
		}
		last = id
		if p.seen == nil {
			continue
		}
		if p.is(id) {
			return bad(id, "is in use, and is listed as free")
		}
		p.seen[id/64] |= 1 << (id % 64)
	}
	return nil
}

// lost looks, after all, for pages that are neither in use nor free. To have some does no harm by itself; but whoever is led
// to another root than the right one finds all other pages lost.
func (p *pages) lost() error {
	for id := uint64(2); id < p.high; id++ {
		if !p.is(id) {
			return bad(id, "is neither in use nor free")
		}
	}
	return nil
}

func (p *pages) is(id uint64) bool { return p.seen[id/64]&(1<<(id%64)) != 0 }
