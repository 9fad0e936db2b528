//go:build !linux || !(amd64 || arm64)

package main

import "errors"

func evict(string) error { return errors.New("only on Linux") }
