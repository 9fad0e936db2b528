// Package picture makes photos fit to be kept and shown: what stands beside the picture (where and when it was taken, with
// what, by whom; videos behind it) is taken out, without touching the picture itself. Which way up it is stays.
package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	_ "image/jpeg" // the formats whose size is read
	_ "image/png"
	"io"
)

// Bounds of a photo: its longer side and its pixels, so that no picture chokes whoever draws it.
const (
	maxSide   = 20_000
	maxPixels = 120_000_000
)

// ErrNone means that something is no photo: no JPEG, PNG or WebP, broken, or of a size that nobody can draw.
var ErrNone = errors.New("this is no photo")

// ErrTooLarge means that what came was larger than the limit.
var ErrTooLarge = errors.New("the photo is too large")

// Blobs keeps bytes by what they are: storage/files does.
type Blobs interface {
	Put(ctx context.Context, r io.Reader, limit int64) (id string, size int64, err error)
	Open(id string) (io.ReadCloser, error)
}

// Keeper keeps photos only, and these clean.
type Keeper struct{ Blobs }

// Put cleans what r gives, at most limit bytes, and keeps it. Errors are ErrNone, ErrTooLarge, r's own and those of Blobs.
func (k Keeper) Put(ctx context.Context, r io.Reader, limit int64) (id string, size int64, err error) {
	raw, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return "", 0, fmt.Errorf("a photo did not come whole: %w", err)
	case int64(len(raw)) > limit:
		return "", 0, fmt.Errorf("%w: at most %d bytes", ErrTooLarge, limit)
	}
	if raw, err = Clean(raw); err != nil {
		return "", 0, err
	}
	return k.Blobs.Put(ctx, bytes.NewReader(raw), limit+room)
}

// room is for the orientation that a cleaned photo may be longer by than it was.
const room = 64

// Clean gives a photo without what stands beside the picture. The error is ErrNone.
func Clean(raw []byte) (clean []byte, err error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		clean, err = cleanJPEG(raw)
	case bytes.HasPrefix(raw, pngHead):
		clean, err = cleanPNG(raw)
	case len(raw) > 12 && string(raw[:4]) == "RIFF" && string(raw[8:12]) == "WEBP":
		clean, err = cleanWebP(raw)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNone, err)
		}
		return clean, nil
	default:
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNone, err)
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(clean))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNone, err)
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels {
		return nil, fmt.Errorf("%w: %d × %d pixels", ErrNone, c.Width, c.Height)
	}
	return clean, nil
}

var errShort = errors.New("it breaks off")

// Markers of a JPEG (ITU T.81, B.1).
const (
	soi, eoi, sos = 0xd8, 0xd9, 0xda
	app0, app15   = 0xe0, 0xef
	app1, app2    = 0xe1, 0xe2
	app14         = 0xee
	comment       = 0xfe
)

// cleanJPEG copies the segments that make the picture. What stands behind its end, such as the video of a «live» photo,
// is left.
func cleanJPEG(raw []byte) ([]byte, error) {
	out := append(make([]byte, 0, len(raw)+room), raw[:2]...)
	turned := 1
	for at := 2; ; {
		for at < len(raw) && raw[at] == 0xff && at+1 < len(raw) && raw[at+1] == 0xff {
			at++ // fill bytes
		}
		if at+2 > len(raw) || raw[at] != 0xff {
			return nil, errShort
		}
		marker := raw[at+1]
		if marker == eoi {
			return append(orient(out, turned), 0xff, eoi), nil
		}
		if marker == 0x01 || marker >= 0xd0 && marker <= 0xd7 { // these stand alone
			out, at = append(out, raw[at:at+2]...), at+2
			continue
		}
		if at+4 > len(raw) {
			return nil, errShort
		}
		end := at + 2 + int(binary.BigEndian.Uint16(raw[at+2:]))
		if end < at+4 || end > len(raw) {
			return nil, errShort
		}
		segment := raw[at:end]
		switch {
		case marker == app1 && bytes.HasPrefix(segment[4:], exifHead):
			turned = orientation(segment[4+len(exifHead):], turned)
		case keeps(marker, segment[4:]):
			out = append(out, segment...)
		}
		at = end
		if marker == sos {
			end = scanEnd(raw, at)
			out, at = append(out, raw[at:end]...), end
		}
	}
}

// keeps tells whether a segment belongs to the picture: the tables and scans, JFIF's density, the colours.
func keeps(marker byte, body []byte) bool {
	switch {
	case marker == comment:
		return false
	case marker < app0 || marker > app15:
		return true
	case marker == app0:
		return bytes.HasPrefix(body, []byte("JFIF\x00"))
	case marker == app2:
		return bytes.HasPrefix(body, []byte("ICC_PROFILE\x00"))
	}
	return marker == app14 && bytes.HasPrefix(body, []byte("Adobe"))
}

