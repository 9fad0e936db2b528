package picture

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// drawing40 is 40 × 24: its quarters are red, green, blue (clockwise from the upper left) and white.
func drawing40() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 40, 24))
	for i, c := range []color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {255, 255, 255, 255}, {0, 0, 255, 255}} {
		at := image.Rect(0, 0, 20, 12).Add(image.Pt(i%2*20, i/2*12))
		draw.Draw(img, at, image.NewUniform(c), image.Point{}, draw.Src)
	}
	return img
}

// corners tells the colours of a picture's quarters, clockwise from the upper left.
func corners(img image.Image) (s string) {
	b := img.Bounds()
	for _, p := range []image.Point{{1, 1}, {3, 1}, {3, 3}, {1, 3}} {
		r, g, bl, _ := img.At(b.Min.X+b.Dx()*p.X/4, b.Min.Y+b.Dy()*p.Y/4).RGBA()
		switch high := [3]bool{r > 0x8000, g > 0x8000, bl > 0x8000}; high {
		case [3]bool{true}:
			s += "r"
		case [3]bool{false, true}:
			s += "g"
		case [3]bool{false, false, true}:
			s += "b"
		case [3]bool{true, true, true}:
			s += "w"
		default:
			s += "?"
		}
	}
	return s
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// blobs keeps the last that came.
type blobs struct {
	mu   sync.Mutex
	kept []byte
}

func (b *blobs) Put(_ context.Context, r io.Reader, _ int64) (string, int64, error) {
	raw, err := io.ReadAll(r)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.kept = raw
	}
	return "id", int64(len(raw)), err
}

func (b *blobs) Open(string) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(b.kept)), nil
}

// redraw gives what is kept of a photo.
func redraw(ctx context.Context, raw []byte) ([]byte, error) {
	var b blobs
	_, _, err := NewKeeper(&b).Put(ctx, bytes.NewReader(raw), 20<<20)
	return b.kept, err
}

