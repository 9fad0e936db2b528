package disktest

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
)

// Disk is a folder as the system holds it, and what of it is sure to be on the disk. What was written to a file is sure
// once the file was synced, a name once its folder was; of the rest, and of what was written while a sync was under way,
// any part may be there. After a sync of a file that failed the system takes for written what is not: the next sync does
// not write it, so it stays unsure until it is written anew (the behaviour of Linux since 4.13). Names and sizes are tried
// again: they are in a journal, and a system that cannot write that writes nothing any more.
type Disk struct {
	// Deaf, if it is set, tells which syncs are not heeded. It is for showing that a test can fail.
	Deaf func(*Call) bool

	path   string
	root   *node
	moment int
	under  map[*Call]begun // what is under way
}

type begun struct {
	n  *node
	at int
}

// node is a file or a folder.
type node struct {
	names map[string]past[*node] // a folder's; nil for a file. A nil node is none
	file
}

// NewDisk begins with an empty folder of this absolute path, which itself is sure.
func NewDisk(path string) *Disk {
	return &Disk{path: filepath.Clean(path), root: &node{names: map[string]past[*node]{}}, under: map[*Call]begun{}}
}

// Apply goes on by a step. The error is a call that nobody has described, or one that does not fit.
func (d *Disk) Apply(s Step) error {
	d.moment++
	switch s.Name {
	case "write", "pwrite", "truncate":
		return d.change(s)
	case "sync":
		d.sync(s)
		return nil
	}
	if !s.Ended || s.Err != 0 && !s.Happened {
		return nil
	}
	parent, name := d.folder(s.Path)
	if parent == nil {
		if to, _ := d.folder(s.To); to != nil {
			return fmt.Errorf("%s from %s, which is not watched", s.Name, s.Path)
		}
		return nil
	}
	is := parent.names[name].now()
	switch s.Name {
	case "open":
		if is == nil && s.Flags&syscall.O_CREAT != 0 {
			parent.name(name, d.moment, &node{})
		} else if s.Flags&syscall.O_TRUNC != 0 {
			is.resize(0, d.moment)
		}
	case "mkdir":
		parent.name(name, d.moment, &node{names: map[string]past[*node]{}})
	case "remove":
		parent.name(name, d.moment, nil)
	case "link", "rename":
		to, toName := d.folder(s.To)
		if to == nil || is == nil {
			return fmt.Errorf("%s of %s to %s does not fit", s.Name, s.Path, s.To)
		}
		to.name(toName, d.moment, is)
		if s.Name == "rename" {
			parent.name(name, d.moment, nil)
		}
	default:
		return fmt.Errorf("the call %s on %s is not described", s.Name, s.Path)
	}
	return nil
}

func (n *node) name(name string, at int, is *node) { n.names[name] = n.names[name].set(at, is) }

// change writes from the call's beginning on, as the system may write back a part at once. A call that fails has done
// nothing.
func (d *Disk) change(s Step) error {
	if s.Ended {
		b := d.under[s.Call]
		delete(d.under, s.Call)
		switch {
		case b.n == nil:
		case s.Happened:
		case s.Err != 0:
			b.n.undo(b.at)
		case s.Name != "truncate" && s.N != int64(len(s.Data)):
			return fmt.Errorf("%d bytes of %d were written to %s: that is not described", s.N, len(s.Data), s.Path)
		}
		return nil
	}
	n := d.node(s.Path)
	if n == nil || n.names != nil {
		return nil // an output, or a file of somebody else's
	}
	d.under[s.Call] = begun{n, d.moment}
	switch s.Name {
	case "write": // at the end: nobody here seeks
		n.write(s.Data, n.size.now().bytes, d.moment)
	case "pwrite":
		n.write(s.Data, s.Off, d.moment)
	case "truncate":
		n.resize(s.Size, d.moment)
	}
	return nil
}

// sync makes sure what was there when it began, once it has ended.
func (d *Disk) sync(s Step) {
	if d.Deaf != nil && d.Deaf(s.Call) {
		return
	}
	if !s.Ended {
		b := begun{d.node(s.Path), d.moment}
		for c, other := range d.under {
			if other.n == b.n && c.Name != "sync" {
				b.at = min(b.at, other.at-1) // what is being written may miss it
			}
		}
		d.under[s.Call] = b
		return
	}
	b := d.under[s.Call]
	delete(d.under, s.Call)
	if b.n == nil {
		return
	}
	if s.Err == 0 {
		for name, is := range b.n.names {
			b.n.names[name] = is.settle(b.at)
		}
		b.n.settle(b.at)
		return
	}
	if s.Err != syscall.EINTR { // EINTR: it never came so far
		b.n.lose(b.at)
	}
}

// folder gives the folder that a path is in, nil if it is not of this disk, and the name there.
func (d *Disk) folder(path string) (parent *node, name string) {
	if path == d.path {
		return nil, ""
	}
	return d.node(filepath.Dir(path)), filepath.Base(path)
}

// node gives what has a path now, nil if nothing has.
func (d *Disk) node(path string) *node {
	rest, ok := strings.CutPrefix(path+"/", d.path+"/")
	if !ok {
		return nil
	}
	n := d.root
	for _, name := range strings.Split(strings.TrimSuffix(rest, "/"), "/") {
		if name == "" {
			return n
		}
		if n = n.names[name].now(); n == nil {
			return nil
		}
	}
	return n
}
