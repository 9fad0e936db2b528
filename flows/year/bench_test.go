package year

import (
	"testing"

	"otklik/storage"
)

// BenchmarkYear measures the questions that are asked of the figures of a played time, and a whole check of the store. What
// one value of a dimension costs is the baseline. The play is that of TestYear: OTKLIK_LONG=1 makes it the whole year, and
// OTKLIK_YEAR_DIR the embedded store.
func BenchmarkYear(b *testing.B) {
	w := newWorld(b, chosen())
	w.run()
	from, to := w.dayOf(w.plan.from), w.dayOf(w.plan.end)+1
	ask := func(name string, fn func(tx *storage.Tx) error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w.desk.view(fn)
			}
		})
	}
	ask("sums of the region", func(tx *storage.Tx) error { _, err := tx.Sums(storage.InAll, "", from, to); return err })
	ask("sums of Kirov", func(tx *storage.Tx) error { _, err := tx.Sums(storage.ByMunicipality, "kirov", from, to); return err })
	for _, by := range dimensions {
		ask("sums by "+string(by), func(tx *storage.Tx) error { _, err := tx.SumsBy(by, from, to); return err })
	}
	ask("a week by m", func(tx *storage.Tx) error { _, err := tx.SumsBy(storage.ByMunicipality, to-60, to-53); return err })
	ask("now by m", func(tx *storage.Tx) error { _, err := tx.Now(storage.ByMunicipality); return err })
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			w.verify()
		}
	})
}
