package config

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	_ "time/tzdata" // a pack names its time zone; the machine may know none
)

// The built-in pack as Load gives it from kirov.yaml, which takes many times as long to read; a test holds the two
// together, and its -update writes kirov.json anew.
//
//go:embed kirov.json
var builtin []byte

//go:embed kirov_settlements.tsv
var builtinSettlements string

// Default gives the built-in pack: Kirov Oblast.
func Default() (*Pack, error) {
	p := new(Pack)
	if err := json.Unmarshal(builtin, p); err != nil {
		return nil, fmt.Errorf("the built-in region pack: %w", err)
	}
	faults := p.readSettlements("kirov_settlements.tsv", builtinSettlements)
	p.build()
	return p, faults.Err()
}

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
			d.faults = append(d.faults, p.readSettlements(list, string(unmarked(raw)))...)
		}
	}
	if d.lines[""] != 0 { // what is no YAML at all has one fault, not a hundred
		p.build()
		check(p, d)
	}
	// The pack's own first: what is wrong in its list often follows from them.
	own, others := Faults{}, Faults{}
	for _, f := range d.faults {
		if f.File == file {
			own = append(own, f)
		} else {
			others = append(others, f)
		}
	}
	if err := append(own, others...).Err(); err != nil {
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
