package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
)

func drawing() image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for i := range 40 {
		img.Set(i, i/2, color.RGBA{uint8(i * 6), 200, 30, 255})
	}
	return img
}

func jpegOf(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawing(), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// segment makes one of a JPEG.
func segment(marker byte, body string) string {
	return string([]byte{0xff, marker}) + string(binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))) + body
}

// exif says which way up, in a byte order, and where it was taken.
func exif(order string, turned byte) string {
	if order == "II" {
		return "Exif\x00\x00II\x2a\x00\x08\x00\x00\x00\x02\x00" + "\x0f\x01\x02\x00\x06\x00\x00\x00SECRET\x00\x00"[:12] + "\x12\x01\x03\x00\x01\x00\x00\x00" + string([]byte{turned, 0, 0, 0}) + "\x00\x00\x00\x00 GPS 58.6036 SECRET"
	}
	return "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01" + "\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string([]byte{turned, 0, 0}) + "\x00\x00\x00\x00 GPS 58.6036 SECRET"
}

func behindStart(jpeg []byte, segments string) []byte {
	return append(append([]byte{0xff, 0xd8}, segments...), jpeg[2:]...)
}

func TestAJPEGLosesWhatStandsBesideIt(t *testing.T) {
	bare := jpegOf(t)
	for name, raw := range map[string][]byte{
		"nothing":        bare,
		"EXIF":           behindStart(bare, segment(0xe1, exif("II", 1))),
		"XMP":            behindStart(bare, segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00SECRET")),
		"IPTC":           behindStart(bare, segment(0xed, "Photoshop 3.0\x00SECRET")),
		"a comment":      behindStart(bare, segment(0xfe, "SECRET")),
		"several photos": behindStart(bare, segment(0xe2, "MPF\x00SECRET")),
		"a maker's":      behindStart(bare, segment(0xe4, "SECRET")+segment(0xeb, "SECRET")),
		"a video behind": append(bytes.Clone(bare), "\x00\x00\x00\x18ftypmp42SECRET"...),
		"a second JPEG":  append(bytes.Clone(bare), behindStart(bare, segment(0xfe, "SECRET"))...),
		"fill bytes":     behindStart(bare, "\xff\xff"+segment(0xfe, "SECRET")),
	} {
		got, err := Clean(raw)
		if err != nil || !bytes.Equal(got, bare) {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), len(bare), err)
		}
	}
}

func TestWhichWayUpAPhotoIsStays(t *testing.T) {
	bare := jpegOf(t)
	for _, order := range []string{"II", "MM"} {
		for turned := byte(1); turned <= 8; turned++ {
			got, err := Clean(behindStart(bare, segment(0xe1, exif(order, turned))))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(got, []byte("SECRET")) || bytes.Contains(got, []byte("GPS")) {
				t.Errorf("%s %d: it still tells", order, turned)
			}
			at := bytes.Index(got, exifHead)
			if turned == 1 && at >= 0 || turned > 1 && (at < 0 || orientation(got[at+len(exifHead):], 0) != int(turned)) {
				t.Errorf("%s %d: % x", order, turned, got[:40])
			}
			if _, err := jpeg.Decode(bytes.NewReader(got)); err != nil {
				t.Errorf("%s %d: %v", order, turned, err)
			}
			if again, err := Clean(got); err != nil || !bytes.Equal(again, got) {
				t.Errorf("%s %d: cleaned again it is another", order, turned)
			}
		}
	}
}

