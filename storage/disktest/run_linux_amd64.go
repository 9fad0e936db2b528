package disktest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// limit is how long a program may take.
const limit = 2 * time.Minute

// Numbers and options that package syscall does not name.
const (
	sysRenameat2     = 316
	sysCopyFileRange = 326
	sysPwritev2      = 328
	exitKill         = 0x100000   // PTRACE_O_EXITKILL: who is watched ends with who watches
	sysGood          = 0x1        // PTRACE_O_TRACESYSGOOD
	ownOnly          = 0x20000000 // __WNOTHREAD: not the children of other tests
)

// calls is how each system call is named and read.
var calls = map[uint64]struct {
	name string
	read func(*tracee, *syscall.PtraceRegs, *Call)
}{
	syscall.SYS_WRITE: {"write", func(t *tracee, r *syscall.PtraceRegs, c *Call) { t.fd(c, r.Rdi); t.data(c, r.Rsi, r.Rdx) }},
	syscall.SYS_PWRITE64: {"pwrite", func(t *tracee, r *syscall.PtraceRegs, c *Call) {
		t.fd(c, r.Rdi)
		t.data(c, r.Rsi, r.Rdx)
		c.Off = int64(r.R10)
	}},
	syscall.SYS_FTRUNCATE: {"truncate", func(t *tracee, r *syscall.PtraceRegs, c *Call) { t.fd(c, r.Rdi); c.Size = int64(r.Rsi) }},
	syscall.SYS_FSYNC:     {"sync", func(t *tracee, r *syscall.PtraceRegs, c *Call) { t.fd(c, r.Rdi) }},
	syscall.SYS_FDATASYNC: {"sync", func(t *tracee, r *syscall.PtraceRegs, c *Call) { t.fd(c, r.Rdi) }},
	syscall.SYS_OPENAT:    {"open", func(t *tracee, r *syscall.PtraceRegs, c *Call) { c.Path = t.path(r.Rdi, r.Rsi); c.Flags = int(r.Rdx) }},
	syscall.SYS_MKDIRAT:   {"mkdir", func(t *tracee, r *syscall.PtraceRegs, c *Call) { c.Path = t.path(r.Rdi, r.Rsi) }},
	syscall.SYS_UNLINKAT:  {"remove", func(t *tracee, r *syscall.PtraceRegs, c *Call) { c.Path = t.path(r.Rdi, r.Rsi) }},
	syscall.SYS_RENAMEAT: {"rename", func(t *tracee, r *syscall.PtraceRegs, c *Call) {
		c.Path, c.To = t.path(r.Rdi, r.Rsi), t.path(r.Rdx, r.R10)
	}},
	sysRenameat2: {"rename", func(t *tracee, r *syscall.PtraceRegs, c *Call) {
		c.Path, c.To = t.path(r.Rdi, r.Rsi), t.path(r.Rdx, r.R10)
	}},
	syscall.SYS_LINKAT: {"link", func(t *tracee, r *syscall.PtraceRegs, c *Call) {
		c.Path, c.To = t.path(r.Rdi, r.Rsi), t.path(r.Rdx, r.R10)
	}},
}

// strange is calls that change files in a way that nobody has described here yet, by the descriptor that they change.
// Go makes none of those that are left out: open, creat, mkdir, rename, link, unlink, truncate by a path alone.
var strange = map[uint64]func(*syscall.PtraceRegs) uint64{
	syscall.SYS_WRITEV:    func(r *syscall.PtraceRegs) uint64 { return r.Rdi },
	syscall.SYS_PWRITEV:   func(r *syscall.PtraceRegs) uint64 { return r.Rdi },
	sysPwritev2:           func(r *syscall.PtraceRegs) uint64 { return r.Rdi },
	syscall.SYS_FALLOCATE: func(r *syscall.PtraceRegs) uint64 { return r.Rdi },
	syscall.SYS_SENDFILE:  func(r *syscall.PtraceRegs) uint64 { return r.Rdi },
	syscall.SYS_SPLICE:    func(r *syscall.PtraceRegs) uint64 { return r.Rdx },
	sysCopyFileRange:      func(r *syscall.PtraceRegs) uint64 { return r.Rdx },
}

