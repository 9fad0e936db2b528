//go:build !(linux || darwin || freebsd)

package office

import "errors"

// Free is not known here.
func Free(string) (disk string, bytes uint64, err error) { return "", 0, errors.ErrUnsupported }
