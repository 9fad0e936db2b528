package storage

// Labels are what a curator's decision says of what somebody wrote: codes of the region pack; "" says nothing.
type Labels struct {
	Theme    string `json:"theme,omitempty"` // the topic
	Group    string `json:"group,omitempty"` // … and its group
	Executor string `json:"executor,omitempty"`
	Problem  string `json:"problem,omitempty"` // "yes" or "no"
}

// With gives the labels after a later decision: its word counts wherever it says one.
func (l Labels) With(later Labels) Labels {
	for _, f := range []struct {
		into *string
		now  string
	}{{&l.Theme, later.Theme}, {&l.Group, later.Group}, {&l.Executor, later.Executor}, {&l.Problem, later.Problem}} {
		if f.now != "" {
			*f.into = f.now
		}
	}
	return l
}

// Beside leaves what was not said before.
func (l Labels) Beside(before Labels) (news Labels) {
	for _, f := range []struct {
		into      *string
		now, then string
	}{{&news.Theme, l.Theme, before.Theme}, {&news.Group, l.Group, before.Group}, {&news.Executor, l.Executor, before.Executor}, {&news.Problem, l.Problem, before.Problem}} {
		if f.now != f.then {
			*f.into = f.now
		}
	}
	return news
}

// Lesson is what a decision teaches. It has no words: they are read from the incident when it is taught, so that nothing
// of a person is kept twice.
type Lesson struct {
	ID       uint64 `json:"id"` // in the order of the decisions
	Incident uint64 `json:"incident"`
	Labels
}

const lessonCounter = "lesson"

// PutLesson keeps a lesson, which gets a number if it has none.
func (tx *Tx) PutLesson(l *Lesson) (err error) {
	if l.ID == 0 {
		if l.ID, err = tx.Next(lessonCounter); err != nil {
			return err
		}
	}
	return put(tx, key(spaceLesson, l.ID), l)
}

// Lessons gives the lessons after a number, at most so many, in their order.
func (tx *Tx) Lessons(after uint64, limit int) (list []*Lesson, err error) {
	prefix := key(spaceLesson)
	err = tx.r.Scan(key(spaceLesson, after+1), After(prefix), false, func(k, v []byte) bool {
		if len(list) == limit {
			return false
		}
		one, fault := decoded[Lesson](v)
		if fault != nil {
			one = &Lesson{ID: last(k)} // Verify names it; those behind it are taught
		}
		list = append(list, one)
		return true
	})
	return list, err
}

// LastLesson gives the number of the last lesson ever kept, 0 for none.
func (tx *Tx) LastLesson() (uint64, error) { return tx.Last(lessonCounter) }

// DropLessons deletes the lessons up to a number, at most so many; more tells that some are left.
func (tx *Tx) DropLessons(to uint64, limit int) (more bool, err error) {
	var keys [][]byte
	err = tx.r.Scan(key(spaceLesson), key(spaceLesson, to+1), false, func(k, _ []byte) bool {
		if len(keys) == limit {
			more = true
			return false
		}
		keys = append(keys, k)
		return true
	})
	for _, k := range keys {
		if err == nil {
			err = tx.w.Delete(k)
		}
	}
	return more, err
}
