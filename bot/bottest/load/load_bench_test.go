package main

import (
	"flag"
	"os"
	"strings"
	"testing"
)

// BenchmarkReach runs the scenarios, each once, and reports every figure of the table:
//
//	OTKLIK_REACH=1 go test -run '^$' -bench Reach/talk -timeout 0 ./bot/bottest/load
//
// OTKLIK_REACH may hold flags of the tool instead, such as "-runs 1 -time 5s".
func BenchmarkReach(b *testing.B) {
	reach := os.Getenv("OTKLIK_REACH")
	if reach == "" {
		b.Skip("it takes minutes and wants a quiet machine: set OTKLIK_REACH=1")
	}
	o := defaults()
	f := flag.NewFlagSet("OTKLIK_REACH", flag.ContinueOnError)
	o.register(f)
	if strings.HasPrefix(reach, "-") {
		if err := f.Parse(strings.Fields(reach)); err != nil {
			b.Fatal(err)
		}
	}
	for _, s := range scenarios() {
		b.Run(s.name, func(b *testing.B) {
			t, done, err := newBench(b.Context(), o, os.Stderr)
			if err != nil {
				b.Fatal(err)
			}
			defer done()
			t.table.scenario = s.name
			b.ResetTimer()
			if err := s.run(b.Context(), t); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(0, "ns/op")
			for _, r := range t.table.rows {
				if r.value != 0 || r.target != "" {
					b.ReportMetric(r.value, strings.Join(strings.Fields(r.what), "_"))
				}
				if r.verdict == short {
					b.Logf("short: %s: %s, want %s", r.what, r.figure, r.target)
				}
			}
		})
	}
}
