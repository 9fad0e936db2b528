package place

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"otklik/config"
)

func outlines(t testing.TB, pack *config.Pack) *config.Boundaries {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "kirov_boundaries.geojson")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the boundaries are not beside the project: ", path)
	}
	b, err := config.ReadBoundaries(path, pack)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var outside = []struct {
	name     string
	lat, lon float64
	near     bool // nearer to a centre than the region's farthest corner: without boundaries it is taken for the region
}{
	{"Moscow", 55.7558, 37.6176, false}, {"Perm", 58.0105, 56.2502, false}, {"Kazan", 55.7963, 49.1088, false},
	{"Yoshkar-Ola", 56.6388, 47.8908, true}, {"Izhevsk", 56.8528, 53.2115, false}, {"Syktyvkar", 61.6688, 50.8364, false},
	{"Nizhny Novgorod", 56.3269, 44.0059, false}, {"Kostroma", 57.7677, 40.9264, false}, {"null island", 0, 0, false},
	{"no number", math.NaN(), 49, false}, {"no latitude", 158, 49, false}, {"infinite", math.Inf(1), math.Inf(-1), false},
}

func TestWithoutBoundariesANearestCentreIsToBeConfirmed(t *testing.T) {
	pack := builtIn(t)
	f := New(pack, nil)
	for _, m := range pack.Municipalities {
		spot, ok := f.At(m.Lat+0.001, m.Lon+0.001)
		if !ok || spot.Certain || spot.DistanceKm > 0.2 {
			t.Errorf("the centre of %s: %+v, %v", m.Code, spot, ok)
		}
		// Four districts have their centre in a town of its own: the town's people are more.
		own := pack.Municipality(spot.Municipality)
		if own.Centre != m.Centre || m.Lat == own.Lat && own.Code != m.Code && !isUrban(own) {
			t.Errorf("the centre of %s is given to %s", m.Code, own.Code)
		}
	}
	for _, o := range outside {
		if spot, ok := f.At(o.lat, o.lon); ok != o.near {
			t.Errorf("%s: %+v, %v", o.name, spot, ok)
		}
	}
}

func TestWithBoundariesAPointIsCertain(t *testing.T) {
	pack := builtIn(t)
	f := New(pack, outlines(t, pack))
	for _, m := range pack.Municipalities {
		spot, ok := f.At(m.Lat, m.Lon)
		if !ok || !spot.Certain {
			t.Errorf("the centre of %s: %+v, %v", m.Code, spot, ok)
			continue
		}
		if spot.Municipality != m.Code && !isUrban(pack.Municipality(spot.Municipality)) {
			t.Errorf("the centre of %s lies in %s", m.Code, spot.Municipality)
		}
	}
	for _, o := range outside {
		if spot, ok := f.At(o.lat, o.lon); ok {
			t.Errorf("%s: %+v", o.name, spot)
		}
	}
}

func TestDistrictsWhoseCentreLiesOutsideThem(t *testing.T) {
	pack := builtIn(t)
	f := New(pack, outlines(t, pack))
	for _, row := range []struct{ district, town string }{
		{"vyatskopolyansky", "vyatskie-polyany"}, {"kirovo-chepetsky", "kirovo-chepetsk"}, {"kotelnichsky", "kotelnich"}, {"slobodskoy-raion", "slobodskoy"},
	} {
		m := pack.Municipality(row.district)
		if spot, _ := f.At(m.Lat, m.Lon); spot.Municipality != row.town {
			t.Errorf("the centre of %s lies in %s, want %s", row.district, spot.Municipality, row.town)
		}
		// Somewhere around the town the district begins.
		seen := false
		for d := 0.02; d < 0.3 && !seen; d += 0.01 {
			for a := 0.0; a < 6.3 && !seen; a += 0.5 {
				spot, ok := f.At(m.Lat+d*math.Sin(a), m.Lon+2*d*math.Cos(a))
				seen = ok && spot.Certain && spot.Municipality == row.district
			}
		}
		if !seen {
			t.Errorf("%s is nowhere around its centre", row.district)
		}
	}
}

// square is a region of one square degree.
type square struct{ west, south float64 }

func (s square) At(lat, lon float64) (string, bool) {
	return "kirov", lat >= s.south && lat <= s.south+1 && lon >= s.west && lon <= s.west+1
}

func TestAPointJustOutsideASimplifiedOutlineIsToBeConfirmed(t *testing.T) {
	f := New(builtIn(t), square{49.4, 58.2}) // Kirov is in it
	for _, row := range []struct {
		rule        string
		lat, lon    float64
		in, certain bool
	}{
		{"inside", 58.6, 49.7, true, true},
		{"a kilometre outside", 58.6, 49.385, true, false},
		{"ten kilometres outside, nearest to Kirov", 58.6, 49.29, false, false},
		{"where the file has no outline, the nearest centre is asked about", 57.3, 47.85, true, false},
	} {
		spot, ok := f.At(row.lat, row.lon)
		if ok != row.in || spot.Certain != row.certain && ok {
			t.Errorf("%s: %+v, %v", row.rule, spot, ok)
		}
	}
}
