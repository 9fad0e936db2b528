package bottest

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// vkCalls is how many calls VK makes for one execute.
const vkCalls = 25

// execute does the calls of a code, one after the other; the lock is held.
func (g *VK) execute(c Call) vkAnswer {
	inner, err := vkCode(c.Params["code"])
	if err != nil {
		g.fault("execute: %v\n%s", err, c.Params["code"])
		return vkAnswer{no: &refused{12, "Unable to compile code: " + err.Error(), nil}}
	}
	planned := make([]*Fault, len(inner))
	var whole *Fault
	for i, in := range inner {
		planned[i] = g.failure(in.Method, false)
		if f := planned[i]; f != nil && f.no == nil {
			if whole = f; f.Heard {
				planned[i] = nil
				break
			}
			return vkAnswer{fault: f}
		}
	}
	answer := vkAnswer{fault: whole}
	results := []any{}
	for i, in := range inner {
		var result any
		no := g.check(in)
		if no == nil && planned[i] != nil {
			no = planned[i].no
		}
		if no == nil {
			result, no = g.do(in)
		}
		if no != nil {
			answer.errors = append(answer.errors, map[string]any{"method": in.Method, "error_code": no.code, "error_msg": no.text})
			result = false
		}
		results = append(results, result)
	}
	answer.result = results
	return answer
}

var vkCallHead = regexp.MustCompile(`^API\.([a-z]+\.[A-Za-z]+)\(`)

// vkCode reads the one form of code that the fake runs: return [API.method({…}),…];
func vkCode(code string) (list []Call, err error) {
	rest, ok := strings.CutPrefix(code, "return [")
	if !ok {
		return nil, errors.New(`it does not begin with "return ["`)
	}
	for {
		head := vkCallHead.FindStringSubmatch(rest)
		if head == nil {
			return nil, fmt.Errorf("no call at %.40q", rest)
		}
		rest = rest[len(head[0]):]
		d := json.NewDecoder(strings.NewReader(rest))
		d.UseNumber()
		var object map[string]any
		if err := d.Decode(&object); err != nil || object == nil {
			return nil, fmt.Errorf("no object at %.40q: %w", rest, err)
		}
		c := Call{Method: head[1], Params: map[string]string{}, Inside: true}
		for name, v := range object {
			if c.Params[name], err = vkPlain(v); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", c.Method, name, err)
			}
		}
		list = append(list, c)
		rest = rest[d.InputOffset():]
		switch {
		case strings.HasPrefix(rest, "),"):
			rest = rest[2:]
		case rest == ")];" && len(list) <= vkCalls:
			return list, nil
		case rest == ")];":
			return nil, errors.New("too many API calls")
		default:
			return nil, fmt.Errorf("neither a call nor the end at %.40q", rest)
		}
	}
}

// vkPlain is a value as it would stand in a form.
func vkPlain(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		if v {
			return "1", nil
		}
		return "0", nil
	case []any:
		var list []string
		for _, e := range v {
			one, err := vkPlain(e)
			if err != nil {
				return "", err
			}
			list = append(list, one)
		}
		return strings.Join(list, ","), nil
	}
	return "", fmt.Errorf("%v is no string, number, boolean or list", v)
}
