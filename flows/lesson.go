package flows

import (
	"slices"
	"strings"
	"unicode"

	"otklik/config"
	"otklik/storage"
)

// teach keeps what a curator's decision teaches, beside its event: codes, and the incident whose words they are about. A
// decision that says nothing new of its incident teaches nothing; decisions of one turn make one lesson, as taking
// something and giving it to a body with one tap.
func (t *Turn) teach(inc *storage.Incident, ev *storage.Event) error {
	if ev.As != storage.Curator || !strings.ContainsFunc(inc.Text, unicode.IsLetter) {
		return nil
	}
	labels, err := t.labels(inc, ev)
	if err != nil {
		return err
	}
	if labels = labels.Beside(inc.Taught); labels == (storage.Labels{}) {
		return nil
	}
	inc.Taught = inc.Taught.With(labels)
	i := slices.IndexFunc(t.lessons, func(l *storage.Lesson) bool { return l.Incident == inc.Number })
	if i < 0 {
		i = len(t.lessons)
		t.lessons = append(t.lessons, &storage.Lesson{Incident: inc.Number})
	}
	t.lessons[i].Labels = t.lessons[i].With(labels)
	return t.Tx.PutLesson(t.lessons[i])
}

// labels are what a curator's decision says. Whether something is a problem is said of what was found in public, and by
// a rejection: who writes to the desk itself nearly always has one, and would teach that everything is.
func (t *Turn) labels(inc *storage.Incident, ev *storage.Event) (l storage.Labels, err error) {
	switch Action(ev.Action) {
	case Take:
		l = t.topical(inc.Topic)
		l.Problem = "yes"
	case Pass:
		l.Problem = "no"
	case Assign:
		l = t.topical(inc.Topic)
		l.Executor = ev.Org
		if inc.Filed > 0 { // nobody had said so yet
			l.Problem = "yes"
		}
	case Retopic:
		l = t.topical(inc.Topic)
	case Reject:
		if slices.ContainsFunc(t.Pack().Rejections, func(r config.Template) bool { return r.Code == ev.Why && r.NoProblem }) {
			l.Problem = "no"
		}
	case Merge:
		into, err := t.Tx.Incident(ev.Other)
		if err != nil || into == nil {
			return l, err
		}
		l = t.topical(into.Topic)
		if inc.Source.Kind == "found" {
			l.Problem = "yes"
		}
	}
	return l, nil
}

// topical gives a topic and its group.
func (t *Turn) topical(code string) (l storage.Labels) {
	if topic := t.Pack().Topic(code); topic != nil {
		l.Theme, l.Group = topic.Code, topic.Group
	}
	return l
}
