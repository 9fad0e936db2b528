package bolt

import (
	"errors"
	"os"
	"syscall"
)

// fdatasync brings what was written to the disk, and of what is said of the file what is needed to read it.
func fdatasync(f *os.File) error {
	for {
		if err := syscall.Fdatasync(int(f.Fd())); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
