package desk

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// remembered is how many events a page that lost its connection can catch up on; after more it gets everything anew.
const remembered = 512

// feed numbers what happens, for every open page. It is guarded by Desk.mu, apart from release.
type feed struct {
	epoch string  // tells the events of this run from another's
	last  uint64  // the number of the latest event
	ring  []event // oldest first
	bell  chan struct{}

	once sync.Mutex
	gone chan struct{} // closed when every page is to let go
}

type event struct {
	n    uint64
	name string
	data []byte // JSON, in one line
}

func newFeed() *feed {
	return &feed{epoch: rand.Text()[:8], bell: make(chan struct{}), gone: make(chan struct{})}
}

// publish rings the bell for everybody who listens.
func (f *feed) publish(name string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // only our own types come here
	}
	f.last++
	if len(f.ring) == remembered {
		f.ring = append(f.ring[:0], f.ring[1:]...)
	}
	f.ring = append(f.ring, event{f.last, name, data})
	close(f.bell)
	f.bell = make(chan struct{})
}

// after gives the events that follow n; ok is false when some of them are forgotten.
func (f *feed) after(n uint64) (list []event, ok bool) {
	if n > f.last || f.last-n > uint64(len(f.ring)) {
		return nil, false
	}
	return append(list, f.ring[uint64(len(f.ring))-(f.last-n):]...), true
}

func (f *feed) id(n uint64) string { return f.epoch + "-" + strconv.FormatUint(n, 10) }

// position reads what id wrote; ok is false for another run's.
func (f *feed) position(id string) (n uint64, ok bool) {
	rest, ok := strings.CutPrefix(id, f.epoch+"-")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(rest, 10, 64)
	return n, err == nil
}

// release ends every stream that is open now; those that come later wait for the next release.
func (f *feed) release() {
	f.once.Lock()
	defer f.once.Unlock()
	close(f.gone)
	f.gone = make(chan struct{})
}

// leaving is closed by the next release.
func (f *feed) leaving() <-chan struct{} {
	f.once.Lock()
	defer f.once.Unlock()
	return f.gone
}

// frame writes an event as the stream carries it. JSON has no line ends, so one data line is enough.
func frame(id, name string, data []byte) []byte {
	return fmt.Appendf(nil, "id: %s\nevent: %s\ndata: %s\n\n", id, name, data)
}
