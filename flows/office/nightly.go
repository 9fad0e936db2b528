package office

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"otklik/flows/lessons"
)

// When a backup is made, in the region's time, and how soon again where that failed.
const (
	nightHour, nightMinute = 3, 30
	againIn                = time.Hour
)

// Nightly makes a backup every night, and at the start where the last night's is missing.
type Nightly struct {
	Folder string
	Keep   int // how many are left
	Now    func() time.Time
	Log    *slog.Logger
	// Backup makes one; the file is not there yet.
	Backup func(ctx context.Context, file string) (Copied, error)
	// Sweep removes the photos in a folder of backups that none of these needs, and tells how many; nil removes none.
	Sweep func(ctx context.Context, folder string) (removed int, err error)
	// Heard hears why there is no backup, each time that one was tried to make, and once that there is one: nil. It may be
	// nil itself.
	Heard func(ctx context.Context, err error)
	Zone  *time.Location
	Store string // the store's own file, which is no backup wherever it lies

	retry time.Time // after a failure: not before
	well  bool      // Heard knows that there is a backup
}

// Nightly gives what makes the backups of the store that the settings ask for, nil if they ask for none.
func (c *Clerk) Nightly(log *slog.Logger) (*Nightly, error) {
	if c.Settings.BackupFolder == "" {
		return nil, nil
	}
	zone, err := time.LoadLocation(c.Pack.Region.TimeZone)
	if err != nil {
		return nil, err
	}
	return &Nightly{Folder: c.Settings.BackupFolder, Keep: c.Settings.BackupKeep, Now: c.Now, Log: log, Zone: zone, Store: c.Settings.Data,
		Backup: func(ctx context.Context, file string) (Copied, error) { return c.backup(ctx, Backup{File: file}) },
		Sweep:  c.sweep}, nil
}

// Run makes backups until ctx ends.
func (n *Nightly) Run(ctx context.Context) {
	for {
		// The clock is asked anew every minute: it may be put right, and a machine may sleep.
		wait := time.NewTimer(min(max(n.Step(ctx).Sub(n.Now()), 0), time.Minute))
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		}
	}
}

// Step makes the backup that is due, if one is, and gives when to look again.
func (n *Nightly) Step(ctx context.Context) (next time.Time) {
	night := n.night(n.Now())
	file := filepath.Join(n.Folder, nameOf(night))
	_, err := os.Stat(file)
	switch {
	case err == nil:
		n.hear(ctx, nil)
		return n.after(night)
	case n.Now().Before(n.retry):
		return n.retry
	case errors.Is(err, fs.ErrNotExist):
		err = n.make(ctx, file)
	}
	if ctx.Err() != nil {
		return n.Now()
	}
	n.hear(ctx, err)
	if err != nil {
		n.retry = n.Now().Add(againIn)
		n.Log.Error("no backup was made; it is tried again in an hour", "file", file, "err", err)
		return n.retry
	}
	n.retry = time.Time{}
	return n.after(night)
}

// hear tells Heard what it does not know yet.
func (n *Nightly) hear(ctx context.Context, err error) {
	if n.Heard != nil && (err != nil || !n.well) {
		n.Heard(ctx, err)
	}
	n.well = err == nil
}

func (n *Nightly) make(ctx context.Context, file string) error {
	if err := os.MkdirAll(n.Folder, 0o700); err != nil {
		return err
	}
	made, err := n.Backup(ctx, file)
	if err != nil {
		return err
	}
	n.Log.Info("backup", "file", file, "incidents", made.Incidents, "bytes", made.Bytes, "photos", made.Photos)
	if made.Spoilt != "" {
		n.Log.Error("what was learnt is spoilt; the backup is without it", "err", made.Spoilt)
	}
	if made.Lost > 0 {
		n.Log.Error("photos are missing or spoilt; the backup is without them", "photos", made.Lost)
	}
	n.tidy(ctx)
	return nil
}

// tidy removes old backups and what only they needed. Where that fails there is a backup all the same.
func (n *Nightly) tidy(ctx context.Context) {
	if err := n.prune(); err != nil {
		n.Log.Error("old backups were not removed", "folder", n.Folder, "err", err)
	}
	if n.Sweep == nil {
		return
	}
	switch removed, err := n.Sweep(ctx, n.Folder); {
	case err != nil && ctx.Err() == nil:
		n.Log.Warn("photos that no backup needs were not removed", "folder", n.Folder, "err", err)
	case removed > 0:
		n.Log.Info("photos that no backup needs were removed", "folder", n.Folder, "photos", removed)
	}
}

// night gives the last time until now at which a backup was due.
func (n *Nightly) night(now time.Time) time.Time {
	y, m, d := now.In(n.Zone).Date()
	if due := time.Date(y, m, d, nightHour, nightMinute, 0, 0, n.Zone); !due.After(now) {
		return due
	}
	return time.Date(y, m, d-1, nightHour, nightMinute, 0, 0, n.Zone)
}

func (n *Nightly) after(night time.Time) time.Time {
	y, m, d := night.Date()
	return time.Date(y, m, d+1, nightHour, nightMinute, 0, 0, n.Zone)
}

// nameOf names the backup of a night; names order as nights do.
func nameOf(night time.Time) string { return "otklik-" + night.Format(time.DateOnly) + ".db" }

var nightlyName = regexp.MustCompile(`^otklik-\d{4}-\d{2}-\d{2}\.db$`)

// prune removes all but the newest backups. The photos stay, as the other backups share them: see Sweep.
func (n *Nightly) prune() error {
	entries, err := os.ReadDir(n.Folder)
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && nightlyName.MatchString(e.Name()) && !same(filepath.Join(n.Folder, e.Name()), n.Store) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	for _, name := range names[:max(len(names)-n.Keep, 0)] {
		err = errors.Join(err, os.Remove(filepath.Join(n.Folder, name)))
		if gone := os.Remove(lessons.File(filepath.Join(n.Folder, name))); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}
