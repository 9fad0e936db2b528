package picture

import (
	"bufio"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

const (
	// quality is that of the JPEGs drawn: more is not seen, and costs twice the bytes.
	quality = 85
	// smallPNG is up to how many pixels a PNG stays one: a drawing or a picture of a screen, in which letters are to be sharp.
	smallPNG = 1 << 20
)

// decode draws the picture as people are to see it: the right way up.
func decode(file io.ReadSeeker, h head) (img image.Image, err error) {
	if err := rewind(file); err != nil {
		return nil, err
	}
	defer func() { // a decoder's mistake is not to end the program: what it cannot bear is no photo
		if r := recover(); r != nil {
			err = fmt.Errorf("it cannot be decoded: %v", r)
		}
	}()
	switch in := bufio.NewReader(file); h.format {
	case "jpeg":
		img, err = jpeg.Decode(in)
	case "png":
		img, err = png.Decode(in)
	default:
		img, err = webp.Decode(in)
	}
	if err != nil {
		return nil, err
	}
	return turn(img, h.turned), nil
}

// encode writes the picture, and nothing beside it.
func encode(w io.Writer, img image.Image, h head) error {
	if h.format == "png" && h.width*h.height <= smallPNG {
		return png.Encode(w, img)
	}
	return jpeg.Encode(w, opaque(img), &jpeg.Options{Quality: quality})
}

// opaque gives a picture of a kind that is written fast, on white where it can be seen through. It may change img.
func opaque(img image.Image) image.Image {
	switch m := img.(type) {
	case *image.YCbCr, *image.Gray:
		return m
	case *image.NRGBA: // where nothing can be seen through, the two are the same
		for i := 0; i < len(m.Pix); i += 4 {
			p := m.Pix[i : i+4 : i+4]
			if a := uint32(p[3]); a != 0xff {
				for j := range p[:3] {
					p[j] = uint8((uint32(p[j])*a + 0xff*(0xff-a) + 0x7f) / 0xff)
				}
				p[3] = 0xff
			}
		}
		return &image.RGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
	case *image.RGBA:
		if m.Opaque() {
			return m
		}
	}
	b := img.Bounds()
	on := image.NewRGBA(b)
	draw.Draw(on, b, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(on, b, img, b.Min, draw.Over)
	return on
}
