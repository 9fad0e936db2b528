package open311

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// photoKinds are those that a browser draws and that cannot hold a program.
var photoKinds = []string{"image/jpeg", "image/png", "image/webp"}

// maxPhoto is more than a photo that was drawn anew has.
const maxPhoto = 64 << 20

// photo serves a photo: media/NUMBER/ID.
func (s *Server) photo(w http.ResponseWriter, r *http.Request, what string) {
	none := wrong(http.StatusNotFound, "there is no such photo")
	number, id, _ := strings.Cut(what, "/")
	n, err := strconv.ParseUint(number, 10, 64)
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		err = wrong(http.StatusMethodNotAllowed, "this can only be read")
	case err != nil || id == "":
		err = none
	}
	if err != nil {
		s.say(w, r, "xml", nil, err)
		return
	}
	photo, err := s.Desk.Photo(r.Context(), n, id)
	if err == nil && photo == nil {
		err = none
	}
	if err != nil {
		s.say(w, r, "xml", nil, err)
		return
	}
	defer photo.Close()
	head := make([]byte, 512)
	got, err := io.ReadFull(photo, head)
	kind := http.DetectContentType(head[:got])
	if err != nil && err != io.ErrUnexpectedEOF || !slices.Contains(photoKinds, kind) { //nolint:errorlint // ReadFull wraps nothing
		s.say(w, r, "xml", nil, none)
		return
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "max-age=60") // a curator may hide it
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Access-Control-Allow-Origin", "*")
	if r.Method == http.MethodHead {
		return
	}
	if _, err := w.Write(head[:got]); err == nil {
		_, _ = io.Copy(w, io.LimitReader(photo, maxPhoto)) // who has gone away sees nothing
	}
}
