package vk

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"sync"
)

// shelf keeps small things by name, durably, at most so many of them: the oldest gives way. Names are not told by what is
// kept: it holds nobody's number.
type shelf struct {
	keep Keeper
	head string // of its keys
	room uint64

	mu    sync.Mutex
	at    map[string]uint64 // the number that each thing was given; nil until they were read
	slots map[uint64]string // which thing lies where
	next  uint64
}

// shelved is a thing as it is kept.
type shelved struct {
	Number uint64          `json:"n"`
	Name   string          `json:"name"`
	Value  json.RawMessage `json:"value"`
}

func hashed(name string) string {
	h := fnv.New64a()
	h.Write([]byte(name))
	return strconv.FormatUint(h.Sum64(), 16)
}

func (s *shelf) key(number uint64) string { return fmt.Sprintf("%s/%06d", s.head, number%s.room) }

// read reads what lies there, once; the lock is held.
func (s *shelf) read(ctx context.Context) error {
	if s.at != nil {
		return nil
	}
	at, slots, next := map[string]uint64{}, map[uint64]string{}, uint64(0)
	err := s.keep.Load(ctx, s.head+"/", func(_ string, value []byte) error {
		var one shelved
		if json.Unmarshal(value, &one) != nil || one.Value == nil {
			return nil //nolint:nilerr // not ours: as if it were not there
		}
		if was, known := at[one.Name]; !known || was < one.Number {
			at[one.Name] = one.Number
		}
		slots[one.Number%s.room] = one.Name
		next = max(next, one.Number+1)
		return nil
	})
	if err == nil {
		s.at, s.slots, s.next = at, slots, next
	}
	return err
}

// put keeps a thing; what it was before is forgotten.
func (s *shelf) put(ctx context.Context, name string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	name = hashed(name)
	s.mu.Lock()
	if err := s.read(ctx); err != nil {
		s.mu.Unlock()
		return err
	}
	number := s.next
	s.next++
	s.mu.Unlock()
	if raw, err = json.Marshal(shelved{number, name, raw}); err == nil {
		err = s.keep.Save(ctx, s.key(number), raw)
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.slots[number%s.room]; s.at[old]%s.room == number%s.room {
		delete(s.at, old)
	}
	s.at[name], s.slots[number%s.room] = number, name
	return nil
}

// fresh tells whether a thing lies there and will for long.
func (s *shelf) fresh(ctx context.Context, name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read(ctx) != nil {
		return false
	}
	number, known := s.at[hashed(name)]
	return known && s.next-number < s.room/2
}

// get gives a thing that is still there.
func (s *shelf) get(ctx context.Context, name string, into any) (ok bool, err error) {
	name = hashed(name)
	s.mu.Lock()
	err = s.read(ctx)
	number, known := s.at[name]
	s.mu.Unlock()
	if err != nil || !known {
		return false, err
	}
	err = s.keep.Load(ctx, s.key(number), func(_ string, value []byte) error {
		var one shelved
		if err := json.Unmarshal(value, &one); err != nil {
			return err
		}
		if one.Number == number {
			ok = true
			return json.Unmarshal(one.Value, into)
		}
		return nil
	})
	return ok, err
}
