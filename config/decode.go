package config

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxNodes bounds what aliases of aliases can unfold to.
const maxNodes = 1 << 20

// document is a YAML file on its way into a value. Unlike a decoder that stops at the first slip it goes on, and it
// remembers the line of everything, so that the faults of a whole file are told at once.
type document struct {
	file    string
	lines   map[string]int  // by path: "groups[2].topics[0].route"; "" is the document
	bad     map[string]bool // paths whose value could not be read
	anchors map[string]ast.Node
	nodes   int
	faults  Faults
}

// decodeYAML reads raw into the struct that into points to. What is wrong stands in the document's faults.
func decodeYAML(file string, raw []byte, into any) *document {
	d := &document{file: file, lines: map[string]int{}, bad: map[string]bool{}, anchors: map[string]ast.Node{}}
	root, err := parseYAML(raw)
	if err != nil {
		var syntax yaml.Error
		if errors.As(err, &syntax) && syntax.GetToken() != nil {
			d.fault(syntax.GetToken().Position.Line, "%s", syntax.GetMessage())
		} else {
			d.fault(0, "%v", err)
		}
		return d
	}
	if root == nil {
		d.fault(1, "the file is empty")
		return d
	}
	d.decode(root, reflect.ValueOf(into).Elem(), "")
	return d
}

// parseYAML gives the body of the only document in raw, nil if there is none. A panic of the parser is a fault of the
// file like any other.
func parseYAML(raw []byte) (root ast.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("this is not YAML (%v)", r)
		}
	}()
	f, err := parser.ParseBytes(unmarked(raw), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, err
	}
	for _, doc := range f.Docs {
		if doc.Body == nil {
			continue
		}
		if _, comment := doc.Body.(*ast.CommentGroupNode); comment {
			continue
		}
		if root != nil {
			return nil, errors.New("more than one document in the file")
		}
		root = doc.Body
	}
	return root, nil
}

// unmarked gives a file without the byte-order mark that some editors begin it with.
func unmarked(raw []byte) []byte { return bytes.TrimPrefix(raw, []byte("\ufeff")) }

func (d *document) fault(line int, format string, args ...any) {
	d.faults = append(d.faults, Fault{File: d.file, Line: line, What: fmt.Sprintf(format, args...)})
}

// at gives the line of a path, or of the nearest thing around it.
func (d *document) at(path string) int {
	for {
		if line, ok := d.lines[path]; ok {
			return line
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return d.lines[""]
		}
		path = path[:i]
	}
}

// unread notes that the value at a path could not be read: what would follow from that is no fault of its own.
func (d *document) unread(path string, n ast.Node, format string, args ...any) {
	d.bad[path] = true
	d.fault(lineOf(n), format, args...)
}

// isUnread tells whether the value at a path, or what it stands in, could not be read.
func (d *document) isUnread(path string) bool {
	for {
		if d.bad[path] {
			return true
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return false
		}
		path = path[:i]
	}
}

func lineOf(n ast.Node) int {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		return lineOf(m.Values[0].Key)
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		return lineOf(m.Key)
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

// decode reads a node into v, whose place in the document path is.
func (d *document) decode(n ast.Node, v reflect.Value, path string) {
	if d.nodes++; d.nodes > maxNodes {
		if d.nodes == maxNodes+1 {
			d.unread(path, n, "the file unfolds to too much: too many aliases")
		}
		return
	}
	switch node := n.(type) {
	case *ast.AnchorNode:
		d.decode(node.Value, v, path)
		// Known from here on only: an anchor inside itself would never end.
		d.anchors[node.Name.GetToken().Value] = node.Value
		return
	case *ast.AliasNode:
		name := node.Value.GetToken().Value
		target := d.anchors[name]
		if target == nil {
			d.unread(path, n, "alias *%s: there is no anchor &%s before it", name, name)
			return
		}
		d.decode(target, v, path)
		d.lines[path] = lineOf(n)
		return
	case *ast.TagNode:
		d.unread(path, n, "tags such as %s are not used here", node.GetToken().Value)
		return
	}
	if _, seen := d.lines[path]; !seen {
		d.lines[path] = lineOf(n)
	}
	if _, null := n.(*ast.NullNode); null {
		return
	}
	if t, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		d.scalar(n, path, func(s string) error { return t.UnmarshalText([]byte(s)) })
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.mapping(n, path, "", func(key string) (reflect.Value, bool) { return field(v, key) }, nil)
	case reflect.Map:
		d.table(n, v, path)
	case reflect.Slice, reflect.Array:
		d.list(n, v, path)
	case reflect.String:
		d.scalar(n, path, func(s string) error { v.SetString(s); return nil })
	case reflect.Bool:
		if b, ok := n.(*ast.BoolNode); ok {
			v.SetBool(b.Value)
		} else {
			d.unread(path, n, "%s: want true or false", last(path))
		}
	case reflect.Int:
		d.scalar(n, path, func(s string) error {
			i, err := strconv.Atoi(s)
			if err != nil {
				return fmt.Errorf("%q is not a whole number", s)
			}
			v.SetInt(int64(i))
			return nil
		})
	case reflect.Int64: // the only one here is time.Duration
		d.scalar(n, path, func(s string) error {
			span, err := time.ParseDuration(s)
			if err != nil {
				return fmt.Errorf("%q is not a span of time such as 60m", s)
			}
			v.SetInt(int64(span))
			return nil
		})
	case reflect.Float64:
		d.scalar(n, path, func(s string) error {
			x, err := strconv.ParseFloat(s, 64)
			if err != nil {
				return fmt.Errorf("%q is not a number", s)
			}
			v.SetFloat(x)
			return nil
		})
	}
}

