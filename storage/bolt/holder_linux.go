package bolt

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// holder names the program that has a file locked, as /proc/locks tells it; "" where that tells nothing.
func holder(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	locks, err := os.Open("/proc/locks")
	if err != nil {
		return ""
	}
	defer locks.Close()
	for lines := bufio.NewScanner(locks); lines.Scan(); {
		// 1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF
		f := strings.Fields(lines.Text())
		if len(f) < 6 || f[1] != "FLOCK" || f[4] == "0" || !strings.HasSuffix(f[5], fmt.Sprint(":", stat.Ino)) {
			continue // a process 0 is one in another container
		}
		name, err := os.ReadFile("/proc/" + f[4] + "/comm")
		if err != nil {
			return "process " + f[4]
		}
		return strings.TrimSpace(string(name)) + ", process " + f[4]
	}
	return ""
}
