package office_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otklik/flows/office"
)

// TestADiskThatFillsUp: little is little until a quarter more is left; of two folders of one disk one has little, and of a
// disk that nobody knows anything of nothing is heard.
func TestADiskThatFillsUp(t *testing.T) {
	left := map[string]uint64{"data": 1000, "backups": 5000}
	var heard, log strings.Builder
	s := &office.Space{Folders: []string{"data", "photos", "backups", "none"}, Least: 100, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Free: func(folder string) (string, uint64, error) {
			disk := map[string]string{"photos": "data"}[folder]
			if disk == "" {
				disk = folder
			}
			if _, known := left[disk]; !known {
				return "", 0, errors.New("not known")
			}
			return disk, left[disk], nil
		},
		Heard: func(_ context.Context, folder string, bytes uint64, low bool) {
			fmt.Fprint(&heard, folder, " ", bytes, " ", low, ", ")
		},
	}
	for _, free := range []uint64{1000, 99, 120, 125, 120, 99} {
		left["data"] = free
		s.Step(t.Context())
		fmt.Fprint(&heard, "| ")
	}
	const backups = ", backups 5000 false, | "
	want := strings.Join([]string{"data 1000 false, photos 1000 false", "data 99 true", "data 120 true", "data 125 false, photos 125 false",
		"data 120 false, photos 120 false", "data 99 true", ""}, backups)
	if got := heard.String(); got != want {
		t.Errorf("it hears\n%s, not\n%s", got, want)
	}
	if said := strings.Count(log.String(), "nearly full"); said != 2 || strings.Count(log.String(), "room on the disk again") != 1 {
		t.Errorf("the log has\n%s", &log)
	}
}

// TestFree asks this machine.
func TestFree(t *testing.T) {
	p := newPlace(t)
	p.Settings.LeastDisk = 1
	free := p.Space(slog.New(slog.DiscardHandler)).Free
	folder := t.TempDir()
	disk, bytes, err := free(folder)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil || bytes == 0 || bytes > 1<<60 {
		t.Fatalf("%d bytes, %v", bytes, err)
	}
	if err := os.Mkdir(filepath.Join(folder, "a"), 0o700); err != nil {
		t.Fatal(err)
	}
	if same, _, err := free(filepath.Join(folder, "a")); err != nil || same != disk {
		t.Errorf("a folder and one in it lie on %q and %q (%v)", disk, same, err)
	}
	if _, _, err := free(filepath.Join(folder, "b")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there has %v", err)
	}
	if p.Free() <= 0 || p.Size() != -1 {
		t.Errorf("%d bytes are left, and a store that is not there has %d", p.Free(), p.Size())
	}
}
