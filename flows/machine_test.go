package flows

import (
	"strings"
	"testing"

	"otklik/storage"
)

func asks(*Turn) error            { return nil }
func steps(*Turn) (string, error) { return Stay, nil }

func TestTableFaultsAreNamed(t *testing.T) {
	good := func() Flow {
		return Flow{Name: "f", Table: []Transition{{"go", []string{""}, "a"}, {"end", []string{"a"}, Done}},
			Ask: map[string]Ask{"a": asks}, Step: map[string]Step{"a": steps}}
	}
	for _, tc := range []struct {
		rule  string
		spoil func(*Flow)
		want  string
	}{
		{"a good table", func(*Flow) {}, ""},
		{"one event leads to two states", func(f *Flow) { f.Table = append(f.Table, Transition{"go", []string{""}, Done}) }, `event "go" twice in state ""`},
		{"a state that nothing leads to", func(f *Flow) { f.Table = append(f.Table, Transition{"x", []string{"b"}, Done}) }, `state "b" is never reached`},
		{"a state that asks nothing", func(f *Flow) { f.Ask = nil }, `state "a" asks nothing`},
		{"a state that takes nothing", func(f *Flow) { f.Step = nil }, `state "a" takes nothing`},
		{"a question outside the table", func(f *Flow) { f.Ask["z"] = asks }, `state "z" is asked but not in the table`},
		{"an engine's own event", func(f *Flow) { f.Table = append(f.Table, Transition{Stay, []string{"a"}, Done}) }, `event name "stay" is taken`},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			f := good()
			tc.spoil(&f)
			err := f.check()
			if (err == nil) != (tc.want == "") || (err != nil && !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	inc := &storage.Incident{Number: 1, Assignment: &storage.Assignment{Org: "a"}, Reporters: []storage.Reporter{{Person: 1}}}
	people := map[string]*storage.Person{
		"author":   {ID: 1},
		"stranger": {ID: 2},
		"curator":  {ID: 3, Roles: []storage.Role{{Kind: storage.Curator}}},
		"admin":    {ID: 4, Roles: []storage.Role{{Kind: storage.Admin}}},
		"official": {ID: 5, Roles: []storage.Role{{Kind: storage.Official, Org: "a"}}},
		"other":    {ID: 6, Roles: []storage.Role{{Kind: storage.Official, Org: "b"}}},
		"nobody":   nil,
	}
	may := map[Action]string{
		Assign: "curator admin", Reject: "curator admin", Retopic: "curator admin", Replace: "curator admin",
		Approve: "curator admin", Return: "curator admin",
		Accept: "official", Decline: "official", Note: "official", Answer: "official",
		Confirm: "author", Dispute: "author", Add: "author", When: "author", Withdraw: "author", Mark: "author",
		Urgent: "curator admin", Postpone: "curator admin", Remark: "curator admin", Hide: "curator admin", Split: "curator admin",
		Merge: "curator admin", Gather: "curator admin", Unmerge: "curator admin", Scatter: "curator admin",
		Grant: "curator admin", Deny: "curator admin",
		Inquire: "curator admin official", Resume: "curator admin official",
		Promise: "official", Extend: "official", Hand: "official", Revise: "official",
		Tell: "author", Leave: "author", Forget: "author", Follow: "author stranger curator admin official other",
		Lapse: "", Silent: "", Settle: "",
		Overdue: "", Create: "", "unknown": "",
	}
	for a, who := range may {
		for name, p := range people {
			want := false
			for w := range strings.FieldsSeq(who) {
				want = want || w == name
			}
			if _, ok := Allowed(p, a, inc); ok != want {
				t.Errorf("%s by %s: %v, want %v", a, name, ok, want)
			}
		}
	}
	if _, ok := Allowed(people["official"], Accept, &storage.Incident{}); ok {
		t.Error("an official acts on an incident that no organisation has")
	}
}

func TestNextState(t *testing.T) {
	for _, r := range Lifecycle {
		for _, s := range storage.States {
			inc := &storage.Incident{State: s, Held: storage.Assigned}
			to, err := next(t.Context(), inc, r.Action)
			if Possible(r.Action, s) != (err == nil) {
				t.Errorf("%s in %s: %v, the table says possible=%v", r.Action, s, err, Possible(r.Action, s))
			}
			if err == nil && to != r.To && (r.To != "" || to != s) && (r.To != Held || to != inc.Held) {
				t.Errorf("%s in %s leads to %s, want %s", r.Action, s, to, r.To)
			}
		}
	}
}
