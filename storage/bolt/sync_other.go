//go:build !linux

package bolt

import "os"

// fdatasync brings what was written to the disk.
func fdatasync(f *os.File) error { return f.Sync() }
