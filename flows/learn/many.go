package learn

// passes is how often years of history are gone through: once more than a day's lessons, which is as good.
const passes = 2

// portion is after how many lessons TeachAll tells how far it is.
const portion = 100

// TeachAll teaches what the lessons' themes are called, then the lessons in their order, and goes through them again. It
// tells progress, which may be nil, how many lessons are done of the passes × len(lessons) steps, counted as lessons: it ends
// at len(lessons). Others may judge meanwhile. At the first lesson beyond the learner's room it stops with ErrFull; those
// before are taught.
func (l *Learner) TeachAll(lessons []Lesson, progress func(done int)) error {
	if progress == nil {
		progress = func(int) {}
	}
	for _, one := range Names(lessons) {
		if err := l.Teach(one); err != nil {
			return err
		}
	}
	for step := range passes * len(lessons) {
		one := lessons[step%len(lessons)]
		if step < len(lessons) {
			if err := l.Teach(one); err != nil {
				return err
			}
		} else {
			l.repeat(one)
		}
		if (step+1)%portion == 0 {
			progress((step + 1) / passes)
		}
	}
	progress(len(lessons))
	return nil
}

// repeat moves the linear opinion towards a lesson that is known.
func (l *Learner) repeat(one Lesson) {
	t := l.read(one.Text, one.Hints)
	l.mu.Lock()
	defer l.mu.Unlock()
	truth, err := l.enroll(one.Labels)
	if err != nil || truth == none || len(t.features) == 0 {
		return
	}
	b := l.work.Get().(*bench)
	defer l.work.Put(b)
	l.step(b, l.weigh(b, t.features), truth, &l.subjects)
}
