package all_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"otklik/flows"
	"otklik/flows/all"
)

// TestEveryTextIsThereInEveryLanguage: a language that nobody has asked for yet is not read when the program starts.
func TestEveryTextIsThereInEveryLanguage(t *testing.T) {
	texts, err := flows.ReadTexts(all.Flows())
	if err != nil {
		t.Fatal(err)
	}
	if err := texts.Check(); err != nil {
		t.Error(err)
	}
}

// TestEveryTextThatIsSaidIsThere: a slip in an id would be read by a person. Ids that are put together are left to the
// transcripts.
func TestEveryTextThatIsSaidIsThere(t *testing.T) {
	texts, err := flows.ReadTexts(all.Flows())
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	err = filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is || len(call.Args) == 0 {
				return true
			}
			method, is := call.Fun.(*ast.SelectorExpr)
			if !is || !slices.Contains([]string{"T", "Say", "Button", "Listed"}, method.Sel.Name) {
				return true
			}
			if word, is := call.Args[0].(*ast.BasicLit); is && word.Kind == token.STRING {
				id, err := strconv.Unquote(word.Value)
				if seen++; err != nil || !texts.Has(id) {
					t.Errorf("%s: there is no text %s", set.Position(word.Pos()), word.Value)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 300 {
		t.Errorf("only %d texts were looked at", seen)
	}
}
