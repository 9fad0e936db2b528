package chart

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

type drawn interface{ PNG() ([]byte, error) }

func samples(t testing.TB) map[string]drawn {
	return map[string]drawn{
		"trend": sampleTrend(), "bars": sampleBars(t), "shares": sampleShares(), "grid": sampleGrid(t), "dots": sampleMap(t),
		"empty": Trend{Head: Head{Title: "Обращения по неделям", Empty: "нет данных"}},
	}
}

func draws(t testing.TB, c drawn) []byte {
	t.Helper()
	out, err := c.PNG()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func decoded(t testing.TB, raw []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// TestPicturesAreAsTheyWere compares pixels, not bytes: processors round differently, and so may a compressor's next version.
func TestPicturesAreAsTheyWere(t *testing.T) {
	for name, c := range samples(t) {
		raw := draws(t, c)
		if len(raw) > 90_000 {
			t.Errorf("%s has %d bytes: too many for a slow line", name, len(raw))
		}
		path := filepath.Join("testdata", name+".png")
		if *update {
			if err := os.WriteFile(path, raw, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if off := differing(decoded(t, raw), decoded(t, want)); off > 0.0005 {
			t.Errorf("%s: %.2f %% of its pixels are not as they were; look at it, then -update", name, off*100)
		}
	}
}

// differing gives the share of pixels that differ by more than a rounding.
func differing(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return 1
	}
	r, n := a.Bounds(), 0
	for y := range r.Dy() {
		for x := range r.Dx() {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if apart(r1, r2) || apart(g1, g2) || apart(b1, b2) {
				n++
			}
		}
	}
	return float64(n) / float64(r.Dx()*r.Dy())
}

func apart(a, b uint32) bool { return max(a, b)-min(a, b) > 24<<8 }

func TestTheSameFiguresGiveTheSamePicture(t *testing.T) {
	first, second := samples(t), samples(t)
	for name := range first {
		if !bytes.Equal(draws(t, first[name]), draws(t, second[name])) {
			t.Errorf("%s was drawn otherwise the second time", name)
		}
	}
}

// TestLook writes the samples for the eye, as they are, where OTKLIK_CHARTS names a folder.
func TestLook(t *testing.T) {
	dir := os.Getenv("OTKLIK_CHARTS")
	if dir == "" {
		t.Skip("OTKLIK_CHARTS names no folder")
	}
	all := samples(t)
	if m, ok := withShapes(t); ok {
		all["map"] = m
	}
	for name, c := range all {
		raw := draws(t, c)
		t.Log(name, len(raw), decoded(t, raw).Bounds().Max)
		if err := os.WriteFile(filepath.Join(dir, name+".png"), raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
