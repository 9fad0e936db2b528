package bolt

import (
	"io"
	"time"
)

// SetLog has stores that are opened from now on have logs of this size, and bring what stands there into the file after so
// long. It gives what undoes that.
func SetLog(size int64, lag time.Duration) (undo func()) {
	wasSize, wasLag := logSize, logLag
	logSize, logLag = size, lag
	return func() { logSize, logLag = wasSize, wasLag }
}

// LookAt looks at all pages of a file, of a size; the root of the buckets, the list of free pages, and how many there are.
func LookAt(file io.ReaderAt, size int, root, free, high uint64) error {
	p := &pages{file: file, size: size, root: root, free: free, high: high}
	if err := p.all(); err != nil {
		return err
	}
	return p.lost()
}
