package words

import "testing"

func TestSame(t *testing.T) {
	for _, pair := range [][2]string{{"киров", "кирова"}, {"киров", "кирове"}, {"киров", "кировом"}, {"поляны", "полянах"}, {"поляны", "полян"}, {"слободской", "слободского"}, {"луза", "лузе"}} {
		if !Same(pair[0], pair[1]) {
			t.Errorf("%v are not the same", pair)
		}
	}
	for _, pair := range [][2]string{{"киров", "кировский"}, {"мост", "мостки"}, {"бор", "борок"}, {"орлов", "орлово-2"}, {"яма", "ямал"}} {
		if Same(pair[0], pair[1]) {
			t.Errorf("%v are the same", pair)
		}
	}
}
