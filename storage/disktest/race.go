//go:build race

package disktest

// watched tells whether programs are quick enough to be watched: under the race detector each call of theirs takes as long
// as a test may.
const watched = false
