package flowtest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
	"otklik/storage/bolt"
	"otklik/storage/storagetest"
)

// Quick is New over a store in memory, on ground that is made once: for tests that run many thousand plays.
func Quick(tb testing.TB, g Ground, curators ...bot.Peer) *Stage {
	tb.Helper()
	return on(tb, storagetest.NewMemory(), g, curators)
}

// Keep gives what brings a quick stage back to this moment, for another test.
func (s *Stage) Keep() (back func(tb testing.TB)) {
	kv := s.Fail.KV.(*storagetest.Memory)
	moment, now, updates, random, refs := kv.Moment(), s.Now, s.updates, s.random, s.refs
	cast, last, screens := maps.Clone(s.Cast), maps.Clone(s.last), maps.Clone(s.screens)
	for peer := range screens {
		screens[peer] = slices.Clip(screens[peer])
	}
	return func(tb testing.TB) {
		kv.Return(moment)
		s.tb, s.Now, s.updates, s.random, s.refs = tb, now, updates, random, refs
		s.Cast, s.last, s.screens = maps.Clone(cast), maps.Clone(last), maps.Clone(screens)
		for peer, list := range s.screens {
			s.screens[peer] = slices.Clone(list)
		}
		s.Log.Reset()
		s.toasts, s.news, s.out, s.Notified = nil, nil, nil, nil
	}
}

// Reopen closes the store, opens its file again and begins with a new engine, as a restart of the program does.
func (s *Stage) Reopen() {
	s.tb.Helper()
	if err := s.Fail.Close(); err != nil {
		s.tb.Fatal(err)
	}
	kv, err := bolt.Open(s.file)
	if err != nil {
		s.tb.Fatal(err)
	}
	s.Fail.KV = storagetest.Pure(kv)
	if s.Engine, err = flows.New(s.options); err != nil {
		s.tb.Fatal(err)
	}
}

// Together lets what people do in do happen side by side: each chat's updates in their order, as the inbox keeps it, and
// the chats' as chance has it. What the store did not keep is given again, as every messenger does. It gives the updates.
func (s *Stage) Together(do func()) []bot.Update {
	s.tb.Helper()
	s.collects = true
	do()
	list := s.collected
	s.collects, s.collected = false, nil
	in := bot.NewInbox(s.Engine.Handle, 8)
	lines := map[bot.Peer][]bot.Update{}
	for _, u := range list {
		lines[u.Peer] = append(lines[u.Peer], u)
	}
	var all sync.WaitGroup
	var failed error
	for _, line := range lines {
		all.Go(func() {
			for _, u := range line {
				err := in.Handle(context.Background(), u)
				for range 3 {
					if !errors.Is(err, storage.ErrFailed) {
						break
					}
					err = in.Handle(context.Background(), u)
				}
				if err != nil {
					s.mu.Lock()
					failed = errors.Join(failed, err)
					s.mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	s.Fail.Well()
	if failed != nil {
		s.tb.Fatal(failed)
	}
	s.show()
	return list
}
