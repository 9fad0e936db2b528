package learn

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
)

// ErrFile tells that a learner's file is none, is broken or of another version. What it held is taught again from the
// lessons.
var ErrFile = errors.New("the learner's file cannot be used: teach the lessons again")

// Load takes what Save wrote in place of all that was taught before. After an error, which is ErrFile unless reading
// failed, the learner is as it was. It needs memory for both until it is done.
func (l *Learner) Load(r io.Reader) error {
	d := &decoder{in: bufio.NewReaderSize(r, 1<<16)}
	m := d.model()
	if d.err != nil {
		return d.err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.model = m
	return nil
}

// decoder reads a file and sums it up. After its first error, all that it gives is zero.
type decoder struct {
	in  *bufio.Reader
	sum uint32
	buf [2 * blockSize * 4]byte
	err error
}

func (d *decoder) model() model {
	version := d.start()
	if d.err != nil {
		return model{}
	}
	m := newModel()
	m.lessons = d.number(math.MaxUint64)
	d.subjects(&m.subjects)
	d.table(len(m.seen), func(i int, v uint32) { m.seen[i] = v })
	if n := d.bits(version); n != weightBits {
		m.weights = newWeights(n)
	}
	d.table(len(m.weights), func(i int, v uint32) { m.weights[i] = d.finite(v) })
	d.near(&m.near, len(m.labels))
	d.recent(&m.recent, len(m.labels))
	if version > 1 {
		d.centroids(&m.centroids, len(m.labels))
	} else {
		m.regather()
	}
	d.end()
	return m
}

func (d *decoder) start() (v byte) {
	if string(d.bytes(len(magic))) != magic {
		d.broken("it is no learner's file")
		return 0
	}
	if v = d.byte(); d.err == nil && (v < 1 || v > version) {
		d.broken(fmt.Sprintf("it is of version %d, this program reads versions up to %d", v, version))
	}
	return v
}

// bits reads how many bits choose a row of the table of weights.
func (d *decoder) bits(version byte) int {
	if version == 1 {
		return olderBits
	}
	n := int(d.number(weightBits)) //nolint:gosec // at most that
	if d.err == nil && n < olderBits {
		d.broken("its table of weights is too small")
	}
	return n
}

func (d *decoder) end() {
	want := d.sum
	if got := d.fixed(); d.err == nil && got != want {
		d.broken("its checksum is wrong")
	}
	if d.err != nil {
		return
	}
	if _, err := d.in.ReadByte(); !errors.Is(err, io.EOF) {
		d.broken("there is more after its end")
	}
}

func (d *decoder) broken(why string) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrFile, why)
	}
}

// bytes reads n bytes, at most len(d.buf); they hold until the next call.
func (d *decoder) bytes(n int) []byte {
	b := d.buf[:n]
	if d.err == nil {
		_, err := io.ReadFull(d.in, b)
		d.failed(err)
	}
	if d.err != nil {
		clear(b)
		return b
	}
	d.sum = checksum(d.sum, b)
	return b
}

func (d *decoder) failed(err error) {
	switch {
	case err == nil:
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		d.broken("it ends too early")
	case d.err == nil:
		d.err = fmt.Errorf("the learner's file: %w", err)
	}
}

func (d *decoder) byte() byte        { return d.bytes(1)[0] }
func (d *decoder) fixed() uint32     { return binary.LittleEndian.Uint32(d.bytes(4)) }
func (d *decoder) long() uint64      { return binary.LittleEndian.Uint64(d.bytes(8)) }
func (d *decoder) fraction() float64 { return d.sane(math.Float64frombits(d.long())) }

func (d *decoder) finite(bits uint32) float32 {
	return float32(d.sane(float64(math.Float32frombits(bits))))
}

func (d *decoder) sane(f float64) float64 {
	if math.IsNaN(f) || math.Abs(f) > 1e9 {
		d.broken("a number in it makes no sense")
		return 0
	}
	return f
}

// number reads a number of varying length that may be most at most.
func (d *decoder) number(most uint64) (n uint64) {
	for shift := 0; ; shift += 7 {
		b := d.byte()
		if d.err != nil {
			return 0
		}
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			break
		}
		if shift > 56 {
			d.broken("a number in it is too long")
			return 0
		}
	}
	if n > most {
		d.broken("a number in it is too large")
		return 0
	}
	return n
}

