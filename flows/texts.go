package flows

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"otklik/bot"
)

//go:embed texts/*.yaml
var ownTexts embed.FS

// Languages that the desk speaks, the region's own first.
var Languages = []string{"ru", "en"}

// Texts are all flows' words, by language. An id is "flow.name".
type Texts struct {
	localizers map[string]*i18n.Localizer
	ids        map[string]map[string]bool
	plural     map[string]bool // ids with plural forms
	lists      sync.Map        // of map[string]bool, by id: the words that a text lists, once they were asked for
}

// loadTexts reads every flow's text files: texts/LANG.yaml, ids without the flow's name. In the files <b> and </b> mark
// what stands out.
func loadTexts(flows []Flow) (*Texts, error) {
	t := &Texts{localizers: map[string]*i18n.Localizer{}, ids: map[string]map[string]bool{}, plural: map[string]bool{}}
	bundle := i18n.NewBundle(language.Russian)
	marks := strings.NewReplacer("<b>", bot.BoldOn, "</b>", bot.BoldOff)
	text := func(s string) string {
		if s = strings.TrimRight(s, "\n"); strings.Contains(s, "b>") {
			return marks.Replace(s)
		}
		return s
	}
	add := func(name string, files fs.FS) error {
		for _, lang := range Languages {
			raw, err := fs.ReadFile(files, path.Join("texts", lang+".yaml"))
			if err != nil {
				return err
			}
			entries, err := readEntries(raw)
			if err != nil {
				return fmt.Errorf("texts of %s, %s: %w", name, lang, err)
			}
			tag := language.Make(lang)
			for id, v := range entries {
				m := &i18n.Message{ID: name + "." + id}
				switch v := v.(type) {
				case string:
					m.Other = text(v)
				case map[string]any:
					form := func(k string) string { s, _ := v[k].(string); return text(s) }
					t.plural[m.ID] = true
					m.One, m.Few, m.Many, m.Other = form("one"), form("few"), form("many"), form("other")
				default:
					return fmt.Errorf("texts of %s, %s: %q is neither a text nor plural forms", name, lang, id)
				}
				if err := bundle.AddMessages(tag, m); err != nil {
					return fmt.Errorf("texts of %s, %s: %w", name, lang, err)
				}
				if t.ids[lang] == nil {
					t.ids[lang] = map[string]bool{}
				}
				t.ids[lang][m.ID] = true
			}
		}
		return nil
	}
	if err := add("desk", ownTexts); err != nil {
		return nil, err
	}
	for _, f := range flows {
		if f.Texts != nil {
			if err := add(f.Name, f.Texts); err != nil {
				return nil, err
			}
		}
	}
	for _, lang := range Languages {
		t.localizers[lang] = i18n.NewLocalizer(bundle, lang)
	}
	return t, t.same()
}

// same names the ids that one language has and another lacks.
func (t *Texts) same() error {
	var faults []error
	for _, a := range Languages {
		for _, b := range Languages {
			var missing []string
			for id := range t.ids[a] {
				if !t.ids[b][id] {
					missing = append(missing, id)
				}
			}
			slices.Sort(missing)
			for _, id := range missing {
				faults = append(faults, fmt.Errorf("text %s is there in %s and not in %s", id, a, b))
			}
		}
	}
	return errors.Join(faults...)
}

// has tells whether there is a text.
func (t *Texts) has(id string) bool { return t.ids[Languages[0]][id] }

// listed gives the words that a text lists with commas between them, in all languages.
func (t *Texts) listed(id string) map[string]bool {
	if list, ok := t.lists.Load(id); ok {
		return list.(map[string]bool)
	}
	words := map[string]bool{}
	for _, lang := range Languages {
		list, err := t.say(lang, id)
		if err != nil {
			continue
		}
		for w := range strings.SplitSeq(list, ",") {
			if w = plain(w); w != "" {
				words[w] = true
			}
		}
	}
	t.lists.Store(id, words)
	return words
}

// say gives a text with bold marks. args are pairs of name and value; N decides the plural form.
func (t *Texts) say(lang, id string, args ...any) (string, error) {
	l := t.localizers[lang]
	if l == nil {
		l = t.localizers[Languages[0]]
	}
	data := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		data[args[i].(string)] = args[i+1]
	}
	c := &i18n.LocalizeConfig{MessageID: id, TemplateData: data}
	if n, ok := data["N"]; ok && t.plural[id] {
		c.PluralCount = n
	}
	return l.Localize(c)
}
