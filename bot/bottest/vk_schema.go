package bottest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// vkSchema is the API as VK describes it, in a JSON schema of its own kind: "required" stands with the property.
type vkSchema struct {
	methods map[string]*vkCall
	shapes  map[string]*vkShape // "messages/objects.json#/definitions/messages_keyboard"
}

// vkCall is a method.
type vkCall struct {
	Name       string              `json:"name"`
	Parameters []*vkShape          `json:"parameters"`
	Responses  map[string]*vkShape `json:"responses"` // any of them
}

// vkShape is what a value must look like.
type vkShape struct {
	Name       string              `json:"name"` // a parameter's
	Ref        string              `json:"$ref"`
	Type       kinds               `json:"type"`
	Properties map[string]*vkShape `json:"properties"`
	Items      *vkShape            `json:"items"`
	AllOf      []*vkShape          `json:"allOf"`
	OneOf      []*vkShape          `json:"oneOf"`
	Choice     *struct {
		Property string            `json:"propertyName"`
		Mapping  map[string]string `json:"mapping"`
	} `json:"discriminator"`
	Enum      []any    `json:"enum"`
	Required  bool     `json:"required"`
	Minimum   *float64 `json:"minimum"`
	Maximum   *float64 `json:"maximum"`
	MinLength int      `json:"minLength"`
	MaxLength int      `json:"maxLength"`
	MinItems  int      `json:"minItems"`
	MaxItems  int      `json:"maxItems"`

	open bool // a part of it is in a file that is not there: other fields may exist
}

// kinds is a type, or several.
type kinds []string

// UnmarshalJSON reads both forms.
func (k *kinds) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*k = kinds{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(k))
}

const (
	vkSchemaFile = "schemas/vk/messages/methods.json"
	vkKeyboardIs = "messages/objects.json#/definitions/messages_keyboard"
)

var errNoVKSchema = errors.New("../shared/" + vkSchemaFile + " is not there: the calls cannot be checked")

// loadVKSchema reads the schema once for all tests of a program.
var loadVKSchema = sync.OnceValues(readVKSchema)

