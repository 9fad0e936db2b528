//go:build unix

package bolt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"go.etcd.io/bbolt"

	"otklik/storage"
	"otklik/storage/bolt"
)

// A store that is churned has slots. Update n writes to the slot n%slots under two keys, makes a key of its own and takes
// away that of the slot's last update: so pages become free and are used again all the time, and any half of an update
// shows.
const slots = 24

// The variable that says from how many sides and how often a child updates, such as "3x10".
const childTimes = "OTKLIK_BOLT_TIMES"

// The variable that says where to a child makes a backup in the end, if anywhere.
const childCopies = "OTKLIK_BOLT_COPY"

func slotKey(kind string, n uint64) []byte { return number2(kind, n%slots) }
func ownKey(n uint64) []byte               { return number2("own", n) }

func number2(kind string, n uint64) []byte { return binary.BigEndian.AppendUint64([]byte(kind), n) }

// churned is what update n writes; every tenth has pages of its own.
func churned(n uint64) []byte {
	size := 0
	if n%10 == 0 {
		size = 20_000
	}
	return append(binary.BigEndian.AppendUint64(nil, n), record(n, size)...)
}

// churn is update n.
func churn(w storage.Writer, n uint64) error {
	was, err := w.Get(slotKey("one", n))
	if err != nil {
		return err
	}
	if was != nil {
		err = w.Delete(ownKey(binary.BigEndian.Uint64(was)))
	}
	return errors.Join(err, w.Put(slotKey("one", n), churned(n)), w.Put(slotKey("two", n), churned(n)), w.Put(ownKey(n), churned(n)))
}

// childChurns says each number once its update is confirmed, and what was answered where it failed. It goes on until all
// are through, as otklik does.
func childChurns(path string) {
	var sides, times uint64
	if _, err := fmt.Sscanf(os.Getenv(childTimes), "%dx%d", &sides, &times); err != nil {
		try("read "+childTimes, err)
	}
	say := func(what string, err error) { fmt.Printf("%s %s %s\n", what, kinds(err), err) }
	db, err := bolt.Open(path)
	if err != nil {
		say("open", err)
		return
	}
	last, err := churnedLast(db)
	if err != nil {
		say("read", err)
		return
	}
	var wg sync.WaitGroup
	for side := range sides {
		wg.Go(func() {
			for i := range times {
				n := (last/sides+1+i)*sides + side
				err := db.Update(ctx(), func(w storage.Writer) error { return churn(w, n) })
				if err != nil {
					say("update", err)
					continue
				}
				fmt.Println(n)
			}
		})
	}
	wg.Wait()
	if to := os.Getenv(childCopies); to != "" {
		if err := backUp(db, to); err != nil {
			say("back up", err)
		}
	}
	if err := db.Close(); err != nil {
		say("close", err)
	}
}

func churnedLast(db *bolt.DB) (last uint64, err error) {
	err = db.View(ctx(), func(r storage.Reader) error {
		for n := range uint64(slots) {
			v, err := r.Get(slotKey("one", n))
			if err != nil {
				return err
			}
			if v != nil {
				last = max(last, binary.BigEndian.Uint64(v))
			}
		}
		return nil
	})
	return last, err
}

// heard is what a child has said: the numbers that it confirmed, and what was answered where it failed.
func heard(text []byte) (confirmed []uint64, faults []string) {
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if n, err := strconv.ParseUint(line, 10, 64); err == nil {
			confirmed = append(confirmed, n)
		} else {
			faults = append(faults, line)
		}
	}
	return confirmed, faults
}

// survived tells what is wrong with a store after a child that confirmed these numbers: it opens, everything confirmed is
// there, nothing is there by half, bbolt's own check finds nothing, and it can be written to.
func survived(path string, confirmed []uint64) error {
	db, err := bolt.Open(path)
	if err != nil {
		return err
	}
	defer db.Close()
	next := uint64(1)
	for range 2 {
		if err := db.View(ctx(), func(r storage.Reader) error { return slotsWhole(r, confirmed) }); err != nil {
			return err
		}
		if err := db.Update(ctx(), func(w storage.Writer) error { return churn(w, next<<32) }); err != nil {
			return fmt.Errorf("it cannot be written to: %w", err)
		}
		confirmed = append(confirmed[:len(confirmed):len(confirmed)], next<<32)
		next++
	}
	if err := errors.Join(db.Sound(), db.Close()); err != nil {
		return err
	}
	if beside, err := filepath.Glob(path + "?*"); err != nil || len(beside) > 0 {
		return fmt.Errorf("left beside it: %q (%v)", beside, err)
	}
	return checked(path)
}

func slotsWhole(r storage.Reader, confirmed []uint64) error {
	newest := map[uint64]uint64{}
	for _, n := range confirmed {
		newest[n%slots] = max(newest[n%slots], n)
	}
	own := map[uint64]bool{}
	for slot := range uint64(slots) {
		one, err := r.Get(slotKey("one", slot))
		two, err2 := r.Get(slotKey("two", slot))
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		if !bytes.Equal(one, two) {
			return fmt.Errorf("slot %d has an update by half", slot)
		}
		n := uint64(0)
		if one != nil {
			n = binary.BigEndian.Uint64(one)
			own[n] = true
			if n%slots != slot || !bytes.Equal(one, churned(n)) {
				return fmt.Errorf("slot %d is not what was written", slot)
			}
		}
		if n < newest[slot] {
			return fmt.Errorf("update %d was confirmed and is lost: there is %d", newest[slot], n)
		}
	}
	var odd error
	err := r.Scan([]byte("own"), storage.After([]byte("own")), false, func(k, v []byte) bool {
		n := binary.BigEndian.Uint64(k[len("own"):])
		if !own[n] || !bytes.Equal(v, churned(n)) {
			odd = fmt.Errorf("the own record of update %d should not be there, or be another", n)
		}
		delete(own, n)
		return odd == nil
	})
	if err := errors.Join(err, odd); err != nil {
		return err
	}
	if len(own) > 0 {
		return fmt.Errorf("the own records of %d updates are lost", len(own))
	}
	return nil
}

// checked is bbolt's own check of a file.
func checked(path string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("bbolt's check: %v", r)
		}
	}()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.View(func(tx *bbolt.Tx) error {
		var all error
		for err := range tx.Check() {
			all = errors.Join(all, err)
		}
		return all
	})
}
