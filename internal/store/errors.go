package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seutu/seutu/internal/errs"
)

// Violation is a refused write: the constraint tells the family which rule it broke.
type Violation struct {
	Code       string // SQLSTATE
	Constraint string
	err        error
}

func (v *Violation) Error() string { return v.err.Error() }
func (v *Violation) Unwrap() error { return v.err }

// Violated is the name of the constraint that err broke, "" if none.
func Violated(err error) string {
	var v *Violation
	if errors.As(err, &v) {
		return v.Constraint
	}
	return ""
}

// Busy tells whether a statement gave way to what others have locked.
func Busy(err error) bool {
	var v *Violation
	return errors.As(err, &v) && (v.Code == "55P03" || v.Code == "40P01")
}

// translate turns a driver's error into one of the closed set of kinds. Broken constraints stay Violations inside a
// Duplicate or InvalidData error, so that a family can say it better.
func translate(err error) error {
	var pe *pgconn.PgError
	var ours *errs.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours):
		return err
	case notFound(err), errors.Is(err, pgx.ErrNoRows):
		return errs.New(errs.Missing, "there is none with this id")
	case errors.As(err, &pe) && !errors.As(err, new(*pgconn.ConnectError)):
		return translatePG(pe)
	case lost(err):
		return &errs.Error{Type: errs.Overloaded, Detail: errs.Msg("the database does not answer in time"), Cause: err, RetryAfter: 2 * time.Second}
	}
	return err
}

// lost tells whether the database could not be reached, or not in time.
func lost(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.As(err, new(*net.OpError)) || errors.As(err, new(*pgconn.ConnectError)) || pgconn.Timeout(err) || pgconn.SafeToRetry(err)
}

// classes of SQLSTATE that mean "not now": connections, resources, operators, lock and serialization trouble
var notNow = regexp.MustCompile(`^(08|53|57|58|40)|^55P03$|^25006$`)

func translatePG(pe *pgconn.PgError) error {
	v := &Violation{pe.Code, pe.ConstraintName, pe}
	switch {
	case pe.Code == "23505" || pe.Code == "23P01":
		return &errs.Error{Type: errs.Duplicate, Detail: errs.Msg("another row has the same key"), Cause: v}
	case pe.Code == "23503":
		return &errs.Error{Type: errs.InvalidData, Detail: errs.Msg("a reference leads to nothing"), Cause: v}
	case strings.HasPrefix(pe.Code, "22"), pe.Code == "54000": // a value that its column cannot hold: what the contract should have refused
		return &errs.Error{Type: errs.InvalidData, Detail: errs.Msg("a value cannot be stored"), Cause: v}
	case notNow.MatchString(pe.Code):
		return &errs.Error{Type: errs.Overloaded, Detail: errs.Msg("the database does not answer in time"), Cause: v, RetryAfter: 2 * time.Second}
	}
	return v
}

// Err translates a driver's error; for repositories that read natively.
func Err(err error) error { return translate(err) }

// Loggable is what the log may hold of an error: of a database's error the code and the constraint, since its message may
// quote a value that is personal.
func Loggable(err error) string {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return "SQLSTATE " + pe.Code + " " + pe.TableName + " " + pe.ConstraintName
	}
	text, _, _ := strings.Cut(err.Error(), "failed to encode args")
	return text
}

// Gone tells of a row that was public once: since when it is not, and in which version.
func Gone(at time.Time, version int64) error {
	e := errs.New(errs.WasDeleted, "it was public once and is no more")
	e.Members = map[string]any{"deletedAt": at, "version": version}
	return e
}
