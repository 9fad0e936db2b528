package config

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

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
	if p.Norms.Inspecting() != (Norm{Days: 10}) || (Norms{Inspection: Norm{Days: 3}}).Inspecting() != (Norm{Days: 3}) || (Norms{}).Inspecting() != (Norm{Days: 10}) {
		t.Error("the norm of an inspection is read wrong")
	}
	if o := p.Organisation(p.Topic("road-potholes").Supervisor); !o.Supervises() || !p.Organisation("min-environment").Supervises() || p.Organisation("min-transport").Supervises() {
		t.Error("who inspects is read wrong")
	}
}

func TestTheBuiltInPackIsThatOfItsFile(t *testing.T) {
	want, err := Load("kirov.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		raw, err := json.MarshalIndent(want, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("kirov.json", append(raw, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !reflect.DeepEqual(builtIn(t), want) {
		t.Error("kirov.json is of another kirov.yaml: go test ./config -run BuiltIn -update")
	}
}

func TestASettlementsCodeStandsInOneLine(t *testing.T) {
	var f firsts
	for i, c := range []struct {
		code string
		want int
	}{{"1", 0}, {"2", 1}, {"5", 2}, {"5", 2}, {"3", 4}, {"7", 5}, {"3", 4}, {"7", 5}, {"1", 0}, {"9", 9}} {
		if got := f.line(c.code, i); got != c.want {
			t.Errorf("%s in line %d: first in %d, want %d", c.code, i, got, c.want)
		}
	}
}
