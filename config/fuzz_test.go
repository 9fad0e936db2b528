package config

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// Whatever stands in a file of boundaries, it is read or refused, and a point is then in one of the pack's municipalities
// or in none.
func FuzzBoundaries(f *testing.F) {
	for _, s := range []string{
		areas(feature(`"oktmo":"33701000"`, square("49", "58", "50", "59"))), areas(feature(`"name":"Киров"`, square("49", "58", "50", "59")), feature(`"name":"Другое"`, square("1", "1", "2", "2"))),
		areas(feature(`"name:ru":7,"oktmo":null`, "[]")), areas(feature(`"name":"Киров"`, `[[[49,58],[50,58],[50,59]]]`)), areas(feature(`"name":"Киров"`, `[[[1e308,-1e308],[1,1],[2,2],[1e308,-1e308]]]`)),
		strings.Replace(areas(feature(`"name":"Киров"`, "["+square("49", "58", "50", "59")+"]")), "Polygon", "MultiPolygon", 1), `{"type":"FeatureCollection","features":null}`, `{"features":[{}]}`, `[]`, ``, `{"type":"Feature"}`,
		areas(feature(`"name":"Киров"`, `[[[49,58,100],[50],[],[49,58]]]`)), areas(feature(`"name":"Киров"`, `{"x":[1]}`)),
	} {
		f.Add([]byte(s), 58.6, 49.6)
	}
	pack, err := Default()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte, lat, lon float64) {
		b, err := parseBoundaries(raw, pack)
		if (b == nil) == (err == nil) {
			t.Fatalf("%v and %v", b, err)
		}
		if err != nil {
			return
		}
		if code, ok := b.At(lat, lon); ok != (code != "") || ok && pack.Municipality(code) == nil {
			t.Fatalf("%v, %v lies in %q, %v", lat, lon, code, ok)
		}
		for _, code := range b.Missing {
			if pack.Municipality(code) == nil {
				t.Fatalf("%q is missing, and no municipality", code)
			}
		}
	})
}

// Whatever stands in a settings file, it is taken or each fault is told in a line of its own, without the secrets in it.
func FuzzSettings(f *testing.F) {
	for _, s := range []string{
		"listen: 127.0.0.1:9001\ndemo: true\nlog_level: debug\nadmins: [telegram:1, vk:2]\ntelegram:\n  api: http://127.0.0.1:8081\n", "telegram: {token: 1234567890:SECRETSECRETSECRET}", "telegram_token: SECRETSECRETSECRETSECRET",
		"config: x.yaml", "a: &a [*a]", "admins: {x: y}", "listen: [", "- x", "demo: maybe", "per_minute: -1", "per_minute: 99999999999999999999", "backup_keep: x", "\x00", "listen: !!binary x", "? {a: b}\n: c", "help: true", "language: |\n  ru\n", "token: |SECRETSECRETSECRET\n x", "token: *SECRETSECRETSECRET", "SECRETSECRETSECRET: 1\nSECRETSECRETSECRET: 2", "curators: [\"telegram:-100/7\", '']", "vk: 7",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "/dev") || strings.Contains(text, "/proc") || strings.Contains(text, "\\") {
			return // files without an end
		}
		r, err := Resolver(strings.NewReader(text))
		if err == nil {
			var c struct {
				Settings
				Serve struct{} `cmd:"" default:"1"`
			}
			k, kerr := kong.New(&c, kong.Resolvers(r), kong.Exit(func(int) {}))
			if kerr != nil {
				t.Fatal(kerr)
			}
			if _, err = k.Parse(nil); err == nil {
				err = c.Check()
			}
		}
		if err == nil {
			return
		}
		if strings.Contains(err.Error(), "SECRETSECRET") {
			t.Fatalf("the secret is told: %v", err)
		}
		var faults Faults
		if errors.As(err, &faults) && (len(faults) == 0 || slices.ContainsFunc(faults, func(f Fault) bool { return f.What == "" })) {
			t.Fatalf("a fault without words: %q", err)
		}
	})
}
