package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// figures of a run.
type figures struct {
	rate     float64 // conversations a second
	p50, p99 float64 // milliseconds from a person's step to the reply
	calls    float64 // calls of a conversation
	cpu      float64 // seconds of CPU for a thousand conversations
	rss      float64 // the most memory, MiB, with the pages of files that are mapped
	anon     float64 // memory at the end, MiB, without them
	start    time.Duration
}

func build(ctx context.Context, out string) error {
	c := exec.CommandContext(ctx, "go", "build", "-o", out, ".")
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	return c.Run()
}

const warm = 2 * time.Second

// run lets people talk with a bot for a while.
func run(ctx context.Context, dir, name string, people int, o options) (figures, error) {
	var f figures
	w := newWorld(people, name == "otklik", o)
	defer w.close()
	home, err := os.MkdirTemp(dir, name+"-")
	if err != nil {
		return f, err
	}
	c, err := command(ctx, name, home, w.address(), o)
	if err != nil {
		return f, err
	}
	log, err := os.Create(filepath.Join(home, "log"))
	if err != nil {
		return f, err
	}
	defer log.Close()
	c.Stdout, c.Stderr = log, log
	begin := time.Now()
	if err := c.Start(); err != nil {
		return f, err
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	defer func() {
		if c.Process.Signal(os.Interrupt) == nil {
			<-ended //nolint:errcheck // how it ended after its figures were taken is no matter
		}
	}()
	w.begin()
	select {
	case <-w.first:
		f.start = time.Since(begin)
	case err := <-ended:
		ended <- err
		raw, _ := os.ReadFile(log.Name())
		return f, fmt.Errorf("the bot ended: %w\n%s", err, raw)
	case <-time.After(20 * time.Second):
		return f, errors.New("the bot does not answer")
	}
	time.Sleep(warm)
	w.reset()
	before, err := cpu(c.Process.Pid)
	if err != nil {
		return f, err
	}
	time.Sleep(o.length)
	done, calls, waits := w.taken()
	after, err := cpu(c.Process.Pid)
	if err != nil {
		return f, err
	}
	if f.rss, err = memory(c.Process.Pid, "VmHWM:"); err != nil {
		return f, err
	}
	if f.anon, err = memory(c.Process.Pid, "RssAnon:"); err != nil {
		return f, err
	}
	if stuck := w.stuck(); stuck != "" {
		return f, errors.New(stuck)
	}
	slices.Sort(waits)
	f.rate = float64(done) / o.length.Seconds()
	f.calls = float64(calls) / float64(max(done, 1))
	f.cpu = (after - before).Seconds() * 1000 / float64(max(done, 1))
	if len(waits) > 0 {
		f.p50 = ms(waits[len(waits)/2])
		f.p99 = ms(waits[len(waits)*99/100])
	}
	return f, nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func command(ctx context.Context, name, home, address string, o options) (*exec.Cmd, error) {
	if name != "otklik" {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		return exec.CommandContext(ctx, self, "bot", name, address, filepath.Join(home, "bot.db")), nil
	}
	c := exec.CommandContext(ctx, o.binary, "--data", filepath.Join(home, "otklik.db"), "--listen", "127.0.0.1:0", "--telegram-unpaced", "--per-minute", "0")
	c.Env = append(os.Environ(), "OTKLIK_TELEGRAM_TOKEN="+token, "OTKLIK_TELEGRAM_API="+address)
	return c, nil
}

// cpu is what a process has used so far.
func cpu(pid int) (time.Duration, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	fields := strings.Fields(rest)
	const user, system = 11, 12 // of what stands behind the name
	if len(fields) <= system {
		return 0, errors.New("/proc is not what it was")
	}
	var ticks int64
	for _, i := range []int{user, system} {
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	const perSecond = 100 // USER_HZ
	return time.Duration(ticks) * time.Second / perSecond, nil
}

// memory gives what the system says of a process's memory, MiB.
func memory(pid int, what string) (float64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, what); ok {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib / 1024, err
		}
	}
	return 0, syscall.ENOENT
}
