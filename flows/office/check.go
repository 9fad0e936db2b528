package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"

	"otklik/config"
)

// Check names every fault of the settings and of the region pack.
type Check struct{}

// Run says what is there, or everything that is wrong.
func (Check) Run(ctx context.Context, p *Program) error {
	pack, bounds, err := p.Region()
	if err != nil {
		return err
	}
	if p.Rehearse != nil {
		if err := p.Rehearse(ctx, pack, bounds); err != nil {
			return err
		}
	}
	for _, w := range pack.Warnings(p.Now()) {
		fmt.Fprintln(p.Out, "note:", w)
	}
	if bounds != nil {
		for _, w := range bounds.Warnings() {
			fmt.Fprintln(p.Out, "note:", w)
		}
	}
	_, err = fmt.Fprintf(p.Out, "%s: %d municipalities, %d organisations, %d groups of topics, %d settlements. Everything is in order.\n",
		pack.Region.Name, len(pack.Municipalities), len(pack.Organisations), len(pack.Groups), len(pack.Settlements))
	return err
}

// Region reads the region pack and the boundaries that the settings name; every fault of theirs and of the settings comes
// at once. bounds is nil where none are named.
func (p *Program) Region() (pack *config.Pack, bounds *config.Boundaries, err error) {
	s := p.Settings
	err = s.Check()
	if p.Open == nil {
		err = errors.Join(err, fmt.Errorf("--store: there is no kind of store %q", s.Store))
	}
	var fault error
	if s.Region == "" || readable(s.Region) { // Check has said it otherwise
		pack, fault = p.pack()
	}
	err = errors.Join(err, fault)
	if pack != nil {
		err = errors.Join(err, s.CheckChairs(pack))
	}
	if pack != nil && fault == nil && readable(s.Boundaries) {
		bounds, fault = config.ReadBoundaries(s.Boundaries, pack)
		err = errors.Join(err, fault)
	}
	return pack, bounds, err
}

// pack reads the region pack that the settings name.
func (p *Program) pack() (*config.Pack, error) {
	if p.Settings.Region == "" {
		return config.Default()
	}
	return config.Load(p.Settings.Region)
}

func readable(path string) bool {
	_, err := os.Stat(path)
	return path != "" && err == nil
}

// stored tells whether there is a store in a file; an error where this user may not even look.
func stored(path string) (bool, error) {
	_, err := os.Stat(path)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case errors.Is(err, fs.ErrPermission):
		return false, fmt.Errorf("the store at %s (--data): permission denied: give the command as the user whom the program runs as", path)
	}
	return false, fmt.Errorf("the store (--data) cannot be read: %w", err)
}

// Version prints what was built.
type Version struct{}

// Run prints it.
func (Version) Run(p *Program) error {
	text := "otklik (unknown build)"
	if info, ok := debug.ReadBuildInfo(); ok {
		text = "otklik " + info.Main.Version + ", " + info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" || s.Key == "vcs.time" {
				text += ", " + s.Value
			}
		}
	}
	_, err := fmt.Fprintln(p.Out, text)
	return err
}
