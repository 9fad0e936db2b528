package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func square(west, south, east, north string) string {
	return `[[` + strings.Join([]string{"[" + west + "," + south + "]", "[" + east + "," + south + "]", "[" + east + "," + north + "]",
		"[" + west + "," + north + "]", "[" + west + "," + south + "]"}, ",") + `]]`
}

func areas(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func feature(properties, coordinates string) string {
	return `{"type":"Feature","properties":{` + properties + `},"geometry":{"type":"Polygon","coordinates":` + coordinates + `}}`
}

func TestAPointIsInTheSmallestAreaThatHoldsIt(t *testing.T) {
	pack := builtIn(t)
	file := write(t, "areas.geojson", areas(
		feature(`"name":"Слободской район"`, square("49", "58", "52", "60")),
		feature(`"name":"городской округ Слободской"`, square("50", "58.5", "50.5", "59")),
		feature(`"oktmo":33620000`, square("40", "50", "41", "51")),
		feature(`"OKTMO":"33637000000"`, square("41", "50", "42", "51")),
		feature(`"name":"Арбажский район"`, square("42", "50", "43", "51")),
		feature(`"name":"Шарьинский район"`, square("43", "50", "44", "51")),
		`{"type":"Feature","properties":{"name":"Киров"},"geometry":{"type":"Point","coordinates":[49.6,58.6]}}`,
	))
	b, err := ReadBoundaries(file, pack)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		lat, lon float64
		want     string
	}{
		{58.7, 50.2, "slobodskoy"}, {59.5, 50.2, "slobodskoy-raion"}, {50.5, 40.5, "kumensky"}, {50.5, 41.5, "sunsky"},
		{50.5, 42.5, "arbazhsky"}, {50.5, 43.5, ""}, {58.6, 49.6, "slobodskoy-raion"}, {0, 0, ""},
	} {
		if got, ok := b.At(tt.lat, tt.lon); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%v, %v is in %q, want %q", tt.lat, tt.lon, got, tt.want)
		}
	}
	if !slices.Equal(b.Unknown, []string{"Шарьинский район"}) {
		t.Errorf("unknown: %v", b.Unknown)
	}
	if len(b.Missing) != len(pack.Municipalities)-5 || !slices.Contains(b.Missing, "kirov") {
		t.Errorf("missing: %v", b.Missing)
	}
}

func TestAFileThatIsNoBoundariesIsRefused(t *testing.T) {
	pack := builtIn(t)
	for name, tt := range map[string]struct{ text, want string }{
		"not JSON":        {"boundaries", "no GeoJSON collection"},
		"another region":  {areas(feature(`"name":"Шарьинский район"`, square("43", "50", "44", "51"))), "none of its 1 areas"},
		"metres":          {areas(feature(`"oktmo":"33620000"`, square("430000", "5000000", "440000", "5100000"))), "no point on the map"},
		"an empty ring":   {areas(feature(`"oktmo":"33620000"`, "[[]]")), "fewer than four points"},
		"nothing":         {"", "no GeoJSON collection"},
		"another type":    {`{"type":"Topology"}`, "no GeoJSON collection"},
		"a null geometry": {`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"oktmo":"33620000"},"geometry":null}]}`, "none of its 1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadBoundaries(write(t, "x.geojson", tt.text), pack)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "x.geojson") {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := ReadBoundaries("/nowhere.geojson", pack); err == nil {
		t.Error("a missing file is taken")
	}
}

// TestSwappedDegreesAreSeen: an outline that begins with the latitude finds nothing, and says nothing.
func TestSwappedDegreesAreSeen(t *testing.T) {
	pack := builtIn(t)
	for name, tt := range map[string]struct {
		text, fault, note string
	}{
		"in order":    {areas(feature(`"name":"Слободской район"`, square("49", "58", "52", "60"))), "", ""},
		"swapped":     {areas(feature(`"name":"Слободской район"`, square("58", "49", "60", "52"))), "swapped", ""},
		"one of many": {areas(feature(`"name":"Слободской район"`, square("49", "57", "52", "60")), feature(`"name":"Арбажский район"`, square("57", "47", "58", "49"))), "", ""},
		"elsewhere":   {areas(feature(`"name":"Слободской район"`, square("1", "1", "2", "2"))), "", "no municipality's centre"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := ReadBoundaries(write(t, "x.geojson", tt.text), pack)
			if (err == nil) != (tt.fault == "") || err != nil && !strings.Contains(err.Error(), tt.fault) {
				t.Fatalf("got %v, want %q", err, tt.fault)
			}
			if err != nil {
				return
			}
			if got := strings.Join(b.Warnings(), "\n"); !strings.Contains(got, tt.note) || strings.Contains(got, "centre") != (tt.note != "") {
				t.Errorf("got %s, want %q", got, tt.note)
			}
		})
	}
}

// shared gives a file of the folder beside the project, and skips the test where there is none.
func shared(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join("..", "..", "shared", "data", name)
	if _, err := os.Stat(file); err != nil {
		t.Skipf("needs %s, which is not part of the project", file)
	}
	return file
}

func TestTheBoundariesOfKirovOblastAgreeWithThePack(t *testing.T) {
	pack := builtIn(t)
	b, err := ReadBoundaries(shared(t, "kirov_boundaries.geojson"), pack)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Missing)+len(b.Unknown) > 0 || len(b.areas) != 45 {
		t.Errorf("%d areas, missing %v, unknown %v", len(b.areas), b.Missing, b.Unknown)
	}
	// Four districts have their centre in a town that is a municipality of its own.
	elsewhere := map[string]string{"vyatskopolyansky": "vyatskie-polyany", "kirovo-chepetsky": "kirovo-chepetsk",
		"kotelnichsky": "kotelnich", "slobodskoy-raion": "slobodskoy"}
	agree := 0
	for _, m := range pack.Municipalities {
		want := m.Code
		if town := elsewhere[m.Code]; town != "" {
			want = town
		}
		if got, _ := b.At(m.Lat, m.Lon); got == want {
			agree++
		} else {
			t.Errorf("the centre of %s lies in %q, want %q", m.Code, got, want)
		}
	}
	t.Logf("%d of %d centres lie where the pack says", agree, len(pack.Municipalities))
}

func BenchmarkAt(b *testing.B) {
	pack, err := Default()
	if err != nil {
		b.Fatal(err)
	}
	bounds, err := ReadBoundaries(filepath.Join("..", "..", "shared", "data", "kirov_boundaries.geojson"), pack)
	if err != nil {
		b.Skip(err)
	}
	for b.Loop() {
		bounds.At(58.6, 49.66)
	}
}
