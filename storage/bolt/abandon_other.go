//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package bolt

import "os"

// abandon closes a file that bbolt has left mapped in a panic.
func abandon(f *os.File) error { return f.Close() }
