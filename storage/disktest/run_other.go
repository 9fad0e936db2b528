//go:build !(linux && amd64)

package disktest

// Run answers ErrCannot.
func Run([]string, []string, func(*Call) Fate) ([]Step, error) { return nil, ErrCannot }
