//go:build !race

package disktest

// watched tells whether programs are quick enough to be watched.
const watched = true
