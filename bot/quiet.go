package bot

import (
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
)

// quoted is what an error may quote of people: what stands in quotes, long numbers (chats, telephones), and what is not
// ASCII, as the log itself is English.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\B'[^']*'|` + "`[^`]*`" + `|«[^»]*»|\+?[0-9](?:[-() ]{0,2}[0-9]){4,}|[^\x00-\x7f]+(?:[ ,.:;-]*[^\x00-\x7f]+)*`)

// Quiet gives an error that says what err does without what it may quote: for the log above debug level. It unwraps to
// err; nil stays nil.
func Quiet(err error) error {
	if err == nil {
		return nil
	}
	return &quiet{quoted.ReplaceAllString(err.Error(), "[…]"), err}
}

type quiet struct {
	text string
	err  error
}

func (q *quiet) Error() string { return q.text }

func (q *quiet) Unwrap() error { return q.err }

// Panic is a panic that was recovered. Its text tells the value's type alone, unless it is the runtime's own error: a
// value may hold what somebody wrote.
type Panic struct {
	Value any
	Stack []byte
}

// Recovered gives what recover gave as an error; it is called in the deferred function.
func Recovered(value any) *Panic { return &Panic{value, debug.Stack()} }

func (p *Panic) Error() string {
	if err, ok := p.Value.(runtime.Error); ok {
		return "panic: " + err.Error()
	}
	return fmt.Sprintf("panic with a %T", p.Value)
}