// Run runs a program, by its arguments and environment, and gives its calls in their order. Its output is thrown away:
// it is in the calls. Before each call fate, if there is one, is asked what becomes of it. The error is about the
// watching, ErrCannot among others, or says that the program ended otherwise than with 0 or by Fate's Kill.
func Run(args, env []string, fate func(*Call) Fate) ([]Step, error) {
	type result struct {
		steps []Step
		err   error
	}
	done := make(chan result)
	go func() {
		runtime.LockOSThread() // who starts a program to be watched must be who watches; the thread ends with this
		t, err := start(args, env, fate)
		if err == nil {
			err = t.watch()
		} else {
			t = &tracer{}
		}
		done <- result{t.steps, err}
	}()
	r := <-done
	return r.steps, r.err
}

type tracer struct {
	fate    func(*Call) Fate
	main    int  // process
	dying   bool // it is to be killed, as soon as no call is under way any more: what the files hold then is known
	killed  bool
	steps   []Step
	threads map[int]*tracee
}

// tracee is a thread.
type tracee struct {
	*tracer
	tid    int
	inside bool  // a call
	call   *Call // nil: of no interest
	fateIs Fate
	err    error
}

func start(args, env []string, fate func(*Call) Fate) (*tracer, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	p, err := os.StartProcess(args[0], args, &os.ProcAttr{Env: env, Files: []*os.File{null, null, os.Stderr}, Sys: &syscall.SysProcAttr{Ptrace: true}})
	if err != nil {
		if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS) {
			err = fmt.Errorf("%w: %w", ErrCannot, err)
		}
		return nil, err
	}
	t := &tracer{fate: fate, main: p.Pid, threads: map[int]*tracee{}}
	defer p.Release() //nolint:errcheck // it is waited for below
	var ws syscall.WaitStatus
	if _, err := syscall.Wait4(p.Pid, &ws, syscall.WALL, nil); err != nil {
		return nil, err
	}
	if !ws.Stopped() {
		return nil, fmt.Errorf("%w: the program does not wait for it (%v)", ErrCannot, ws)
	}
	opts := exitKill | sysGood | syscall.PTRACE_O_TRACECLONE | syscall.PTRACE_O_TRACEFORK | syscall.PTRACE_O_TRACEVFORK
	if err := syscall.PtraceSetOptions(p.Pid, opts); err != nil {
		_ = syscall.Kill(p.Pid, syscall.SIGKILL)
		return nil, fmt.Errorf("%w: %w", ErrCannot, err)
	}
	return t, syscall.PtraceSyscall(p.Pid, 0)
}

func (t *tracer) watch() error {
	late := time.AfterFunc(limit, func() { _ = syscall.Kill(t.main, syscall.SIGKILL) })
	defer late.Stop()
	for {
		var ws syscall.WaitStatus
		tid, err := syscall.Wait4(-1, &ws, syscall.WALL|ownOnly, nil)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return fmt.Errorf("waiting for the program: %w", err)
		case !ws.Stopped():
			delete(t.threads, tid)
			if tid != t.main {
				continue
			}
			if ws.Exited() && ws.ExitStatus() == 0 || ws.Signaled() && t.killed {
				return nil
			}
			return fmt.Errorf("the program ended with %d, signal %d, and said: %.2000s", ws.ExitStatus(), ws.Signal(), Said(t.steps))
		}
		if err := t.stopped(tid, ws); err != nil && !errors.Is(err, syscall.ESRCH) { // it is gone: killed
			_ = syscall.Kill(t.main, syscall.SIGKILL)
			return err
		}
	}
}

// stopped deals with a thread that waits, and lets it go on.
func (t *tracer) stopped(tid int, ws syscall.WaitStatus) error {
	th, known := t.threads[tid]
	if !known {
		th = &tracee{tracer: t, tid: tid}
		t.threads[tid] = th
	}
	deliver := 0
	switch sig := ws.StopSignal(); {
	case sig == syscall.SIGTRAP|0x80:
		step := th.begins
		if th.inside {
			step = th.ends
		}
		th.inside = !th.inside
		if err := step(); err != nil {
			return err
		}
	case sig == syscall.SIGTRAP, sig == syscall.SIGSTOP && !known: // about a new thread, and the new thread itself
	default:
		deliver = int(sig)
	}
	if t.dying && !th.flies() {
		return t.kill() // nor does it go on
	}
	return syscall.PtraceSyscall(tid, deliver)
}

