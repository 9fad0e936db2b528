package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func build(ctx context.Context, out string) error {
	c := exec.CommandContext(ctx, "go", "build", "-o", out, "otklik")
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	return c.Run()
}

// process is a bot that runs.
type process struct {
	cmd   *exec.Cmd
	log   string
	began time.Time
	ended chan struct{} // closed when it has
	err   error         // why; read it after ended
}

// start runs a bot; what it writes goes into a file beside its data.
func start(c *exec.Cmd, home string) (*process, error) {
	p := &process{cmd: c, log: filepath.Join(home, "log"), ended: make(chan struct{})}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	c.Stdout, c.Stderr = log, log
	p.began = time.Now()
	if err := c.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = c.Wait()
		close(p.ended)
	}()
	return p, nil
}

// failed tells why it ended, with the last that it said.
func (p *process) failed() error {
	raw, _ := os.ReadFile(p.log)
	return fmt.Errorf("the bot ended: %w\n%s", p.err, raw[max(len(raw)-2000, 0):])
}

// kill ends it as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.ended
}

// stop asks it to end.
func (p *process) stop() error {
	if p.cmd.Process.Signal(os.Interrupt) != nil {
		return p.failed()
	}
	select {
	case <-p.ended:
		p.complains()
		return nil
	case <-time.After(30 * time.Second):
		p.kill()
		return errors.New("the bot does not end when it is asked to")
	}
}

// complains tells whoever measures what the bot has logged as errors: what they mean for the figures is to be judged.
func (p *process) complains() {
	raw, _ := os.ReadFile(p.log)
	said, n := "", 0
	for line := range strings.Lines(string(raw)) {
		if strings.Contains(line, " level=ERROR ") {
			if n++; n == 1 {
				said = strings.TrimSpace(line)
			}
		}
	}
	if n > 0 {
		fmt.Fprintf(os.Stderr, "  %d errors in the bot's log, the first: %.300s\n", n, said)
	}
}

// cpu is what it has used so far.
func (p *process) cpu() (time.Duration, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
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

// What the system says of a process's memory.
const (
	mostMemory = "VmHWM:"   // the most so far, with the pages of files that are mapped
	ownMemory  = "RssAnon:" // now, without them
)

// memory gives what the system says, MiB.
func (p *process) memory(what string) (float64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
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
