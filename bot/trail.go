package bot

import (
	"crypto/sha256"
	"encoding/hex"
)

// Trail is the short name by which an update is followed through the log, from its arrival to the receipts of the messages
// that it led to: 8 hexadecimal digits, the same whenever the update comes. A messenger's own ID may hold whose chat it
// is, and stands in the log at debug level only. It is "" for what is no update, such as a timer.
func (u *Update) Trail() string {
	if u.ID == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(u.Channel + ":" + u.ID))
	return hex.EncodeToString(sum[:4])
}
