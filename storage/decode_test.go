package storage_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"otklik/storage"
)

// FuzzDecode: records are read as the standard library would read them, whatever stands there, and refused where it refuses.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"id":1,"rev":2,"peer":"telegram:5","priority":1,"body":{"text":"Яма \u0451 \n"},"created":"2026-11-27T10:00:00.5+03:00","updates":["a",null]}`,
		`{"ID":1,"Peer":"x","id":2,"body":null,"not_before":null,"seat":{"kind":"curator"}}`,
		`{"number":7,"state":"new","place":{"lat":58.6,"lon":49.6e0},"reporters":[{"person":1}],"of_a_newer_version":{"a":[1,null]}}`,
		`{"refs":{"telegram":"a","vk":"b"},"blob":"x"}`, "{\"peer\":\"\xff\"}", `{"id":-1}`, `{"id":1.0}`, `[]`, `null`, ``, `{"created":"0000-00-00"}`, ` {"id":18446744073709551615} `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, into := range [][2]any{{&storage.Outgoing{}, &storage.Outgoing{}}, {&storage.Incident{}, &storage.Incident{}}, {&storage.Media{}, &storage.Media{}}, {&storage.Person{}, &storage.Person{}}} {
			want, got := json.Unmarshal(raw, into[0]), storage.Decode(raw, into[1])
			if (want == nil) != (got == nil) {
				t.Fatalf("%T: the standard library says %v, we say %v", into[0], want, got)
			}
			if want == nil && !reflect.DeepEqual(into[0], into[1]) {
				t.Fatalf("the standard library reads\n%+v\nwe read\n%+v", into[0], into[1])
			}
		}
	})
}
