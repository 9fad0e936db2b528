package office

import (
	"context"
	"log/slog"
	"os"
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
	// Free gives how many bytes a folder has left, and a name by which two folders of one disk are known.
	Free func(folder string) (disk string, bytes uint64, err error)
	// Heard hears at every look of each folder whether little is left, until a quarter more is left than the least. Of two
	// folders on one disk only the first has little.
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
	seen := map[string]bool{}
	for _, folder := range s.Folders {
		disk, bytes, err := s.Free(folder)
		if err != nil {
			continue
		}
		if seen[disk] {
			if !s.low[disk] { // it may have had another disk before
				s.Heard(ctx, folder, bytes, false)
			}
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
		s.Log.Warn("the disk is nearly full: when it is, nothing more can be written there; make room", "folder", folder, "megabytes", bytes>>20)
		return
	}
	s.Log.Info("there is room on the disk again", "folder", folder, "megabytes", bytes>>20)
}

// Space gives what watches the disks of the data and of the backups, nil if the settings want none.
func (p *Program) Space(log *slog.Logger) *Space {
	if p.Settings.LeastDisk <= 0 {
		return nil
	}
	s := &Space{Folders: []string{filepath.Dir(p.Settings.Data)}, Least: uint64(p.Settings.LeastDisk) << 20, Log: log, Free: disk} //nolint:gosec // it is positive
	if p.Settings.BackupFolder != "" {
		s.Folders = append(s.Folders, p.Settings.BackupFolder)
	}
	return s
}

// Size is how many bytes the store's file has, negative where nobody knows.
func (p *Program) Size() int64 {
	info, err := os.Stat(p.Settings.Data)
	if err != nil {
		return -1
	}
	return info.Size()
}

// Free is how many bytes its disk has left, negative where nobody knows.
func (p *Program) Free() int64 {
	_, bytes, err := disk(filepath.Dir(p.Settings.Data))
	if err != nil {
		return -1
	}
	return int64(bytes) //nolint:gosec // no disk has more
}
