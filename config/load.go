package config

import (
	"bufio"
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed kirov.yaml kirov_settlements.tsv
var builtin embed.FS

// Default gives the built-in pack: Kirov Oblast.
func Default() (*Pack, error) { return load(builtin, "kirov.yaml") }

// Load reads a pack from a file; the list of settlements that it names stands beside it.
func Load(file string) (*Pack, error) {
	return load(os.DirFS(filepath.Dir(file)), filepath.Base(file))
}

type packFile struct {
	Pack `yaml:",inline"`
	List string `yaml:"settlements"`
}

func load(fsys fs.FS, name string) (*Pack, error) {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("region pack: %w", err)
	}
	var f packFile
	if err := yaml.UnmarshalWithOptions(raw, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("region pack %s: %w", name, err)
	}
	p := f.Pack
	if f.List != "" {
		raw, err := fs.ReadFile(fsys, path.Join(path.Dir(name), f.List))
		if err != nil {
			return nil, fmt.Errorf("region pack %s: settlements: %w", name, err)
		}
		lines := bufio.NewScanner(bytes.NewReader(raw))
		for n := 1; lines.Scan(); n++ {
			line := lines.Text()
			if line == "" || line[0] == '#' {
				continue
			}
			parts := strings.Split(line, "\t")
			if len(parts) != 4 {
				return nil, fmt.Errorf("%s:%d: want code, type, name, municipality, divided by tabs", f.List, n)
			}
			p.Settlements = append(p.Settlements, Settlement{OKTMO: parts[0], Type: parts[1], Name: parts[2], Municipality: parts[3]})
		}
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", f.List, err)
		}
	}
	p.build()
	return &p, nil
}
