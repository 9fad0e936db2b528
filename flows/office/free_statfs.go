//go:build linux || darwin || freebsd

package office

import (
	"fmt"
	"os"
	"syscall"
)

// disk gives how many bytes a folder's disk has left for us, and a name by which two folders of one disk are known.
func disk(folder string) (name string, bytes uint64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return "", 0, fmt.Errorf("%s: %w", folder, err)
	}
	info, err := os.Stat(folder)
	if err != nil {
		return "", 0, err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		name = fmt.Sprint(st.Dev)
	}
	return name, uint64(s.Bavail) * uint64(s.Bsize), nil //nolint:gosec,unconvert // their types are another system's others
}
