package flows

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"otklik/bot"
	"otklik/storage"
	"otklik/storage/storagetest"
)

// patient is a store in which what is in no hurry waits until it must hurry: nothing else is ever written.
type patient struct {
	storage.KV
	updates int
}

func (p *patient) UpdateAlong(ctx context.Context, hurry <-chan struct{}, fn func(storage.Writer) error) error {
	<-hurry
	p.updates++
	return p.Update(ctx, fn)
}

// TestReceiptsWait for an update to ride with, a little and together, and not when somebody waits for one of them.
func TestReceiptsWait(t *testing.T) {
	for name, play := range map[string]struct {
		hasten, hurry bool
		takes         time.Duration
		updates       int
	}{"nobody waits": {takes: patience, updates: 1}, "a message has come behind": {hasten: true, updates: 1},
		"a message is behind": {hurry: true, takes: patience, updates: 2}} { // the others go on waiting
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				kv := &patient{KV: storagetest.NewMemory()}
				s := &Spool{Store: storage.Over(kv)}
				begin, done := time.Now(), make(chan error, 3)
				for i := range 3 {
					go func() {
						_, err := s.Sent(t.Context(), bot.Entry{Ticket: bot.Ticket{ID: uint64(i)}, Hurry: play.hurry && i == 0}, bot.Receipt{Ref: "1"})
						done <- err
					}()
					synctest.Wait()
				}
				if play.hasten {
					s.Hasten()
				}
				for range 3 {
					if err := <-done; err != nil {
						t.Error(err)
					}
				}
				if took := time.Since(begin); took != play.takes || kv.updates != play.updates {
					t.Errorf("it took %v and %d updates, want %v and %d", took, kv.updates, play.takes, play.updates)
				}
			})
		})
	}
}
