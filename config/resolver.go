package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// ConfigFile is the flag that names the settings file.
type ConfigFile = kong.ConfigFlag

// Resolver reads a settings file (YAML) for the command line: flags by their names, with those of a messenger inside its
// name («telegram: {api: …}»). What the environment sets goes before the file. An unknown name is refused, all at once.
func Resolver(r io.Reader) (kong.Resolver, error) {
	f := &settingsFile{name: "the settings file", values: map[string]setting{}}
	if named, ok := r.(interface{ Name() string }); ok {
		f.name = named.Name()
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	root, err := parseYAML(raw)
	if err != nil {
		var syntax yaml.Error
		if errors.As(err, &syntax) && syntax.GetToken() != nil {
			return nil, Faults{{File: f.name, Line: syntax.GetToken().Position.Line, What: withoutWords(syntax.GetMessage(), raw)}}
		}
		return nil, Faults{{File: f.name, What: withoutWords(err.Error(), raw)}}
	}
	f.take("", root)
	return f, nil
}

// withoutWords is what a reader of YAML says, without what it repeats of the file: a token may stand where it stumbled.
func withoutWords(said string, file []byte) string {
	quoted := regexp.MustCompile(`"(?:[^"\\]|\\.)*"?|'[^']*'?|` + "`[^`]*`?")
	word := regexp.MustCompile(`[\pL\pN_-]{6,}`)
	said = quoted.ReplaceAllString(said, "…")
	return word.ReplaceAllStringFunc(said, func(w string) string {
		if bytes.Contains(file, []byte(w)) {
			return "…"
		}
		return w
	})
}

// settingsFile is a settings file by the flags' names.
type settingsFile struct {
	name   string
	values map[string]setting
	faults Faults // it cannot be read
	ill    Faults // values that do not suit their setting
}

type setting struct {
	line  int
	value any // a string, a bool or a list of strings
}

func (f *settingsFile) fault(line int, format string, args ...any) {
	f.faults = append(f.faults, Fault{File: f.name, Line: line, What: fmt.Sprintf(format, args...)})
}

func (f *settingsFile) take(name string, n ast.Node) {
	text, plain := plainText(n)
	switch node := n.(type) {
	case nil, *ast.NullNode:
	case *ast.MappingNode:
		for _, e := range node.Values {
			f.entry(name, e)
		}
	case *ast.MappingValueNode:
		f.entry(name, node)
	case *ast.SequenceNode:
		var list []any
		for _, elem := range node.Values {
			word, ok := plainText(elem)
			if !ok {
				f.fault(lineOf(elem), "%s: want a list of plain values", shown(name))
				return
			}
			list = append(list, word)
		}
		f.put(name, lineOf(n), list)
	case *ast.BoolNode:
		f.put(name, lineOf(n), node.Value)
	default:
		if !plain {
			f.fault(lineOf(n), "%s: want a plain value", cmpOr(shown(name), "the settings"))
			return
		}
		f.put(name, lineOf(n), text)
	}
}

func (f *settingsFile) entry(name string, e *ast.MappingValueNode) {
	key := strings.ReplaceAll(e.Key.GetToken().Value, "_", "-")
	if name != "" {
		key = name + "-" + key
	}
	f.take(key, e.Value)
}

func (f *settingsFile) put(name string, line int, value any) {
	if before, twice := f.values[name]; twice {
		f.fault(line, "%s stands here a second time; the first is in line %d", shown(name), before.line)
		return
	}
	f.values[name] = setting{line, value}
}

func plainText(n ast.Node) (string, bool) {
	switch node := n.(type) {
	case *ast.StringNode:
		return node.Value, true
	case *ast.LiteralNode:
		return node.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// shown is a setting's name as a fault may say it: what does not look like a name may be a token in the wrong place.
func shown(name string) string {
	if likeSetting.MatchString(name) {
		return name
	}
	return "…"
}

// brief is a value as a fault may say it: what is long may be a token in the wrong place.
func brief(word string) string {
	if len(word) > 12 {
		return "…"
	}
	return word
}

var likeSetting = regexp.MustCompile(`^[a-z-]{0,40}$`)

func cmpOr(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// Validate refuses what is no setting.
func (f *settingsFile) Validate(app *kong.Application) error {
	known := map[string]bool{}
	for _, group := range app.AllFlags(false) {
		for _, flag := range group {
			known[flag.Name] = true
		}
	}
	faults := f.faults
	for name, s := range f.values {
		switch {
		case name == "telegram-token", name == "vk-token":
			messenger := strings.TrimSuffix(name, "-token")
			faults = append(faults, Fault{File: f.name, Line: s.line, What: "the token does not belong here: put it into OTKLIK_" +
				strings.ToUpper(messenger) + "_TOKEN, or into a file that " + messenger + ": {token-file: …} names"})
		case !known[name] || name == "config" || name == "help":
			faults = append(faults, Fault{File: f.name, Line: s.line, What: "there is no setting " + quote(shown(name))})
		}
	}
	return faults.Err()
}

// Resolve gives the file's value of a flag; nil where it has none or the environment goes before it.
func (f *settingsFile) Resolve(k *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	k.Bind(f) // for AfterApply, which asks for the line
	s, ok := f.values[flag.Name]
	if !ok || fromEnv(flag) != "" {
		return nil, nil
	}
	if why := unsuited(flag.Target.Kind(), s.value); why != "" {
		ill := Fault{File: f.name, Line: s.line, What: flag.Name + ": " + why}
		if !slices.Contains(f.ill, ill) {
			f.ill = append(f.ill, ill)
		}
		return nil, nil
	}
	return s.value, nil
}

// unsuited tells why a value cannot be a setting of a kind; "" if it can. The command line would stop at the first, and not
// know its line.
func unsuited(kind reflect.Kind, value any) string {
	word, plain := value.(string)
	_, list := value.([]any)
	_, truth := value.(bool)
	switch {
	case kind == reflect.Slice && truth:
		return "want a list, not true or false"
	case kind == reflect.Slice:
		return ""
	case list:
		return "want one value, not a list"
	case kind == reflect.Int && truth:
		return "want a whole number, not true or false"
	case kind == reflect.Bool:
		if plain && !slices.Contains([]string{"true", "1", "yes", "false", "0", "no"}, strings.ToLower(word)) {
			return quote(brief(word)) + ": want true or false"
		}
	case kind == reflect.Int:
		if _, err := strconv.ParseInt(word, 0, 0); err != nil {
			return quote(brief(word)) + " is no whole number"
		}
	case truth:
		return "want a word; if true is one, put it in quotes"
	}
	return ""
}

// fromEnv gives the environment variable that sets a flag, "" for none.
func fromEnv(flag *kong.Flag) string {
	for _, env := range flag.Tag.Envs {
		if _, set := os.LookupEnv(env); set {
			return env
		}
	}
	return ""
}

// BeforeResolve stands in for a settings file where there is none.
func (s *Settings) BeforeResolve(k *kong.Context) error {
	k.Bind(&settingsFile{})
	return nil
}

// AfterApply notes where each setting comes from and takes the secrets in.
func (s *Settings) AfterApply(k *kong.Context, f *settingsFile) error {
	s.sources, s.faults = map[string]string{}, nil
	slices.SortStableFunc(f.ill, func(a, b Fault) int { return a.Line - b.Line })
	for _, ill := range f.ill { // in the form of Check's own, which stand behind them
		s.faults = append(s.faults, Fault{File: fmt.Sprintf("%s:%d", ill.File, ill.Line), What: ill.What})
	}
	for _, flag := range k.Flags() {
		if env := fromEnv(flag); env != "" {
			s.sources[flag.Name] = env
		}
	}
	for _, step := range k.Path {
		switch {
		case step.Flag == nil:
		case step.Resolved:
			s.sources[step.Flag.Name] = fmt.Sprintf("%s:%d", f.name, f.values[step.Flag.Name].line)
		default:
			s.sources[step.Flag.Name] = "--" + step.Flag.Name
		}
	}
	s.readSecrets(os.Getenv)
	return nil
}
