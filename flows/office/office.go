// Package office has the commands that an administrator gives at the terminal. A running program is asked for what they
// need, as it owns the store; where none runs they open the store themselves, and the same code answers.
package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"otklik/config"
	"otklik/flows/lessons"
	"otklik/storage"
	"otklik/storage/owner"
)

// Commands are the administrator's, as the command line has them. Each is run with a context and a *Program.
type Commands struct {
	Check   Check   `cmd:"" help:"Check the settings and the region pack; name every fault."`
	Invite  Invite  `cmd:"" help:"Print a one-time link that lets somebody join as curator, official or leader."`
	Journal Journal `cmd:"" help:"Print an incident's whole history, or without a number what the staff did with people."`
	Backup  Backup  `cmd:"" help:"Copy everything into a file, while the program runs or not."`
	Restore Restore `cmd:"" help:"Put a backup where the settings say (--data)."`
	Verify  Verify  `cmd:"" help:"Look whether every index agrees with its records; name every fault."`
	Export  Export  `cmd:"" help:"Write all incidents as a table: csv, jsonl or xlsx."`
	Judge   Judge   `cmd:"" help:"Tell how well topics and bodies are guessed, by a labelled table of the past (CSV)."`
	Learn   Learn   `cmd:"" help:"Teach years of labelled history (CSV), while the program runs or not."`
	Version Version `cmd:"" help:"Print the version."`
}

// Program is what the commands need of the program.
type Program struct {
	Settings *config.Settings
	Out      io.Writer // the answers
	Now      func() time.Time
	// Open opens a store of the kind that the settings name in a file, and makes it where there is none; nil where there is
	// no such kind.
	Open func(path string) (storage.KV, error)
	// Rehearse tells what would keep the program from starting although settings and pack are in order; nil knows nothing of it.
	Rehearse func(ctx context.Context, pack *config.Pack, bounds *config.Boundaries) error
}

// Photos gives the folder of the photos that belong to a store's file.
func Photos(store string) string { return filepath.Join(filepath.Dir(store), "photos") }

// request is what one program asks of the one that owns the store.
type request struct {
	Invite  *storage.Role `json:"invite,omitempty"`
	Journal *Journal      `json:"journal,omitempty"`
	Backup  *Backup       `json:"backup,omitempty"`
	Verify  *Verify       `json:"verify,omitempty"`
	Export  *Export       `json:"export,omitempty"`
	Learn   *Learn        `json:"learn,omitempty"`
}

// Clerk answers for an open store what the commands ask.
type Clerk struct {
	*Program
	Pack  *config.Pack
	Store *storage.Store
	// Learner is what learns from the store's decisions.
	Learner *lessons.Keeper

	copying sync.Mutex
}

// Answer is an owner.Handler.
func (c *Clerk) Answer(ctx context.Context, raw json.RawMessage, piece func(any) error) (any, error) {
	var r request
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, err
	}
	switch {
	case r.Journal != nil:
		return c.journal(ctx, *r.Journal)
	case r.Invite != nil:
		return c.invite(ctx, *r.Invite)
	case r.Backup != nil:
		return c.backup(ctx, *r.Backup)
	case r.Verify != nil:
		return c.verify(ctx, *r.Verify, piece)
	case r.Export != nil:
		return c.export(ctx, *r.Export, piece)
	case r.Learn != nil:
		return c.learn(ctx, *r.Learn, piece)
	}
	return nil, errors.New("the running program is of another version: restart it")
}

// ask has a request answered, which takes a moment only.
func (p *Program) ask(ctx context.Context, r request, into any) error {
	err := owner.Ask(ctx, owner.Path(p.Settings.Data), r, into)
	if errors.Is(err, owner.ErrNobody) {
		return p.alone(ctx, r, into, nil)
	}
	return err
}

// await has a request answered that may take long; piece hears of what comes before the answer, nil where nothing does.
func (p *Program) await(ctx context.Context, r request, into any, piece func(json.RawMessage) error) error {
	if piece == nil {
		piece = func(json.RawMessage) error { return nil }
	}
	err := owner.Await(ctx, owner.Path(p.Settings.Data), r, into, piece)
	if errors.Is(err, owner.ErrNobody) {
		return p.alone(ctx, r, into, piece)
	}
	return err
}

// alone answers a request from the store itself, as no program runs.
func (p *Program) alone(ctx context.Context, r request, into any, piece func(json.RawMessage) error) error {
	there, err := stored(p.Settings.Data)
	if err != nil {
		return err
	}
	if !there && r.Invite == nil { // opening it would make one
		return fmt.Errorf("there is no store at %s (--data)", p.Settings.Data)
	}
	pack, _, err := p.Region()
	if err != nil {
		return err
	}
	kv, err := p.Open(p.Settings.Data)
	if err != nil {
		return err
	}
	err = (&Clerk{Program: p, Pack: pack, Store: storage.Over(kv)}).tell(ctx, r, into, piece)
	return errors.Join(err, kv.Close())
}

// tell answers as if it had been asked by another program.
func (c *Clerk) tell(ctx context.Context, r request, into any, piece func(json.RawMessage) error) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	answer, err := c.Answer(ctx, raw, func(v any) error {
		raw, err := json.Marshal(v)
		if err != nil {
			return err
		}
		return piece(raw)
	})
	if err != nil {
		return err
	}
	if raw, err = json.Marshal(answer); err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}
