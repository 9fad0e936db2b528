package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"

	"otklik/storage"
	"otklik/storage/bolt"
)

// account is what a store has, held against what people were told. Zero everywhere but in the first is as it should be.
type account struct {
	incidents int // since a number
	missing   int // numbers that there is no incident of
	doubled   int // numbers that people were told twice
	lost      int // incidents that somebody was told of, and that are not there or are another's
	unheard   int // incidents of which nobody was told
	orphans   int // incidents without their reporter, or the other way round
	faults    int // that Store.Verify found
	said      string
}

// audit reads a store that nobody has open. after is the last number that there was before the crowd began.
func audit(ctx context.Context, path, channel string, c *crowd, after uint64) (a account, err error) {
	db, err := bolt.Open(path)
	if err != nil {
		return a, err
	}
	defer db.Close()
	s := storage.Over(db)
	whose, doubled := c.acknowledged()
	a.doubled = len(doubled)
	err = s.View(ctx, func(tx *storage.Tx) error {
		last, err := tx.Last("incident")
		if err != nil {
			return err
		}
		a.incidents = int(last - after)
		for n := after + 1; n <= last; n++ {
			if err := a.look(tx, n, channel, whose); err != nil {
				return err
			}
		}
		for n := range whose {
			if n <= after || n > last {
				a.lost++
			}
		}
		return nil
	})
	if err != nil {
		return a, err
	}
	_, err = s.Verify(ctx, storage.Check{States: storage.States, Found: func(f storage.Fault) error {
		a.faults++
		a.said = f.String()
		return nil
	}})
	return a, err
}

// look holds an incident against whom it was told to, and its reporter against it.
func (a *account) look(tx *storage.Tx, n uint64, channel string, whose map[uint64]int64) error {
	inc, err := tx.Incident(n)
	if err != nil {
		return err
	}
	who, told := whose[n]
	switch {
	case inc == nil:
		a.missing++
		return nil
	case len(inc.Reporters) != 1:
		a.orphans++
		return nil
	case !told:
		a.unheard++
	case inc.Reporters[0].Peer != fmt.Sprintf("%s:%d", channel, who):
		a.lost++
	}
	p, err := tx.Person(inc.Reporters[0].Person)
	if err != nil {
		return err
	}
	if p == nil || p.Chat != inc.Reporters[0].Peer {
		a.orphans++
	}
	return nil
}

// account puts an account into the table.
func (t *table) account(what string, a account, stuck []string) {
	if a.said != "" {
		what += " (" + a.said + ")"
	}
	t.note(what+": incidents that people made", float64(a.incidents), "%d", a.incidents)
	t.most(what+": people who wait in vain", float64(len(stuck)), 0, "%.0f")
	for name, n := range map[string]int{"acknowledged, but lost": a.lost, "numbers missing": a.missing, "numbers doubled": a.doubled, "incidents nobody was told of": a.unheard,
		"orphans": a.orphans, "faults that verify finds": a.faults} {
		if n > 0 {
			t.most(what+": "+name, float64(n), 0, "%.0f")
		}
	}
	t.most(what+": lost, missing, doubled, unheard, orphans, faults of verify", float64(a.lost+a.missing+a.doubled+a.unheard+a.orphans+a.faults), 0, "%.0f")
}

// verify runs the program's own command and gives what it says, and whether it found nothing.
func (b *bench) verify(ctx context.Context, home string) (said string, clean bool, err error) {
	var out bytes.Buffer
	c := b.otklik(ctx, home, nil, "verify")
	c.Stdout, c.Stderr = &out, &out
	err = c.Run()
	said = strings.TrimSpace(out.String())
	if _, exited := err.(*exec.ExitError); exited { //nolint:errorlint // exec gives it as it is
		return said, false, nil
	}
	return said, err == nil, err
}
