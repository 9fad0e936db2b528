package picture

import (
	"image"
	"image/draw"
)

// turn gives a picture the right way up. how is EXIF's orientation: which side of it is the first row, and which the
// first column (1 is the usual way, 6 a quarter to the right, 3 upside down, 2, 4, 5 and 7 the same in a mirror).
func turn(img image.Image, how int) image.Image {
	if how <= 1 || how > 8 {
		return img
	}
	switch m := img.(type) {
	case *image.Gray:
		out := image.NewGray(turnedRect(m.Rect, how))
		turnPlane(out.Pix, out.Stride, m.Pix, m.Stride, m.Rect.Dx(), m.Rect.Dy(), 1, how)
		return out
	case *image.YCbCr:
		if ratio, ok := turnedRatio(m.SubsampleRatio, how); ok {
			return turnYCbCr(m, ratio, how)
		}
	}
	b := img.Bounds()
	m := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(m, m.Rect, img, b.Min, draw.Src)
	out := image.NewRGBA(turnedRect(m.Rect, how))
	turnPlane(out.Pix, out.Stride, m.Pix, m.Stride, m.Rect.Dx(), m.Rect.Dy(), 4, how)
	return out
}

// lies tells whether rows become columns.
func lies(how int) bool { return how >= 5 }

func turnedRect(r image.Rectangle, how int) image.Rectangle {
	if lies(how) {
		return image.Rect(0, 0, r.Dy(), r.Dx())
	}
	return image.Rect(0, 0, r.Dx(), r.Dy())
}

// turnedRatio tells how colours are sampled in the turned picture; false where there is no such way.
func turnedRatio(r image.YCbCrSubsampleRatio, how int) (image.YCbCrSubsampleRatio, bool) {
	switch {
	case r == image.YCbCrSubsampleRatio444, r == image.YCbCrSubsampleRatio420, !lies(how):
		return r, true
	case r == image.YCbCrSubsampleRatio422:
		return image.YCbCrSubsampleRatio440, true
	case r == image.YCbCrSubsampleRatio440:
		return image.YCbCrSubsampleRatio422, true
	}
	return r, false
}

func turnYCbCr(m *image.YCbCr, ratio image.YCbCrSubsampleRatio, how int) image.Image {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewYCbCr(turnedRect(m.Rect, how), ratio)
	turnPlane(out.Y, out.YStride, m.Y, m.YStride, w, h, 1, how)
	cw, ch := colours(m.SubsampleRatio, w, h)
	turnPlane(out.Cb, out.CStride, m.Cb, m.CStride, cw, ch, 1, how)
	turnPlane(out.Cr, out.CStride, m.Cr, m.CStride, cw, ch, 1, how)
	return out
}

// colours gives the size of the planes of colours of a picture at (0, 0).
func colours(r image.YCbCrSubsampleRatio, w, h int) (int, int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return (w + 1) / 2, h
	case image.YCbCrSubsampleRatio420:
		return (w + 1) / 2, (h + 1) / 2
	case image.YCbCrSubsampleRatio440:
		return w, (h + 1) / 2
	case image.YCbCrSubsampleRatio411:
		return (w + 3) / 4, h
	case image.YCbCrSubsampleRatio410:
		return (w + 3) / 4, (h + 1) / 2
	}
	return w, h
}

// turnPlane copies w × h points of size bytes to where they belong.
func turnPlane(to []byte, toStride int, from []byte, stride, w, h, size, how int) {
	for y := range h {
		row := from[y*stride:]
		x0, y0, dx, dy := course(y, w, h, how)
		at, step := y0*toStride+x0*size, dy*toStride+dx*size
		for x := range w {
			if size == 1 {
				to[at] = row[x]
			} else {
				copy(to[at:at+size], row[x*size:])
			}
			at += step
		}
	}
}

// course tells where the first point of row y goes to, and by how much the next ones go on from there.
func course(y, w, h, how int) (x0, y0, dx, dy int) {
	switch how {
	case 2:
		return w - 1, y, -1, 0
	case 3:
		return w - 1, h - 1 - y, -1, 0
	case 4:
		return 0, h - 1 - y, 1, 0
	case 5:
		return y, 0, 0, 1
	case 6:
		return h - 1 - y, 0, 0, 1
	case 7:
		return h - 1 - y, w - 1, 0, -1
	case 8:
		return y, w - 1, 0, -1
	}
	return 0, y, 1, 0
}
