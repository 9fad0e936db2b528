package desk

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"golang.org/x/text/language"
)

//go:embed web texts
var files embed.FS

// page is what the browser loads: one document in each language, and the files that it asks for.
type page struct {
	documents map[string]file
	assets    map[string]file
	matcher   language.Matcher
	languages []string
}

type file struct {
	kind, tag string
	body      []byte
}

func newFile(kind string, body []byte) file {
	sum := sha256.Sum256(body)
	return file{kind, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`, body}
}

// kinds of the files under web.
func kindOf(name string) (string, bool) {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8", true
	case ".css":
		return "text/css; charset=utf-8", true
	case ".svg":
		return "image/svg+xml", true
	case ".webmanifest":
		return "application/manifest+json", true
	}
	return "", false
}

func newPage() (*page, error) {
	p := &page{documents: map[string]file{}, assets: map[string]file{}, languages: []string{"ru", "en"}}
	p.matcher = language.NewMatcher([]language.Tag{language.Russian, language.English})
	list, err := fs.ReadDir(files, "web")
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if kind, ok := kindOf(f.Name()); ok {
			body, err := files.ReadFile("web/" + f.Name())
			if err != nil {
				return nil, err
			}
			p.assets[f.Name()] = newFile(kind, body)
		}
	}
	t, err := template.ParseFS(files, "web/index.html")
	if err != nil {
		return nil, err
	}
	for _, tag := range p.languages {
		raw, err := files.ReadFile("texts/" + tag + ".json")
		if err != nil {
			return nil, err
		}
		var texts map[string]any
		if err := json.Unmarshal(raw, &texts); err != nil {
			return nil, fmt.Errorf("texts/%s.json: %w", tag, err)
		}
		var b bytes.Buffer
		if err := t.Execute(&b, map[string]any{"Language": tag, "T": texts}); err != nil {
			return nil, err
		}
		p.documents[tag] = newFile("text/html; charset=utf-8", b.Bytes())
		p.assets[tag+".json"] = newFile("application/json; charset=utf-8", raw)
	}
	return p, nil
}

// index gives the page in the language that the address or the browser asks for.
func (p *page) index(w http.ResponseWriter, r *http.Request) {
	tag := r.URL.Query().Get("lang")
	if _, ok := p.documents[tag]; !ok {
		tag = p.languages[0]
		if wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language")); err == nil && len(wanted) > 0 {
			_, i, _ := p.matcher.Match(wanted...)
			tag = p.languages[i]
		}
	}
	w.Header().Set("Vary", "Accept-Language")
	w.Header().Set("Content-Language", tag)
	p.serve(w, r, p.documents[tag])
}

func (p *page) asset(w http.ResponseWriter, r *http.Request) {
	f, ok := p.assets[r.PathValue("name")]
	if !ok {
		refuse(w, errGone)
		return
	}
	p.serve(w, r, f)
}

// serve lets the browser keep a file and ask whether it is still the one: a new version is seen at once.
func (p *page) serve(w http.ResponseWriter, r *http.Request, f file) {
	h := w.Header()
	h.Set("ETag", f.tag)
	h.Set("Cache-Control", "no-cache")
	for tag := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == f.tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Type", f.kind)
	_, _ = w.Write(f.body) // a browser that went away needs nothing
}
