package picture

import (
	"bytes"
	"errors"
	"image/png"
	"testing"
)

// where is what a telephone writes into a photo: nobody else may read it.
const where = "GPS 58.6036 49.6680"

// placed gives a photo with a place in it, as each format has it: by EXIF, XMP, a comment and what stands behind the
// picture.
func placed(raw []byte) (list [][]byte) {
	switch {
	case bytes.HasPrefix(raw, []byte{0xff, 0xd8}):
		list = append(list, behindStart(raw, segment(0xe1, exif("II", 6)+where)), behindStart(raw, segment(0xe1, exif("MM", 1)+where)),
			behindStart(raw, segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+where)+segment(0xed, where)+segment(0xfe, where)+segment(0xef, where)))
		if bytes.HasSuffix(raw, []byte{0xff, 0xd9}) {
			list = append(list, append(append(bytes.Clone(raw[:len(raw)-2]), segment(0xe1, "Exif\x00\x00"+where)...), 0xff, 0xd9))
		}
	case bytes.HasPrefix(raw, pngHead):
		texts := chunk("tEXt", "Comment\x00"+where) + chunk("eXIf", where) + chunk("iTXt", where) + chunk("zTXt", where) + chunk("prVt", where)
		list = append(list, append([]byte(string(pngHead)+texts), raw[len(pngHead):]...))
		if at := bytes.Index(raw, []byte("\x00\x00\x00\x00IEND")); at > 0 {
			list = append(list, append(append(bytes.Clone(raw[:at]), texts...), raw[at:]...))
		}
	case len(raw) > 12 && bytes.HasPrefix(raw, []byte("RIFF")):
		list = append(list, riff(part("EXIF", where)+string(raw[12:])), riff(string(raw[12:])+part("EXIF", where)+part("XMP ", where)+part("GPS ", where)))
	}
	return append(list, append(bytes.Clone(raw), where...))
}

// What is made of a photo is a photo still, cleaned again it is the same, and nothing in it tells where it was taken.
func FuzzClean(f *testing.F) {
	f.Add(jpegOf(f))
	f.Add(behindStart(jpegOf(f), segment(0xe1, exif("MM", 6))))
	f.Add(behindStart(jpegOf(f), "\xff\xff"+segment(0xe0, "JFIF\x00")+segment(0xe2, "ICC_PROFILE\x00\x01\x01x")))
	f.Add(riff(part("VP8L", "\x2f\x00\x00\x00\x00abc")))
	f.Add(riff(part("VP8X", "\x0c\x00\x00\x00\x01\x00\x00\x01\x00\x00") + part("VP8L", "\x2f\x00\x00\x00\x00abc")))
	f.Add([]byte(string(pngHead) + chunk("IHDR", "x") + chunk("IEND", "")))
	var b bytes.Buffer
	if err := png.Encode(&b, drawing()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		if bytes.Contains(raw, []byte(where[:8])) {
			return // it may stand in the picture itself
		}
		if _, err := Clean(raw); err != nil && !errors.Is(err, ErrNone) {
			t.Fatal(err)
		} else if err != nil {
			return // behind what is cut off, anything may be taken for the picture
		}
		for i, one := range append([][]byte{raw}, placed(raw)...) {
			got, err := Clean(one)
			if err != nil {
				if !errors.Is(err, ErrNone) {
					t.Fatal(err)
				}
				continue
			}
			if len(got) > len(one)+room {
				t.Fatalf("%d bytes became %d", len(one), len(got))
			}
			if again, err := Clean(got); err != nil || !bytes.Equal(again, got) {
				t.Fatalf("cleaned again it is another: %v", err)
			}
			if i > 0 && bytes.Contains(got, []byte(where)) {
				t.Fatalf("it tells where it was taken, in the way %d:\n%q", i, got)
			}
		}
	})
}
