//go:build !(linux || darwin || freebsd)

package office

import "errors"

// disk is not known here.
func disk(string) (name string, bytes uint64, err error) { return "", 0, errors.ErrUnsupported }
