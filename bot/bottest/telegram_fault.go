package bottest

import "fmt"

// TooMany asks to wait for so many seconds.
func TooMany(seconds int) Fault {
	return Fault{Status: 429, JSON: true, Body: fmt.Sprintf(
		`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after %d","parameters":{"retry_after":%d}}`, seconds, seconds)}
}

// Refusal is Telegram's own no.
func Refusal(code int, description string) Fault {
	return Fault{Status: code, JSON: true, Body: fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, code, description)}
}

// ServerError is a fault of Telegram's.
func ServerError() Fault { return Refusal(500, "Internal Server Error") }

// Conflict is what the slower of two pollers is told.
func Conflict() Fault {
	return Refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
}

// Fail makes the next calls of a method fail, as many as times says. "" is any method but getUpdates, "file" a download.
// It is Telegram's own, not fake's: a test's stage may embed a testing.T, which has a deeper one.
func (g *Telegram) Fail(method string, times int, f Fault) { g.plan(method, times, f) }
