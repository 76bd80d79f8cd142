package i18n

// finnish holds the service's own sentences in Finnish, by their English format. A test looks for those that are missing.
var finnish = map[string]string{}
