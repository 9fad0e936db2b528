package bolt

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
)

// wal is the write-ahead log: a file beside the store's, in which a batch of updates becomes durable with one write and one
// sync, wherever in the store its keys lie. It has two halves. One is written to; what stands in the other is being brought
// into the store meanwhile (a checkpoint), which frees it.
//
// A half is a row of records, each of the number behind that of the one before:
//
//	4 bytes  the first of the log's mark
//	4 bytes  CRC-32C of that mark and all that follows
//	4 bytes  length of the entries
//	8 bytes  number
//	entries: length of the key, key, length of the value and one, or 0 for a key that is deleted, value (lengths as uvarint)
//
// all numbers big-endian. What follows the last one is zeros or older records.
type wal struct {
	path string
	file *os.File
	size int64  // of a half
	mark []byte // its own, which the store's file names
	half int    // which is written to
	tail int64  // where the next record begins, in its half
	full [2]int64
	buf  []byte
}

const (
	walHead = 20
	walRoom = 64 << 10 // zeros that are written ahead: a file that does not grow is synced without its size
)

// entry is a key with its value, nil if it is deleted.
type entry struct {
	key   string
	value []byte
}

// walRecord is what one batch wrote.
type walRecord struct {
	number  uint64
	entries []entry
	end     int64 // in its half
	raw     []byte
}

// openWAL opens the log with a mark, with os.O_CREATE also where there is none; else that is fs.ErrNotExist. What stands in a
// file under another mark is no record of it.
func openWAL(path string, flag int, mark []byte, size int64) (*wal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|flag, 0o600)
	if err != nil {
		return nil, err
	}
	return &wal{path: path, file: f, size: size, mark: mark}, nil
}

// seal fills in a record's head.
func (w *wal) seal(rec []byte, number uint64) {
	copy(rec, w.mark[:4])
	binary.BigEndian.PutUint32(rec[8:], uint32(len(rec)-walHead)) //nolint:gosec // a half is not so long
	binary.BigEndian.PutUint64(rec[12:], number)
	binary.BigEndian.PutUint32(rec[4:], w.sum(rec))
}

func (w *wal) sum(rec []byte) uint32 {
	return crc32.Update(crc32.Checksum(w.mark, castagnoli), castagnoli, rec[8:])
}

// record makes the record of a batch's writes, with room for its head, which append fills in. It is good until the next call.
func (w *wal) record(writes *tree) []byte {
	b := append(w.buf[:0], make([]byte, walHead)...)
	writes.Scan(func(k string, v []byte) bool {
		b = append(binary.AppendUvarint(b, uint64(len(k))), k...)
		if v == nil {
			b = append(b, 0)
			return true
		}
		b = append(binary.AppendUvarint(b, uint64(len(v))+1), v...)
		return true
	})
	w.keep(b)
	return b
}

// keep keeps a buffer for the next record.
func (w *wal) keep(b []byte) {
	w.buf = b
	if cap(b) > 1<<20 { // seldom
		w.buf = nil
	}
}

// fits tells whether a record fits into what is left of the half.
func (w *wal) fits(rec []byte) bool { return w.tail+int64(len(rec)) <= w.size }

// append makes a record durable. After an error nothing was written, unless it is an errDoubt.
func (w *wal) append(rec []byte, number uint64) error {
	w.seal(rec, number)
	at := int64(w.half)*w.size + w.tail
	end := w.tail + int64(len(rec))
	if grown := min(w.size, end+walRoom); end > w.full[w.half] {
		rec = append(rec, make([]byte, grown-end)...)
		w.keep(rec)
		defer func() { w.full[w.half] = grown }()
	}
	_, err := w.file.WriteAt(rec, at)
	if err == nil {
		err = fdatasync(w.file)
	}
	if err != nil {
		return w.undo(at, err)
	}
	w.tail = end
	return nil
}

// errDoubt means that only a restart can tell whether a record is there.
var errDoubt = errors.New("what was written could not be taken back")

// undo takes back a record that may have come to the disk, by bits.
func (w *wal) undo(at int64, why error) error {
	_, err := w.file.WriteAt(make([]byte, walHead), at)
	if err == nil {
		err = fdatasync(w.file)
	}
	if err != nil && !w.bare(at) {
		return fmt.Errorf("%w (%w)", errDoubt, why)
	}
	return why
}

// bare tells whether no record can begin at a place, as the file ends there.
func (w *wal) bare(at int64) bool {
	info, err := w.file.Stat()
	return err == nil && info.Size() <= at
}

// turn has the other half written to.
func (w *wal) turn() { w.half, w.tail = 1-w.half, 0 }

