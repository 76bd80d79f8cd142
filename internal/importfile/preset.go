package importfile

import (
	"embed"
	"fmt"
	"path"
	"strings"
)

//go:embed presets/*.json
var presetFiles embed.FS

// Presets lists the names of the mappings that come with the program.
func Presets() []string {
	entries, _ := presetFiles.ReadDir("presets") // embedded: it is there
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = strings.TrimSuffix(entry.Name(), ".json")
	}
	return names
}

// Preset returns the mapping of that name.
func Preset(name string) (*Mapping, error) {
	for _, known := range Presets() {
		if known != name {
			continue
		}
		document, err := presetFiles.ReadFile(path.Join("presets", name+".json"))
		if err != nil {
			return nil, fmt.Errorf("preset %s: %w", name, err)
		}
		return ParseMapping(document)
	}
	return nil, fmt.Errorf("there is no preset %q; there are %s", name, strings.Join(Presets(), ", "))
}
