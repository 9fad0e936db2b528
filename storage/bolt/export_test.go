package bolt

import "time"

// SetLog has stores that are opened from now on have logs of this size, and bring what stands there into the file after so
// long. It gives what undoes that.
func SetLog(size int64, lag time.Duration) (undo func()) {
	wasSize, wasLag := logSize, logLag
	logSize, logLag = size, lag
	return func() { logSize, logLag = wasSize, wasLag }
}
