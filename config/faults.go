package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing to mend: where it stands, and what is wrong.
type Fault struct {
	File string // the file, or what a setting comes from; "" where there is none
	Line int    // counted from 1; 0 unknown
	What string
}

// String gives "file:line: what".
func (f Fault) String() string {
	switch {
	case f.File == "":
		return f.What
	case f.Line == 0:
		return f.File + ": " + f.What
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.What)
}

// Faults is everything that is wrong, found in one go. It is an error of one line for each fault.
type Faults []Fault

// Error lists the faults, a line each.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].String()
	}
	return strings.Join(lines, "\n")
}

// Err gives the faults in the order of their files' lines as an error; nil if there are none.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	files := map[string]int{}
	for _, x := range f {
		if _, ok := files[x.File]; !ok {
			files[x.File] = len(files)
		}
	}
	sorted := slices.Clone(f)
	slices.SortStableFunc(sorted, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(files[a.File], files[b.File]), cmp.Compare(a.Line, b.Line))
	})
	return sorted
}
