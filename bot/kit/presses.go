package kit

import (
	"context"
	"sync"
	"time"
)

const (
	// pressBound is how long the client's clock may turn on a button before we stop it ourselves.
	pressBound = 5 * time.Second
	// lastAnswers bounds how long the end of the program waits for answers to presses.
	lastAnswers = 3 * time.Second
)

// Presses are those that wait for an answer. Each gets one: the engine's, or an empty one when its time is over.
type Presses struct {
	answer func(ctx context.Context, press string)

	mu     sync.Mutex
	ctx    context.Context // nil: Run does not
	cancel context.CancelFunc
	timer  map[string]*time.Timer
	wg     sync.WaitGroup
}

// NewPresses gives presses that answer with answer what nobody else did.
func NewPresses(answer func(ctx context.Context, press string)) *Presses {
	return &Presses{answer: answer}
}

// Open lets presses wait until Close; answers outlive ctx by a little.
func (p *Presses) Open(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ctx, p.cancel = context.WithCancel(context.WithoutCancel(ctx))
	p.timer = map[string]*time.Timer{}
}

// Expect gives a press its time to be answered in.
func (p *Presses) Expect(press string) { p.expect(press, pressBound) }

// Dismiss answers a press that nobody will.
func (p *Presses) Dismiss(press string) { p.expect(press, 0) }

func (p *Presses) expect(press string, within time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx == nil || p.timer[press] != nil {
		return
	}
	p.wg.Add(1)
	ctx := p.ctx
	p.timer[press] = time.AfterFunc(within, func() {
		defer p.wg.Done()
		if p.take(press) != nil {
			p.answer(ctx, press)
		}
	})
}

// take removes a press from those that wait; nil if somebody took it before.
func (p *Presses) take(press string) *time.Timer {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.timer[press]
	delete(p.timer, press)
	return t
}

// Done notes that somebody answers.
func (p *Presses) Done(press string) {
	if t := p.take(press); t != nil && t.Stop() {
		p.wg.Done()
	}
}

// Close answers what is left, at once and not for long.
func (p *Presses) Close() {
	p.mu.Lock()
	end := time.AfterFunc(lastAnswers, p.cancel)
	p.ctx = nil
	for _, t := range p.timer {
		if t.Stop() { // else it has begun to answer by itself
			t.Reset(0)
		}
	}
	p.mu.Unlock()
	p.wg.Wait()
	end.Stop()
	p.cancel()
}
