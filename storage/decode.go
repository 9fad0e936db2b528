package storage

import (
	"github.com/go-json-experiment/json"
	v1 "github.com/go-json-experiment/json/v1"
)

// decode reads a record, as encoding/json would, which has written it: but in one pass, where that one goes over each byte
// twice, and over what is kept for later again.
func decode(v []byte, into any) error { return json.Unmarshal(v, into, asWritten) }

var asWritten = v1.DefaultOptionsV1()
