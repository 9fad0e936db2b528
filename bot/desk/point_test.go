package desk

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"otklik/bot"
)

func TestCoordinates(t *testing.T) {
	for text, want := range map[string][2]float64{
		"58.6035, 49.6680":      {58.6035, 49.668},
		" 58.6035 49.6680\n":    {58.6035, 49.668},
		"58,6035 49,6680":       {58.6035, 49.668},
		"58.6035;49.6680":       {58.6035, 49.668},
		"58.6035°N, 49.6680°E":  {58.6035, 49.668},
		"N 58.6035 E 49.6680":   {58.6035, 49.668},
		"-33.8688, 151.2093":    {-33.8688, 151.2093},
		"58.603500000001, 49.6": {58.603500000001, 49.6},
	} {
		lat, lon, ok := Coordinates(text)
		if !ok || lat != want[0] || lon != want[1] {
			t.Errorf("%q: %v, %v, %v", text, lat, lon, ok)
		}
	}
	for _, text := range []string{"", "12, 5", "дом 58.6, 49.6", "58.6", "99.5, 10.5", "58.6, 190.5", "58.6, 49.6, 7.1", "1.5 2", "т. 58.6 49.6"} {
		if _, _, ok := Coordinates(text); ok {
			t.Errorf("%q is no point", text)
		}
	}
}

func FuzzCoordinates(f *testing.F) {
	f.Add("58.6035, 49.6680")
	f.Add("N 58,6 E 49,6")
	f.Fuzz(func(t *testing.T, text string) {
		if lat, lon, ok := Coordinates(text); ok && !onEarth(lat, lon) {
			t.Errorf("%q: %v, %v", text, lat, lon)
		}
	})
}

func FuzzMeasure(f *testing.F) {
	f.Add(picture(8, 8, 1))
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x07\xc0\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x0f\x00\x00\x0f\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if kind, w, h, err := measure(b); err == nil && (w <= 0 || h <= 0 || w*h > maxPixels || !strings.HasPrefix(kind, "image/")) {
			t.Errorf("%s %d × %d", kind, w, h)
		}
	})
}

// FuzzHeard: whatever a page sends, what becomes of it is clean and within bounds.
func FuzzHeard(f *testing.F) {
	d, err := New(Options{Chairs: office, Keeper: &memory{}, Blobs: &album{}, Log: quiet()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"key":"key-00001","text":"яма","location":{"lat":58.6,"lon":49.6,"title":"Киров"},"photos":[],"reply":"1"}`))
	f.Add([]byte(`{"key":"key-00001","text":"58.6, 49.6"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/desk/chairs/anna/say", strings.NewReader(string(body)))
		r.SetPathValue("chair", "anna")
		_, s, err := d.heard(r)
		if err != nil {
			return
		}
		rec, err := d.compose(s)
		if err != nil {
			return
		}
		if rec.Text != bot.Clean(rec.Text) || units(rec.Text) > d.Limits().Text {
			t.Errorf("text %q", rec.Text)
		}
		if l := rec.Location; l != nil && (!onEarth(l.Lat, l.Lon) || l.Title != bot.Clean(l.Title)) {
			t.Errorf("location %+v", l)
		}
		if _, err := json.Marshal(viewOf(rec)); err != nil {
			t.Error(err)
		}
	})
}