// shown is redraw with the picture and its format.
func shown(t *testing.T, raw []byte) (kept []byte, img image.Image, format string) {
	t.Helper()
	kept, err := redraw(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	if img, format, err = image.Decode(bytes.NewReader(kept)); err != nil {
		t.Fatal(err)
	}
	return kept, img, format
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

func TestOfAJPEGOnlyThePictureIsKept(t *testing.T) {
	bare := jpegOf(t, drawing40())
	for name, raw := range map[string][]byte{
		"nothing":        bare,
		"EXIF":           behindStart(bare, segment(0xe1, exif("II", 1))),
		"XMP":            behindStart(bare, segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00SECRET")),
		"colours":        behindStart(bare, segment(0xe2, "ICC_PROFILE\x00\x01\x01SECRET")),
		"IPTC":           behindStart(bare, segment(0xed, "Photoshop 3.0\x00SECRET")),
		"a comment":      behindStart(bare, segment(0xfe, "SECRET")),
		"several photos": behindStart(bare, segment(0xe2, "MPF\x00SECRET")),
		"a maker's":      behindStart(bare, segment(0xe4, "SECRET")+segment(0xeb, "SECRET")),
		"a video behind": append(bytes.Clone(bare), "\x00\x00\x00\x18ftypmp42SECRET"...),
		"a second JPEG":  append(bytes.Clone(bare), behindStart(bare, segment(0xfe, "SECRET"))...),
		"fill bytes":     behindStart(bare, "\xff\xff"+segment(0xfe, "SECRET")),
	} {
		got, img, format := shown(t, raw)
		if bytes.Contains(got, []byte("SECRET")) || bytes.Contains(got, []byte("Exif")) || format != "jpeg" || corners(img) != "rgbw" {
			t.Errorf("%s: %s %s, %d bytes", name, format, corners(img), len(got))
		}
		// A JPEG's segments, to the scan: tables, frame, scan; nothing that programs write beside them.
		for at := 2; got[at+1] != sos; at += 2 + int(binary.BigEndian.Uint16(got[at+2:])) {
			if m := got[at+1]; m >= 0xe0 && m <= 0xef || m == 0xfe {
				t.Errorf("%s: a segment %x", name, m)
			}
		}
	}
}

// lying gives a picture as a camera stores it that was held so that EXIF says how.
func lying(img image.Image, how int) *image.RGBA {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if how >= 5 {
		w, h = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			// EXIF says on which side of the picture the first row and the first column stand.
			px, py := x, y
			if how >= 5 {
				px, py = y, x
			}
			switch how {
			case 2, 3, 6, 7:
				px = b.Dx() - 1 - px
			}
			switch how {
			case 3, 4, 7, 8:
				py = b.Dy() - 1 - py
			}
			out.Set(x, y, img.At(b.Min.X+px, b.Min.Y+py))
		}
	}
	return out
}

func TestAPhotoIsKeptTheRightWayUp(t *testing.T) {
	for _, order := range []string{"II", "MM"} {
		for how := 0; how <= 9; how++ {
			raw := behindStart(jpegOf(t, lying(drawing40(), how%9)), segment(0xe1, exif(order, byte(how))))
			got, img, _ := shown(t, raw)
			if img.Bounds() != image.Rect(0, 0, 40, 24) || corners(img) != "rgbw" || bytes.Contains(got, []byte("Exif")) {
				t.Errorf("%s %d: %v %s", order, how, img.Bounds(), corners(img))
			}
		}
	}
}

// TestEveryKindOfPictureIsTurned: also with colours that are sampled in all ways, and an odd size.
func TestEveryKindOfPictureIsTurned(t *testing.T) {
	kinds := map[string]func(r image.Rectangle) draw.Image{
		"gray":    func(r image.Rectangle) draw.Image { return image.NewGray(r) },
		"CMYK":    func(r image.Rectangle) draw.Image { return image.NewCMYK(r) },
		"NRGBA64": func(r image.Rectangle) draw.Image { return image.NewNRGBA64(r) },
	}
	for name, make := range kinds {
		for how := 1; how <= 8; how++ {
			src := lying(drawing40(), how)
			img := make(src.Rect)
			draw.Draw(img, img.Bounds(), src, image.Point{}, draw.Src)
			want := corners(drawing40())
			if name == "gray" { // red and blue are dark in it, green is light
				if got := corners(turn(img, how)); got[1] != 'w' || got[3] != 'w' || got[0] == 'w' || got[2] == 'w' {
					t.Errorf("%s %d: %s", name, how, got)
				}
				continue
			}
			if got := corners(turn(img, how)); got != want {
				t.Errorf("%s %d: %s", name, how, got)
			}
		}
	}
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410} {
		for how := 1; how <= 8; how++ {
			for _, cut := range []int{0, 1} {
				src := lying(drawing40().SubImage(image.Rect(0, 0, 40-cut, 24-cut)), how)
				img := image.NewYCbCr(src.Rect, ratio)
				for y := range src.Rect.Dy() {
					for x := range src.Rect.Dx() {
						c := color.YCbCrModel.Convert(src.At(x, y)).(color.YCbCr)
						img.Y[img.YOffset(x, y)], img.Cb[img.COffset(x, y)], img.Cr[img.COffset(x, y)] = c.Y, c.Cb, c.Cr
					}
				}
				got := turn(img, how)
				if got.Bounds() != image.Rect(0, 0, 40-cut, 24-cut) || corners(got) != "rgbw" {
					t.Errorf("%v %d: %v %s", ratio, how, got.Bounds(), corners(got))
				}
			}
		}
	}
}

func chunk(kind, body string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

const pngStart = 8 + 25 // the signature and IHDR

func TestOfAPNGOnlyThePictureIsKept(t *testing.T) {
	bare := pngOf(t, drawing40())
	raw := append(bytes.Clone(bare[:pngStart]), chunk("tEXt", "Author\x00SECRET")+chunk("eXIf", "SECRET")+chunk("iTXt", "SECRET")+chunk("tIME", "SECRET7")+chunk("prVt", "SECRET")...)
	raw = append(append(raw, bare[pngStart:]...), "SECRET behind"...)
	got, img, format := shown(t, raw)
	if bytes.Contains(got, []byte("SECRET")) || format != "png" || corners(img) != "rgbw" {
		t.Errorf("%s %s, %d bytes", format, corners(img), len(got))
	}
	bad := bytes.Clone(bare)
	bad[pngStart+9] ^= 1
	if _, err := redraw(t.Context(), bad); !errors.Is(err, ErrNone) {
		t.Errorf("a damaged one: %v", err)
	}
}

// TestALargePNGBecomesAJPEG: on white, where one could see through it.
func TestALargePNGBecomesAJPEG(t *testing.T) {
	large := image.Rect(0, 0, 1100, 1000)
	see := image.NewNRGBA(large)
	half := image.NewNRGBA64(large)
	table := image.NewPaletted(large, color.Palette{color.Transparent, color.Black})
	for name, img := range map[string]image.Image{"NRGBA": see, "NRGBA64": half, "paletted": table} {
		got, shown, format := shown(t, pngOf(t, img))
		if format != "jpeg" || corners(shown) != "wwww" || shown.Bounds() != large {
			t.Errorf("%s: %s %s, %d bytes", name, format, corners(shown), len(got))
		}
	}
	see = image.NewNRGBA(large)
	draw.Draw(see, large, image.NewUniform(color.NRGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	if _, shown, _ := shown(t, pngOf(t, see)); corners(shown) != "rrrr" {
		t.Errorf("opaque: %s", corners(shown))
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

// Pictures of one pixel.
const (
	lossy    = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
	lossless = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="
)

func TestAWebPBecomesAJPEG(t *testing.T) {
	for name, text := range map[string]string{"lossy": lossy, "lossless": lossless} {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		raw = riff(string(raw[12:]))
		for beside, raw := range map[string][]byte{
			"":        raw,
			" + EXIF": riff(part("VP8X", "\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00") + string(raw[12:]) + part("EXIF", "SECRET") + part("XMP ", "SECRET")),
		} {
			got, img, format := shown(t, raw)
			if format != "jpeg" || img.Bounds() != image.Rect(0, 0, 1, 1) || bytes.Contains(got, []byte("SECRET")) {
				t.Errorf("%s%s: %s %v", name, beside, format, img.Bounds())
			}
		}
	}
	if _, err := redraw(t.Context(), riff(part("EXIF", "SECRET"))); !errors.Is(err, ErrNone) {
		t.Errorf("no picture: %v", err)
	}
}

// sized says that a JPEG has another size, and that it comes in several scans.
func sized(jpeg []byte, width, height uint16, marker byte) []byte {
	raw := bytes.Clone(jpeg)
	at := bytes.Index(raw, []byte{0xff, 0xc0})
	raw[at+1] = marker
	binary.BigEndian.PutUint16(raw[at+5:], height)
	binary.BigEndian.PutUint16(raw[at+7:], width)
	return raw
}

func ihdr(width, height uint32) []byte {
	b := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	return []byte(string(pngHead) + chunk("IHDR", string(b)+"\x08\x06\x00\x00\x00") + chunk("IDAT", "") + chunk("IEND", ""))
}

func TestWhatIsNoPhoto(t *testing.T) {
	bare := jpegOf(t, drawing40())
	for name, raw := range map[string][]byte{
		"nothing": nil, "a page": []byte("<html><script>alert(1)</script>"), "a program": []byte("MZ\x90"), "SVG": []byte("<svg onload=alert(1)>"), "a GIF": []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
		"a JPEG's head": bare[:30], "a JPEG cut off": bare[:len(bare)-20], "PNG's head": pngHead, "RIFF": []byte("RIFF\x00\x00\x00\x00WEBPVP8 "),
		"a JPEG of nothing": {0xff, 0xd8, 0xff, 0xd9}, "60,000 pixels high": sized(bare, 40, 60_000, 0xc0),
		"a head without a picture behind it": bare[:bytes.Index(bare, []byte{0xff, sos})],
		"64 million pixels":                  sized(bare, 8000, 8000, 0xc0), "48 million, all of which are kept to the last scan": sized(bare, 8000, 6000, 0xc2),
		"a PNG of 900 million pixels": ihdr(30_000, 30_000), "a PNG without a picture": ihdr(10, 10),
	} {
		if got, err := redraw(t.Context(), raw); !errors.Is(err, ErrNone) || got != nil {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

// TestABombIsNotUnpacked: what says that it is enormous is refused by what it says.
func TestABombIsNotUnpacked(t *testing.T) {
	bomb := sized(jpegOf(t, drawing40()), 20_000, 20_000, 0xc0)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := redraw(t.Context(), bomb); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
		t.Errorf("%d bytes of memory", grown)
	}
}

func TestOnlyPhotosAreKeptAndNothingIsLeftBehind(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	bare, in := jpegOf(t, drawing40()), &blobs{}
	k := NewKeeper(in)
	if _, size, err := k.Put(t.Context(), bytes.NewReader(bare), 1<<20); err != nil || int(size) != len(in.kept) || size == 0 {
		t.Errorf("%d, %v", size, err)
	}
	in.kept = nil
	if _, _, err := k.Put(t.Context(), strings.NewReader("no photo at all"), 1<<20); !errors.Is(err, ErrNone) || in.kept != nil {
		t.Errorf("%v", err)
	}
	if _, _, err := k.Put(t.Context(), bytes.NewReader(bare), 100); !errors.Is(err, ErrTooLarge) || in.kept != nil {
		t.Errorf("%v", err)
	}
	if _, _, err := k.Put(t.Context(), io.MultiReader(bytes.NewReader(bare[:50]), broken{}), 1<<20); err == nil || errors.Is(err, ErrNone) {
		t.Errorf("%v", err)
	}
	full := NewKeeper(fullBlobs{})
	if _, _, err := full.Put(t.Context(), bytes.NewReader(bare), 1<<20); !errors.Is(err, errFull) || errors.Is(err, ErrNone) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := k.memory.Acquire(t.Context(), maxCost); err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.Put(ctx, bytes.NewReader(bare), 1<<20); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	left, err := os.ReadDir(temporary)
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the line is cut") }

var errFull = errors.New("the disk is full")

type fullBlobs struct{ Blobs }

func (fullBlobs) Put(context.Context, io.Reader, int64) (string, int64, error) {
	return "", 0, errFull
}

// crowd counts how many photos are drawn at once.
type crowd struct {
	blobs
	now, most atomic.Int64
}

func (c *crowd) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	n := c.now.Add(1)
	defer c.now.Add(-1)
	for old := c.most.Load(); n > old && !c.most.CompareAndSwap(old, n); old = c.most.Load() {
	}
	for range 100 {
		runtime.Gosched()
	}
	return c.blobs.Put(ctx, r, limit)
}

func TestFewPhotosAreDrawnAtOnce(t *testing.T) {
	raw := jpegOf(t, drawing40())
	c := &crowd{}
	k := NewKeeper(c)
	var wg sync.WaitGroup
	for range 128 {
		wg.Go(func() {
			if _, _, err := k.Put(t.Context(), bytes.NewReader(raw), 1<<20); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := c.most.Load(); n > drawing {
		t.Errorf("%d at once", n)
	}
}
