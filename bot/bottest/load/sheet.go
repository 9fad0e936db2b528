package main

import (
	"context"
	"errors"
	"slices"

	"otklik/storage"
)

// sheet is a storage.KV in memory over another one, for filling a store with much: what was written to it goes into the
// other in one transaction, in order. It serves one who writes; what is scanned must have been written since fresh.
type sheet struct {
	under  storage.KV
	values map[string][]byte
	recent []string
}

var (
	_ storage.KV     = (*sheet)(nil)
	_ storage.Writer = (*page)(nil)
)

func newSheet(under storage.KV) *sheet { return &sheet{under: under, values: map[string][]byte{}} }

// fresh forgets what was written last for scans.
func (s *sheet) fresh() { s.recent = s.recent[:0] }

// View is not needed here.
func (s *sheet) View(context.Context, func(storage.Reader) error) error {
	return errors.New("a sheet is only written to")
}

// Update writes to the sheet.
func (s *sheet) Update(ctx context.Context, fn func(storage.Writer) error) error {
	return s.under.View(ctx, func(r storage.Reader) error { return fn(&page{s, r}) })
}

// Close does nothing: the other one stays open.
func (s *sheet) Close() error { return nil }

// flush writes all of it to the other one, and begins anew.
func (s *sheet) flush(ctx context.Context) error {
	keys := make([]string, 0, len(s.values))
	for k := range s.values {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	err := s.under.Update(ctx, func(w storage.Writer) error {
		for _, k := range keys {
			var err error
			if v := s.values[k]; v == nil {
				err = w.Delete([]byte(k))
			} else {
				err = w.Put([]byte(k), v)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	clear(s.values)
	s.fresh()
	return err
}

// page is a sheet in a transaction.
type page struct {
	*sheet
	r storage.Reader
}

// Get gives what was written, or what is under it.
func (p *page) Get(key []byte) ([]byte, error) {
	if v, written := p.values[string(key)]; written {
		return slices.Clone(v), nil
	}
	return p.r.Get(key)
}

// Put writes.
func (p *page) Put(key, value []byte) error {
	p.values[string(key)] = append(make([]byte, 0, len(value)), value...)
	p.recent = append(p.recent, string(key))
	return nil
}

// Delete deletes.
func (p *page) Delete(key []byte) error {
	p.values[string(key)] = nil
	return nil
}

// Scan scans what was written lately.
func (p *page) Scan(from, to []byte, reverse bool, fn func(key, value []byte) bool) error {
	var keys []string
	for _, k := range p.recent {
		if k >= string(from) && (to == nil || k < string(to)) && p.values[k] != nil {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if reverse {
		slices.Reverse(keys)
	}
	for _, k := range keys {
		if !fn([]byte(k), slices.Clone(p.values[k])) {
			return nil
		}
	}
	return nil
}
