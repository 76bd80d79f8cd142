package meeting

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/store"
)

// erased is what stands where a name was.
const erased = "[erased]"

// Erase takes a person's full name out of the texts of the meetings of every council in which the person ever had a seat: of the
// meetings, their agendas, decisions and rolls, and of their memos, published ones included. It joins the transaction of the
// erasure, which has decided who may do this. Versions are raised and the changes noted.
func (s *Service) Erase(ctx context.Context, tx *store.Tx, person uuid.UUID, name string) error {
	e, ok := newEraser(name)
	if !ok {
		return nil
	}
	meetings, err := s.repo.meetingsOf(ctx, person)
	if err != nil {
		return err
	}
	return s.repo.thaw(ctx, func() error {
		for i := range meetings {
			if err := s.eraseMeeting(ctx, tx, &meetings[i], e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) eraseMeeting(ctx context.Context, tx *store.Tx, was *Meeting, e eraser) (err error) {
	if was.Owner, err = s.repo.owner(ctx, was.CouncilID, was.NetworkID); err != nil {
		return err
	}
	m := *was
	e.texts(&m.Title, &m.Description, &m.CancelReason, &m.ReplacedBy)
	m.Links = e.links(m.Links)
	if changed := store.ChangedMembers(was, &m); len(changed) > 0 {
		if err := s.repo.rewriteMeeting(ctx, tx, was, &m); err != nil {
			return err
		}
	}
	for _, part := range []struct {
		name  string
		erase func(context.Context, *store.Tx, uuid.UUID, eraser) (bool, error)
	}{{"agenda", s.repo.eraseAgenda}, {"decisions", s.repo.eraseDecisions}, {"attendance", s.repo.eraseRoll}} {
		changed, err := part.erase(ctx, tx, m.ID, e)
		if err != nil {
			return err
		}
		if changed && m.DeletedAt == nil { // a tombstone's parts are nobody's to see
			now := m
			if err := s.repo.Touch(ctx, tx, &m, &now, part.name); err != nil {
				return err
			}
			m = now
		}
	}
	return s.repo.eraseMemos(ctx, tx, &m, e)
}

// eraser replaces one name.
type eraser struct{ name *regexp.Regexp }

// newEraser makes one; ok is false when the name has no letters.
func newEraser(name string) (e eraser, ok bool) {
	words := strings.Fields(name)
	if len(words) == 0 {
		return e, false
	}
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	return eraser{regexp.MustCompile(`(?i)` + strings.Join(words, `\s+`))}, true
}

// text replaces the name where it stands as whole words; RE2's \b knows ASCII only.
func (e eraser) text(s string) string {
	var b strings.Builder
	rest := 0
	for _, at := range e.name.FindAllStringIndex(s, -1) {
		before, _ := utf8.DecodeLastRuneInString(s[:at[0]])
		after, _ := utf8.DecodeRuneInString(s[at[1]:])
		if wordy(before) || wordy(after) {
			continue
		}
		b.WriteString(s[rest:at[0]] + erased)
		rest = at[1]
	}
	b.WriteString(s[rest:])
	return b.String()
}

func wordy(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// texts replaces the name in language maps, of which it makes new ones.
func (e eraser) texts(maps ...*i18n.Text) {
	for _, t := range maps {
		if *t == nil {
			continue
		}
		out := i18n.Text{}
		for lang, s := range *t {
			out[lang] = e.text(s)
		}
		*t = out
	}
}

func (e eraser) links(in []Link) []Link {
	out := append([]Link{}, in...)
	for i := range out {
		e.texts(&out[i].Title)
	}
	return out
}

// record replaces the name in every text of a memo's record.
func (e eraser) record(raw json.RawMessage) (json.RawMessage, bool, error) {
	if len(raw) == 0 {
		return raw, false, nil
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return raw, false, err
	}
	changed := false
	v = e.any(v, &changed)
	if !changed {
		return raw, false, nil
	}
	out, err := json.Marshal(v)
	return out, true, err
}

func (e eraser) any(v any, changed *bool) any {
	switch v := v.(type) {
	case string:
		out := e.text(v)
		*changed = *changed || out != v
		return out
	case []any:
		for i := range v {
			v[i] = e.any(v[i], changed)
		}
	case map[string]any:
		for k := range v {
			v[k] = e.any(v[k], changed)
		}
	}
	return v
}
