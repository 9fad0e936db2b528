package bottest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"time"
)

const vkUploadPath = "/upload/photo.php"

// vkPhoto is a photo that VK keeps.
type vkPhoto struct {
	owner int64 // negative: a community's
	id    int64
	key   string
	bytes []byte
	date  time.Time
}

// vkSizes are the sizes that VK makes of a photo; the largest is not the last.
var vkSizes = []struct {
	name  string
	width int
}{{"s", 75}, {"m", 130}, {"w", 2560}, {"x", 604}, {"y", 807}, {"z", 1080}}

// keep stores a photo; the lock is held.
func (g *VK) keep(owner int64, b []byte) *vkPhoto {
	p := &vkPhoto{owner: owner, id: g.number(), bytes: b, date: g.now()}
	p.key = fmt.Sprintf("key%d", p.id)
	g.photos[fmt.Sprintf("%d_%d", owner, p.id)] = p
	for _, size := range vkSizes {
		file := b
		if size.name != "w" {
			file = append(slices.Clone(b), "\n(a smaller one: "+size.name+")"...) // still a picture
		}
		g.files[p.path(size.name)] = file
	}
	return p
}

func (p *vkPhoto) path(size string) string {
	return fmt.Sprintf("/photo/%d_%d_%s.jpg", p.owner, p.id, size)
}

// photo is the photo as VK tells it.
func (g *VK) photo(p *vkPhoto) map[string]any {
	sizes := []any{}
	for _, size := range vkSizes {
		sizes = append(sizes, map[string]any{"type": size.name, "width": size.width, "height": size.width * 3 / 4, "url": g.base() + p.path(size.name)})
	}
	return map[string]any{"id": p.id, "owner_id": p.owner, "album_id": -64, "date": p.date.Unix(), "access_key": p.key, "has_tags": false,
		"text": "", "sizes": sizes}
}

var vkPhotoName = regexp.MustCompile(`^photo(-?\d+_\d+)_(\w+)$`)

// attachable finds what the bot may attach: what it uploaded itself.
func (g *VK) attachable(name string) *vkPhoto {
	at := vkPhotoName.FindStringSubmatch(name)
	if at == nil {
		return nil
	}
	p := g.photos[at[1]]
	if p == nil || p.key != at[2] || p.owner != -vkGroup {
		return nil
	}
	return p
}

func vkUploadServer(g *VK, p vkParams) (any, *refused) {
	if p.has("peer_id") && p.number("peer_id") != 0 {
		if _, no := g.writable(p.number("peer_id")); no != nil {
			return nil, no
		}
	}
	return map[string]any{"album_id": -64, "upload_url": g.base() + vkUploadPath + "?act=do_add&mid=" + p.text("peer_id"), "user_id": 0, "group_id": vkGroup}, nil
}

// trip is trouble for what is no method.
func (g *VK) trip(name string) *Fault {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.failure(name, false)
}

func (g *VK) serveUpload(w http.ResponseWriter, r *http.Request) {
	fault := g.trip("upload")
	if fault != nil && !fault.Heard {
		fault.play(w, r)
		return
	}
	_, files, err := parse(r)
	if err != nil || files["photo"] == nil {
		g.mu.Lock()
		g.fault("an upload without a field \"photo\": %v", err)
		g.mu.Unlock()
		http.Error(w, `{"error":"no_file"}`, http.StatusOK)
		return
	}
	b := files["photo"].bytes
	sum := sha256.Sum256(b)
	name, hash := "[]", hex.EncodeToString(sum[:8])
	if _, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil || looksLikePhoto(b) {
		name = fmt.Sprintf(`[{"markers_restarted":true,"photo":"%s:w","sizes":[],"kid":"%s"}]`, hash, hash)
		g.mu.Lock()
		g.uploads[name+hash] = b
		g.mu.Unlock()
	}
	if fault != nil {
		fault.play(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8") // as VK says it, of JSON
	_, _ = io.WriteString(w, fmt.Sprintf(`{"server":1,"photo":%q,"hash":"%s"}`, name, hash))
}

func vkSavePhoto(g *VK, p vkParams) (any, *refused) {
	b := g.uploads[p.text("photo")+p.text("hash")]
	if b == nil || p.number("server") != 1 {
		return nil, vkBad("photos_list is invalid")
	}
	return []any{g.photo(g.keep(-vkGroup, b))}, nil
}

// Fetched tells how often each photo or document was downloaded, by its path.
func (g *VK) Fetched() map[string]int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.fetched)
}

// serveFile gives a photo or a document.
func (g *VK) serveFile(w http.ResponseWriter, r *http.Request) {
	if f := g.trip("file"); f != nil {
		f.play(w, r)
		return
	}
	g.mu.Lock()
	b, ok := g.files[r.URL.Path]
	g.fetched[r.URL.Path]++
	g.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write(b) // whoever hung up does not get it
}
