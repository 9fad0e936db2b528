package picture

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"testing"
)

func FuzzPut(f *testing.F) {
	f.Add(jpegOf(f, drawing40()))
	f.Add(behindStart(jpegOf(f, drawing40()), segment(0xe1, exif("MM", 6))))
	f.Add(pngOf(f, drawing40()))
	for _, text := range []string{lossy, lossless} {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, err := headOf(bytes.NewReader(raw))
		if err == nil && h.cost() > 32<<20 {
			return // it is allowed, and takes long
		}
		got, err := redraw(t.Context(), raw)
		if err != nil {
			if !errors.Is(err, ErrNone) {
				t.Fatal(err)
			}
			return
		}
		first, _, err := image.DecodeConfig(bytes.NewReader(got))
		if err != nil {
			t.Fatal(err)
		}
		again, err := redraw(t.Context(), got)
		if err != nil {
			t.Fatal(err)
		}
		if second, _, err := image.DecodeConfig(bytes.NewReader(again)); err != nil || fmt.Sprint(second.Width, second.Height) != fmt.Sprint(first.Width, first.Height) {
			t.Fatalf("drawn again it is another: %v, %v, %v", first, second, err)
		}
	})
}

// BenchmarkPut draws a phone's photo anew, beside decoding it only.
func BenchmarkPut(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 4000, 3000))
	for i := range img.Pix {
		img.Pix[i] = uint8(i*7 + i>>12)
	}
	raw := jpegOf(b, img)
	turned := behindStart(raw, segment(0xe1, exif("MM", 6)))
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			if _, err := jpeg.Decode(bytes.NewReader(raw)); err != nil {
				b.Fatal(err)
			}
		}
	})
	for name, raw := range map[string][]byte{"upright": raw, "turned": turned} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := redraw(b.Context(), raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
