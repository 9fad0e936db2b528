package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"otklik/bot/bottest"
)

// BenchmarkStart runs the program as it is built and kills it, again and again on the same data:
//
//	go test -run - -bench Start -benchtime 20x .
//
// "up" is from the start to when it takes updates again; "first reply" to the answer to somebody who wrote while it was
// down; "baseline" is a program that opens the same store and does nothing else. Figures are medians; cpu is what the
// program took of all processors, which the machine's other work changes least.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	data := filepath.Join(dir, "data", "otklik.db")
	otklik := build(b, filepath.Join(dir, "otklik"), ".")
	b.Run("up", func(b *testing.B) {
		b.Setenv("OTKLIK_TELEGRAM_TOKEN", "")
		starts(b, func() *exec.Cmd { return exec.Command(otklik, "--data", data, "--listen", "127.0.0.1:0") }, hailed)
	})
	b.Run("first reply", func(b *testing.B) {
		messenger := bottest.NewTelegram(b)
		b.Setenv("OTKLIK_TELEGRAM_TOKEN", messenger.Token())
		b.Setenv("OTKLIK_TELEGRAM_API", messenger.URL())
		fresh := filepath.Join(b.TempDir(), "otklik.db") // another messenger begins its numbers anew
		people := 0
		var who *bottest.Seat
		starts(b, func() *exec.Cmd {
			people++
			who = &messenger.User(fmt.Sprint("Житель ", people)).Opens().Seat
			who.Says("Яма на дороге, Киров, Ленина 5")
			return exec.Command(otklik, "--data", fresh, "--listen", "127.0.0.1:0")
		}, func(b *testing.B, _ io.Reader) { who.Awaits("Понял") })
	})
	b.Run("baseline", func(b *testing.B) {
		source := filepath.Join(dir, "baseline.go")
		if err := os.WriteFile(source, []byte(baseline), 0o600); err != nil {
			b.Fatal(err)
		}
		opens := build(b, filepath.Join(dir, "baseline"), source)
		starts(b, func() *exec.Cmd { return exec.Command(opens, data) }, hailed)
	})
}

const baseline = `package main

import (
	"fmt"
	"os"

	"go.etcd.io/bbolt"
)

func main() {
	if _, err := bbolt.Open(os.Args[1], 0o600, nil); err != nil {
		panic(err)
	}
	fmt.Println("Ctrl-C ends.")
	select {}
}
`

func build(b *testing.B, program, source string) string {
	b.Helper()
	if out, err := exec.Command("go", "build", "-o", program, source).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return program
}

// hailed waits until the program says that it runs.
func hailed(b *testing.B, out io.Reader) {
	b.Helper()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.Contains(lines.Text(), "Ctrl-C ends") {
			return
		}
	}
	b.Fatal("it ended before it ran")
}

// starts starts what next gives, waits for it to be up, and kills it. The first start is not counted: it makes the data.
func starts(b *testing.B, next func() *exec.Cmd, up func(b *testing.B, out io.Reader)) {
	var wall, cpu []time.Duration
	start := func() {
		c := next()
		out, err := c.StdoutPipe()
		if err != nil {
			b.Fatal(err)
		}
		begun := time.Now()
		if err := c.Start(); err != nil {
			b.Fatal(err)
		}
		defer c.Process.Kill() //nolint:errcheck // it is killed below, unless the benchmark fails
		up(b, out)
		wall = append(wall, time.Since(begun))
		c.Process.Kill() //nolint:errcheck // waiting tells whether it ended
		c.Wait()         //nolint:errcheck // it was killed: that is its error
		cpu = append(cpu, c.ProcessState.UserTime()+c.ProcessState.SystemTime())
	}
	start()
	wall, cpu = nil, nil
	for b.Loop() {
		start()
	}
	for unit, list := range map[string][]time.Duration{"ms-wall": wall, "ms-cpu": cpu} {
		slices.Sort(list)
		b.ReportMetric(list[len(list)/2].Seconds()*1000, unit)
	}
}
