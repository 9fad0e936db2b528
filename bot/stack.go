package bot

// stretch has a goroutine's stack grow in one step to what an update or a message takes. It begins at two kilobytes, and
// would be copied each time that it has doubled: a twentieth of the time of a program under load.
//
//go:noinline
func stretch(i int) byte {
	var room [10 << 10]byte
	return room[i]
}
