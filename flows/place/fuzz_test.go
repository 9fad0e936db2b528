package place

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzPlaces gives anything at all to the three that read what people write.
func FuzzPlaces(f *testing.F) {
	pack := builtIn(f)
	finder := New(pack, nil)
	for _, s := range []string{
		"Яма у дома 12 на Ленина", "Киров, Октябрьский проспект 25", "с. Верхняя Тойма, Ленина 5", "ул. 60 лет Октября, д. 3 корп. 2", "дом", "ул.", "просп",
		"58°36'12\"N 49°40'4\"E", "58,6 49,6", "https://yandex.ru/maps/?pt=49.66,58.60", "\xd0 ул. \xff 5", "д д д 5 5 к к", "район район Куменский район",
		"на улице а 5 а к 5", "1-я 2-я ул. 3-я", "İ. ул. ǅ 5", strings.Repeat("ул. ", 900), strings.Repeat("в Кирове, ", 300),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range []Result{finder.Find(text), finder.Answer(text)} {
			if r.Municipality != "" && pack.Municipality(r.Municipality) == nil {
				t.Fatalf("there is no municipality %q", r.Municipality)
			}
			for i, c := range r.Candidates {
				if s, ok := finder.Settlement(c.Settlement.OKTMO); !ok || s != c.Settlement || s.Name != r.Candidates[0].Settlement.Name {
					t.Fatalf("candidate %d is %+v", i, c)
				}
			}
			if r.Certain && (r.Municipality == "" || len(r.Candidates) > 1) || len(r.Candidates) == 1 && r.Municipality != r.Candidates[0].Settlement.Municipality {
				t.Fatalf("%+v", r)
			}
			if !utf8.ValidString(r.Street+r.House) || r.House != "" && !strings.ContainsAny(r.House, "123456789") {
				t.Fatalf("the street is %q, the house %q", r.Street, r.House)
			}
		}
		if lat, lon, ok := finder.Coordinates(text); ok && !(math.Abs(lat) <= 90 && math.Abs(lon) <= 180) {
			t.Fatalf("%v, %v", lat, lon)
		}
	})
}
