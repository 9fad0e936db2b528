package config

import "testing"

func BenchmarkDefault(b *testing.B) {
	for b.Loop() {
		if _, err := Default(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad is what Default is measured against: the same pack as any region has it, from its file.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load("kirov.yaml"); err != nil {
			b.Fatal(err)
		}
	}
}
