// Package bottest is what the channels are tested with: the contract that every one of them must pass, and fake
// messengers that hold each call of ours against the messenger's own schema and act as the people on the other side.
package bottest

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"otklik/bot"
)

// World is a messenger, real or fake, with one bot in it.
type World interface {
	// Channel gives the bot's channel as after a restart of the program: it knows nothing of an earlier one but what
	// the messenger, or a durable keeper, knows. It does not run yet.
	Channel(t testing.TB) bot.Channel
	// Person gives somebody new who has a private chat with the bot. Whatever opened the chat is no update any more.
	Person(t testing.TB) Person
}

// Person acts in the private chat with the bot, and looks at it. What cannot be done fails the test.
type Person interface {
	// Peer is the private chat.
	Peer() bot.Peer
	// Says writes a text.
	Says(text string)
	// SendsPhoto sends a JPEG with a caption, which may be empty.
	SendsPhoto(jpeg []byte, caption string)
	// SendsLocation shares a point.
	SendsLocation(lat, lon float64)
	// RepliesTo replies to the newest message in which these words stand.
	RepliesTo(words, text string)
	// Presses presses the button with this label, of the newest message that has one. It does not wait for an answer.
	Presses(label string)
	// Noted gives what presses were answered with, oldest first; "" for an answer without a note.
	Noted() []string
	// Sees gives the chat as it looks now, oldest first.
	Sees() []Seen
}

// Blocker is a person who can block the bot.
type Blocker interface {
	Blocks()
	Unblocks()
}

// Breaker is a world in which calls can be made to fail: the next ones, as many as times says.
type Breaker interface {
	Break(f Trouble, times int)
}

// Trouble is what a messenger may do to a call that sends or edits.
type Trouble string

// The troubles.
const (
	Busy    Trouble = "busy"    // it asks to wait
	Broken  Trouble = "broken"  // it has a fault of its own
	Garbled Trouble = "garbled" // something on the way answers with a page
	Cut     Trouble = "cut"     // the connection breaks before the call is heard
)

// Seen is a message in a chat as a person sees it.
type Seen struct {
	Ref     bot.Ref
	Mine    bool // the person wrote it
	Text    string
	Bold    []string // the stretches that stand out
	Photos  [][]byte
	Files   []SeenFile
	Buttons [][]string // labels
	ReplyTo bot.Ref
}

// SeenFile is a document in a message.
type SeenFile struct {
	Name  string
	Bytes []byte
}

// Workshop is a world whose channel asks for what is made when a person looks at it: it is told who makes it.
type Workshop interface {
	Makes(open bot.Opener)
}

// Contract is what every channel must do. make gives a fresh world to each rule.
func Contract(t *testing.T, make func(t testing.TB) World) {
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			// Last in, first out: what the world leaves running is stopped before anybody counts.
			t.Cleanup(func() { goleak.VerifyNone(t, before) })
			c := &contract{T: t, world: make(t)}
			rule.holds(c)
		})
	}
}

// rule is one sentence of the contract.
type rule struct {
	name  string
	holds func(c *contract)
}

var rules = slices.Concat(rulesOut, rulesMade, rulesIn)

// contract is one rule at work.
type contract struct {
	*testing.T
	world World
}

// patience is how long anything may take.
const patience = 15 * time.Second

// diary is a sink that keeps what it was given.
type diary struct {
	mu      sync.Mutex
	list    []bot.Update
	fail    func(bot.Update) error
	changed chan struct{}
}

func (d *diary) take(_ context.Context, u bot.Update) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer func() {
		close(d.changed)
		d.changed = make(chan struct{})
	}()
	if d.fail != nil {
		if err := d.fail(u); err != nil {
			return err
		}
	}
	d.list = append(d.list, u)
	return nil
}

// running is a channel that runs until stop, or the rule's end.
type running struct {
	*contract
	bot.Channel
	*diary
	stop func()
}

// run starts a channel; fail may refuse updates.
func (c *contract) run(fail func(bot.Update) error) *running {
	ctx, cancel := context.WithCancel(c.Context())
	r := &running{contract: c, Channel: c.world.Channel(c), diary: &diary{fail: fail, changed: make(chan struct{})}}
	end := make(chan error, 1)
	go func() { end <- r.Run(ctx, r.take) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-end:
			if err != nil {
				c.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			c.Errorf("Run does not end with its context")
		}
	})
	c.Cleanup(r.stop)
	return r
}

// await gives the first n updates, in the order in which they were taken.
func (r *running) await(n int) []bot.Update {
	r.Helper()
	late := time.After(patience)
	for {
		r.mu.Lock()
		list, changed := append([]bot.Update{}, r.list...), r.changed
		r.mu.Unlock()
		if len(list) >= n {
			return list
		}
		select {
		case <-changed:
		case <-late:
			r.Fatalf("%d updates came, %d were due: %+v", len(list), n, list)
		}
	}
}

// next gives the n-th update, from 1.
func (r *running) next(n int) bot.Update {
	r.Helper()
	return r.await(n)[n-1]
}

// send sends what must be taken.
func (r *running) send(to bot.Peer, m bot.Message, key string, open bot.Opener) bot.Receipt {
	r.Helper()
	got, err := r.trySend(to, m, key, open)
	if err != nil {
		r.Fatalf("Send: %v", err)
	}
	if got.Ref == "" {
		r.Errorf("Send: a receipt without a ref")
	}
	return got
}

// trySend sends, and once more what a messenger asks to wait with, as the core does: two programs that follow each other
// share its pace.
func (r *running) trySend(to bot.Peer, m bot.Message, key string, open bot.Opener) (got bot.Receipt, err error) {
	return patiently(func() (bot.Receipt, error) { return r.Send(r.Context(), to, m, key, open) })
}

// tryEdit is trySend for an edit.
func (r *running) tryEdit(to bot.Peer, at bot.Ref, m bot.Message, key string, open bot.Opener) (bot.Receipt, error) {
	return patiently(func() (bot.Receipt, error) { return r.Edit(r.Context(), to, at, m, key, open) })
}

func patiently(do func() (bot.Receipt, error)) (got bot.Receipt, err error) {
	for range 20 {
		if got, err = do(); err == nil || bot.FailureOf(err).Reason != bot.Later {
			break
		}
		time.Sleep(max(bot.FailureOf(err).After, 100*time.Millisecond))
	}
	return got, err
}

// newest gives the last message of a chat.
func newest(t testing.TB, p Person) Seen {
	t.Helper()
	list := p.Sees()
	if len(list) == 0 {
		t.Fatal("the chat is empty")
	}
	return list[len(list)-1]
}

// JPEG gives a picture of one colour: the same seed, the same bytes.
func JPEG(seed byte) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 16, 12))
	for i := range img.Pix {
		img.Pix[i] = seed
	}
	img.Set(0, 0, color.Black)
	var b bytes.Buffer
	_ = jpeg.Encode(&b, img, nil) // into memory: it cannot fail
	return b.Bytes()
}

// opener gives the same bytes for every photo, by its ID.
func opener(photos map[string][]byte) bot.Opener {
	return func(_ context.Context, m bot.Media) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(photos[m.ID])), nil
	}
}
