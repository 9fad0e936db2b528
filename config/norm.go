package config

import (
	"fmt"
	"strconv"
	"strings"
)

// maxNorm keeps a slip of the pen («900d») from becoming a deadline.
const maxNorm = 1000

// inspectionDays are the working days that an inspection may take by law: Federal Law 248-FZ, articles 72 and 73.
const inspectionDays = 10

// Inspecting gives the norm of an inspection.
func (n Norms) Inspecting() Norm {
	if n.Inspection.IsZero() {
		return Norm{Days: inspectionDays}
	}
	return n.Inspection
}

// IsZero tells a norm that is not set.
func (n Norm) IsZero() bool { return n == Norm{} }

// String gives "9h" or "7d", "" for no norm.
func (n Norm) String() string {
	switch {
	case n.Days != 0:
		return strconv.Itoa(n.Days) + "d"
	case n.Hours != 0:
		return strconv.Itoa(n.Hours) + "h"
	}
	return ""
}

// MarshalText writes what UnmarshalText reads.
func (n Norm) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads "9h", nine working hours, or "7d", seven working days.
func (n *Norm) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	digits, unit := strings.TrimRight(s, "hd"), ""
	if len(s) > 0 {
		unit = s[len(digits):]
	}
	count, err := strconv.Atoi(digits)
	if err != nil || count <= 0 || count > maxNorm || (unit != "h" && unit != "d") {
		return fmt.Errorf("%q is not a norm: want working hours such as 9h or working days such as 7d", s)
	}
	if *n = (Norm{Hours: count}); unit == "d" {
		*n = Norm{Days: count}
	}
	return nil
}
