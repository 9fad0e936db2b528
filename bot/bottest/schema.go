package bottest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
)

// schema is the Bot API as Telegram describes it: methods and types with their fields.
type schema struct {
	Version string            `json:"version"`
	Methods map[string]*thing `json:"methods"`
	Types   map[string]*thing `json:"types"`
}

// thing is a method or a type.
type thing struct {
	Fields   []field  `json:"fields"`
	Subtypes []string `json:"subtypes"` // a type that is one of these
	Returns  []string `json:"returns"`
}

type field struct {
	Name        string   `json:"name"`
	Types       []string `json:"types"` // any of them
	Required    bool     `json:"required"`
	Description string   `json:"description"`
}

// Shared finds a file of the folder "shared" beside the repository, from wherever a test runs; "" if there is none.
func Shared(name string) string {
	dir, err := os.Getwd()
	for err == nil {
		path := filepath.Join(dir, "shared", name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	return ""
}

const schemaFile = "schemas/telegram_api.json"

var errNoSchema = errors.New("../shared/" + schemaFile + " is not there: the calls cannot be checked")

// loadSchema reads the schema once for all tests of a program: it is large, and nobody changes it.
var loadSchema = sync.OnceValues(readSchema)

func readSchema() (*schema, error) {
	path := Shared(schemaFile)
	if path == "" {
		return nil, errNoSchema
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var s schema
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &s, nil
}

// call holds a call against the schema and gives every fault.
func (s *schema) call(method string, params map[string]string, files map[string]bool) (faults []string) {
	m := s.Methods[method]
	if m == nil {
		return []string{"there is no such method"}
	}
	known := map[string]bool{}
	for _, f := range m.Fields {
		known[f.Name] = true
		text, given := params[f.Name]
		switch {
		case files[f.Name] && !slices.Contains(f.Types, "InputFile"):
			faults = append(faults, f.Name+": takes no file")
		case files[f.Name]:
		case !given && f.Required:
			faults = append(faults, f.Name+" is missing")
		case given:
			faults = append(faults, s.param(f, text)...)
		}
	}
	all := fmt.Sprint(params)
	for name := range params {
		if !known[name] {
			faults = append(faults, name+" is no field of it")
		}
	}
	for name := range files {
		if !known[name] && !strings.Contains(all, "attach://"+name) {
			faults = append(faults, "the file "+name+" is named nowhere")
		}
	}
	slices.Sort(faults)
	return faults
}

// param checks a parameter as it stands in a form: scalars bare, everything else as JSON.
func (s *schema) param(f field, text string) []string {
	var best []string
	for i, t := range f.Types {
		var v any = text
		var faults []string
		switch t {
		case "String", "InputFile":
		case "Integer", "Float":
			v = json.Number(text)
		case "Boolean":
			b, err := strconv.ParseBool(text)
			if err != nil {
				faults = []string{fmt.Sprintf("%s: %q is no Boolean", f.Name, text)}
			}
			v = b
		default:
			d := json.NewDecoder(strings.NewReader(text))
			d.UseNumber()
			if err := d.Decode(&v); err != nil {
				faults = []string{fmt.Sprintf("%s: no JSON: %v", f.Name, err)}
			}
		}
		if faults == nil {
			faults = s.value(f.Name, v, t, f.Description)
		}
		if len(faults) == 0 {
			return nil
		}
		if i == 0 || len(faults) < len(best) {
			best = faults
		}
	}
	return best
}

// value checks a decoded value against one type.
func (s *schema) value(path string, v any, kind, about string) []string {
	wrong := func() []string { return []string{fmt.Sprintf("%s: %v is no %s", path, v, kind)} }
	if inner, ok := strings.CutPrefix(kind, "Array of "); ok {
		list, ok := v.([]any)
		if !ok {
			return wrong()
		}
		faults := append(length(path, about, items, len(list)), length(path, about, atMost, len(list))...)
		for i, e := range list {
			faults = append(faults, s.value(fmt.Sprintf("%s[%d]", path, i), e, inner, "")...)
		}
		return faults
	}
	switch kind {
	case "String", "InputFile":
		text, ok := v.(string)
		if !ok {
			return wrong()
		}
		return append(append(length(path, about, characters, len(utf16.Encode([]rune(text)))), length(path, about, inBytes, len(text))...),
			constant(path, about, text)...)
	case "Integer":
		n, err := strconv.ParseInt(fmt.Sprint(v), 10, 64)
		if _, ok := v.(json.Number); !ok || err != nil {
			return wrong()
		}
		return length(path, about, between, int(n))
	case "Float":
		n, ok := v.(json.Number)
		if _, err := n.Float64(); !ok || err != nil {
			return wrong()
		}
		return nil
	case "Boolean", "True":
		if _, ok := v.(bool); !ok {
			return wrong()
		}
		return nil
	}
	return s.object(path, v, kind)
}

// object checks an object of a named type.
func (s *schema) object(path string, v any, kind string) (faults []string) {
	t := s.Types[kind]
	if t == nil {
		return []string{fmt.Sprintf("%s: the schema knows no %s", path, kind)}
	}
	for i, sub := range t.Subtypes {
		f := s.object(path, v, sub)
		if len(f) == 0 {
			return nil
		}
		if i == 0 || len(f) < len(faults) {
			faults = f
		}
	}
	if len(t.Subtypes) > 0 {
		return faults
	}
	o, ok := v.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: %v is no %s", path, v, kind)}
	}
	known := map[string]bool{}
	for _, f := range t.Fields {
		known[f.Name] = true
		inner, given := o[f.Name]
		if !given {
			if f.Required {
				faults = append(faults, path+"."+f.Name+" is missing")
			}
			continue
		}
		faults = append(faults, s.anyOf(path+"."+f.Name, inner, f)...)
	}
	for name := range o {
		if !known[name] {
			faults = append(faults, fmt.Sprintf("%s.%s is no field of %s", path, name, kind))
		}
	}
	return faults
}

func (s *schema) anyOf(path string, v any, f field) (faults []string) {
	for i, kind := range f.Types {
		fs := s.value(path, v, kind, f.Description)
		if len(fs) == 0 {
			return nil
		}
		if i == 0 || len(fs) < len(faults) {
			faults = fs
		}
	}
	return faults
}

// tell checks what the fake itself says, so that nobody learns from it what Telegram never does.
func (s *schema) tell(v any, kind string) []string {
	raw, err := json.Marshal(v)
	if err != nil {
		return []string{err.Error()}
	}
	var plain any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&plain); err != nil {
		return []string{err.Error()}
	}
	return s.value(kind, plain, kind, "")
}

// What the descriptions say of lengths.
var (
	characters = regexp.MustCompile(`(\d+)-(\d+) characters`)
	inBytes    = regexp.MustCompile(`(\d+)-(\d+) bytes`)
	items      = regexp.MustCompile(`(?:must include |list of )(\d+)-(\d+)`)
	between    = regexp.MustCompile(`[Vv]alues between (\d+)-(\d+)`)
	atMost     = regexp.MustCompile(`At most (\d+) `)
	fixed      = regexp.MustCompile(`(?:must be|always) "?([a-z_]+)"?$`)
)

func length(path, about string, what *regexp.Regexp, n int) []string {
	m := what.FindStringSubmatch(about)
	if m == nil {
		return nil
	}
	low := 0
	high, _ := strconv.Atoi(m[len(m)-1])
	if len(m) > 2 {
		low, _ = strconv.Atoi(m[1])
	}
	if n < low || n > high {
		return []string{fmt.Sprintf("%s: %d, and it must be %d-%d", path, n, low, high)}
	}
	return nil
}

// constant checks the fields that tell one type of several from the others.
func constant(path, about, text string) []string {
	m := fixed.FindStringSubmatch(strings.NewReplacer("“", `"`, "”", `"`).Replace(about))
	if m != nil && m[1] != text {
		return []string{fmt.Sprintf("%s: %q, and it must be %q", path, text, m[1])}
	}
	return nil
}