// scanEnd gives where the data of a scan ends: at a marker that is none of those within it.
func scanEnd(raw []byte, at int) int {
	for ; at+1 < len(raw); at++ {
		if next := raw[at+1]; raw[at] == 0xff && next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7) {
			return at
		}
	}
	return len(raw)
}

var exifHead = []byte("Exif\x00\x00")

// orientation reads which way up a picture is from its EXIF (TIFF 6.0, section 2); was where that makes no sense.
func orientation(tiff []byte, was int) int {
	if len(tiff) < 8 {
		return was
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return was
	}
	const entry, tag = 12, 0x0112
	n := int64(order.Uint16(tiff[at:]))
	for i := range n {
		e := at + 2 + i*entry
		if e+entry > int64(len(tiff)) {
			return was
		}
		if order.Uint16(tiff[e:]) == tag {
			if v := int(order.Uint16(tiff[e+8:])); v >= 1 && v <= 8 {
				return v
			}
		}
	}
	return was
}

// orient puts which way up the picture is, and nothing else, behind the first two bytes, where it is not the usual one.
func orient(jpeg []byte, turned int) []byte {
	if turned == 1 {
		return jpeg
	}
	exif := append([]byte{0xff, app1, 0, 34}, exifHead...)
	exif = append(exif, "MM\x00\x2a\x00\x00\x00\x08"+"\x00\x01"+"\x01\x12\x00\x03\x00\x00\x00\x01\x00"...)
	exif = append(exif, byte(turned), 0, 0, 0, 0, 0, 0)
	return append(append(append(make([]byte, 0, len(jpeg)+room), jpeg[:2]...), exif...), jpeg[2:]...)
}

var pngHead = []byte("\x89PNG\r\n\x1a\n")

// cleanPNG copies the chunks that make the picture (PNG, third edition, section 11).
func cleanPNG(raw []byte) ([]byte, error) {
	out := append(make([]byte, 0, len(raw)), pngHead...)
	for at := len(pngHead); ; {
		if at+12 > len(raw) {
			return nil, errShort
		}
		length := int64(binary.BigEndian.Uint32(raw[at:]))
		end := int64(at) + 12 + length
		if end > int64(len(raw)) {
			return nil, errShort
		}
		kind, chunk := string(raw[at+4:at+8]), raw[at:end]
		if crc32.ChecksumIEEE(chunk[4:len(chunk)-4]) != binary.BigEndian.Uint32(chunk[len(chunk)-4:]) {
			return nil, fmt.Errorf("its part %q is damaged", kind)
		}
		switch kind {
		case "tEXt", "zTXt", "iTXt", "tIME", "eXIf":
		default:
			if kind[0] >= 'A' && kind[0] <= 'Z' || pngColours[kind] {
				out = append(out, chunk...)
			}
		}
		if kind == "IEND" {
			return out, nil
		}
		at = int(end)
	}
}

// pngColours are the chunks that need not be there and belong to the picture all the same.
var pngColours = map[string]bool{"tRNS": true, "gAMA": true, "cHRM": true, "sRGB": true, "iCCP": true, "cICP": true, "sBIT": true, "pHYs": true, "bKGD": true}

// cleanWebP copies the chunks that make the picture
// (https://developers.google.com/speed/webp/docs/riff_container).
func cleanWebP(raw []byte) ([]byte, error) {
	out := append(make([]byte, 0, len(raw)), raw[:12]...)
	shows := false
	for at := 12; at < len(raw); {
		if at+8 > len(raw) {
			return nil, errShort
		}
		end := int64(at) + 8 + int64(binary.LittleEndian.Uint32(raw[at+4:]))
		end += end & 1 // chunks have an even length
		if end > int64(len(raw))+1 {
			return nil, errShort
		}
		chunk := raw[at:min(end, int64(len(raw)))]
		switch kind := string(chunk[:4]); kind {
		case "VP8X":
			const flags, exif, xmp = 8, 0x08, 0x04
			if len(chunk) < 18 {
				return nil, errShort
			}
			chunk = bytes.Clone(chunk)
			chunk[flags] &^= exif | xmp
			out = append(out, chunk...)
		case "VP8 ", "VP8L", "ANIM", "ANMF":
			shows = true
			out = append(out, chunk...)
		case "ALPH", "ICCP":
			out = append(out, chunk...)
		}
		at = int(end)
	}
	if !shows {
		return nil, errors.New("there is no picture in it")
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}
