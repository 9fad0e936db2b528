package kit

import "time"

// ahead is by how much a messenger's clock may be before ours.
const ahead = 24 * time.Hour

// When gives the moment that a messenger's date tells, in seconds since 1970. A date that is none, or of the future, is now:
// it would be kept, and what comes later would seem older.
func When(seconds int64, now time.Time) time.Time {
	if seconds <= 0 || seconds > now.Add(ahead).Unix() {
		return now
	}
	return time.Unix(seconds, 0)
}
