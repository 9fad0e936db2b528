package office

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"text/tabwriter"

	"otklik/flows/learn"
)

// Judge tells how well the topics and the bodies of a labelled table are guessed by what is learnt from the rest of it.
type Judge struct {
	File  string `arg:"" help:"Table (CSV) with columns such as «Текст инцидента», «Группа тем», «Тема», «Исполнитель»." type:"existingfile"`
	Folds int    `default:"5" placeholder:"N" help:"Parts, each judged by what the others teach (${default})."`
}

// Run measures and prints a line for each dimension.
func (j Judge) Run(p *Program) error {
	f, err := os.Open(j.File)
	if err != nil {
		return err
	}
	defer f.Close()
	lessons, err := learn.ReadCSV(f)
	if err != nil {
		return fmt.Errorf("%s: %w", j.File, err)
	}
	if len(lessons) < 2*max(j.Folds, 2) {
		return fmt.Errorf("%s: %d rows are too few to judge by", j.File, len(lessons))
	}
	figures := learn.Measure(lessons, j.Folds, 1)
	w := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\trows\taccuracy\tweighted F1\ttop three\tcalibration error\t")
	for _, d := range slices.Sorted(maps.Keys(figures)) {
		f := figures[d]
		fmt.Fprintf(w, "%s\t%d\t%.3f\t%.3f\t%.3f\t%.3f\t\n", d, f.Lessons, f.Accuracy, f.F1, f.Top3, f.ECE)
	}
	return w.Flush()
}
