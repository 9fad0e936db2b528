package bolt_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"otklik/storage"
)

func ctx() context.Context { return context.Background() }

// number makes the key of a numbered record.
func number(n uint64) []byte { return binary.BigEndian.AppendUint64([]byte("n"), n) }

// record makes the value that belongs to a number, of a size or of one that belongs to the number too.
func record(n uint64, size int) []byte {
	if size == 0 {
		size = 20 + rand.New(rand.NewPCG(n, 2)).IntN(3000)
	}
	r := rand.New(rand.NewPCG(n, 1))
	v := binary.BigEndian.AppendUint32(make([]byte, 0, size), uint32(size))
	for len(v) < size {
		v = append(v, byte(r.Uint32()))
	}
	return v
}

// whole tells whether a value is the one that was written for a number.
func whole(n uint64, v []byte) error {
	if len(v) < 4 || !bytes.Equal(v, record(n, int(binary.BigEndian.Uint32(v)))) {
		return fmt.Errorf("record %d is not what was written: %d bytes", n, len(v))
	}
	return nil
}

// readAll checks that the records 1 to last are there, and whole.
func readAll(kv storage.KV, last uint64) error {
	return kv.View(ctx(), func(r storage.Reader) error {
		for n := uint64(1); n <= last; n++ {
			v, err := r.Get(number(n))
			if err == nil {
				err = whole(n, v)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
