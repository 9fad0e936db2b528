package export_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"otklik/flows/export"
)

// BenchmarkExport writes a region's year, and one four and a half times as large: the workbook beside csv. anon-MB is the
// most memory that the process had beside the store's file, sampled: it must not grow with the rows. OTKLIK_SHEET names
// a folder where the workbooks are left to be looked at.
func BenchmarkExport(b *testing.B) {
	for _, n := range []int{66_468, 300_000} {
		store := year(b, n)
		x := table(b)
		q := export.Query{Now: yearEnd}
		for _, format := range []string{"csv", "xlsx"} {
			b.Run(fmt.Sprint(format, "/", n), func(b *testing.B) {
				b.ReportAllocs()
				peak := watch(b)
				for range b.N {
					out := sink(b, fmt.Sprint("year-", n, ".", format))
					var err error
					if format == "xlsx" {
						_, err = export.Workbook(context.Background(), out, x, store, q)
					} else {
						var w export.Writer
						if w, err = export.Write(out, format, false); err == nil {
							err = x.Rows(context.Background(), store, q, w.Row)
						}
						if err == nil {
							err = w.Close()
						}
					}
					if err != nil {
						b.Fatal(err)
					}
					out.Close()
				}
				b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
				b.ReportMetric(peak(), "anon-MB")
			})
		}
	}
}

func sink(b *testing.B, name string) io.WriteCloser {
	b.Helper()
	folder := os.Getenv("OTKLIK_SHEET")
	if folder == "" {
		folder = b.TempDir()
	}
	f, err := os.Create(folder + "/" + name)
	if err != nil {
		b.Fatal(err)
	}
	return f
}

// watch samples the process's memory until it is asked for the most that there was, in MB; 0 where it cannot be read.
func watch(b *testing.B) (most func() float64) {
	b.Helper()
	debug.FreeOSMemory() // what made the store is not the export's
	var wg sync.WaitGroup
	done := make(chan struct{})
	peak := 0.0
	wg.Go(func() {
		for {
			peak = max(peak, anonymous())
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	return func() float64 { close(done); wg.Wait(); return peak }
}

func anonymous() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	kb, _ := strconv.Atoi(strings.Fields(rest + " 0")[0])
	return float64(kb) / 1024
}
