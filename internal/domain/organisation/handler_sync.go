package organisation

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/strictjson"
)

// MaxRows is how many rows one request may bring, and maxRow how many bytes one row.
const (
	MaxRows = 10_000
	maxRow  = 1 << 20
)

// RowSchema holds a decoded row against the contract.
type RowSchema func(any) errs.Faults

// ReadRow makes a SyncRow of one JSON object.
func ReadRow(raw []byte, schema RowSchema) SyncRow {
	v, faults := strictjson.Decode(raw)
	if len(faults) == 0 {
		faults = schema(v)
	}
	var in api.OrganisationSyncRow
	if len(faults) == 0 {
		if err := json.Unmarshal(raw, &in); err != nil {
			faults.Add("", "invalid", "it does not fit the contract")
		}
	}
	row := SyncRow{Status: (*Status)(in.Status), Change: change(&in), Faults: faults}
	if in.Key != nil {
		row.Key = &ExternalID{in.Key.System, in.Key.ID}
	}
	return row
}

// SyncOrganisations is for those who may sync, each row in its own area.
func (h *Handler) SyncOrganisations(ctx context.Context, r api.SyncOrganisationsRequestObject) (api.SyncOrganisationsResponseObject, error) {
	rows, err := h.rows(r)
	if err != nil {
		return nil, err
	}
	y := h.svc.NewSync()
	y.DryRun = r.Params.DryRun != nil && *r.Params.DryRun
	y.Atomic = r.Params.Atomic != nil && *r.Params.Atomic
	results, err := y.Batch(ctx, rows)
	if err != nil {
		return nil, err
	}
	if y.Atomic {
		if err := allOrNothing(results); err != nil {
			return nil, err
		}
	}
	out := api.SyncReport{Rows: len(rows), DryRun: y.DryRun, Results: make([]api.SyncResult, len(rows))}
	language := render.From(ctx).Language
	counts := map[Outcome]*int{RowCreated: &out.Created, RowUpdated: &out.Updated, RowUnchanged: &out.Unchanged, RowRepeated: &out.Repeated, RowRejected: &out.Rejected}
	for i, res := range results {
		*counts[res.Outcome]++
		item := api.SyncResult{Row: i, Outcome: api.SyncResultOutcome(res.Outcome), Differs: res.Differs, ID: nullable.NewNullNullable[uuid.UUID](), Errors: []api.ProblemError{}, PossibleDuplicates: append([]uuid.UUID{}, res.Similar...)}
		if res.ID != nil {
			item.ID = nullable.NewNullableWithValue(*res.ID)
		}
		for _, f := range res.Faults {
			item.Errors = append(item.Errors, api.ProblemError{In: "body", Pointer: f.Pointer, Code: f.Code, Detail: i18n.Sentence(language, f.Detail.Format, f.Detail.Args)})
		}
		out.Results[i] = item
	}
	return api.SyncOrganisations200JSONResponse(out), nil
}

// allOrNothing is InvalidData with every fault of every rejected row.
func allOrNothing(results []SyncResult) error {
	var all errs.Faults
	for i, res := range results {
		for _, f := range res.Faults {
			f.Pointer = "/" + strconv.Itoa(i) + f.Pointer
			all = append(all, f)
		}
	}
	return all.Err()
}

// byteOrderMark is what some programs begin a file with.
var byteOrderMark = []byte("\ufeff")

func (h *Handler) rows(r api.SyncOrganisationsRequestObject) ([]SyncRow, error) {
	if r.JSONBody != nil {
		return readRows(*r.JSONBody, h.schema), nil
	}
	var rows []json.RawMessage
	lines := bufio.NewScanner(r.Body)
	lines.Buffer(make([]byte, 64<<10), maxRow)
	for lines.Scan() {
		line := bytes.TrimSpace(lines.Bytes())
		if len(rows) == 0 {
			line = bytes.TrimPrefix(line, byteOrderMark)
		}
		if len(line) == 0 {
			continue
		}
		if len(rows) == MaxRows {
			return nil, errs.New(errs.ContentTooLarge, "one request may bring at most %d rows", MaxRows)
		}
		rows = append(rows, bytes.Clone(line))
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, errs.New(errs.ContentTooLarge, "a row may have at most %d bytes", maxRow)
	case err != nil:
		return nil, &errs.Error{
			Type: errs.Validation, Detail: errs.Msg("the request breaks the contract; see errors"), Cause: err,
			Faults: errs.Faults{{In: "body", Code: "syntax", Detail: errs.Msg("the body broke off")}},
		}
	}
	return readRows(rows, h.schema), nil
}

func readRows(raw []json.RawMessage, schema RowSchema) []SyncRow {
	rows := make([]SyncRow, len(raw))
	onAllCores(len(raw), func(i int) { rows[i] = ReadRow(raw[i], schema) })
	return rows
}

// GetOrganisationByExternalID is open to everyone for published ones.
func (h *Handler) GetOrganisationByExternalID(ctx context.Context, r api.GetOrganisationByExternalIDRequestObject) (api.GetOrganisationByExternalIDResponseObject, error) {
	none := errs.New(errs.Missing, "there is none with this key")
	id, found, err := h.svc.repo.idOfExternal(ctx, r.System, r.ExternalID)
	if err != nil || !found {
		return nil, cmp.Or(err, error(none))
	}
	a, err := h.show(ctx, id, opt.Texts(r.Params.Fields), opt.Texts(r.Params.Include))
	if errs.Is(err, errs.Missing) { // what the caller may not see is as if it were not there
		err = none
	}
	return a, err
}

// PutOrganisationByExternalID is for those who may write the organisation and the system's keys.
func (h *Handler) PutOrganisationByExternalID(ctx context.Context, r api.PutOrganisationByExternalIDRequestObject) (api.PutOrganisationByExternalIDResponseObject, error) {
	if r.Params.IfNoneMatch != nil && *r.Params.IfNoneMatch != "*" {
		return nil, errs.Broken(errs.Fault{In: "header", Pointer: "If-None-Match", Code: "invalid", Detail: errs.Msg("only * is of use here")})
	}
	id, created, err := h.svc.PutByExternalID(ctx, ExternalID{r.System, r.ExternalID}, r.Params.IfMatch, r.Params.IfNoneMatch != nil, (*Status)(r.Body.Status), replace(r.Body))
	if err != nil {
		return nil, err
	}
	if created {
		return h.written(ctx, 201, id)
	}
	return h.written(ctx, 200, id)
}
