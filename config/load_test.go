package config

import "testing"

// builtIn gives the built-in pack.
func builtIn(t *testing.T) *Pack {
	t.Helper()
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheBuiltInPackIsInOrder(t *testing.T) {
	p := builtIn(t)
	if got := len(p.Municipalities); got != 45 {
		t.Errorf("%d municipalities, want 45", got)
	}
	if got := len(p.Settlements); got != 4288 {
		t.Errorf("%d settlements, want 4288", got)
	}
	if p.Route("road-potholes", "kumensky").Code != "adm-kumensky" {
		t.Error("potholes in Kumensky do not go to its administration")
	}
	if p.Norms.First != (Norm{Hours: 9}) || p.Topic("house-heating").Final != (Norm{Hours: 8}) || !p.Topic("road-potholes").First.IsZero() {
		t.Error("norms are read wrong")
	}
}
