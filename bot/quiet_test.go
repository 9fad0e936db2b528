package bot

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestAQuietErrorQuotesNobody(t *testing.T) {
	for said, want := range map[string]string{
		`peer "Анна": want channel:chat`:                     `peer […]: want channel:chat`,
		`json: invalid use of 'Ленина 12' here`:              `json: invalid use of […] here`,
		"no street Ленина, дом at all":                       "no street […] at all",
		"call +7 (912) 345-67-89 now":                        "call […] now",
		"chat -1001234567890 is gone":                        "chat -[…] is gone",
		"sendMessage: 400 Bad Request: message can't be ed":  "sendMessage: 400 Bad Request: message can't be ed",
		"it can't and it won't":                              "it can't and it won't",
		"the file's download: 404 Not Found, tried 20 times": "the file's download: 404 Not Found, tried 20 times",
		`a "quoted \"word\" of it" and «ещё» and ` + "`b`":   "a […] and […] and […]",
	} {
		if got := Quiet(errors.New(said)).Error(); got != want {
			t.Errorf("%q became %q, want %q", said, got, want)
		}
	}
	if Quiet(nil) != nil {
		t.Error("an error of nothing")
	}
	if err := Quiet(fmt.Errorf("Анна: %w", io.EOF)); !errors.Is(err, io.EOF) {
		t.Error("the cause is lost")
	}
	if err := Quiet(&Failure{Reason: NoPeer, Err: io.EOF}); FailureOf(err).Reason != NoPeer {
		t.Error("the reason is lost")
	}
}

func recovered(fall func()) (p *Panic) {
	defer func() { p = Recovered(recover()) }()
	fall()
	return nil
}

func TestAPanicTellsWhereItWasAndNotWhatWasWritten(t *testing.T) {
	for _, value := range []any{"позвоните Анне", errors.New("позвоните Анне"), Update{Text: "позвоните Анне"}, []string{"Анна"}} {
		p := recovered(func() { panic(value) })
		if strings.Contains(p.Error(), "Анн") || !strings.Contains(p.Error(), fmt.Sprintf("%T", value)) {
			t.Errorf("%v", p)
		}
		if !strings.Contains(string(p.Stack), "quiet_test.go") {
			t.Errorf("where was it?\n%s", p.Stack)
		}
	}
	var none []int
	if p := recovered(func() { none[len(none)]++ }); !strings.Contains(p.Error(), "index out of range") {
		t.Errorf("the runtime's own word is not told: %v", p)
	}
}

func TestATrailIsTheSameForTheSameUpdateAndTellsNobody(t *testing.T) {
	u := Update{Channel: "vk", ID: "m123456789.17"}
	if a := u.Trail(); len(a) != 8 || a != (&Update{Channel: "vk", ID: "m123456789.17", Text: "again"}).Trail() || strings.Contains(a, "123456789") {
		t.Errorf("%q", a)
	}
	if u.Trail() == (&Update{Channel: "telegram", ID: u.ID}).Trail() || u.Trail() == (&Update{Channel: "vk", ID: "m123456789.18"}).Trail() {
		t.Error("two updates, one trail")
	}
	if (&Update{}).Trail() != "" {
		t.Error("a timer leaves a trail")
	}
}