// scalar hands a plain value's text to set.
func (d *document) scalar(n ast.Node, path string, set func(string) error) {
	var text string
	switch node := n.(type) {
	case *ast.StringNode:
		text = node.Value
	case *ast.LiteralNode:
		text = node.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		text = n.GetToken().Value // as it is written: a code of digits needs no quotes
	default:
		d.unread(path, n, "%s: want one value, not %s", last(path), kindOf(n))
		return
	}
	if err := set(strings.TrimSpace(text)); err != nil {
		d.unread(path, n, "%s: %v", last(path), err)
	}
}

// mapping reads a mapping key by key; into gives the place for a key's value, false for a key that is not known.
func (d *document) mapping(n ast.Node, path, want string, into func(key string) (reflect.Value, bool), done func(key string, v reflect.Value)) {
	var entries []*ast.MappingValueNode
	switch node := n.(type) {
	case *ast.MappingNode:
		entries = node.Values
	case *ast.MappingValueNode:
		entries = []*ast.MappingValueNode{node}
	default:
		d.unread(path, n, "%s: want fields, not %s", last(path), kindOf(n))
		return
	}
	seen := map[string]int{}
	for _, e := range entries {
		key := e.Key.GetToken().Value
		line := lineOf(e.Key)
		if first, twice := seen[key]; twice {
			d.fault(line, "%q stands here a second time; the first is in line %d", key, first)
			continue
		}
		seen[key] = line
		v, known := into(key)
		if !known {
			d.fault(line, "unknown field %q%s", key, want)
			continue
		}
		inside := strings.TrimPrefix(path+"."+key, ".")
		d.lines[inside] = line
		d.decode(e.Value, v, inside)
		if done != nil {
			done(key, v)
		}
	}
}

// table reads a mapping with whole numbers for keys.
func (d *document) table(n ast.Node, v reflect.Value, path string) {
	v.Set(reflect.MakeMap(v.Type()))
	d.mapping(n, path, ": want a number", func(key string) (reflect.Value, bool) {
		_, err := strconv.Atoi(key)
		return reflect.New(v.Type().Elem()).Elem(), err == nil
	}, func(key string, elem reflect.Value) {
		if i, err := strconv.Atoi(key); err == nil {
			v.SetMapIndex(reflect.ValueOf(i), elem)
		}
	})
}

func (d *document) list(n ast.Node, v reflect.Value, path string) {
	node, ok := n.(*ast.SequenceNode)
	if !ok {
		d.unread(path, n, "%s: want a list, not %s", last(path), kindOf(n))
		return
	}
	if v.Kind() == reflect.Array && len(node.Values) != v.Len() {
		d.unread(path, n, "%s: want %d values, not %d", last(path), v.Len(), len(node.Values))
		return
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(node.Values), len(node.Values)))
	}
	for i, elem := range node.Values {
		d.decode(elem, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
}

// field gives the field of a struct, or of a struct inside it, that a key names.
func field(v reflect.Value, key string) (reflect.Value, bool) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if option == "inline" {
			if inner, ok := field(v.Field(i), key); ok {
				return inner, true
			}
		}
		if f.IsExported() && name == key && key != "" && key != "-" {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// last gives the last word of a path: "route" of "groups[2].topics[0].route".
func last(path string) string {
	if path == "" {
		return "the file"
	}
	return path[strings.LastIndexByte(path, '.')+1:]
}

func kindOf(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "fields"
	case *ast.SequenceNode:
		return "a list"
	}
	return "one value"
}
