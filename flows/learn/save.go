package learn

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"math/bits"
)

// A learner's file is a magic word, a version, then all numbers, each as short as it goes, and a checksum of all that.
const (
	magic   = "otklik learner\n"
	version = 2
)

// blockSize is how many entries of a table share a mask of those that are not zero.
const blockSize = 64

// Save writes all that was taught: the same bytes for the same lessons in the same order. The learner is held only
// until a copy is made in memory.
func (l *Learner) Save(w io.Writer) error {
	l.mu.RLock()
	data := l.encode()
	l.mu.RUnlock()
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("the learner's file: %w", err)
	}
	return nil
}

func (m *model) encode() []byte {
	out := append(encoder(magic), version)
	out.number(m.lessons)
	out.subjects(&m.subjects)
	out.table(len(m.seen), func(i int) uint32 { return m.seen[i] })
	out.number(m.bits())
	out.table(len(m.weights), func(i int) uint32 { return math.Float32bits(m.weights[i]) })
	out.near(&m.near)
	out.recent(&m.recent)
	out.centroids(&m.centroids)
	return binary.LittleEndian.AppendUint32(out, checksum(0, out))
}

// checksum goes on with one.
func checksum(sum uint32, data []byte) uint32 {
	return crc32.Update(sum, crc32.MakeTable(crc32.Castagnoli), data)
}

type encoder []byte

func (e *encoder) number(n uint64)    { *e = binary.AppendUvarint(*e, n) }
func (e *encoder) fixed(n uint32)     { *e = binary.LittleEndian.AppendUint32(*e, n) }
func (e *encoder) long(n uint64)      { *e = binary.LittleEndian.AppendUint64(*e, n) }
func (e *encoder) fraction(f float64) { e.long(math.Float64bits(f)) }

func (e *encoder) text(s string) {
	e.number(uint64(len(s)))
	*e = append(*e, s...)
}

func (e *encoder) subjects(s *subjects) {
	e.number(uint64(len(s.dims)))
	for _, d := range s.dims {
		e.text(string(d.name))
		e.number(uint64(d.lessons))
		e.fraction(d.trust.shift)
		e.fraction(d.trust.slope)
	}
	e.number(uint64(len(s.labels)))
	for _, y := range s.labels {
		e.number(uint64(y.dim))
		e.text(y.text)
		e.number(uint64(y.lessons))
	}
}

// table writes a table of which much is zero.
func (e *encoder) table(size int, at func(int) uint32) {
	for start := 0; start < size; start += blockSize {
		var mask uint64
		for i := range min(blockSize, size-start) {
			if at(start+i) != 0 {
				mask |= 1 << i
			}
		}
		e.number(mask)
		for ; mask != 0; mask &= mask - 1 {
			e.fixed(at(start + bits.TrailingZeros64(mask)))
		}
	}
}

func (e *encoder) near(n *near) {
	e.number(uint64(n.count))
	e.number(uint64(len(n.kept)))
	for i, k := range n.kept {
		e.long(k.print)
		e.fixed(math.Float32bits(n.marks[i].norm))
		*e = append(*e, n.marks[i].cycle)
		e.truth(k.truth)
	}
	for _, list := range n.byWord {
		e.number(uint64(len(list)))
		for _, p := range list {
			e.fixed(uint32(p))
		}
	}
}

func (e *encoder) truth(t truth) {
	for _, y := range t {
		e.number(uint64(y))
	}
}

func (e *encoder) recent(r *recent) {
	e.long(r.dice)
	e.number(uint64(r.next))
	e.number(uint64(len(r.ring)))
	for _, old := range r.ring {
		e.long(old.print)
		e.truth(old.truth)
		e.number(uint64(len(old.features)))
		for _, f := range old.features {
			e.fixed(f.hash)
			*e = append(*e, f.kind, f.q)
		}
	}
}

func (e *encoder) centroids(c *centroids) {
	e.number(uint64(len(c.lengths)))
	for _, l := range c.lengths {
		e.fraction(l)
	}
	e.table(len(c.sums), func(i int) uint32 { return math.Float32bits(c.sums[i]) })
}
