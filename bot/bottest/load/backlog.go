package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"time"

	"otklik/storage"
	"otklik/storage/bolt"
)

// Each of those who wrote while the program was down wrote so many messages.
const writtenEach = 20

// backlog starts the program with a day's updates waiting, at the messenger's pace, while new people write.
func backlog(ctx context.Context, b *bench) error {
	length := b.lasts(20 * time.Second)
	newcomers := b.crowds(8)[0]
	set := setup{people: newcomers, think: 1500 * time.Millisecond, perMinute: 120}
	set.bound = newBound(bears, bearsOfChat)
	idle, err := b.once(ctx, set, length)
	if err != nil {
		return err
	}
	r, err := b.work(ctx, set, length)
	if err != nil {
		return err
	}
	writers := b.backlog / writtenEach
	b.table.note(fmt.Sprintf("%s updates of %s people, taken in within", thousands(b.backlog), thousands(writers)), r.took.Seconds(), "%.1f s, %.0f updates/s", r.took.Seconds(), float64(b.backlog)/r.took.Seconds())
	b.table.most("people whose messages were not worked off in order, or not all", float64(r.wrong), 0, "%.0f")
	b.table.note("replies to the backlog that still wait for the messenger's pace when it is taken in", float64(r.left), "at least %d people", r.left)
	b.table.note(fmt.Sprintf("replies to %d newcomers on an idle desk", newcomers), idle.p50, "p50 %.1f ms, p99 %.1f ms", idle.p50, idle.p99)
	// The messenger hands updates out in the order in which they came: whoever writes meanwhile stands behind the backlog.
	b.table.most("a newcomer's longest wait while the backlog is taken in: not longer than that takes", r.during, ms(r.took)+1000, "%.0f ms")
	b.table.note("replies to newcomers once it is taken in, while old replies leave", r.p50, "p50 %.1f ms, p99 %.1f ms", r.p50, r.p99)
	b.table.most("their p99, once it is taken in: a second of the messenger's pace more than idle", r.p99, idle.p99+1050, "%.1f ms")
	b.table.most("of its own making refused with 429", float64(set.bound.refusals()), 0, "%.0f")
	return nil
}

type worked struct {
	took             time.Duration // until all of it was durable
	wrong, left      int
	during, p50, p99 float64
}

func (b *bench) work(ctx context.Context, set setup, length time.Duration) (r worked, err error) {
	told := newTally()
	set.bound, set.sent = newBound(bears, bearsOfChat), told.sent
	s, err := b.set(set)
	if err != nil {
		return r, err
	}
	writers := b.backlog / writtenEach
	s.wrote(writers, rand.New(rand.NewPCG(b.seed, 3)))
	if err := b.launch(ctx, s); err != nil {
		return r, err
	}
	begun := time.Now()
	end := s.world.end()
	s.crowd.begin()
	for !s.world.confirmed(end) {
		if err := s.lasts(ctx, 20*time.Millisecond); err != nil {
			return r, errors.Join(err, s.end())
		}
		if time.Since(begun) > 30*time.Minute {
			return r, errors.Join(errors.New("the backlog is not taken in within half an hour"), s.end())
		}
	}
	r.took = time.Since(begun)
	r.left = writers - told.chats()
	r.during = ms(s.crowd.longest())
	s.crowd.settle(ctx, patience) // those who wrote meanwhile
	s.crowd.reset()
	if err := s.lasts(ctx, length); err != nil {
		return r, errors.Join(err, s.end())
	}
	waits := s.crowd.taken(nil)
	r.p50, r.p99 = percent(waits, 50), percent(waits, 99)
	if err := s.end(); err != nil {
		return r, err
	}
	r.wrong, err = disordered(ctx, data(s.home), writers)
	return r, err
}

// wrote queues what n people wrote yesterday, each their own messages in order, all mixed.
func (s *stage) wrote(n int, dice *rand.Rand) {
	yesterday := time.Now().Add(-24 * time.Hour)
	turns := make([]int, 0, n*writtenEach)
	for i := range n {
		for range writtenEach {
			turns = append(turns, i)
		}
	}
	dice.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
	said := make([]int, n)
	for _, i := range turns {
		said[i]++
		id := int64(firstReader + i)
		s.world.writes(private(id), id, yesterday, map[string]any{"text": remark(said[i])})
	}
}

// remark is a person's k-th message. The first says where it is; to what follows the desk has no question.
func remark(k int) string {
	where := ""
	if k == 1 {
		where = ", Киров, ул. Ленина, 12"
	}
	return fmt.Sprintf("Яма на дороге%s, замечание %d.", where, k)
}

var remarked = regexp.MustCompile(`замечание (\d+)\.`)

// disordered counts the people whose draft does not hold all their messages in their order.
func disordered(ctx context.Context, path string, n int) (wrong int, err error) {
	db, err := bolt.Open(path)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = storage.Over(db).View(ctx, func(tx *storage.Tx) error {
		wrong = 0
		for i := range n {
			user := fmt.Sprint(firstReader + i)
			p, err := tx.PersonBy("telegram", user)
			if err != nil {
				return err
			}
			if p == nil {
				wrong++
				continue
			}
			session, err := tx.Session("telegram:"+user, p.ID)
			if err != nil {
				return err
			}
			if !inOrder(session.Talks) {
				wrong++
			}
		}
		return nil
	})
	return wrong, err
}

// inOrder tells whether a person's one draft holds all their messages in their order.
func inOrder(talks []storage.Talk) bool {
	var draft struct{ Parts []struct{ Text string } }
	if len(talks) != 1 || json.Unmarshal(talks[0].Data, &draft) != nil || len(draft.Parts) != writtenEach {
		return false
	}
	for i, part := range draft.Parts {
		if found := remarked.FindStringSubmatch(part.Text); found == nil || number(found[1]) != int64(i+1) {
			return false
		}
	}
	return true
}