func readVKSchema() (*vkSchema, error) {
	at := Shared(vkSchemaFile)
	if at == "" {
		return nil, errNoVKSchema
	}
	root := filepath.Dir(filepath.Dir(at))
	s := &vkSchema{methods: map[string]*vkCall{}, shapes: map[string]*vkShape{}}
	paths, err := filepath.Glob(filepath.Join(root, "*", "*.json"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var in struct {
			Methods     []*vkCall           `json:"methods"`
			Definitions map[string]*vkShape `json:"definitions"`
		}
		if err := json.Unmarshal(raw, &in); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		for _, m := range in.Methods {
			s.methods[m.Name] = m
		}
		name := filepath.Base(filepath.Dir(path)) + "/" + filepath.Base(path)
		for key, d := range in.Definitions {
			s.shapes[name+"#/definitions/"+key] = d
		}
	}
	s.mend()
	return s, nil
}

// mend adds what VK takes or says and its schema forgets.
func (s *vkSchema) mend() {
	s.mendDocs()
	s.methods["execute"] = &vkCall{Name: "execute", Parameters: []*vkShape{{Name: "code", Type: kinds{"string"}, Required: true}}}
	for _, p := range s.methods["messages.edit"].Parameters {
		if p.Name == "keyboard" {
			p.Ref = "../" + vkKeyboardIs
		}
	}
	objects := func(name string) *vkShape { return s.shapes[name] }
	events := objects("groups/objects.json#/definitions/groups_long_poll_events")
	for _, p := range s.methods["groups.setLongPollSettings"].Parameters { // among them message_event
		if events.Properties[p.Name] == nil && p.Type[0] == "boolean" {
			events.Properties[p.Name] = &vkShape{Type: kinds{"integer"}}
		}
	}
	types := objects("callback/objects.json#/definitions/callback_type")
	types.Enum = append(types.Enum, "message_event")
	// The schema has a string; the bots that are at work get what the button had, as an object.
	objects("callback/objects.json#/definitions/callback_message_event").Properties["payload"].Type = kinds{"object"}
	objects("messages/objects.json#/definitions/messages_message_attachment").open = true // "wall", "video", "link", …
}

// shape finds what a reference names; nil if the file is not there.
func (s *vkSchema) shape(ref string) *vkShape {
	return s.shapes[strings.TrimPrefix(ref, "../")]
}

// flat joins a shape with what it refers to and is made of.
func (s *vkSchema) flat(d *vkShape) *vkShape {
	if d.Ref == "" && len(d.AllOf) == 0 {
		return d
	}
	out := *d
	out.Ref, out.AllOf, out.Properties = "", nil, maps.Clone(d.Properties)
	parts := d.AllOf
	if d.Ref != "" {
		to := s.shape(d.Ref)
		if to == nil {
			return &vkShape{open: true, Required: d.Required}
		}
		parts = append([]*vkShape{to}, parts...)
	}
	for _, part := range parts {
		in := s.flat(part)
		out.open = out.open || in.open
		for name, p := range in.Properties {
			if out.Properties == nil {
				out.Properties = map[string]*vkShape{}
			}
			if out.Properties[name] == nil {
				out.Properties[name] = p
			}
		}
		if d.Ref != "" && len(in.Type) > 0 {
			out.Type = in.Type
		}
		if out.Enum == nil {
			out.Enum = in.Enum
		}
		if out.OneOf == nil {
			out.OneOf, out.Choice = in.OneOf, in.Choice
		}
		if out.Items == nil {
			out.Items = in.Items
		}
		if out.Minimum == nil {
			out.Minimum = in.Minimum
		}
	}
	return &out
}

// call holds a call against the schema and gives every fault.
func (s *vkSchema) call(method string, params map[string]string) (faults []string) {
	m := s.methods[method]
	if m == nil {
		return []string{"there is no such method"}
	}
	known := map[string]bool{"v": true, "access_token": true, "lang": true}
	for _, p := range m.Parameters {
		known[p.Name] = true
		text, given := params[p.Name]
		switch {
		case given:
			faults = append(faults, s.param(p.Name, text, p)...)
		case p.Required:
			faults = append(faults, p.Name+" is missing")
		}
	}
	for name := range params {
		if !known[name] {
			faults = append(faults, name+" is no parameter of it")
		}
	}
	slices.Sort(faults)
	return faults
}

// param checks a parameter as it stands in a form.
func (s *vkSchema) param(path, text string, d *vkShape) (faults []string) {
	in := s.flat(d)
	kind := in.Type
	switch {
	case len(kind) == 0:
		return nil
	case kind[0] == "object":
		v, err := decoded(text)
		if err != nil {
			return []string{fmt.Sprintf("%s: no JSON: %v", path, err)}
		}
		return s.value(path, v, in)
	case kind[0] == "array":
		var list []string
		if text != "" {
			list = strings.Split(text, ",")
		}
		faults = in.count(path, len(list))
		for i, e := range list {
			faults = append(faults, s.param(fmt.Sprintf("%s[%d]", path, i), strings.TrimSpace(e), in.Items)...)
		}
		return faults
	case kind[0] == "boolean":
		if text != "0" && text != "1" {
			return []string{fmt.Sprintf("%s: %q is no boolean: VK takes 0 and 1", path, text)}
		}
		return nil
	case slices.Contains(kind, "string"):
		return s.value(path, text, in)
	}
	return s.value(path, json.Number(text), in)
}

// tell checks what the fake itself says, so that nobody learns from it what VK never does.
func (s *vkSchema) tell(v any, d *vkShape) []string {
	raw, err := json.Marshal(v)
	if err != nil {
		return []string{err.Error()}
	}
	plain, err := decoded(string(raw))
	if err != nil {
		return []string{err.Error()}
	}
	return s.value("", plain, d)
}

// decoded reads JSON, and nothing after it.
func decoded(text string) (v any, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err = d.Decode(&v); err == nil && strings.TrimSpace(text[d.InputOffset():]) != "" {
		err = errors.New("something stands after it")
	}
	return v, err
}
