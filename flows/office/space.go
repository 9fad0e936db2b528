package office

import (
	"context"
	"log/slog"
	"path/filepath"
	"time"
)

// spaceEvery is how often the disks are looked at.
const spaceEvery = 5 * time.Minute

// Space watches how much room is left on the disks of some folders.
type Space struct {
	Folders []string
	Least   uint64 // bytes; less is low
	Log     *slog.Logger
	// Free gives how many bytes a folder has left, and the name of its disk; nil is the machine's.
	Free func(folder string) (disk string, bytes uint64, err error)
	// Heard hears at every look of one folder of each disk whether little is left. It does so until a quarter more is left
	// than the least.
	Heard func(ctx context.Context, folder string, bytes uint64, low bool)

	low map[string]bool // by disk
}

// Run looks until ctx ends.
func (s *Space) Run(ctx context.Context) {
	tick := time.NewTicker(spaceEvery)
	defer tick.Stop()
	for {
		s.Step(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Step looks once. A folder that is not there yet, or of which nothing is known, is left out.
func (s *Space) Step(ctx context.Context) {
	free := s.Free
	if free == nil {
		free = Free
	}
	seen := map[string]bool{}
	for _, folder := range s.Folders {
		disk, bytes, err := free(folder)
		if err != nil || seen[disk] {
			continue
		}
		seen[disk] = true
		was := s.low[disk]
		low := bytes < s.Least || was && bytes < s.Least/4*5
		if low != was {
			if s.low == nil {
				s.low = map[string]bool{}
			}
			s.low[disk] = low
			s.say(folder, bytes, low)
		}
		s.Heard(ctx, folder, bytes, low)
	}
}

func (s *Space) say(folder string, bytes uint64, low bool) {
	if low {
		s.Log.Warn("the disk is nearly full: when it is, nothing is written down any more; make room", "folder", folder, "megabytes", bytes>>20)
		return
	}
	s.Log.Info("there is room on the disk again", "folder", folder, "megabytes", bytes>>20)
}

// Spaces are the folders whose disks must not fill up: of the data and of the backups.
func (p *Program) Spaces() (folders []string) {
	for _, folder := range []string{filepath.Dir(p.Settings.Data), p.Settings.BackupFolder} {
		if folder != "" {
			folders = append(folders, folder)
		}
	}
	return folders
}
