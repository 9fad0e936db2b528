package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"strings"
	"time"
)

// Whom ordinary people share the desk with.
const (
	abuser   = 900_001
	loud     = -100_200_300 // a group
	curators = -100_200_301
)

// nuisance is something that one does to all.
type nuisance struct {
	name  string
	every time.Duration
	does  func(w *world, n int) // for the n-th time
	photo bool
}

func nuisances() []nuisance {
	huge := strings.Repeat("Яма на дороге. ", 1<<20/len("Яма на дороге. "))
	return []nuisance{
		{name: "one person sends 10,000 messages a minute", every: time.Minute / 10_000, does: func(w *world, n int) {
			w.writes(private(abuser), abuser, time.Now(), map[string]any{"text": fmt.Sprint("Яма на дороге ", n)})
		}},
		{name: "a photo of 20 MB, again and again", photo: true},
		{name: "a text of 1 MB every second", every: time.Second, does: func(w *world, n int) {
			w.writes(private(abuser), abuser, time.Now(), map[string]any{"text": huge})
		}},
		{name: "a group of 100 messages a second", every: 10 * time.Millisecond, does: func(w *world, n int) {
			group := map[string]any{"id": loud, "type": "supergroup", "title": "Дом 12"}
			w.writes(group, abuser+int64(n%50), time.Now(), map[string]any{"text": fmt.Sprint("Соседи, опять яма у подъезда ", n)})
		}},
	}
}

// abuse has ordinary people talk, quietly and then beside a nuisance, by turns in one run of the program. Everybody is
// under the limit of messages a minute but the one who floods.
func abuse(ctx context.Context, b *bench) error {
	length := b.lasts(15 * time.Second)
	n := b.crowds(64)[0]
	photo, err := heavy(20<<20 - 1<<10)
	if err != nil {
		return err
	}
	for _, bad := range nuisances() {
		var ratios, quiets, disturbed []float64
		for i := range b.runs {
			q, d, err := b.disturb(ctx, n, photo, bad, length)
			if err != nil {
				return fmt.Errorf("%s: %w", bad.name, err)
			}
			b.say("  run %d, %s: others' p99 %.1f ms, without it %.1f ms", i+1, bad.name, d, q)
			ratios, quiets, disturbed = append(ratios, d/q), append(quiets, q), append(disturbed, d)
		}
		b.table.note(fmt.Sprintf("%s: p99 of %d others", bad.name, n), middle(disturbed), "%.1f ms, without it %.1f ms", middle(disturbed), middle(quiets))
		b.table.most(bad.name+": times the others' p99", middle(ratios), 2, "%.2f")
	}
	return nil
}

// disturb gives the others' p99 without and with the nuisance.
func (b *bench) disturb(ctx context.Context, n int, photo []byte, bad nuisance, length time.Duration) (quiet, disturbed float64, err error) {
	const perMinute = 120
	set := setup{people: n, think: time.Minute / perMinute * 11 / 10, perMinute: perMinute, photo: photo, curators: fmt.Sprint("telegram:", curators)}
	s, err := b.play(ctx, set)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, s.end()) }()
	f, err := s.measure(ctx, length)
	if err != nil {
		return 0, 0, err
	}
	quiet = f.p99
	stop := s.annoy(bad)
	defer stop()
	f, err = s.measure(ctx, length)
	return quiet, f.p99, err
}

// annoy begins the nuisance, and gives what ends it.
func (s *stage) annoy(bad nuisance) (stop func()) {
	if bad.photo {
		return s.photographer()
	}
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		began := time.Now()
		for n := 1; ; n++ {
			select {
			case <-done:
				return
			case <-time.After(time.Until(began.Add(time.Duration(n) * bad.every))):
				bad.does(s.world, n)
			}
		}
	}()
	return func() { close(done); <-ended }
}

// photographer reports with a photo, again and again. The curators' group does not know it by its name, so that the program
// fetches it, keeps it and sends it on.
func (s *stage) photographer() (stop func()) {
	c := newCrowd(1, abuser, true, time.Second)
	p := c.people[0]
	p.line = s.world
	p.steps = func() []step {
		return []step{
			{says: "/new", awaits: "случилось"},
			{says: photoWord + "Яма на дороге, Киров, ул. " + p.street() + ", 12", awaits: "Понял"},
			{presses: "✓ Отправить", awaits: "записано"},
		}
	}
	s.world.besides(p)
	p.next()
	return func() { c.resting.Store(true) }
}

// heavy gives a photo of so many bytes: an ordinary head, and much behind it.
func heavy(size int) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 4000, 3000)), nil); err != nil {
		return nil, err
	}
	raw := b.Bytes()
	end := raw[len(raw)-2:]
	return append(append(raw[:len(raw)-2:len(raw)-2], bytes.Repeat([]byte{0x5a}, size-len(raw))...), end...), nil
}
