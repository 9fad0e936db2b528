package flows

import (
	"strings"

	"otklik/storage"
)

// InPublic says how many messages in public speak of an incident, where the first of them stands, and what was said to
// it; nothing where none do.
func InPublic(v *Voice, tx *storage.Tx, inc *storage.Incident) ([]string, error) {
	if inc.Posts == 0 {
		return nil, nil
	}
	posts, n, err := tx.Posts(inc.Number, 3)
	if err != nil || n == 0 {
		return nil, err
	}
	lines := []string{v.T("desk.posts", "N", n)}
	for _, p := range posts {
		line, err := Stands(v, tx, p)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// Stands says where a message stands and who wrote it, with its address.
func Stands(v *Voice, tx *storage.Tx, p *storage.Post) (string, error) {
	w, err := tx.Watched(p.Source)
	if err != nil {
		return "", err
	}
	channel, _, _ := strings.Cut(p.Thread, ":")
	parts := []string{v.T("desk.channel_" + channel)}
	if w != nil && w.Title != "" {
		parts = append(parts, "«"+Short(w.Title, 50)+"»")
	}
	if p.Author.Name != "" {
		parts = append(parts, Short(p.Author.Name, 40))
	}
	parts = append(parts, v.Stamp(p.At))
	line := strings.Join(parts, " · ")
	if p.Link != "" {
		line += "\n" + p.Link
	}
	if !p.Gone.IsZero() {
		line += "\n" + v.T("desk.gone", "At", v.Stamp(p.Gone))
	}
	for _, s := range p.Said {
		line += "\n" + statement(v, s)
	}
	return line, nil
}

// statement says what was posted to a message, and where that can be seen.
func statement(v *Voice, s storage.Statement) string {
	what := v.T("desk.said_" + s.What)
	switch {
	case !s.Gone.IsZero():
		return v.T("desk.said_gone", "What", what, "At", v.Stamp(s.Gone))
	case !s.Stands.IsZero() && s.Link != "":
		return v.T("desk.said_link", "What", what, "Link", s.Link)
	case !s.Stands.IsZero():
		return v.T("desk.said_at", "What", what, "At", v.Stamp(s.Stands))
	case s.Failed:
		return v.T("desk.said_failed", "What", what)
	}
	return v.T("desk.said_soon", "What", what)
}
