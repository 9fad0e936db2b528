package config

import (
	"fmt"
	"log/slog"
	"strings"
)

// Secret is a value that never prints: whatever shows it, shows "(set)" or "(empty)".
type Secret struct{ value string }

// NewSecret hides a value, without the white space around it.
func NewSecret(value string) Secret { return Secret{strings.TrimSpace(value)} }

// Reveal gives the value.
func (s Secret) Reveal() string { return s.value }

// IsSet tells whether there is a value.
func (s Secret) IsSet() bool { return s.value != "" }

// String tells only whether there is a value.
func (s Secret) String() string {
	if s.IsSet() {
		return "(set)"
	}
	return "(empty)"
}

// GoString is String: %#v shows no more.
func (s Secret) GoString() string { return s.String() }

// Format is String, whatever the verb: reflection on the field finds no other way out.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalText is String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON is String in quotes.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// MarshalYAML is String.
func (s Secret) MarshalYAML() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// LogValue is String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// UnmarshalText takes a value in.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
