package config

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// Boundaries tells in which municipality a point lies.
type Boundaries struct {
	areas []area
	// Missing lists the codes of the municipalities that the file has no boundary of.
	Missing []string
	// Unknown names the areas of the file that are no municipality of the pack.
	Unknown []string

	far bool // no municipality's centre lies in any outline
}

// area is a municipality's outline; a municipality may have several.
type area struct {
	code  string
	bound orb.Bound
	shape orb.MultiPolygon
	size  float64 // in square degrees: only to say which is the smaller
}

// ReadBoundaries reads a GeoJSON collection of polygons in WGS 84 and finds each one's municipality in the pack: by
// OKTMO (property "oktmo", "oktmo_2016", "OKTMO", …), else by name ("name", "name_ru", "name:ru", "official_name", …).
// Areas that are no municipality of the pack are left out, as such files often hold the neighbours too. It is an error
// when nothing in the file is of the pack.
func ReadBoundaries(path string, pack *Pack) (*Boundaries, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, Faults{{File: path, What: "boundaries: " + reason(err)}}
	}
	b, err := parseBoundaries(raw, pack)
	if err != nil {
		return nil, Faults{{File: path, What: "boundaries: " + err.Error()}}
	}
	return b, nil
}

// collection is as much of GeoJSON (RFC 7946) as boundaries need; orb's own reader brings a database driver along.
type collection struct {
	Type     string `json:"type"`
	Features []struct {
		Properties map[string]any `json:"properties"`
		Geometry   struct {
			Type        string          `json:"type"`
			Coordinates json.RawMessage `json:"coordinates"`
		} `json:"geometry"`
	} `json:"features"`
}

func parseBoundaries(raw []byte, pack *Pack) (*Boundaries, error) {
	var file collection
	if err := json.Unmarshal(unmarked(raw), &file); err != nil {
		return nil, fmt.Errorf("this is no GeoJSON collection: %w", err)
	}
	if file.Type != "FeatureCollection" {
		return nil, fmt.Errorf("this is no GeoJSON collection: its type is %q", file.Type)
	}
	b := &Boundaries{}
	names := namesOf(pack)
	found := map[string]bool{}
	for i, f := range file.Features {
		var shape orb.MultiPolygon
		var err error
		switch f.Geometry.Type {
		case "Polygon":
			shape = make(orb.MultiPolygon, 1)
			err = json.Unmarshal(f.Geometry.Coordinates, &shape[0])
		case "MultiPolygon":
			err = json.Unmarshal(f.Geometry.Coordinates, &shape)
		default:
			continue // points and lines stand in such files as well
		}
		if err == nil {
			err = onTheMap(shape)
		}
		if err != nil {
			return nil, fmt.Errorf("area %d (%s): %w", i+1, label(f.Properties), err)
		}
		code, ok := names.find(f.Properties)
		if !ok {
			b.Unknown = append(b.Unknown, label(f.Properties))
			continue
		}
		found[code] = true
		b.areas = append(b.areas, area{code: code, bound: shape.Bound(), shape: shape, size: planar.Area(shape)})
	}
	if len(b.areas) == 0 {
		return nil, fmt.Errorf("none of its %d areas is a municipality of the pack: want OKTMO codes or names as the pack has them", len(file.Features))
	}
	for _, m := range pack.Municipalities {
		if !found[m.Code] {
			b.Missing = append(b.Missing, m.Code)
		}
	}
	// A town that lies inside a district whose outline has no hole for it is found first.
	slices.SortStableFunc(b.areas, func(x, y area) int {
		switch {
		case x.size < y.size:
			return -1
		case x.size > y.size:
			return 1
		}
		return 0
	})
	if err := b.hold(pack); err != nil {
		return nil, err
	}
	return b, nil
}

// hold refuses outlines whose points begin with the latitude: they would find nothing, and say nothing. The municipalities'
// centres tell.
func (b *Boundaries) hold(pack *Pack) error {
	inside, swapped := 0, 0
	for _, m := range pack.Municipalities {
		if _, ok := b.At(m.Lat, m.Lon); ok {
			inside++
		}
		if _, ok := b.At(m.Lon, m.Lat); ok {
			swapped++
		}
	}
	if b.far = inside == 0; swapped > 2*inside {
		return fmt.Errorf("latitude and longitude are swapped: want the longitude first, as GeoJSON has it")
	}
	return nil
}

