package pgembed

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// errInUse tells that children of a killed server still hold its shared memory.
var errInUse = errors.New("the database is still in use")

// waitReady returns when the server takes connections, however long its recovery takes. When it
// does not come to that, the server has ended on return.
func (c *cluster) waitReady(ctx context.Context, srv *server, log *logFile) error {
	for told := time.Now(); ; {
		if answers(ctx, c.socket) {
			return nil
		}
		if time.Since(told) > patience {
			told = time.Now()
			c.log.Info("the database server is not ready yet", "dir", c.dir, "it says", log.lastWords())
		}
		timer := time.NewTimer(pollEvery)
		select {
		case <-timer.C:
		case <-srv.exited:
			timer.Stop()
			return startError(srv.err, log)
		case <-ctx.Done():
			timer.Stop()
			now := make(chan struct{})
			close(now)
			_ = srv.shutdown(now)
			return fmt.Errorf("start the database server: %w (see %s)", ctx.Err(), log.Name())
		}
	}
}

func startError(exit error, log *logFile) error {
	words := log.lastWords()
	if strings.Contains(words, "still in use") || strings.Contains(words, `"postmaster.pid" already exists`) {
		return fmt.Errorf("%w: %s", errInUse, words)
	}
	if exit == nil {
		exit = errors.New("it ended")
	}
	return fmt.Errorf("start the database server: %w: %s (see %s)", exit, words, log.Name())
}

// answers tells whether the server takes connections. A socket that accepts is not enough, the
// server opens it before it recovers: only a session that gets as far as ReadyForQuery counts.
// Being full counts as well.
func answers(ctx context.Context, socketDir string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", socketPath(socketDir))
	if err != nil {
		return false
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline)
	if _, err := conn.Write(startupMessage()); err != nil {
		return false
	}
	for {
		kind, body, err := readMessage(conn)
		switch {
		case err != nil:
			return false
		case kind == 'E':
			return bytes.Contains(body, []byte("C53300\x00")) // too_many_connections
		case kind == 'Z':
			_, _ = conn.Write([]byte{'X', 0, 0, 0, 4}) // take leave, or the server logs a lost client
			return true
		}
	}
}

func startupMessage() []byte {
	body := "\x00\x03\x00\x00user\x00" + superuser + "\x00database\x00postgres\x00\x00"
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body)+4)), body...)
}

func readMessage(r io.Reader) (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	size := binary.BigEndian.Uint32(head[1:])
	if size < 4 || size > 1<<16 {
		return 0, nil, errors.New("not a PostgreSQL server")
	}
	body = make([]byte, size-4)
	_, err = io.ReadFull(r, body)
	return head[0], body, err
}
