package pgembed

import (
	"io"
	"os"
	"strings"
)

const maxLogSize = 10 << 20

// logFile is the server's log, with the place where the present run begins.
type logFile struct {
	*os.File
	begin int64
}

// openLog puts a long log aside first. One old log is kept.
func openLog(path string) (*logFile, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxLogSize {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return &logFile{File: f, begin: info.Size()}, nil
}

// lastWords is the last grave line of the present run, or its last line at all.
func (l *logFile) lastWords() string {
	b, _ := io.ReadAll(io.NewSectionReader(l.File, l.begin, 1<<20))
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		for _, level := range []string{"FATAL: ", "PANIC: "} {
			if _, words, ok := strings.Cut(lines[i], level); ok {
				return strings.TrimSpace(words)
			}
		}
	}
	return lines[len(lines)-1]
}