func TestColoursStay(t *testing.T) {
	bare := jpegOf(t)
	for _, keep := range []string{segment(0xe0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00"), segment(0xe2, "ICC_PROFILE\x00\x01\x01colours"), segment(0xee, "Adobe\x00\x64\x00\x00\x00\x00\x01")} {
		raw := behindStart(bare, keep)
		if got, err := Clean(raw); err != nil || !bytes.Equal(got, raw) {
			t.Errorf("%q is gone: %v", keep[4:9], err)
		}
	}
}

func chunk(kind, body string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

func TestAPNGLosesItsTexts(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, drawing()); err != nil {
		t.Fatal(err)
	}
	bare := b.Bytes()
	head := 8 + 25 // the signature and IHDR
	raw := append(bytes.Clone(bare[:head]), chunk("tEXt", "Author\x00SECRET")+chunk("eXIf", "SECRET")+chunk("iTXt", "SECRET")+chunk("tIME", "SECRET7")+chunk("prVt", "SECRET")...)
	raw = append(append(raw, bare[head:]...), "SECRET behind"...)
	if got, err := Clean(raw); err != nil || !bytes.Equal(got, bare) {
		t.Errorf("%d bytes of %d, %v", len(got), len(bare), err)
	}
	kept := append(append(bytes.Clone(bare[:head]), chunk("gAMA", "\x00\x00\xb1\x8f")...), bare[head:]...)
	if got, err := Clean(kept); err != nil || !bytes.Equal(got, kept) {
		t.Errorf("its colours are gone: %v", err)
	}
	bad := bytes.Clone(bare)
	bad[head+9] ^= 1
	if _, err := Clean(bad); !errors.Is(err, ErrNone) {
		t.Errorf("a damaged one: %v", err)
	}
}

func riff(chunks string) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(chunks)+4)), "WEBP"+chunks...)
}

func part(kind, body string) string {
	b := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body)))
	if len(body)%2 == 1 {
		body += "\x00"
	}
	return string(b) + body
}

func TestAWebPLosesItsEXIF(t *testing.T) {
	picture := part("VP8L", "\x2f\x00\x00\x00\x00abc")
	raw := riff(part("VP8X", "\x0c\x00\x00\x00\x01\x00\x00\x01\x00\x00") + picture + part("EXIF", "SECRET") + part("XMP ", "SECRET"))
	want := riff(part("VP8X", "\x00\x00\x00\x00\x01\x00\x00\x01\x00\x00") + picture)
	if got, err := Clean(raw); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := Clean(riff(part("EXIF", "SECRET"))); !errors.Is(err, ErrNone) {
		t.Errorf("no picture: %v", err)
	}
}

func TestWhatIsNoPhoto(t *testing.T) {
	bare := jpegOf(t)
	huge := bytes.Clone(bare)
	at := bytes.Index(huge, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(huge[at+5:], 60_000)
	for name, raw := range map[string][]byte{
		"nothing": nil, "a page": []byte("<html><script>alert(1)</script>"), "a program": []byte("MZ\x90"), "SVG": []byte("<svg onload=alert(1)>"),
		"a JPEG's head": bare[:30], "a JPEG cut off": bare[:len(bare)-20], "PNG's head": []byte("\x89PNG\r\n\x1a\n"), "RIFF": []byte("RIFF\x00\x00\x00\x00WEBPVP8 "),
		"a JPEG of nothing": {0xff, 0xd8, 0xff, 0xd9}, "60,000 pixels high": huge,
	} {
		if got, err := Clean(raw); !errors.Is(err, ErrNone) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

type blobs struct{ kept []byte }

func (b *blobs) Put(_ context.Context, r io.Reader, _ int64) (string, int64, error) {
	raw, err := io.ReadAll(r)
	b.kept = raw
	return "id", int64(len(raw)), err
}

func (b *blobs) Open(string) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(b.kept)), nil
}

func TestOnlyCleanPhotosAreKept(t *testing.T) {
	bare, in := jpegOf(t), &blobs{}
	k := Keeper{in}
	if _, size, err := k.Put(t.Context(), bytes.NewReader(behindStart(bare, segment(0xe1, exif("II", 6)))), 1<<20); err != nil || int(size) != len(in.kept) || bytes.Contains(in.kept, []byte("SECRET")) {
		t.Errorf("%d, %v", size, err)
	}
	in.kept = nil
	if _, _, err := k.Put(t.Context(), strings.NewReader("no photo"), 1<<20); !errors.Is(err, ErrNone) || in.kept != nil {
		t.Errorf("%v", err)
	}
	if _, _, err := k.Put(t.Context(), bytes.NewReader(bare), 100); !errors.Is(err, ErrTooLarge) || in.kept != nil {
		t.Errorf("%v", err)
	}
	if _, _, err := k.Put(t.Context(), io.MultiReader(bytes.NewReader(bare[:50]), broken{}), 1<<20); err == nil || errors.Is(err, ErrNone) {
		t.Errorf("%v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the line is cut") }
