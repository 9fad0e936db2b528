package picture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// Bounds of a photo, so that none chokes whoever draws it: its longer side, its pixels, and the bytes of memory that
// drawing it anew takes.
const (
	maxSide   = 20_000
	maxPixels = 50_000_000
	maxCost   = 320 << 20
)

// head is what a file says of the picture in it.
type head struct {
	format        string // "jpeg", "png", "webp"
	width, height int    // as they lie in the file
	turned        int    // which way up it is, by EXIF: 1 to 8
	each          int64  // bytes that sixteen of its pixels take while they are decoded
}

// cost is how many bytes of memory drawing the picture anew takes.
func (h head) cost() int64 { return int64(h.width) * int64(h.height) / 16 * h.each }

var pngHead = []byte("\x89PNG\r\n\x1a\n")

// headOf reads what a file says of itself, and refuses what cannot be drawn. The file is read from its start.
func headOf(file io.ReadSeeker) (h head, err error) {
	start := make([]byte, 12)
	if err := rewind(file); err != nil {
		return h, err
	}
	if _, err := io.ReadFull(file, start); err != nil {
		return h, err
	}
	if err := rewind(file); err != nil {
		return h, err
	}
	switch in := bufio.NewReader(file); {
	case bytes.HasPrefix(start, []byte("\xff\xd8\xff")):
		h, err = headOfJPEG(in)
	case bytes.HasPrefix(start, pngHead):
		h, err = headOfOther("png", in, png.DecodeConfig)
	case string(start[:4]) == "RIFF" && string(start[8:12]) == "WEBP":
		h, err = headOfOther("webp", in, webp.DecodeConfig)
	default:
		err = errors.New("no JPEG, PNG or WebP")
	}
	switch {
	case err != nil:
		return h, err
	case h.width <= 0 || h.height <= 0 || h.width > maxSide || h.height > maxSide || h.width*h.height > maxPixels || h.cost() > maxCost:
		return h, fmt.Errorf("%d × %d pixels", h.width, h.height)
	}
	return h, nil
}

func rewind(file io.Seeker) error {
	_, err := file.Seek(0, io.SeekStart)
	return err
}

// headOfOther reads the head of a picture that cameras do not turn.
func headOfOther(format string, in io.Reader, config func(io.Reader) (image.Config, error)) (head, error) {
	c, err := config(in)
	h := head{format: format, width: c.Width, height: c.Height, turned: 1, each: 16 * 4}
	switch c.ColorModel {
	case color.NRGBA64Model, color.RGBA64Model, color.Gray16Model:
		h.each = 16 * (8 + 4) // it is made of eight bits first
	}
	if format == "webp" {
		h.each *= 2 // the lossless kind is unpacked from one to another, and what is not seen is painted white on a copy
	}
	return h, err
}

// Markers of a JPEG (ITU T.81, B.1).
const (
	sof0, sof2, sof15 = 0xc0, 0xc2, 0xcf
	dht, jpg, dac     = 0xc4, 0xc8, 0xcc // among them, and no frames
	rst0, eoi, sos    = 0xd0, 0xd9, 0xda
	app1              = 0xe1
)

var exifHead = []byte("Exif\x00\x00")

// headOfJPEG reads the segments before the picture itself.
func headOfJPEG(in *bufio.Reader) (h head, err error) {
	h = head{format: "jpeg", turned: 1}
	if _, err := in.Discard(2); err != nil {
		return h, err
	}
	for {
		marker, err := markerOf(in)
		switch {
		case err != nil:
			return h, err
		case marker == sos && h.each == 0, marker == eoi:
			return h, errors.New("there is no picture in it")
		case marker == sos:
			return h, nil
		case marker >= rst0 && marker < eoi || marker == 1: // these stand alone
			continue
		}
		body, err := segmentOf(in, marker == app1 || isFrame(marker))
		if err != nil {
			return h, err
		}
		switch {
		case marker == app1 && bytes.HasPrefix(body, exifHead):
			h.turned = orientation(body[len(exifHead):], h.turned)
		case isFrame(marker):
			if err := h.frame(marker, body); err != nil {
				return h, err
			}
		}
	}
}

func isFrame(marker byte) bool {
	return marker >= sof0 && marker <= sof15 && marker != dht && marker != jpg && marker != dac
}

// markerOf reads the next marker; some writers leave bytes between the segments.
func markerOf(in *bufio.Reader) (byte, error) {
	for {
		if b, err := in.ReadByte(); err != nil {
			return 0, err
		} else if b != 0xff {
			continue
		}
		for {
			b, err := in.ReadByte()
			switch {
			case err != nil:
				return 0, err
			case b == 0xff: // fill bytes
				continue
			case b != 0:
				return b, nil
			}
			break
		}
	}
}

// segmentOf reads the rest of a segment, or passes over it.
func segmentOf(in *bufio.Reader, wanted bool) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(in, size[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(size[:])) - 2
	if n < 0 {
		return nil, errors.New("a part has no length")
	}
	if !wanted {
		_, err := in.Discard(n)
		return nil, err
	}
	body := make([]byte, n)
	_, err := io.ReadFull(in, body)
	return body, err
}

// frame reads the size, and what a pixel costs: a byte for each component at its sampling, another where the picture is
// turned on a copy, and four where it comes in several scans and all of it is kept until the last (T.81, B.2.2).
func (h *head) frame(marker byte, body []byte) error {
	if len(body) < 6 || len(body) < 6+3*int(body[5]) || body[5] == 0 {
		return errors.New("its frame breaks off")
	}
	h.height, h.width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	sum, most := int64(0), int64(1)
	for i := range int(body[5]) {
		sampling := body[6+3*i+1]
		area := int64(sampling>>4) * int64(sampling&15)
		sum, most = sum+area, max(most, area)
	}
	h.each = max(16*sum/most, 1)
	switch {
	case body[5] == 1:
		h.each = 16
	case body[5] == 4:
		h.each += 16 * 4 // printers' colours are turned into a screen's
	}
	times := int64(2)
	if marker == sof2 {
		times += 4
	}
	h.each *= times
	return nil
}

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