// Warnings tells what need not be wrong.
func (b *Boundaries) Warnings() (list []string) {
	if b.far {
		list = append(list, "no municipality's centre lies inside any boundary: hardly anything will be found by them")
	}
	if len(b.Missing) > 0 {
		list = append(list, "no boundary for "+strings.Join(b.Missing, ", "))
	}
	return list
}

// onTheMap refuses what is not in degrees: a file in metres would find nothing, and say nothing.
func onTheMap(shape orb.MultiPolygon) error {
	for _, polygon := range shape {
		if len(polygon) == 0 || len(polygon[0]) < 4 {
			return fmt.Errorf("an outline of fewer than four points")
		}
		for _, ring := range polygon {
			for _, p := range ring {
				if !within(p.Lat(), 90) || !within(p.Lon(), 180) {
					return fmt.Errorf("%v, %v is no point on the map: want degrees, WGS 84", p.Lon(), p.Lat())
				}
			}
		}
	}
	return nil
}

// At gives the municipality that a point (degrees, WGS 84) lies in; false outside of all.
func (b *Boundaries) At(lat, lon float64) (code string, ok bool) {
	p := orb.Point{lon, lat}
	for i := range b.areas {
		if a := &b.areas[i]; a.bound.Contains(p) && planar.MultiPolygonContains(a.shape, p) {
			return a.code, true
		}
	}
	return "", false
}

// municipalityNames finds a municipality by what a map calls it.
type municipalityNames struct {
	oktmo map[string]string
	name  map[string]string // by its folded name; "" where two have it
}

func namesOf(pack *Pack) municipalityNames {
	n := municipalityNames{oktmo: map[string]string{}, name: map[string]string{}}
	for _, m := range pack.Municipalities {
		n.oktmo[m.OKTMO] = m.Code
		for _, name := range []string{m.Name, m.Short, m.English, m.Code} {
			key := fold(name)
			if other, taken := n.name[key]; taken && other != m.Code {
				n.name[key] = ""
				continue
			}
			n.name[key] = m.Code
		}
	}
	return n
}

func (n municipalityNames) find(properties map[string]any) (string, bool) {
	for _, key := range []string{"oktmo", "oktmo_2016", "OKTMO", "oktmo:user", "oktmo_code"} {
		code := text(properties[key])
		if len(code) == 11 { // the municipality's own code with three zeros
			code = strings.TrimSuffix(code, "000")
		}
		if m := n.oktmo[code]; m != "" {
			return m, true
		}
	}
	for _, key := range []string{"code", "official_name", "official_name:ru", "name_ru", "name:ru", "name", "NAME", "name:en"} {
		if m := n.name[fold(text(properties[key]))]; m != "" {
			return m, true
		}
	}
	return "", false
}

func text(v any) string {
	switch x := v.(type) {
	case string:
		return strings.TrimSpace(x)
	case float64:
		return fmt.Sprintf("%.0f", x)
	}
	return ""
}

// fold gives a name without case, ё, and the words that maps add or leave out. «район» and «округ» become one: a
// district's status changes by law, and maps follow late.
func fold(name string) string {
	words := strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(name), "ё", "е"), func(r rune) bool { return r == ' ' || r == '\u00a0' })
	kept := words[:0]
	for _, w := range words {
		switch w {
		case "муниципальный", "городской", "город", "г.", "зато":
			continue
		case "округ":
			w = "район"
		}
		kept = append(kept, w)
	}
	if len(kept) > 1 && kept[0] == "район" { // «городской округ город Киров»
		kept = kept[1:]
	}
	return strings.Join(kept, " ")
}

func label(properties map[string]any) string {
	for _, key := range []string{"name_ru", "name:ru", "name", "NAME", "oktmo", "OKTMO"} {
		if s := text(properties[key]); s != "" {
			return s
		}
	}
	return "without a name"
}

// Shape gives the outline of a municipality, lon and lat in degrees; nil where the file has none.
func (b *Boundaries) Shape(code string) (shape orb.MultiPolygon) {
	for _, a := range b.areas {
		if a.code == code {
			shape = append(shape, a.shape...)
		}
	}
	return shape
}