// halves is what stands in a log that the file has not.
type halves [2]struct {
	list  []walRecord
	later bool // behind what is no record there is one that was written after those
}

// read reads the records of both halves that have numbers above one.
func (w *wal) read(above uint64) (h halves, err error) {
	for half := range h {
		b := make([]byte, w.size)
		n, err := w.file.ReadAt(b, int64(half)*w.size)
		if err != nil && !errors.Is(err, io.EOF) {
			return h, err
		}
		h[half].list, h[half].later = w.parse(b[:n], above)
	}
	return h, nil
}

// parse gives the records at the head of a half, without those that the file has already. A record is written when the one
// before it is on the disk: later says that there is one although the one before it cannot be read.
func (w *wal) parse(b []byte, above uint64) (list []walRecord, later bool) {
	last, at := uint64(0), 0
	for {
		r, ok := w.next(b[at:])
		if !ok || last != 0 && r.number != last+1 {
			break
		}
		last = r.number
		at += len(r.raw)
		r.end = int64(at)
		if r.number > above {
			list = append(list, r)
		}
	}
	for newest := max(last, above); ; at++ {
		i := bytes.Index(b[at:], w.mark[:4])
		if i < 0 {
			return list, false
		}
		at += i
		if r, ok := w.next(b[at:]); ok && r.number > newest {
			return list, true
		}
	}
}

// next reads the record at the head of some bytes; ok is false where there is none that is whole.
func (w *wal) next(b []byte) (r walRecord, ok bool) {
	if len(b) < walHead || !bytes.Equal(b[:4], w.mark[:4]) {
		return r, false
	}
	n := int64(binary.BigEndian.Uint32(b[8:]))
	if n == 0 || n > int64(len(b)-walHead) {
		return r, false
	}
	r.raw, r.number = b[:walHead+n:walHead+n], binary.BigEndian.Uint64(b[12:])
	if binary.BigEndian.Uint32(b[4:]) != w.sum(r.raw) {
		return r, false
	}
	for rest := r.raw[walHead:]; len(rest) > 0; {
		var e entry
		if e, rest, ok = cutEntry(rest); !ok {
			return r, false
		}
		r.entries = append(r.entries, e)
	}
	return r, true
}

// cutEntry takes one entry off.
func cutEntry(b []byte) (e entry, rest []byte, ok bool) {
	key, b, ok := cutBytes(b, 0)
	if !ok || len(b) == 0 {
		return e, nil, false
	}
	e.key = string(key)
	if b[0] == 0 {
		return e, b[1:], true
	}
	value, b, ok := cutBytes(b, 1)
	if !ok {
		return e, nil, false
	}
	e.value = append(make([]byte, 0, len(value)+sumSize), value...)
	return e, b, true
}

// cutBytes takes off bytes that have their length, more by some, ahead.
func cutBytes(b []byte, more uint64) (head, rest []byte, ok bool) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n < more || n-more > uint64(len(b)-size) {
		return nil, nil, false
	}
	return b[size:][:n-more], b[size:][n-more:], true
}

// confirm brings to the disk what was read of a half. A program that was killed between a write and its sync leaves in the
// system's memory what the disk does not have, and a sync that failed leaves it there for ever: the last record is
// written anew. All before it were synced before it was written.
func (w *wal) confirm(half int, last walRecord) error {
	if _, err := w.file.WriteAt(last.raw, int64(half)*w.size+last.end-int64(len(last.raw))); err != nil {
		return err
	}
	return w.file.Sync()
}

// adopt goes on behind a record that was read.
func (w *wal) adopt(half int, last walRecord) {
	w.half, w.tail, w.full[half] = half, last.end, last.end
}

// there tells whether it still stands where it was opened: a store may have been moved away, and another come in its place.
func (w *wal) there() bool {
	is, err := w.file.Stat()
	if err != nil {
		return false
	}
	has, err := os.Lstat(w.path)
	return err == nil && os.SameFile(is, has)
}

// close lets go of the file, and removes it if nothing is left in it that the store does not have.
func (w *wal) close(empty bool) error {
	if empty && w.there() {
		_ = os.Remove(w.path) // if it stays, nobody reads from it what the store has
	}
	return w.file.Close()
}

func (h halves) damaged() bool { return h[0].later || h[1].later }

// order gives the halves in the order in which they were written, without those that have no records.
func (h halves) order() (which []int) {
	for half := range h {
		if len(h[half].list) > 0 {
			which = append(which, half)
		}
	}
	slices.SortFunc(which, func(a, b int) int { return cmp.Compare(h[a].list[0].number, h[b].list[0].number) })
	return which
}
