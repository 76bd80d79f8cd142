package store

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// Row is one row as PostgreSQL sent it. Its first columns are the members of a JSON object, named as the contract names
// them; further ones are for the reader: sort keys, versions.
type Row struct {
	fields []pgconn.FieldDescription
	values [][]byte
}

// EachRow runs a native query, in the context's transaction if there is one, and hands each row to fn. This is the way
// of the hot reads: a row goes from the wire to JSON by its column types, without passing through Go structs.
func (d *DB) EachRow(ctx context.Context, sql string, args []any, fn func(Row) error) error {
	rows, err := d.on(ctx).Query(ctx, sql, args...)
	if err != nil {
		return translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(Row{rows.FieldDescriptions(), rows.RawValues()}); err != nil {
			return err
		}
	}
	return translate(rows.Err())
}

// OneRow is EachRow for at most one row; found tells whether there was one.
func (d *DB) OneRow(ctx context.Context, sql string, args []any, fn func(Row) error) (found bool, err error) {
	err = d.EachRow(ctx, sql, args, func(r Row) error { found = true; return fn(r) })
	return found, err
}

// AppendJSON appends the first n columns as a JSON object.
func (r Row) AppendJSON(dst []byte, n int) ([]byte, error) {
	dst = append(dst, '{')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, r.fields[i].Name...)
		dst = append(dst, '"', ':')
		var err error
		if dst, err = appendValue(dst, &r.fields[i], r.values[i]); err != nil {
			return dst, fmt.Errorf("column %s: %w", r.fields[i].Name, err)
		}
	}
	return append(dst, '}'), nil
}

// Text is a column of type text, "" if null.
func (r Row) Text(i int) string { return string(r.values[i]) }

// Null tells whether a column is null.
func (r Row) Null(i int) bool { return r.values[i] == nil }

// Optional is a column of type text, nil if null.
func (r Row) Optional(i int) *string {
	if r.Null(i) {
		return nil
	}
	s := r.Text(i)
	return &s
}

// Int is a column of type bigint.
func (r Row) Int(i int) int64 { return int64(binary.BigEndian.Uint64(r.values[i])) }

// Bool is a column of type boolean.
func (r Row) Bool(i int) bool { return r.values[i] != nil && r.values[i][0] == 1 }

// Time is a column of type timestamptz.
func (r Row) Time(i int) time.Time { return wireTime(r.values[i]) }

// PostgreSQL counts microseconds and days from the first moment of 2000.
var epoch2000 = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func wireTime(b []byte) time.Time {
	us := int64(binary.BigEndian.Uint64(b))
	return epoch2000.Add(time.Duration(us) * time.Microsecond)
}

func appendValue(dst []byte, f *pgconn.FieldDescription, v []byte) ([]byte, error) {
	if v == nil {
		return append(dst, "null"...), nil
	}
	if f.DataTypeOID == pgtype.JSONOID || f.DataTypeOID == pgtype.JSONBOID {
		if f.Format == pgx.BinaryFormatCode && f.DataTypeOID == pgtype.JSONBOID {
			v = v[1:] // a version byte
		}
		return append(dst, v...), nil
	}
	if f.DataTypeOID == pgtype.TextOID || f.DataTypeOID == pgtype.VarcharOID {
		return AppendString(dst, v), nil
	}
	if f.Format != pgx.BinaryFormatCode {
		return dst, fmt.Errorf("type %d in text format", f.DataTypeOID)
	}
	switch f.DataTypeOID {
	case pgtype.UUIDOID:
		dst = append(dst, '"')
		dst = hex.AppendEncode(dst, v[0:4])
		for _, part := range [][]byte{v[4:6], v[6:8], v[8:10], v[10:16]} {
			dst = append(dst, '-')
			dst = hex.AppendEncode(dst, part)
		}
		return append(dst, '"'), nil
	case pgtype.TimestamptzOID:
		dst = append(dst, '"')
		dst = wireTime(v).AppendFormat(dst, time.RFC3339Nano)
		return append(dst, '"'), nil
	case pgtype.DateOID:
		dst = append(dst, '"')
		dst = epoch2000.AddDate(0, 0, int(int32(binary.BigEndian.Uint32(v)))).AppendFormat(dst, time.DateOnly)
		return append(dst, '"'), nil
	case pgtype.Int8OID:
		return strconv.AppendInt(dst, int64(binary.BigEndian.Uint64(v)), 10), nil
	case pgtype.Int4OID:
		return strconv.AppendInt(dst, int64(int32(binary.BigEndian.Uint32(v))), 10), nil
	case pgtype.BoolOID:
		return strconv.AppendBool(dst, v[0] == 1), nil
	case pgtype.Float8OID:
		return strconv.AppendFloat(dst, math.Float64frombits(binary.BigEndian.Uint64(v)), 'f', -1, 64), nil
	}
	return dst, fmt.Errorf("no JSON for type %d", f.DataTypeOID)
}

const hexDigits = "0123456789abcdef"

// AppendString appends a JSON string. PostgreSQL's text is valid UTF-8 without NUL, so only quotes, backslashes and
// control characters need care.
func AppendString(dst, s []byte) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' || c >= utf8.RuneSelf {
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		start = i + 1
	}
	return append(append(dst, s[start:]...), '"')
}
