package office_test

import (
	"archive/zip"
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"otklik/flows/office"
	"otklik/storage"
)

// TestAWorkbookIsTheSameWhoeverOwnsTheStore: the running program makes it, or the command itself where none runs.
func TestAWorkbookIsTheSameWhoeverOwnsTheStore(t *testing.T) {
	p := newPlace(t)
	p.keep(p.Settings.Data, func(tx *storage.Tx) error {
		for range 3 {
			n, err := tx.Next("incident")
			if err != nil {
				return err
			}
			inc := &storage.Incident{Number: n, State: storage.New, Created: start, Place: storage.Place{Municipality: "kirov"}, Text: strings.Repeat("яма ", 1000*int(n))}
			if err := tx.PutIncident(inc); err != nil {
				return err
			}
		}
		return nil
	})
	run := func(e office.Export) (string, error) {
		p.out.Reset()
		err := e.Run(context.Background(), p.Program)
		return p.out.String(), err
	}
	alone, asked := p.path("alone.XLSX"), p.path("asked.xlsx") // an ending is an ending, however it is written
	if out, err := run(office.Export{File: alone}); err != nil || !strings.Contains(out, "3 incidents") {
		t.Fatalf("%s, %v", out, err)
	}
	_, stop := p.serve()
	defer stop()
	if out, err := run(office.Export{File: asked}); err != nil || !strings.Contains(out, "3 incidents") {
		t.Fatalf("%s, %v", out, err)
	}
	one, two := parts(t, alone), parts(t, asked)
	for name, text := range one {
		if strings.Contains(name, "/worksheets/") || strings.Contains(name, "/charts/") || strings.Contains(name, "/docProps/") {
			p.same(name, two[name], text)
		}
	}
	if len(one) != len(two) || one["xl/worksheets/sheet2.xml"] == "" {
		t.Errorf("%d and %d parts", len(one), len(two))
	}
	if out, err := run(office.Export{File: p.path("one.csv"), Municipality: "kumensky"}); err != nil || !strings.Contains(out, "0 incidents") {
		t.Errorf("another municipality's: %s, %v", out, err)
	}
	for _, e := range []office.Export{{File: p.path("no.xlsx"), Org: "adm-nowhere"}, {File: p.path("no.csv"), Municipality: "nowhere"}} {
		if _, err := run(e); err == nil || !strings.Contains(err.Error(), "nowhere") {
			t.Errorf("%+v: %v", e, err)
		}
		if _, err := os.Stat(e.File); err == nil {
			t.Errorf("%s was left", e.File)
		}
	}
}

// parts gives what a workbook is made of, by name: the order is not always the same.
func parts(t *testing.T, file string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close() //nolint:errcheck // it is only read
	list := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		list[f.Name] = string(text)
	}
	return list
}
