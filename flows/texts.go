package flows

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
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
	tongues map[string]func() (*tongue, error)
	lists   sync.Map // of map[string]bool, by id: the words that a text lists, once they were asked for
}

// tongue is the words in one language.
type tongue struct {
	localizer *i18n.Localizer
	ids       map[string]bool
	plural    map[string]bool // ids with plural forms
}

// ReadTexts reads the text files of the desk itself and of every flow: texts/LANG.yaml, ids without the flow's name. In
// the files <b> and </b> mark what stands out. Only the region's own language is read at once: a program that starts has
// other things to do.
func ReadTexts(flows []Flow) (*Texts, error) {
	t := &Texts{tongues: map[string]func() (*tongue, error){}}
	for _, lang := range Languages {
		t.tongues[lang] = sync.OnceValues(func() (*tongue, error) { return readTongue(lang, flows) })
	}
	_, err := t.tongues[Languages[0]]()
	return t, err
}

func readTongue(lang string, flows []Flow) (*tongue, error) {
	t := &tongue{ids: map[string]bool{}, plural: map[string]bool{}}
	bundle := i18n.NewBundle(language.Russian)
	if err := t.read(bundle, lang, "desk", ownTexts); err != nil {
		return nil, err
	}
	for _, f := range flows {
		if f.Texts != nil {
			if err := t.read(bundle, lang, f.Name, f.Texts); err != nil {
				return nil, err
			}
		}
	}
	t.localizer = i18n.NewLocalizer(bundle, lang)
	return t, nil
}

var marks = strings.NewReplacer("<b>", bot.BoldOn, "</b>", bot.BoldOff)

// marked gives a text of a file as it is said.
func marked(s string) string {
	if s = strings.TrimRight(s, "\n"); strings.Contains(s, "b>") {
		return marks.Replace(s)
	}
	return s
}

// read takes in one file.
func (t *tongue) read(bundle *i18n.Bundle, lang, flow string, files fs.FS) error {
	raw, err := fs.ReadFile(files, path.Join("texts", lang+".yaml"))
	if err != nil {
		return err
	}
	entries, err := readEntries(raw)
	if err != nil {
		return fmt.Errorf("texts of %s, %s: %w", flow, lang, err)
	}
	messages := make([]*i18n.Message, 0, len(entries))
	for id, v := range entries {
		m := &i18n.Message{ID: flow + "." + id}
		switch v := v.(type) {
		case string:
			m.Other = marked(v)
		case map[string]any:
			form := func(k string) string { s, _ := v[k].(string); return marked(s) }
			t.plural[m.ID] = true
			m.One, m.Few, m.Many, m.Other = form("one"), form("few"), form("many"), form("other")
		default:
			return fmt.Errorf("texts of %s, %s: %q is neither a text nor plural forms", flow, lang, id)
		}
		t.ids[m.ID] = true
		messages = append(messages, m)
	}
	if err := bundle.AddMessages(language.Make(lang), messages...); err != nil {
		return fmt.Errorf("texts of %s, %s: %w", flow, lang, err)
	}
	return nil
}

// Check reads all languages and names the ids that one has and another lacks.
func (t *Texts) Check() error {
	var faults []error
	for _, a := range Languages {
		has, err := t.tongues[a]()
		if err != nil {
			return err
		}
		for _, b := range Languages {
			other, err := t.tongues[b]()
			if err != nil {
				return err
			}
			for _, id := range slices.Sorted(maps.Keys(has.ids)) {
				if !other.ids[id] {
					faults = append(faults, fmt.Errorf("text %s is there in %s and not in %s", id, a, b))
				}
			}
		}
	}
	return errors.Join(faults...)
}

// tongue gives the words in a language, of those that the desk does not speak in the region's own.
func (t *Texts) tongue(lang string) (*tongue, error) {
	read, ok := t.tongues[lang]
	if !ok {
		read = t.tongues[Languages[0]]
	}
	return read()
}

// Has tells whether there is a text, in the region's language.
func (t *Texts) Has(id string) bool {
	own, err := t.tongue(Languages[0])
	return err == nil && own.ids[id]
}

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
	l, err := t.tongue(lang)
	if err != nil {
		return "", err
	}
	data := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		data[args[i].(string)] = args[i+1]
	}
	c := &i18n.LocalizeConfig{MessageID: id, TemplateData: data}
	if n, ok := data["N"]; ok && l.plural[id] {
		c.PluralCount = n
	}
	return l.localizer.Localize(c)
}
