package kit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"otklik/bot"
)

// Load gives a photo's bytes, at most limit of them. A photo that will never have any is a failure for ever.
func Load(ctx context.Context, m bot.Media, open bot.Opener, limit int) ([]byte, error) {
	r, err := Open(ctx, m, open)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > limit:
		return nil, &bot.Failure{Reason: bot.Never, Err: fmt.Errorf("it is larger than the %d MB that the messenger takes", limit>>20)}
	case len(data) == 0:
		return nil, &bot.Failure{Reason: bot.Never, Err: errors.New("it is empty")}
	}
	return data, nil
}

// Open is open, where there is somebody who opens.
func Open(ctx context.Context, m bot.Media, open bot.Opener) (io.ReadCloser, error) {
	if open == nil {
		return nil, &bot.Failure{Reason: bot.Never, Err: errors.New("nobody has its bytes")}
	}
	return open(ctx, m)
}

// longestName is of how many characters a file's name may be: what file systems bear, whatever the script.
const longestName = 80

// FileName gives a file's name as any system bears it: no folders, no control characters, not too long, and with its ending.
func FileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, strings.ReplaceAll(bot.Clean(name), "\n", " "))
	name = strings.Trim(name, ". \t")
	ending := path.Ext(name)
	if n := utf8.RuneCountInString(name); n > longestName && len(ending) < 10 {
		head := []rune(strings.TrimSuffix(name, ending))
		name = strings.TrimSpace(string(head[:longestName-len(ending)])) + ending
	}
	if name == "" {
		return "file"
	}
	return name
}

// Sized gives how many bytes r has. One that does not tell is read into memory.
func Sized(r io.Reader) (io.Reader, int64, error) {
	if s, ok := r.(io.Seeker); ok {
		size, err := s.Seek(0, io.SeekEnd)
		if err == nil {
			_, err = s.Seek(0, io.SeekStart)
		}
		return r, size, err
	}
	data, err := io.ReadAll(r)
	return bytes.NewReader(data), int64(len(data)), err
}
