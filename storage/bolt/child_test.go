//go:build unix

package bolt_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"otklik/storage"
	"otklik/storage/bolt"
)

// The variables that make this test binary a program that works on a store, and say on which.
const (
	childDoes  = "OTKLIK_BOLT_CHILD"
	childStore = "OTKLIK_BOLT_STORE"
	childLog   = "OTKLIK_BOLT_LOG" // how long the halves of its log are, and the lag, such as "2048 1ms"; by default as ever
)

func TestMain(m *testing.M) {
	do, path := os.Getenv(childDoes), os.Getenv(childStore)
	if size, lag, ok := strings.Cut(os.Getenv(childLog), " "); ok {
		n, err := strconv.ParseInt(size, 10, 64)
		try("read "+childLog, err)
		d, err := time.ParseDuration(lag)
		try("read "+childLog, err)
		bolt.SetLog(n, d)
	}
	switch do {
	case "":
		os.Exit(m.Run())
	case "hold":
		childHolds(path)
	case "nobody":
		childIsNobody(path)
	case "fill":
		childFills(path)
	case "write":
		childWrites(path)
	case "churn":
		childChurns(path)
	}
}

// child makes a command that runs this binary as another program.
func child(t *testing.T, do, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childDoes+"="+do, childStore+"="+path)
	cmd.Stderr = os.Stderr
	return cmd
}

func try(what string, err error) {
	if err != nil {
		fmt.Println("failed:", what+":", err)
		os.Exit(1)
	}
}

// kinds names what errors.Is finds, for a parent to read.
func kinds(err error) (names string) {
	for _, k := range []error{storage.ErrFailed, storage.ErrClosed, storage.ErrLocked, storage.ErrDamaged, storage.ErrReadOnly, storage.ErrFull, storage.ErrNewer} {
		if errors.Is(err, k) {
			names += "[" + k.Error() + "]"
		}
	}
	return names
}

// childHolds keeps the store open until its standard input ends.
func childHolds(path string) {
	db, err := bolt.Open(path)
	try("open", err)
	fmt.Println("ready")
	_, err = io.Copy(io.Discard, os.Stdin)
	try("wait", err)
	try("close", db.Close())
}

// childIsNobody opens the store as a user without rights.
func childIsNobody(path string) {
	if os.Getuid() == 0 {
		try("setgid", syscall.Setgid(65534))
		try("setuid", syscall.Setuid(65534))
	}
	db, err := bolt.Open(path)
	if err == nil {
		db.Close()
	}
	fmt.Println(kinds(err))
	fmt.Println(err)
}

// childFills writes numbered records into a store that cannot grow past some bytes, and then goes on with more room.
func childFills(path string) {
	signal.Ignore(syscall.SIGXFSZ)
	var room syscall.Rlimit
	try("getrlimit", syscall.Getrlimit(syscall.RLIMIT_FSIZE, &room))
	whole := room.Cur
	db, err := bolt.Open(path)
	try("open", err)
	write := func(n uint64, size int) error {
		return db.Update(ctx(), func(w storage.Writer) error { return w.Put(number(n), record(n, size)) })
	}
	next := uint64(1)
	for _, limit := range []uint64{24 << 20, 12 << 20} { // the second is less than the file has: holes cannot be filled
		room.Cur = limit
		try("setrlimit", syscall.Setrlimit(syscall.RLIMIT_FSIZE, &room))
		for {
			if err = write(next, 300<<10); err != nil {
				break
			}
			next++
			if next > 1000 {
				try("fill", errors.New("it is never full"))
			}
		}
		fmt.Println(kinds(err))
		fmt.Println(err)
		for again := 0; again < 3; again++ { // again and again: nothing breaks
			err := write(next, 900<<10)
			if err == nil { // there was a corner left: pages that were still read when it was full for the first time
				next, again = next+1, -1
			} else if !errors.Is(err, storage.ErrFull) {
				try("again", fmt.Errorf("want it full, got %w", err))
			}
			if next > 1000 {
				try("again", errors.New("it is never full"))
			}
		}
		try("read", readAll(db, next-1))
		room.Cur = whole
		try("setrlimit", syscall.Setrlimit(syscall.RLIMIT_FSIZE, &room))
		try("with more room", write(next, 900<<10))
		next++
	}
	fmt.Println(next - 1)
	try("close", db.Close())
}

// childWrites writes from several sides, each update a record at two keys, and says each number once it is confirmed.
func childWrites(path string) {
	db, err := bolt.Open(path)
	try("open", err)
	var last atomic.Uint64
	try("read", db.View(ctx(), func(r storage.Reader) error {
		return r.Scan(nil, nil, true, func(k, _ []byte) bool {
			last.Store(binary.BigEndian.Uint64(k[1:]))
			return false
		})
	}))
	said := make(chan uint64)
	for range 16 {
		go func() {
			for {
				n := last.Add(1)
				try("write", db.Update(ctx(), func(w storage.Writer) error {
					return errors.Join(w.Put(number(n), record(n, 0)), w.Put(append([]byte("m"), number(n)[1:]...), record(n, 0)))
				}))
				said <- n
			}
		}()
	}
	out := bufio.NewWriter(os.Stdout)
	for n := range said {
		fmt.Fprintln(out, n)
		try("say", out.Flush())
	}
}
