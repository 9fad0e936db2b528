package bottest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// value checks a decoded value.
func (s *vkSchema) value(path string, v any, d *vkShape) []string {
	in := s.flat(d)
	if len(in.OneOf) > 0 {
		return s.oneOf(path, v, in)
	}
	kind := in.Type
	if len(kind) == 0 && len(in.Properties) > 0 {
		kind = kinds{"object"}
	}
	if len(kind) == 0 {
		return nil
	}
	var faults []string
	for i, one := range kind {
		f := s.typed(path, v, one, in)
		if len(f) == 0 {
			return nil
		}
		if i == 0 || len(f) < len(faults) {
			faults = f
		}
	}
	return faults
}

// typed checks a value against one type of a shape.
func (s *vkSchema) typed(path string, v any, kind string, in *vkShape) (faults []string) {
	wrong := []string{fmt.Sprintf("%s: %v is no %s", path, v, kind)}
	switch kind {
	case "object":
		o, ok := v.(map[string]any)
		if !ok {
			return wrong
		}
		return s.object(path, o, in)
	case "array":
		list, ok := v.([]any)
		if !ok {
			return wrong
		}
		faults = in.count(path, len(list))
		for i, e := range list {
			if in.Items != nil {
				faults = append(faults, s.value(fmt.Sprintf("%s[%d]", path, i), e, in.Items)...)
			}
		}
		return faults
	case "string":
		text, ok := v.(string)
		if !ok {
			return wrong
		}
		if n := utf8.RuneCountInString(text); n < in.MinLength || in.MaxLength > 0 && n > in.MaxLength {
			faults = append(faults, fmt.Sprintf("%s: %d characters, and it must be %d-%d", path, n, in.MinLength, in.MaxLength))
		}
	case "integer", "number":
		n, ok := v.(json.Number)
		f, err := n.Float64()
		if _, whole := strconv.ParseInt(n.String(), 10, 64); !ok || err != nil || kind == "integer" && whole != nil {
			return wrong
		}
		if in.Minimum != nil && f < *in.Minimum || in.Maximum != nil && f > *in.Maximum {
			faults = append(faults, fmt.Sprintf("%s: %v is out of range", path, n))
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			return wrong
		}
	}
	if in.Enum != nil && !slices.ContainsFunc(in.Enum, func(e any) bool { return fmt.Sprint(e) == fmt.Sprint(v) }) {
		faults = append(faults, fmt.Sprintf("%s: %v is none of %v", path, v, in.Enum))
	}
	return faults
}

func (s *vkSchema) object(path string, o map[string]any, in *vkShape) (faults []string) {
	for name, p := range in.Properties {
		inner, given := o[name]
		switch {
		case given:
			faults = append(faults, s.value(path+"."+name, inner, p)...)
		case p.Required:
			faults = append(faults, path+"."+name+" is missing")
		}
	}
	for name := range o {
		if in.Properties != nil && in.Properties[name] == nil && !in.open {
			faults = append(faults, path+"."+name+" is no field of it")
		}
	}
	slices.Sort(faults)
	return faults
}

// oneOf checks a value that is one of several: the one that its discriminator names, or the nearest.
func (s *vkSchema) oneOf(path string, v any, in *vkShape) (faults []string) {
	if in.Choice != nil {
		o, _ := v.(map[string]any)
		ref, ok := in.Choice.Mapping[fmt.Sprint(o[in.Choice.Property])]
		if !ok {
			return []string{fmt.Sprintf("%s.%s: %v is none that there is", path, in.Choice.Property, o[in.Choice.Property])}
		}
		return s.value(path, v, &vkShape{Ref: ref})
	}
	for i, one := range in.OneOf {
		f := s.value(path, v, one)
		if len(f) == 0 {
			return nil
		}
		if i == 0 || len(f) < len(faults) {
			faults = f
		}
	}
	return faults
}

func (d *vkShape) count(path string, n int) []string {
	if n < d.MinItems || d.MaxItems > 0 && n > d.MaxItems {
		return []string{fmt.Sprintf("%s: %d items, and it must be %d-%d", path, n, d.MinItems, d.MaxItems)}
	}
	return nil
}