func (d *decoder) text() string {
	var s []byte
	for n := int(d.number(longestLabel)); n > 0; {
		part := d.bytes(min(n, len(d.buf)))
		s = append(s, part...)
		n -= len(part)
	}
	return string(s)
}

func (d *decoder) subjects(s *subjects) {
	for range d.number(maxDimensions) {
		one := subject{name: Dimension(d.text()), lessons: uint32(d.number(math.MaxUint32))}
		one.trust = trust{d.fraction(), d.fraction()}
		s.dims = append(s.dims, one)
	}
	for range d.number(maxLabels) {
		n := name{dim: int(d.number(maxDimensions)), text: d.text()}
		lessons := uint32(d.number(math.MaxUint32))
		if _, twice := s.ids[n]; twice || n.dim >= len(s.dims) {
			d.broken("its labels do not fit together")
			return
		}
		s.labels[s.place(n)].lessons = lessons
	}
	for _, one := range s.dims {
		if len(one.labels) == 0 {
			d.broken("a dimension in it has no labels")
		}
	}
}

// table reads what encoder.table wrote.
func (d *decoder) table(size int, set func(i int, v uint32)) {
	for start := 0; start < size && d.err == nil; start += blockSize {
		mask := d.number(math.MaxUint64)
		if bits.Len64(mask) > size-start {
			d.broken("a table in it is too long")
			return
		}
		values := d.bytes(4 * bits.OnesCount64(mask))
		for i := 0; mask != 0; mask &= mask - 1 {
			set(start+bits.TrailingZeros64(mask), binary.LittleEndian.Uint32(values[4*i:]))
			i++
		}
	}
}

func (d *decoder) near(n *near, labels int) {
	n.count = uint32(d.number(math.MaxUint32))
	for i := range uint32(d.number(1 << keptBits)) {
		k := lesson{print: d.long()}
		m := mark{norm: d.finite(d.fixed()), cycle: d.byte()}
		k.truth = d.truth(labels)
		if d.err == nil && !(m.norm > 0) {
			d.broken("a lesson in it is empty")
		}
		if d.err != nil {
			return
		}
		n.kept, n.marks = append(n.kept, k), append(n.marks, m)
		n.byPrint[k.print] = i
	}
	if kept := uint32(len(n.kept)); kept != min(n.count, 1<<keptBits) && kept != 1<<keptBits {
		d.broken("its lessons are too few")
	}
	for i := range n.byWord {
		n.byWord[i] = d.postings(len(n.kept))
	}
}

func (d *decoder) postings(kept int) []posting {
	n := int(d.number(mostOfWord))
	if n == 0 {
		return nil
	}
	list := make([]posting, 0, n)
	for range n {
		p := posting(d.fixed())
		if d.err == nil && int(p.place()) >= kept {
			d.broken("a word in it leads to no lesson")
		}
		if d.err != nil {
			return nil
		}
		list = append(list, p)
	}
	return list
}

func (d *decoder) truth(labels int) (t truth) {
	for i := range t {
		t[i] = uint16(d.number(uint64(labels)))
	}
	return t
}

func (d *decoder) recent(r *recent, labels int) {
	r.dice = d.long()
	r.next = int(d.number(recentMost - 1))
	for range d.number(recentMost) {
		one := replay{print: d.long(), truth: d.truth(labels)}
		for range d.number(3 * longest) {
			f := feature{hash: d.fixed(), kind: d.byte(), q: d.byte()}
			if d.err != nil {
				return
			}
			one.features = append(one.features, f)
		}
		r.ring = append(r.ring, one)
	}
}

func (d *decoder) centroids(c *centroids, labels int) {
	for range d.number(uint64(labels)) {
		c.lengths = append(c.lengths, max(0, d.fraction()))
	}
	d.table(len(c.sums), func(i int, v uint32) { c.sums[i] = d.finite(v) })
}

// regather makes centroids of the lessons that are kept with all their features: those of a file of version 1, which had
// none.
func (m *model) regather() {
	b := new(bench)
	for _, old := range m.ring {
		m.gather(b, m.weigh(b, old.features), none, old.truth, len(m.labels))
	}
}
