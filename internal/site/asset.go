package site

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed files
var files embed.FS

// Asset is a file that pages use, in both forms that it goes out in.
type Asset struct {
	MediaType string
	Packed    []byte                 // by gzip
	Plain     func() ([]byte, error) // made at the first call
}

// Icon is the name of the service's icon among the assets.
const Icon = "seutu.svg"

var mediaTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

// Assets are the files by name. What comes from others lies packed, what is ours plain.
var Assets = sync.OnceValues(func() (map[string]Asset, error) {
	out := map[string]Asset{}
	entries, err := files.ReadDir("files")
	for _, e := range entries {
		raw, err := fs.ReadFile(files, "files/"+e.Name())
		if err != nil {
			return nil, err
		}
		name, packed := strings.CutSuffix(e.Name(), ".gz")
		a := Asset{MediaType: mediaTypes[path.Ext(name)], Packed: raw}
		if packed {
			a.Plain = sync.OnceValues(func() ([]byte, error) { return unpack(raw) })
		} else {
			a.Plain = func() ([]byte, error) { return raw, nil }
			if a.Packed, err = pack(raw); err != nil {
				return nil, err
			}
		}
		out[name] = a
	}
	return out, err
})

func pack(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(raw); err != nil {
		return nil, err
	}
	err := z.Close()
	return b.Bytes(), err
}

func unpack(packed []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
