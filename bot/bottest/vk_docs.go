package bottest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

const vkDocUploadPath = "/upload/doc.php"

// vkDoc is a file of the community's that VK keeps.
type vkDoc struct {
	id    int64
	title string
	key   string
	bytes []byte
	date  time.Time
}

// vkRefusedDocs are the endings of files that VK takes of nobody: programs and music.
var vkRefusedDocs = []string{".exe", ".bat", ".apk", ".msi", ".mp3"}

// mendDocs adds what VK's schema says of the section docs, as far as we call it; the folder is not among ours.
func (s *vkSchema) mendDocs() {
	kind := func(name string) kinds { return kinds{name} }
	s.methods["docs.getMessagesUploadServer"] = &vkCall{Name: "docs.getMessagesUploadServer",
		Parameters: []*vkShape{
			{Name: "type", Type: kind("string"), Enum: []any{"audio_message", "doc", "graffiti"}},
			{Name: "peer_id", Type: kind("integer")},
		},
		Responses: map[string]*vkShape{"response": {Type: kind("object"), Properties: map[string]*vkShape{
			"response": {Type: kind("object"), Required: true, Properties: map[string]*vkShape{"upload_url": {Type: kind("string"), Required: true}}}}}}}
	whole := map[string]*vkShape{}
	for _, name := range []string{"id", "owner_id", "size", "date", "type"} {
		whole[name] = &vkShape{Type: kind("integer"), Required: true}
	}
	for _, name := range []string{"title", "ext"} {
		whole[name] = &vkShape{Type: kind("string"), Required: true}
	}
	for _, name := range []string{"url", "access_key"} {
		whole[name] = &vkShape{Type: kind("string")}
	}
	s.shapes["docs/objects.json#/definitions/docs_doc"] = &vkShape{Type: kind("object"), Properties: whole, open: true}
	s.methods["docs.save"] = &vkCall{Name: "docs.save",
		Parameters: []*vkShape{
			{Name: "file", Type: kind("string"), Required: true}, {Name: "title", Type: kind("string")}, {Name: "tags", Type: kind("string")},
			{Name: "return_tags", Type: kind("boolean")},
		},
		Responses: map[string]*vkShape{"response": {Type: kind("object"), Properties: map[string]*vkShape{
			"response": {Type: kind("object"), Required: true, Properties: map[string]*vkShape{
				"type": {Type: kind("string"), Enum: []any{"doc", "audio_message", "graffiti"}}, "doc": {Ref: "../docs/objects.json#/definitions/docs_doc"}}}}}}}
}

func vkDocServer(g *VK, p vkParams) (any, *refused) {
	if p.has("type") && p.text("type") != "doc" {
		g.fault("the fake VK takes documents only, not %s", p.text("type"))
	}
	if _, no := g.writable(p.number("peer_id")); no != nil {
		return nil, no
	}
	return map[string]any{"upload_url": g.base() + vkDocUploadPath + "?act=add_doc_new&mid=" + p.text("peer_id")}, nil
}

func (g *VK) serveDocUpload(w http.ResponseWriter, r *http.Request) {
	fault := g.trip("upload")
	if fault != nil && !fault.Heard {
		fault.play(w, r)
		return
	}
	if r.ContentLength <= 0 {
		g.mu.Lock()
		g.fault("an upload that does not tell its length")
		g.mu.Unlock()
	}
	_, files, err := parse(r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8") // as VK says it, of JSON
	if err != nil || files["file"] == nil {
		g.mu.Lock()
		g.fault("an upload without a field \"file\": %v", err)
		g.mu.Unlock()
		_, _ = io.WriteString(w, `{"error":"no_file"}`)
		return
	}
	f := files["file"]
	if slices.Contains(vkRefusedDocs, strings.ToLower(path.Ext(f.name))) {
		_, _ = io.WriteString(w, `{"error":"wrong_extension","error_descr":"Неверное расширение файла"}`)
		return
	}
	sum := sha256.Sum256(f.bytes)
	name := fmt.Sprintf("%d|0|%s|%s", vkGroup, hex.EncodeToString(sum[:8]), f.name)
	g.mu.Lock()
	g.uploads[name] = f.bytes
	g.mu.Unlock()
	if fault != nil {
		fault.play(w, r)
		return
	}
	_, _ = io.WriteString(w, fmt.Sprintf(`{"file":%q}`, name))
}

func vkSaveDoc(g *VK, p vkParams) (any, *refused) {
	b := g.uploads[p.text("file")]
	if b == nil {
		return nil, &refused{105, "Couldn't save file", nil}
	}
	d := &vkDoc{id: g.number(), title: p.text("title"), bytes: b, date: g.now()}
	if d.title == "" {
		d.title = p.text("file")[strings.LastIndex(p.text("file"), "|")+1:]
	}
	d.key = fmt.Sprintf("dk%d", d.id)
	g.docs[fmt.Sprintf("%d_%d", -vkGroup, d.id)] = d
	g.files[fmt.Sprintf("/doc/%d", d.id)] = b
	return map[string]any{"type": "doc", "doc": g.doc(d)}, nil
}

// doc is a file as VK tells it.
func (g *VK) doc(d *vkDoc) map[string]any {
	return map[string]any{"id": d.id, "owner_id": -vkGroup, "title": d.title, "size": len(d.bytes), "ext": strings.TrimPrefix(path.Ext(d.title), "."),
		"date": d.date.Unix(), "type": 8, "url": g.base() + fmt.Sprintf("/doc/%d", d.id), "access_key": d.key}
}

var vkDocName = regexp.MustCompile(`^doc(-?\d+_\d+)_(\w+)$`)

// attachableDoc finds a file that the bot may attach: what it uploaded itself.
func (g *VK) attachableDoc(name string) *vkDoc {
	at := vkDocName.FindStringSubmatch(name)
	if at == nil {
		return nil
	}
	if d := g.docs[at[1]]; d != nil && d.key == at[2] {
		return d
	}
	return nil
}
