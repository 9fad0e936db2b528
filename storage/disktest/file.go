package disktest

const (
	sector = 512  // what a disk writes whole or not at all
	page   = 4096 // what the system writes back
)

// file is a file's bytes. The zero file is empty.
type file struct {
	pages map[int64]*sectors // one that is not there is zeros
	size  past[size]
	dirty map[int64]bool // pages that are not sure
}

// sectors are a page's. Each has its bytes, nil for zeros.
type sectors [page / sector]past[[]byte]

type size struct {
	bytes int64
	from  int64 // it grew by writing from this size on, which may come bit by bit; otherwise at once
}

func (f *file) write(data []byte, off int64, at int) {
	for end := off + int64(len(data)); off < end; {
		begin := off % sector
		n := min(sector-begin, int64(len(data)))
		f.put(off-begin, begin, data[:n], at)
		data, off = data[n:], off+n
	}
	if was := f.size.now().bytes; off > was {
		f.size = f.size.set(at, size{off, was})
	}
}

// put changes the sector at off, from one of its bytes on.
func (f *file) put(off, begin int64, data []byte, at int) {
	if f.pages == nil {
		f.pages, f.dirty = map[int64]*sectors{}, map[int64]bool{}
	}
	p := f.pages[off/page]
	if p == nil {
		p = &sectors{}
		f.pages[off/page] = p
	}
	f.dirty[off/page] = true
	s := &p[off%page/sector]
	now := make([]byte, sector)
	copy(now, s.now())
	copy(now[begin:], data)
	*s = s.set(at, now)
}

// resize cuts or makes longer. What is cut off is zeros, if the file grows again.
func (f *file) resize(to int64, at int) {
	for off := to; off < f.size.now().bytes; {
		n := sector - off%sector
		if f.pages[off/page] != nil {
			f.put(off-off%sector, off%sector, make([]byte, n), at)
		}
		off += n
	}
	f.size = f.size.set(at, size{to, to})
}

func (f *file) undo(at int) {
	f.size = f.size.undo(at)
	for n := range f.dirty {
		for i, s := range f.pages[n] {
			f.pages[n][i] = s.undo(at)
		}
	}
}

func (f *file) settle(at int) {
	f.size = f.size.settle(at)
	for n := range f.dirty {
		sure := true
		for i, s := range f.pages[n] {
			f.pages[n][i] = s.settle(at)
			sure = sure && f.pages[n][i].sure()
		}
		if sure {
			delete(f.dirty, n)
		}
	}
}

// lose has the sync of what was there at a moment fail. The size is tried again.
func (f *file) lose(at int) {
	for n := range f.dirty {
		for _, s := range f.pages[n] {
			s.lose(at)
		}
	}
}
