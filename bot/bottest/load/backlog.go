package main

import "context"

func backlog(ctx context.Context, b *bench) error { return nil }
func abuse(ctx context.Context, b *bench) error   { return nil }
