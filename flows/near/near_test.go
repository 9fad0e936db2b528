package near_test

import (
	"fmt"
	"strings"
	"testing"

	"otklik/flows/flowtest"
	"otklik/flows/near"
	"otklik/storage"
)

func TestTranscripts(t *testing.T) { flowtest.Transcripts(t) }

func TestDiagram(t *testing.T) {
	f := near.Flow()
	got, err := f.Diagram()
	if err != nil {
		t.Fatal(err)
	}
	flowtest.Golden(t, "diagram.mmd", got)
}

// TestManyAreCountedHonestly: a list that does not hold all that is open says so, and its last page can be reached.
func TestManyAreCountedHonestly(t *testing.T) {
	for n, want := range map[int]string{500: "до 1 км: 500", 501: "больше 500"} {
		s := flowtest.New(t)
		err := s.Store.Update(t.Context(), func(tx *storage.Tx) error {
			for i := range n {
				err := tx.PutIncident(&storage.Incident{Number: uint64(i + 1), State: storage.New, Topic: "roads/potholes", Text: fmt.Sprint("Яма ", i), Created: s.Now, Changed: s.Now,
					Place: storage.Place{Lat: 58.6 + float64(i)*1e-6, Lon: 49.6, Point: true}})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		got := s.Play("Анна: /near 58.6, 49.6\n")
		if !strings.Contains(got, want) {
			t.Errorf("%d: %s", n, got)
		}
		if !strings.Contains(got, "Ещё 495 →") {
			t.Errorf("%d: they cannot be paged through: %s", n, got)
		}
	}
}

// TestReportIsNoSearch: whoever writes what is wrong, while it is asked where to look, reports it.
func TestReportIsNoSearch(t *testing.T) {
	region := flowtest.Region(t)
	for said, report := range map[string]bool{
		"яма на дороге":                        true,
		"лифт сломан, Киров, Ленина 22":        true,
		"Не горит фонарь, Киров, Попова 5":     true,
		"Мусор не вывозят":                     true,
		"[фото] у дома":                        true,
		"Киров, Ленина":                        false,
		"Кладбище":                             false,
		"остановочная платформа Ежуры":         false,
		"Красная Горка":                        false,
		"Киров, улица Железнодорожная":         false,
		"Киров, Водопроводная 5":               false,
		"Энергетиков 5":                        false,
		"Нигдеград":                            false,
		"58.6, 49.66":                          false,
		"Кирово-Чепецкий район, деревня Ключи": false,
	} {
		for _, before := range []string{"Анна: /near\n", "Анна: /near\nАнна: Ключи\n"} {
			s := flowtest.On(t, region)
			s.Play(before)
			got := s.Play("Анна: " + said + "\n")
			if is := strings.Contains(got, "Понял:") || strings.Contains(got, "Где это?"); is != report {
				t.Errorf("%s%s: a report %v, want %v\n%s", before, said, is, report, got)
			}
		}
	}
}
