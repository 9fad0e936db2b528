package disktest

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
)

// Cut makes a folder of what may be there when the power goes now. Sectors come to the disk one by one, or in pages, as
// r has it; and r may have it that nothing comes of what is not sure, or all of it.
func (d *Disk) Cut(to string, r *rand.Rand) error {
	c := cut{luck: luck{r, r.IntN(ways)}, made: map[*node]string{}, whole: r.IntN(2) == 0}
	return c.folder(d.root, to)
}

type cut struct {
	luck
	whole bool // pages come whole
	made  map[*node]string
}

func (c *cut) folder(n *node, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	var names []string // in order: the same luck gives the same folder
	for name := range n.names {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		p := n.names[name]
		is := p[p.index(c.pick(p.moments(nil)))].v
		if is == nil {
			continue
		}
		make := c.file
		if is.names != nil {
			make = c.folder
		}
		if err := make(is, filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return nil
}

func (c *cut) file(n *node, to string) error {
	if is, ok := c.made[n]; ok { // it has two names
		return os.Link(is, to)
	}
	c.made[n] = to
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // a folder of the test's
	if err != nil {
		return err
	}
	defer f.Close()
	size := c.size(n)
	if err := f.Truncate(size); err != nil {
		return err
	}
	var pages []int64
	for p := range n.pages {
		pages = append(pages, p)
	}
	sort.Slice(pages, func(i, j int) bool { return pages[i] < pages[j] })
	for _, p := range pages {
		b := c.page(n.pages[p])
		off := p * page
		if off >= size {
			continue
		}
		if _, err := f.WriteAt(b[:min(page, size-off)], off); err != nil {
			return err
		}
	}
	return nil
}

func (c *cut) size(n *node) int64 {
	if len(n.size) == 0 {
		return 0
	}
	i := n.size.index(c.pick(n.size.moments(nil)))
	s := n.size[i].v
	if i > 0 && s.from < s.bytes && c.way >= mostly && c.IntN(4) == 0 {
		return s.from + c.Int64N(s.bytes-s.from)/sector*sector
	}
	return s.bytes
}

// page picks a page's bytes.
func (c *cut) page(s *sectors) []byte {
	b := make([]byte, page)
	var moments []int
	for _, one := range s {
		moments = one.moments(moments)
	}
	at := c.pick(moments)
	for i, one := range s {
		if len(one) == 0 {
			continue
		}
		if !c.whole {
			at = c.pick(one.moments(moments[:0]))
		}
		copy(b[i*sector:], one[one.index(at)].v)
	}
	return b
}
