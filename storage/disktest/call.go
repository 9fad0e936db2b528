// Package disktest records what a program does to its files, has calls of it fail, and tells what a disk may hold when the
// power goes at any moment of it. It is for tests of stores, and knows none of them.
package disktest

import (
	"errors"
	"syscall"
)

// ErrCannot means that programs cannot be watched here: another system or processor, or no right to trace.
var ErrCannot = errors.New("programs cannot be watched here")

// Call is a system call that changes files or their names, or a write to an output.
type Call struct {
	Name  string // as the system calls it, without variants: write, pwrite, truncate, sync, open, mkdir, rename, link, remove; else "?" and its number
	Path  string // the absolute path of the file, or for an output what stands in its place
	To    string // the new path, of rename and link
	FD    int    // the descriptor, of calls that have one, else -1
	Off   int64  // where pwrite writes
	Size  int64  // what truncate sets
	Flags int    // of open
	Data  []byte // what write and pwrite write

	// When the call has ended:
	Err      syscall.Errno // 0: it succeeded; EINTR also for one that the program was killed at, before it happened
	N        int64         // what it returned
	Happened bool          // although Err says otherwise
}

// Step is a moment of a program: a call begins or has ended.
type Step struct {
	*Call
	Ended bool
}

// Fate is what becomes of a call. The zero Fate lets it happen.
type Fate struct {
	Err   syscall.Errno // what it answers
	Kill  bool          // the program is killed
	After bool          // the call happens all the same, and then answers Err or kills
}

// Said gives what was written to standard output in the steps, calls that had only begun included.
func Said(steps []Step) (text []byte) {
	for _, s := range steps {
		if s.Name == "write" && s.FD == 1 && !s.Ended {
			text = append(text, s.Data...)
		}
	}
	return text
}
