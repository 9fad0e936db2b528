package place

import (
	"math"
	"regexp"
	"testing"
)

func TestCoordinates(t *testing.T) {
	f := New(builtIn(t), nil)
	const lat, lon = 58.603591, 49.668023
	for _, text := range []string{
		"58.603591, 49.668023",
		"58.603591 49.668023",
		"58.603591,49.668023",
		"58.603591; 49.668023",
		"58.603591/49.668023",
		"58,603591, 49,668023",
		"58,603591 49,668023",
		"58,603591; 49,668023",
		"49.668023, 58.603591",
		"49,668023 58,603591",
		"(58.603591, 49.668023)",
		"Яма вот здесь: 58.603591, 49.668023, уже неделю",
		"N58.603591 E49.668023",
		"58.603591N 49.668023E",
		"58.603591° N, 49.668023° E",
		"N 58.603591° E 49.668023°",
		"58.603591° с.ш., 49.668023° в.д.",
		"58.603591 с. ш. 49.668023 в. д.",
		"широта 58.603591, долгота 49.668023",
		"Широта: 58.603591 Долгота: 49.668023",
		"lat=58.603591 lon=49.668023",
		"lat: 58.603591, lng: 49.668023",
		`58°36'12.93"N 49°40'4.88"E`,
		`58°36'12.93" с.ш. 49°40'4.88" в.д.`,
		"58° 36′ 12.93″ с. ш., 49° 40′ 4.88″ в. д.",
		`N 58°36'12.93" E 49°40'4.88"`,
		"58°36'12,93\"с.ш. 49°40'4,88\"в.д.",
		"58°36.2155' 49°40.0814'",
		"58°36.2155'N, 49°40.0814'E",
		"geo:58.603591,49.668023",
		"geo:58.603591,49.668023?z=17",
		"geo:0,0?q=58.603591,49.668023(яма)",
		"https://yandex.ru/maps/46/kirov/?ll=49.668023%2C58.603591&z=16",
		"https://yandex.ru/maps/?pt=49.668023,58.603591&z=16&l=map",
		"https://yandex.ru/maps/46/kirov/?ll=49.1%2C58.1&mode=whatshere&whatshere%5Bpoint%5D=49.668023%2C58.603591&whatshere%5Bzoom%5D=16",
		"https://yandex.ru/maps/?text=58.603591%2C49.668023",
		"https://yandex.ru/maps/?text=58.603591%20%2049.668023",
		"https://yandex.ru/maps/?rtext=~58.603591%2C49.668023&rtt=auto",
		"https://yandex.ru/navi/?whatshere%5Bpoint%5D=49.668023%2C58.603591",
		"yandexmaps://maps.yandex.ru/?pt=49.668023,58.603591",
		"https://www.google.com/maps/@58.603591,49.668023,17z",
		"https://www.google.com/maps?q=58.603591,49.668023",
		"https://maps.google.com/?q=loc:58.603591,49.668023",
		"https://www.google.com/maps/search/?api=1&query=58.603591%2C49.668023",
		"https://www.google.com/maps/search/58.603591,+49.668023",
		"https://www.google.com/maps/dir//58.603591,49.668023/@58.1,49.1,12z",
		"https://www.google.com/maps/place/%D0%AF%D0%BC%D0%B0/@58.1,49.1,17z/data=!3m1!4b1!4m4!3m3!8m2!3d58.603591!4d49.668023",
		"https://2gis.ru/kirov/geo/49.668023%2C58.603591",
		"https://2gis.ru/kirov?m=49.668023%2C58.603591%2F17",
		"https://2gis.ru/kirov/geo/70000001/49.668023,58.603591?m=49.1,58.1/11",
		"https://2gis.ru/kirov/firm/70000001/49.668023%2C58.603591",
		"https://www.openstreetmap.org/?mlat=58.603591&mlon=49.668023#map=12/58.1/49.1",
		"https://www.openstreetmap.org/#map=17/58.603591/49.668023",
		"https://www.openstreetmap.org/query?lat=58.603591&lon=49.668023",
		"https://maps.apple.com/?ll=58.603591,49.668023&q=X",
		"om://map?v=1&ll=58.603591,49.668023&n=X",
		"фото https://vk.com/photo-1_2 место 58.603591, 49.668023",
		"https://vk.com/photo-1_2 https://yandex.ru/maps/?pt=49.668023,58.603591",
		"Яма (https://yandex.ru/maps/?pt=49.668023,58.603591).",
	} {
		gotLat, gotLon, ok := f.Coordinates(text)
		if !ok || math.Abs(gotLat-lat) > 0.00001 || math.Abs(gotLon-lon) > 0.00001 {
			t.Errorf("%s\n\t%v, %v, %v", text, gotLat, gotLon, ok)
		}
	}
}

func TestRoughCoordinatesAreCoordinates(t *testing.T) {
	f := New(builtIn(t), nil)
	for _, text := range []string{"58.6, 49.66", "58.6 49.7", "49.7, 58.6"} {
		if lat, lon, ok := f.Coordinates(text); !ok || lat != 58.6 || lon < 49.65 || lon > 49.71 {
			t.Errorf("%q: %v, %v, %v", text, lat, lon, ok)
		}
	}
}

func TestCoordinatesOfOtherRegionsAreCoordinates(t *testing.T) {
	f := New(builtIn(t), nil)
	for _, text := range []string{"55.755800, 37.617600", "https://www.google.com/maps/@55.7558,37.6176,15z"} {
		lat, lon, ok := f.Coordinates(text)
		if _, in := f.At(lat, lon); !ok || in || lat != 55.7558 {
			t.Errorf("%q: %v, %v, %v, in the region: %v", text, lat, lon, ok, in)
		}
	}
}

func TestNumbersThatAreNoCoordinates(t *testing.T) {
	f := New(builtIn(t), nil)
	for _, text := range []string{
		"", "58.6", "1.5, 2.5", "тариф был 12,50, стал 30,20", "с 10.30 до 12.45", "23.11.2026", "8-912-345-67-89", "+7 (912) 345-67-89",
		"58.50, 49.60 рублей", "выросло на 58,5 49,6 %", "показания 1234.56, 7890.12", "дом 58, 49 квартира", "58, 49",
		"https://vk.com/wall-1_2", "https://yandex.ru/maps/-/CDabcDef", "https://2gis.ru/kirov", "https://goo.gl/maps/abc", "https://shop.ru/?v=1.5,2.5",
		"99.123456, 199.123456", "NaN, NaN",
	} {
		if lat, lon, ok := f.Coordinates(text); ok {
			t.Errorf("%q is %v, %v", text, lat, lon)
		}
	}
}

// They are compiled when a text needs them first, which is no time to learn that one cannot be.
func TestEveryExpressionCompiles(t *testing.T) {
	for _, expr := range append([]func() *regexp.Regexp{decimal, angle, link, amount}, links...) {
		expr()
	}
}