// flies tells whether a call of the thread is under way.
func (t *tracee) flies() bool { return t.inside && t.call != nil }

// kill kills a program that is dying, once none of its calls is under way.
func (t *tracer) kill() error {
	for _, th := range t.threads {
		if th.flies() {
			return nil
		}
	}
	t.killed = true
	return syscall.Kill(t.main, syscall.SIGKILL)
}

func (t *tracee) begins() error {
	t.call, t.fateIs, t.err = nil, Fate{}, nil
	if t.dying {
		return nil
	}
	var r syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(t.tid, &r); err != nil {
		return err
	}
	c := &Call{FD: -1}
	if known, ok := calls[r.Orig_rax]; ok {
		c.Name = known.name
		known.read(t, &r, c)
	} else if fd, ok := strange[r.Orig_rax]; ok {
		c.Name = fmt.Sprint("?", r.Orig_rax)
		t.fd(c, fd(&r))
	} else {
		return nil
	}
	if t.err != nil {
		return fmt.Errorf("reading the arguments of %s: %w", c.Name, t.err)
	}
	t.call = c
	t.steps = append(t.steps, Step{c, false})
	if t.fate != nil {
		t.fateIs = t.fate(c)
	}
	if t.fateIs.After {
		return nil
	}
	if t.fateIs.Kill { // it does not happen any more
		c.Err, c.N = syscall.EINTR, -int64(syscall.EINTR)
		t.steps = append(t.steps, Step{c, true})
		t.call, t.dying = nil, true
		return nil
	}
	if t.fateIs.Err != 0 {
		r.Orig_rax = ^uint64(0) // no such call: nothing happens
		return syscall.PtraceSetRegs(t.tid, &r)
	}
	return nil
}

func (t *tracee) ends() error {
	if t.call == nil || t.killed {
		return nil
	}
	var r syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(t.tid, &r); err != nil {
		return err
	}
	if t.fateIs.Err != 0 {
		t.call.Happened = int64(r.Rax) >= 0
		r.Rax = uint64(-int64(t.fateIs.Err))
		if err := syscall.PtraceSetRegs(t.tid, &r); err != nil {
			return err
		}
	}
	t.call.N = int64(r.Rax)
	if t.call.N < 0 {
		t.call.Err = syscall.Errno(-t.call.N)
	}
	t.steps = append(t.steps, Step{t.call, true})
	t.dying = t.dying || t.fateIs.Kill
	return nil
}

// fd sets the descriptor, and the path that it stands for.
func (t *tracee) fd(c *Call, fd uint64) {
	c.FD = int(int32(fd))
	c.Path, t.err = os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", t.main, c.FD))
	if errors.Is(t.err, os.ErrNotExist) { // closed: the call will fail
		t.err = nil
	}
}

func (t *tracee) data(c *Call, at, size uint64) {
	if t.err == nil {
		c.Data = make([]byte, size)
		_, t.err = t.memory(c.Data, at)
	}
}

func (t *tracee) memory(b []byte, at uint64) (int, error) {
	m, err := os.Open(fmt.Sprintf("/proc/%d/mem", t.main))
	if err != nil {
		return 0, err
	}
	defer m.Close()
	return m.ReadAt(b, int64(at))
}

// path reads a path, which may be relative to a folder's descriptor.
func (t *tracee) path(folder, at uint64) string {
	var path []byte
	for b := make([]byte, 64); ; at += 64 { // its end may be the end of memory
		n, err := t.memory(b, at)
		if n == 0 {
			t.err = err
			return ""
		}
		if text, _, ended := strings.Cut(string(b[:n]), "\x00"); ended {
			path = append(path, text...)
			break
		}
		path = append(path, b[:n]...)
	}
	if filepath.IsAbs(string(path)) {
		return filepath.Clean(string(path))
	}
	link := fmt.Sprintf("/proc/%d/fd/%d", t.main, int32(folder))
	if int32(folder) == -100 { // AT_FDCWD
		link = fmt.Sprintf("/proc/%d/cwd", t.main)
	}
	dir, err := os.Readlink(link)
	if err != nil {
		t.err = err
	}
	return filepath.Join(dir, string(path))
}
