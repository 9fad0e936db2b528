package office

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"text/tabwriter"

	"otklik/flows/learn"
	"otklik/flows/lessons"
	"otklik/flows/understand"
)

// Judge tells how well the topics and the bodies of a labelled table are guessed by what is learnt from the rest of it, with
// what the region pack's keywords say of each text: as the desk guesses.
type Judge struct {
	File  string `arg:"" help:"Table (CSV) with columns such as «Текст инцидента», «Группа тем», «Тема», «Исполнитель»." type:"existingfile"`
	Folds int    `default:"5" placeholder:"N" help:"Parts, each judged by what the others teach (${default})."`
}

// Run measures and prints a line for each dimension.
func (j Judge) Run(p *Program) error {
	if j.Folds < 2 {
		return fmt.Errorf("%d parts (--folds): want 2 or more, as each is judged by what the others teach", j.Folds)
	}
	f, err := os.Open(j.File)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := learn.ReadCSV(f)
	if err != nil {
		return fmt.Errorf("%s: %w", j.File, err)
	}
	if len(rows) < 2*j.Folds {
		return fmt.Errorf("%s: %d rows are too few to judge by", j.File, len(rows))
	}
	pack, err := p.pack()
	if err != nil {
		return err
	}
	topics := understand.New(pack)
	for i, row := range rows {
		rows[i] = lessons.Row(topics, row)
	}
	figures := learn.Measure(rows, j.Folds, 1)
	w := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\trows\taccuracy\tweighted F1\ttop three\tcalibration error\t")
	for _, d := range slices.Sorted(maps.Keys(figures)) {
		f := figures[d]
		fmt.Fprintf(w, "%s\t%d\t%.3f\t%.3f\t%.3f\t%.3f\t\n", d, f.Lessons, f.Accuracy, f.F1, f.Top3, f.ECE)
	}
	return w.Flush()
}
