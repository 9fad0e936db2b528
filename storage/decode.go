package storage

import (
	"github.com/go-json-experiment/json"
	v1 "github.com/go-json-experiment/json/v1"
)

// Decode reads what encoding/json has written, as that would: but in one pass, where it goes over each byte twice, and over
// what is kept for later again.
func Decode(v []byte, into any) error { return json.Unmarshal(v, into, asWritten) }

var asWritten = v1.DefaultOptionsV1()
