package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func update(chat string, id int) Update {
	return Update{Channel: "fake", ID: strconv.Itoa(id), Kind: Written, Peer: Peer{Channel: "fake", Chat: chat}}
}

// diary is a sink that notes what it was given and how many it had at once.
type diary struct {
	mu       sync.Mutex
	seen     map[string][]string // by chat
	now, top int
	takes    time.Duration
	fail     func(Update) error
}

func (d *diary) take(ctx context.Context, u Update) error {
	d.mu.Lock()
	d.now++
	d.top = max(d.top, d.now)
	d.mu.Unlock()
	time.Sleep(d.takes)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now--
	if d.fail != nil {
		if err := d.fail(u); err != nil {
			return err
		}
	}
	if d.seen == nil {
		d.seen = map[string][]string{}
	}
	d.seen[u.Peer.Chat] = append(d.seen[u.Peer.Chat], u.ID)
	return nil
}

func TestDeliverKeepsOrderInEachChatAndRunsChatsSideBySide(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		chats := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 60).Draw(rt, "chats")
		var batch []Update
		want := map[string][]string{}
		for i, c := range chats {
			u := update(strconv.Itoa(c), i)
			batch = append(batch, u)
			want[u.Peer.Chat] = append(want[u.Peer.Chat], u.ID)
		}
		d := &diary{}
		done, err := Deliver(t.Context(), d.take, batch)
		if err != nil || done != len(batch) {
			rt.Fatalf("%d of %d, %v", done, len(batch), err)
		}
		for c, ids := range want {
			if !slices.Equal(d.seen[c], ids) {
				rt.Fatalf("chat %s: %v, want %v", c, d.seen[c], ids)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) {
		d := &diary{takes: time.Second}
		var batch []Update
		for i := range 40 {
			batch = append(batch, update(strconv.Itoa(i%20), i))
		}
		start := time.Now()
		if _, err := Deliver(t.Context(), d.take, batch); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 2*time.Second || d.top != 20 {
			t.Errorf("took %v with %d at once", took, d.top)
		}
	})
}

func TestDeliverCountsWhatMayBeConfirmed(t *testing.T) {
	bad := errors.New("disk full")
	d := &diary{fail: func(u Update) error {
		if u.ID == "3" {
			return bad
		}
		return nil
	}}
	batch := []Update{update("a", 0), update("b", 1), update("c", 2), update("b", 3), update("a", 4), update("b", 5)}
	done, err := Deliver(t.Context(), d.take, batch)
	if done != 3 || !errors.Is(err, bad) {
		t.Errorf("%d, %v", done, err)
	}
	if got := fmt.Sprint(d.seen); got != "map[a:[0 4] b:[1] c:[2]]" {
		t.Errorf("%s: what stands behind a failure must not overtake it", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if done, err := Deliver(ctx, d.take, batch); done != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d, %v", done, err)
	}
	if done, err := Deliver(t.Context(), d.take, nil); done != 0 || err != nil {
		t.Errorf("%d, %v", done, err)
	}
}

func TestInboxWorksOffAChatInTheOrderOfTheCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &diary{takes: time.Second}
		in := NewInbox(d.take, 8)
		var wg sync.WaitGroup
		start := time.Now()
		for i := range 20 {
			wg.Go(func() {
				if err := in.Handle(t.Context(), update(strconv.Itoa(i%4), i)); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		wg.Wait()
		if got := fmt.Sprint(d.seen); got != "map[0:[0 4 8 12 16] 1:[1 5 9 13 17] 2:[2 6 10 14 18] 3:[3 7 11 15 19]]" {
			t.Error(got)
		}
		if took := time.Since(start); took != 5*time.Second || d.top != 4 {
			t.Errorf("took %v with %d at once", took, d.top)
		}
		if len(in.lines) != 0 {
			t.Errorf("%d lines are left", len(in.lines))
		}
	})
}

func TestInboxBoundsWhatItWorksOffAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &diary{takes: time.Second}
		in := NewInbox(d.take, 3)
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() { _ = in.Handle(t.Context(), update(strconv.Itoa(i), i)) })
		}
		wg.Wait()
		if d.top != 3 {
			t.Errorf("%d at once", d.top)
		}
	})
}

func TestInboxLetsNobodyOvertakeAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := errors.New("disk full")
		d := &diary{takes: time.Second, fail: func(u Update) error {
			if u.ID == "0" {
				return bad
			}
			return nil
		}}
		in := NewInbox(d.take, 8)
		errs := make([]error, 4)
		var wg sync.WaitGroup
		for i, chat := range []string{"a", "a", "b", "a"} {
			wg.Go(func() { errs[i] = in.Handle(t.Context(), update(chat, i)) })
			synctest.Wait()
		}
		wg.Wait()
		for i, want := range []error{bad, ErrBehind, nil, ErrBehind} {
			if !errors.Is(errs[i], want) {
				t.Errorf("%d: %v, want %v", i, errs[i], want)
			}
		}
		if err := in.Handle(t.Context(), update("a", 9)); err != nil {
			t.Errorf("the chat is stuck: %v", err)
		}
	})
}

func TestInboxForgetsWhoStopsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &diary{takes: time.Minute}
		in := NewInbox(d.take, 8)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		errs := make([]error, 3)
		var wg sync.WaitGroup
		for i := range errs {
			use := t.Context()
			if i == 1 {
				use = ctx
			}
			wg.Go(func() { errs[i] = in.Handle(use, update("a", i)) })
			synctest.Wait()
		}
		wg.Wait()
		for i, want := range []error{nil, context.DeadlineExceeded, ErrBehind} {
			if !errors.Is(errs[i], want) {
				t.Errorf("%d: %v, want %v", i, errs[i], want)
			}
		}
		if len(in.lines) != 0 {
			t.Errorf("%d lines are left", len(in.lines))
		}
	})
}
