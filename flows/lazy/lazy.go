// Package lazy makes what takes long when it is needed for the first time: all of it at once would hold up a start.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp gives an expression that is compiled by its first use; a wrong one panics then.
func Regexp(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
