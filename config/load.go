package config

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	_ "time/tzdata" // a pack names its time zone; the machine may know none
	"unicode/utf8"
)

//go:embed kirov.yaml kirov_settlements.tsv
var builtin embed.FS

// Default gives the built-in pack: Kirov Oblast.
func Default() (*Pack, error) { return load("kirov.yaml", builtin.ReadFile) }

// Load reads a pack from a file. The list of settlements that it names stands where the path says, seen from the file.
// The error is Faults: everything that is wrong in both, with file and line.
func Load(file string) (*Pack, error) { return load(file, os.ReadFile) }

// packFile is a pack as it stands in its file.
type packFile struct {
	Pack `yaml:",inline"`
	List string `yaml:"settlements"`
}

// load reads a pack with all that it names through read.
func load(file string, read func(name string) ([]byte, error)) (*Pack, error) {
	raw, err := read(file)
	if err != nil {
		return nil, Faults{{File: file, What: reason(err)}}
	}
	var f packFile
	d := decodeYAML(file, raw, &f)
	p := &f.Pack
	if f.List != "" {
		list := f.List
		if !filepath.IsAbs(list) {
			list = filepath.Join(filepath.Dir(file), list)
		}
		if raw, err = read(list); err != nil {
			d.fault(d.at("settlements"), "settlements: cannot read %s: %s", list, reason(err))
		} else {
			d.faults = append(d.faults, p.readSettlements(list, string(raw))...)
		}
	}
	if d.lines[""] != 0 { // what is no YAML at all has one fault, not a hundred
		p.build()
		check(p, d)
	}
	if err := d.faults.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// reason gives an error of the file system without the path, which its reader knows.
func reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "there is no such file"
	}
	var inPath *fs.PathError
	if errors.As(err, &inPath) {
		return inPath.Err.Error()
	}
	return err.Error()
}

// readSettlements reads the list: a line is OKTMO, type, name and municipality, divided by tabs; "#" begins a remark.
func (p *Pack) readSettlements(file, text string) (faults Faults) {
	known := map[string]bool{}
	for i := range p.Municipalities {
		known[p.Municipalities[i].Code] = true
	}
	first := map[string]int{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fault := func(what string) { faults = append(faults, Fault{File: file, Line: n, What: what}) }
		parts := strings.Split(line, "\t")
		if len(parts) != 4 || !utf8.ValidString(line) {
			fault("want four columns divided by tabs: code, type, name, municipality")
			continue
		}
		s := Settlement{OKTMO: strings.TrimSpace(parts[0]), Type: strings.TrimSpace(parts[1]), Name: strings.TrimSpace(parts[2]),
			Municipality: strings.TrimSpace(parts[3])}
		if !digits(s.OKTMO, 11) {
			fault("settlement code " + quote(s.OKTMO) + ": want eleven digits")
		} else if before := first[s.OKTMO]; before != 0 {
			fault("settlement code " + s.OKTMO + " stands here a second time; the first is in line " + itoa(before))
		} else {
			first[s.OKTMO] = n
		}
		if s.Name == "" {
			fault("a settlement without a name")
		}
		if !known[s.Municipality] {
			fault("no municipality " + quote(s.Municipality) + " in the pack")
		}
		p.Settlements = append(p.Settlements, s)
	}
	return faults
}
