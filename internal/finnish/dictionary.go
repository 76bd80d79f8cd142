package finnish

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// maxFile bounds what is read as a dictionary: the real one has 4 MB.
const maxFile = 64 << 20

// Dictionary is Voikko's Finnish morphology. It never changes and may be used by many at once.
type Dictionary struct {
	*transducer
	version string
}

// Open reads a dictionary: the mor.vfst of the Debian package voikko-fi, or one like it. A file that is broken, or is
// something else, is an error.
func Open(path string) (*Dictionary, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("dictionary: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("dictionary: %w", err)
	case !info.Mode().IsRegular() || info.Size() > maxFile:
		return nil, fmt.Errorf("dictionary %s: not a file of at most %d MiB", path, maxFile>>20)
	}
	b := make([]byte, info.Size())
	if _, err := io.ReadFull(file, b); err != nil {
		return nil, fmt.Errorf("dictionary %s: %w", path, err)
	}
	d, err := parse(b)
	if err != nil {
		return nil, fmt.Errorf("dictionary %s: %w", path, err)
	}
	return d, nil
}

// parse reads a dictionary and tries it with a word that every one of them has.
func parse(b []byte) (*Dictionary, error) {
	t, err := parseTransducer(b)
	if err != nil {
		return nil, err
	}
	steps := maxSteps
	for _, r := range t.readings("yhdistyksen", &steps) {
		if r.base == "yhdistys" {
			// Not a secret, only a name for the file: the fast sum will do.
			return &Dictionary{t, fmt.Sprintf("%08x", crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))}, nil
		}
	}
	return nil, errors.New("does not know the word yhdistys: it is broken or not a Finnish morphology")
}

// Version is a short name for the contents of the file.
func (d *Dictionary) Version() string { return d.version }

// Find looks for a dictionary where Debian, Fedora, Homebrew and an installation from source put it.
func Find() (path string, ok bool) {
	for _, dir := range []string{"/usr/lib", "/usr/share", "/usr/lib64", "/opt/homebrew/lib", "/opt/homebrew/share", "/usr/local/lib", "/usr/local/share"} {
		for _, variant := range []string{"mor-standard", "mor-morpho"} {
			path := filepath.Join(dir, "voikko/5", variant, "mor.vfst")
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return path, true
			}
		}
	}
	return "", false
}
