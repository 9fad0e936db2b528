package learn

// Names gives a lesson for each theme of lessons, once: what it and its group are called. The names are known before anybody
// decides anything, and tell what is meant where few texts or none have shown it.
func Names(lessons []Lesson) (list []Lesson) {
	seen := map[string]bool{}
	for _, one := range lessons {
		group, theme := one.Labels[Group], one.Labels[Theme]
		if theme == "" || seen[theme] {
			continue
		}
		seen[theme] = true
		labels := map[Dimension]string{Theme: theme}
		if group != "" {
			labels[Group] = group
		}
		list = append(list, Lesson{Text: group + ". " + theme, Labels: labels})
	}
	return list
}
